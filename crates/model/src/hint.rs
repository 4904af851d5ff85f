//! What a caller said that is no value of a slot yet, but must not be lost: bounds, shifts, parts, choices, requests.
//!
//! "저녁때요" is no time, yet who asks for the hour next and offers eleven in the morning has not listened. Hints stand
//! beside the slots of an [`Understanding`](crate::understanding::Understanding); who does not know one may pass it over.

use std::fmt;

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::phone::PhoneNumber;
use crate::understanding::Slot;

/// Most digits that the pieces of a telephone number are joined to.
const MOST_DIGITS: usize = 15;

/// Something said beside the values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "hint", rename_all = "snake_case")]
pub enum Hint {
    /// A time of day within these bounds: 저녁때요, 다섯 시 이후요, 여섯 시부터 여덟 시까지요. A bound that was not said is
    /// `None`; both belong to the stretch. `to` before `from` is after midnight.
    Between {
        /// The earliest time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Time>,
        /// The latest time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Time>,
    },
    /// A day within these, both included: 다음 주요, 다음 달쯤이요.
    Days {
        /// The first day.
        from: Date,
        /// The last day, not before the first.
        to: Date,
    },
    /// Any value of that slot will do: 아무 때나 괜찮아요.
    Any {
        /// The slot.
        of: Slot,
    },
    /// So many days after the day in focus, before it if negative: 하루만 미뤄 주세요, 그 다음 날은요?
    LaterDays {
        /// -366 to 366, never 0.
        days: i32,
    },
    /// So many minutes after the time in focus, before it if negative: 한 시간만 늦춰 주세요.
    LaterMinutes {
        /// -1440 to 1440, never 0.
        minutes: i32,
    },
    /// So many persons more than were known, fewer if negative: 두 명 더 와요.
    MorePeople {
        /// -1000 to 1000, never 0.
        people: i32,
    },
    /// A piece of a telephone number.
    PhonePart(PhonePart),
    /// One of those that were offered: 두 번째 걸로요.
    Choice {
        /// Which one.
        which: Choice,
    },
    /// What the caller had the last time: 늘 하던 걸로요.
    Usual,
    /// A wish for those who serve, in the caller's words: 창가 자리로요.
    Request {
        /// The words.
        words: String,
    },
    /// Something that is not wanted after all and has no slot, in the caller's words: 아기 의자는 빼 주세요.
    Without {
        /// The words.
        words: String,
    },
}

/// One of several that were offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// The first one is 1.
    Nth(u8),
    /// The last one named.
    Last,
    /// The earliest in time.
    Earliest,
    /// The latest in time.
    Latest,
}

/// A group of a telephone number: 010, 1234 and 5678 of 010-1234-5678.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhonePlace {
    /// The first group: 앞 번호가.
    First,
    /// The middle one: 가운데가.
    Middle,
    /// The last four digits: 뒤에가, 끝자리가.
    Last,
}

/// Some digits of a telephone number; `Debug` shows how many, not which.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhonePart {
    /// The digits, at least two.
    pub digits: String,
    /// Which group they are said to be; `None` if they just go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<PhonePlace>,
}

impl PhonePart {
    /// The digits heard before with these behind them, cut at 15 digits. Whoever keeps them reads a number from them
    /// as soon as [`PhoneNumber::parse`] can.
    ///
    /// ```
    /// use biseo_model::hint::PhonePart;
    /// let part = PhonePart { digits: "12345678".into(), place: None };
    /// assert_eq!(part.after("010"), "01012345678");
    /// ```
    #[must_use]
    pub fn after(&self, heard: &str) -> String {
        heard
            .chars()
            .chain(self.digits.chars())
            .take(MOST_DIGITS)
            .collect()
    }

    /// A number with the named group replaced by these digits; `None` if no group was named or no number comes of it.
    ///
    /// ```
    /// use biseo_model::hint::{PhonePart, PhonePlace};
    /// use biseo_model::phone::PhoneNumber;
    /// let number = PhoneNumber::parse("010-1234-5678").unwrap();
    /// let part = PhonePart { digits: "5679".into(), place: Some(PhonePlace::Last) };
    /// assert_eq!(part.mend(&number), PhoneNumber::parse("010-1234-5679").ok());
    /// ```
    #[must_use]
    pub fn mend(&self, number: &PhoneNumber) -> Option<PhoneNumber> {
        let grouped = number.grouped();
        let mut groups: Vec<&str> = grouped.split('-').collect();
        let at = match self.place? {
            PhonePlace::First => 0,
            PhonePlace::Middle => groups.len().checked_sub(2).filter(|at| *at > 0)?,
            PhonePlace::Last => groups.len() - 1,
        };
        groups[at] = &self.digits;
        PhoneNumber::parse(&groups.concat()).ok()
    }
}

impl fmt::Debug for PhonePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhonePart({} digits, {:?})", self.digits.len(), self.place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(digits: &str, place: Option<PhonePlace>) -> PhonePart {
        PhonePart {
            digits: digits.into(),
            place,
        }
    }

    fn mended(number: &str, digits: &str, place: PhonePlace) -> Option<String> {
        let number = PhoneNumber::parse(number).unwrap();
        let mended = part(digits, Some(place)).mend(&number)?;
        Some(mended.as_str().to_string())
    }

    #[test]
    fn a_group_is_replaced() {
        let middle = mended("010-1234-5678", "2134", PhonePlace::Middle);
        assert_eq!(middle.as_deref(), Some("01021345678"));
        let first = mended("02-123-4567", "031", PhonePlace::First);
        assert_eq!(first.as_deref(), Some("0311234567"));
        // 1588-1234 has no middle; no number comes of two digits.
        assert_eq!(mended("1588-1234", "2134", PhonePlace::Middle), None);
        assert_eq!(mended("010-1234-5678", "21", PhonePlace::First), None);
    }

    #[test]
    fn pieces_are_joined_up_to_a_bound() {
        let joined = part("12345678", None).after(&part("3456", None).after("010"));
        assert_eq!(joined, "010345612345678");
        assert_eq!(part("9", None).after(&joined).len(), 15);
        assert_eq!(
            part("5678", None).mend(&PhoneNumber::parse("010-1234-5678").unwrap()),
            None
        );
    }

    #[test]
    fn it_is_written_as_it_is_read() {
        let hints = vec![
            Hint::Between {
                from: Some(Time::constant(17, 0, 0, 0)),
                to: None,
            },
            Hint::PhonePart(part("5679", Some(PhonePlace::Last))),
            Hint::Choice {
                which: Choice::Nth(2),
            },
            Hint::Any { of: Slot::Time },
        ];
        let json = serde_json::to_string(&hints).unwrap();
        assert_eq!(serde_json::from_str::<Vec<Hint>>(&json).unwrap(), hints);
        assert!(
            json.contains(r#"{"hint":"phone_part","digits":"5679","place":"last"}"#),
            "{json}"
        );
        assert!(!format!("{hints:?}").contains("5679"));
    }
}
