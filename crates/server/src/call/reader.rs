//! Understanding with a memory of one: the ear reads what has been said so far, a reply is made ready for it, and mostly the turn then is
//! the same words.

use std::sync::{Arc, Mutex, PoisonError};

use biseo_model::understanding::{Context, Understanding};
use biseo_nlu::Nlu;
use jiff::civil::DateTime;

/// One call's understanding.
pub(crate) struct Reader {
    nlu: Arc<Nlu>,
    last: Mutex<Option<Read>>,
}

struct Read {
    text: String,
    context: Context,
    understood: Understanding,
}

impl Read {
    /// Whether reading these words would tell the same: no words tell seconds of the present time.
    fn is_of(&self, text: &str, context: &Context) -> bool {
        self.text == text
            && self.context.awaiting == context.awaiting
            && minute(self.context.now) == minute(context.now)
    }
}

fn minute(at: DateTime) -> (jiff::civil::Date, i8, i8) {
    (at.date(), at.hour(), at.minute())
}

impl Reader {
    /// One that has read nothing.
    pub(crate) fn new(nlu: Arc<Nlu>) -> Self {
        Self {
            nlu,
            last: Mutex::new(None),
        }
    }

    /// What these words mean.
    pub(crate) fn understand(&self, text: &str, context: &Context) -> Understanding {
        if let Some(known) = self.known(text, context) {
            return known;
        }
        let understood = self.nlu.understand(text, context);
        let read = Read {
            text: text.to_string(),
            context: context.clone(),
            understood: understood.clone(),
        };
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(read);
        understood
    }

    fn known(&self, text: &str, context: &Context) -> Option<Understanding> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let read = last.as_ref().filter(|read| read.is_of(text, context))?;
        Some(read.understood.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use biseo_model::shop::ShopProfile;
    use biseo_model::understanding::Awaiting;
    use jiff::civil::date;

    #[test]
    fn the_same_words_are_read_once_and_others_anew() {
        let shop = ShopProfile::from_toml(include_str!("../../../../shops/byeol.toml")).unwrap();
        let nlu = Arc::new(Nlu::new(&shop));
        let reader = Reader::new(nlu.clone());
        let noon = date(2026, 3, 4).at(12, 0, 5, 0);
        let at = |now, awaiting| Context { now, awaiting };
        let seven = Some(Awaiting::Confirm);
        let later = noon.with().second(59).build().unwrap();
        let night = date(2026, 3, 4).at(23, 59, 59, 0);
        let steps = [
            ("내일 저녁 7시요", at(noon, None)),
            ("내일 저녁 7시요", at(later, None)),
            ("내일 저녁 7시요", at(night, None)),
            ("내일 저녁 7시요", at(night.tomorrow().unwrap(), None)),
            ("네", at(noon, None)),
            ("네", at(noon, seven)),
            ("네네", at(noon, seven)),
        ];
        for (text, context) in steps {
            assert_eq!(
                reader.understand(text, &context),
                nlu.understand(text, &context),
                "{text} {context:?}"
            );
        }
        assert!(reader.known("네네", &at(later, seven)).is_some());
        for (text, context) in [
            ("네네", at(noon, None)),
            ("네", at(noon, seven)),
            ("네네", at(night, seven)),
        ] {
            assert!(reader.known(text, &context).is_none(), "{text} {context:?}");
        }
    }
}
