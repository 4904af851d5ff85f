//! Telephone numbers that were heard: what cannot be one is asked again, and what is the caller's own but for one digit is
//! taken for that.
//!
//! A recogniser loses or mistakes a digit far more often than a caller gives a number that differs in one digit from the one
//! that the call comes from. The read-back tells the number in either case.

use biseo_model::phone::PhoneNumber;

use super::Dialogue;

/// A mobile number (010) has eleven digits.
const MOBILE: usize = 11;

impl Dialogue {
    /// The number that was meant by what was heard; `None` if it can be none.
    pub(super) fn likely_number(&self, heard: &PhoneNumber) -> Option<PhoneNumber> {
        let certain = self.confidence >= 1.0;
        let own = self.opening.caller.as_ref();
        if let Some(own) = own.filter(|own| !certain && off_by_one(own.as_str(), heard.as_str())) {
            return Some(own.clone());
        }
        let short = heard.as_str().starts_with("010") && heard.as_str().len() < MOBILE;
        (!short).then(|| heard.clone())
    }
}

/// Whether one digit put in, left out or changed makes one of the other.
fn off_by_one(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[same..], &b[same..]);
    match a.len().cmp(&b.len()) {
        std::cmp::Ordering::Equal => !a.is_empty() && a[1..] == b[1..],
        std::cmp::Ordering::Less => a == &b[1..],
        std::cmp::Ordering::Greater => b == &a[1..],
    }
}

#[cfg(test)]
mod tests {
    use super::off_by_one;

    #[test]
    fn one_digit() {
        for (heard, near) in [
            ("0106663776", true),
            ("01027777534", false),
            ("01026663776", false),
            ("010266637766", true),
            ("01026663770", true),
            ("0106663770", false),
        ] {
            assert_eq!(off_by_one("01026663776", heard), near, "{heard}");
        }
    }
}
