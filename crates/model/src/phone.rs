//! Telephone numbers: Korean national, international and spoken groupings are one number.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A telephone number in one canonical form: digits of the Korean national form (`01012345678`, `0212345678`,
/// `15881234`), or `+` and digits for numbers of other countries (E.164).
///
/// ```
/// use biseo_model::phone::PhoneNumber;
/// let n = PhoneNumber::parse("+82 10-1234-5678").unwrap();
/// assert_eq!(n, PhoneNumber::parse("010 1234 5678").unwrap());
/// assert_eq!(n.grouped(), "010-1234-5678");
/// assert_eq!(n.masked(), "010****5678");
/// assert_eq!(n.e164(), "+821012345678");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

/// Area codes of fixed lines (전기통신번호관리세칙, 2026: none of them begins with another).
const AREAS: [&str; 17] = [
    "02", "031", "032", "033", "041", "042", "043", "044", "051", "052", "053", "054", "055", "061", "062",
    "063", "064",
];

/// Why a string is not a telephone number. It does not repeat the string: numbers are personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a telephone number: Korean numbers have 8 to 12 digits, international ones '+' and 7 to 15")]
pub struct PhoneError;

impl PhoneNumber {
    /// Reads a number in Korean national form, in E.164 with `+82`, `0082` or bare `82`, or as the user part of a SIP or
    /// tel URI. Blanks, hyphens, dots and brackets are ignored.
    ///
    /// # Errors
    /// [`PhoneError`] for anything else.
    pub fn parse(s: &str) -> Result<Self, PhoneError> {
        let (plus, digits) = digits_of(s)?;
        let number = match (plus, korean_rest(plus, &digits)) {
            (_, Some(rest)) => format!("0{}", rest.strip_prefix('0').unwrap_or(rest)),
            (true, None) => return international(&digits),
            (false, None) => digits,
        };
        canonical_korean(number)
    }

    /// The canonical digits (`01012345678`), or `+…` for another country.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The E.164 form. Korean service numbers (`1588-…`) have none abroad; they are given with `+82`.
    pub fn e164(&self) -> String {
        match self.0.strip_prefix('+') {
            Some(_) => self.0.clone(),
            None => format!("+82{}", self.0.strip_prefix('0').unwrap_or(&self.0)),
        }
    }

    /// As written in Korea: `010-1234-5678`, `02-123-4567`, `1588-1234`.
    pub fn grouped(&self) -> String {
        if self.0.starts_with('+') {
            return self.0.clone();
        }
        let (area, rest) = self.0.split_at(self.area_len());
        let (middle, last) = rest.split_at(rest.len() - 4);
        [area, middle, last]
            .into_iter()
            .filter(|p| !p.is_empty())
            .collect::<Vec<_>>()
            .join("-")
    }

    /// The code of the region in which a fixed line stands: `02` is Seoul, `031` Gyeonggi, `051` Busan. Mobiles (`010`), internet telephones (`070`),
    /// personal, service and foreign numbers tell no region.
    ///
    /// ```
    /// use biseo_model::phone::PhoneNumber;
    /// let area = |n: &str| PhoneNumber::parse(n).unwrap().area();
    /// assert_eq!(area("02-123-4567"), Some("02"));
    /// assert_eq!(area("+82 51 123 4567"), Some("051"));
    /// assert_eq!(area("010-1234-5678"), None);
    /// ```
    pub fn area(&self) -> Option<&'static str> {
        AREAS.into_iter().find(|code| self.0.starts_with(code))
    }

    /// For logs: the beginning and the last four digits only.
    pub fn masked(&self) -> String {
        let keep = self.area_len().max(2);
        format!("{}****{}", &self.0[..keep], &self.0[self.0.len() - 4..])
    }

    fn area_len(&self) -> usize {
        match self.0.as_bytes() {
            [b'0', b'2', ..] => 2,
            [b'0', b'5', b'0', ..] if self.0.len() == 12 => 4,
            [b'0' | b'+', ..] => 3,
            _ => 0,
        }
    }
}

/// The digits of a written number, and whether it began with `+`.
fn digits_of(s: &str) -> Result<(bool, String), PhoneError> {
    let s = s.trim();
    let (plus, rest) = match s.strip_prefix('+') {
        Some(rest) => (true, rest),
        None => (false, s),
    };
    let mut digits = String::with_capacity(15);
    for c in rest.chars().take(64) {
        match c {
            '0'..='9' => digits.push(c),
            ' ' | '-' | '.' | '(' | ')' => {}
            _ => return Err(PhoneError),
        }
    }
    if (1..=17).contains(&digits.len()) {
        Ok((plus, digits))
    } else {
        Err(PhoneError)
    }
}

/// What follows Korea's country code, if the number carries it. A bare `82` counts only if a national number of at least
/// eight digits follows and the whole cannot be a national number itself (none begins with 8).
fn korean_rest(plus: bool, digits: &str) -> Option<&str> {
    if plus {
        return digits.strip_prefix("82");
    }
    digits
        .strip_prefix("0082")
        .or_else(|| digits.strip_prefix("82").filter(|rest| rest.len() >= 8))
}

fn international(digits: &str) -> Result<PhoneNumber, PhoneError> {
    let fits = (7..=15).contains(&digits.len()) && !digits.starts_with('0');
    if fits {
        Ok(PhoneNumber(format!("+{digits}")))
    } else {
        Err(PhoneError)
    }
}

/// Checks the Korean numbering plan roughly: area, mobile, internet and service numbers by length.
fn canonical_korean(number: String) -> Result<PhoneNumber, PhoneError> {
    // 15xx, 16xx and 18xx nationwide service numbers lose the 0 that +82 put in front of them.
    let service = |n: &str| n.len() == 8 && ["15", "16", "18"].iter().any(|p| n.starts_with(p));
    if let Some(bare) = number.strip_prefix('0').filter(|n| service(n)) {
        return Ok(PhoneNumber(bare.to_string()));
    }
    let fits = match number.as_bytes() {
        [b'0', b'2', ..] => (9..=10).contains(&number.len()),
        [b'0', b'5', b'0', ..] => (11..=12).contains(&number.len()),
        [b'0', b'1'..=b'9', ..] => (10..=11).contains(&number.len()),
        _ => service(&number),
    };
    if fits {
        Ok(PhoneNumber(number))
    } else {
        Err(PhoneError)
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = PhoneError;
    fn try_from(s: String) -> Result<Self, PhoneError> {
        Self::parse(&s)
    }
}

impl From<PhoneNumber> for String {
    fn from(n: PhoneNumber) -> String {
        n.0
    }
}

/// Masked, so that a number cannot slip into a log by `{:?}`.
impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_fixed_lines_tell_where_they_are() {
        for code in AREAS {
            let number = PhoneNumber::parse(&format!("{code}1234567")).unwrap();
            assert_eq!(number.area(), Some(code));
        }
        for other in [
            "01012345678",
            "07012345678",
            "050412345678",
            "15881234",
            "+12025550147",
            "0801234567",
        ] {
            assert_eq!(PhoneNumber::parse(other).unwrap().area(), None, "{other}");
        }
    }

    #[test]
    fn forms_of_one_number() {
        for (written, canonical) in [
            ("010-1234-5678", "01012345678"),
            ("+82-10-1234-5678", "01012345678"),
            ("+82 (0)10 1234 5678", "01012345678"),
            ("00821012345678", "01012345678"),
            ("821012345678", "01012345678"),
            ("02-123-4567", "021234567"),
            ("+8221234567", "021234567"),
            ("8221234567", "021234567"),
            ("031.123.4567", "0311234567"),
            ("070-1234-5678", "07012345678"),
            ("1588-1234", "15881234"),
            ("+8215881234", "15881234"),
            ("0504-1234-5678", "050412345678"),
            ("+1 202 555 0147", "+12025550147"),
        ] {
            assert_eq!(
                PhoneNumber::parse(written).unwrap().as_str(),
                canonical,
                "{written}"
            );
        }
    }

    #[test]
    fn what_is_no_number() {
        for bad in [
            "",
            "+",
            "anonymous",
            "119;drop",
            "010-1234",
            "12345678901234567890",
            "0000000000",
            "+0123456789",
            "공일공",
        ] {
            assert_eq!(PhoneNumber::parse(bad), Err(PhoneError), "{bad}");
        }
    }

    #[test]
    fn grouped_as_written_in_korea() {
        for (n, grouped) in [
            ("0212345678", "02-1234-5678"),
            ("15881234", "1588-1234"),
            ("0311234567", "031-123-4567"),
            ("050412345678", "0504-1234-5678"),
        ] {
            assert_eq!(PhoneNumber::parse(n).unwrap().grouped(), grouped);
        }
    }

    #[test]
    fn debug_does_not_show_it() {
        assert!(!format!("{:?}", PhoneNumber::parse("01012345678").unwrap()).contains("1234"));
    }

    proptest! {
        #[test]
        fn never_panics_and_is_stable(s in "[-+0-9 ().a]{0,24}") {
            if let Ok(n) = PhoneNumber::parse(&s) {
                let _ = (n.masked(), format!("{n:?}"));
                prop_assert_eq!(&PhoneNumber::parse(&n.grouped()).unwrap(), &n);
                prop_assert_eq!(&PhoneNumber::parse(&n.e164()).unwrap(), &n);
            }
        }
    }
}
