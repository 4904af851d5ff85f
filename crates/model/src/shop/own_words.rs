//! Sentences that a shop says in its own words.

use std::collections::BTreeMap;

use super::Wording;

/// Own sentences by the file that the usual one stands in (`call`, `book`, …) and its key. Which there are and what places they have, the
/// conversation knows; what cannot be said is left out there, and the usual sentence is said.
pub type OwnWords = BTreeMap<String, BTreeMap<String, Wording>>;

/// Sentences of a shop at most.
pub const MOST_OWN_WORDS: usize = 300;
/// Characters of each at most: more than that nobody listens to.
pub const LONGEST_OWN_WORDS: usize = 300;

/// Whether there are not too many, and none is too long or empty.
///
/// # Errors
/// What is wrong.
pub(super) fn check(own: &OwnWords) -> Result<(), String> {
    if own.values().map(BTreeMap::len).sum::<usize>() > MOST_OWN_WORDS {
        return Err(format!("at most {MOST_OWN_WORDS} sentences"));
    }
    for (file, sentences) in own {
        for (key, wording) in sentences {
            let texts = [Some(&wording.ko), wording.en.as_ref()];
            for text in texts.into_iter().flatten() {
                if text.trim().is_empty() || text.chars().count() > LONGEST_OWN_WORDS {
                    return Err(format!(
                        "{file}.{key}: a sentence has 1 to {LONGEST_OWN_WORDS} characters"
                    ));
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_possible() {
        let one = |ko: &str| {
            let wording = Wording {
                ko: ko.into(),
                en: None,
            };
            OwnWords::from([("call".into(), BTreeMap::from([("busy".into(), wording)]))])
        };
        assert!(check(&OwnWords::new()).is_ok() && check(&one("잠시만요.")).is_ok());
        assert!(check(&one(" ")).is_err());
        assert!(check(&one(&"가".repeat(LONGEST_OWN_WORDS + 1))).is_err());
        let many = (0..=MOST_OWN_WORDS).map(|n| (n.to_string(), one("a")["call"].clone()));
        assert!(check(&many.collect()).is_err());
    }
}
