//! What a request asks: query and form, each value in its one form or not at all.

use jiff::civil::{Date, DateTime, Time};

use crate::scene::Done;
use crate::words::Language;

/// Octets of a form at most; ours have some 100.
pub(crate) const FORM: usize = 1024;
/// Octets of a query that are looked at.
const QUERY: usize = 512;

/// The step of the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Want {
    #[default]
    Look,
    Cancel,
    Move,
}

/// What a query asks for. What is of another form is left out: a page is shown all the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) language: Option<Language>,
    pub(crate) want: Want,
    /// The first day of a list.
    pub(crate) from: Option<Date>,
    pub(crate) day: Option<Date>,
    pub(crate) time: Option<Time>,
    pub(crate) done: Option<Done>,
}

impl Asked {
    pub(crate) fn read(query: &str) -> Self {
        let mut asked = Self::default();
        if query.len() > QUERY {
            return asked;
        }
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "lang" => asked.language = language(&value),
                "step" => asked.want = want(&value),
                "from" => asked.from = date(&value),
                "day" => asked.day = date(&value),
                "time" => asked.time = time(&value),
                "done" => asked.done = Done::of(&value),
                _ => {}
            }
        }
        asked
    }
}

fn language(tag: &str) -> Option<Language> {
    [Language::Ko, Language::En].into_iter().find(|l| l.tag() == tag)
}

fn want(step: &str) -> Want {
    match step {
        "cancel" => Want::Cancel,
        "move" => Want::Move,
        _ => Want::Look,
    }
}

/// `2026-11-26` only: ten characters, of the years that anybody books for.
fn date(text: &str) -> Option<Date> {
    let date: Date = (text.len() == 10).then(|| text.parse().ok()).flatten()?;
    (2000..=2200).contains(&date.year()).then_some(date)
}

/// `19:30` only.
fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let two = |t: &str| (t.len() == 2 && t.bytes().all(|b| b.is_ascii_digit())).then(|| t.parse().ok());
    Time::new(two(hour)??, two(minute)??, 0, 0).ok()
}

/// What a form wants done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Order {
    Cancel,
    Move(DateTime),
}

/// An order with what its form carried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) order: Order,
    pub(crate) form: String,
}

impl Sent {
    /// Reads a form's body; `None` for one that the page does not make.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let (mut what, mut form, mut day, mut at) = (None, None, None, None);
        for (name, value) in form_urlencoded::parse(body).take(8) {
            match &*name {
                "do" => what = Some(value.into_owned()),
                "form" => form = Some(value.into_owned()),
                "day" => day = date(&value),
                "time" => at = time(&value),
                _ => {}
            }
        }
        let order = match what?.as_str() {
            "cancel" => Order::Cancel,
            "move" => Order::Move(day?.to_datetime(at?)),
            _ => return None,
        };
        Some(Self { order, form: form? })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn queries() {
        let asked = Asked::read("step=move&day=2026-11-26&time=19:30&lang=en&done=full&x=y");
        assert_eq!(asked.want, Want::Move);
        assert_eq!(asked.day, Some(civil::date(2026, 11, 26)));
        assert_eq!(asked.time, Some(civil::time(19, 30, 0, 0)));
        assert_eq!(
            (asked.language, asked.done),
            (Some(Language::En), Some(Done::Full))
        );
        for bad in [
            "day=2026-11-31",
            "day=20261126",
            "day=9999-01-01",
            "time=24:00",
            "time=7:30",
            "time=19:30:00",
            "time=+7:30",
            "lang=fr",
        ] {
            assert_eq!(Asked::read(bad), Asked::default(), "{bad}");
        }
    }

    #[test]
    fn forms() {
        let to = civil::date(2026, 11, 26).at(19, 30, 0, 0);
        let sent = |order| {
            Some(Sent {
                order,
                form: "f".into(),
            })
        };
        assert_eq!(Sent::read(b"do=cancel&form=f"), sent(Order::Cancel));
        assert_eq!(
            Sent::read(b"do=move&day=2026-11-26&time=19%3A30&form=f"),
            sent(Order::Move(to))
        );
        for bad in [
            "",
            "do=cancel",
            "form=f",
            "do=move&form=f",
            "do=move&day=2026-11-26&form=f",
            "do=other&form=f",
        ] {
            assert_eq!(Sent::read(bad.as_bytes()), None, "{bad}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

        #[test]
        fn nothing_panics(octets in prop::collection::vec(any::<u8>(), 0..300), text in "(day|time|from|do)=[-0-9:%+]{0,12}") {
            Sent::read(&octets);
            Asked::read(&String::from_utf8_lossy(&octets));
            Asked::read(&text);
        }
    }
}
