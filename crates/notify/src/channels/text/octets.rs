//! What a text message may say: characters of the completed Korean code (KS X 1001, as CP949 widens it), counted in its octets.
//! SMS has 90 of them, LMS 2,000 with a subject of 40 (docs.nhncloud.com, SMS API v3.0 guide; docs.solapi.com, status code 1031).

use encoding_rs::EUC_KR;

/// Octets of an SMS at most.
pub const SMS: usize = 90;
/// Octets of an LMS at most.
pub const LMS: usize = 2000;
/// Octets of an LMS' subject at most.
pub const SUBJECT: usize = 40;

/// How a message travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// At most 90 octets.
    Sms(String),
    /// At most 2,000 octets, with a subject of 40.
    Lms {
        /// One line.
        subject: String,
        /// All of it.
        text: String,
    },
}

impl Body {
    /// The shortest kind that holds the text. What the code does not have is replaced, and what is longer than an LMS is cut off and
    /// ends in an ellipsis.
    ///
    /// ```
    /// use biseo_notify::channels::text::Body;
    /// assert_eq!(Body::of("예약", "예약되었습니다 😀"), Body::Sms("예약되었습니다".into()));
    /// assert!(matches!(Body::of("예약", &"가".repeat(46)), Body::Lms { .. }));
    /// ```
    #[must_use]
    pub fn of(subject: &str, text: &str) -> Self {
        let text = sayable(text);
        match octets(&text) <= SMS {
            true => Self::Sms(text),
            false => Self::Lms {
                subject: clipped(&sayable(subject).replace('\n', " "), SUBJECT),
                text: clipped(&text, LMS),
            },
        }
    }

    /// What it says.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Sms(text) | Self::Lms { text, .. } => text,
        }
    }
}

/// The octets of a text that is sayable. What is not counts as the longest that could stand for it.
#[must_use]
pub fn octets(text: &str) -> usize {
    EUC_KR.encode(text).0.len()
}

/// The text with what the code does not have replaced: by what looks like it, by nothing (emoji), or else by a question mark.
#[must_use]
pub fn sayable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut one = [0; 4];
    for c in text.chars() {
        match c {
            '\n' => out.push('\n'),
            '\r' => {}
            c if c.is_control() => out.push(' '),
            c if has(c.encode_utf8(&mut one)) => out.push(c),
            c => out.push_str(instead(c)),
        }
    }
    out.trim().to_string()
}

fn has(one: &str) -> bool {
    !EUC_KR.encode(one).2
}

fn instead(c: char) -> &'static str {
    match c {
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' => " ",
        '–' | '—' | '‐' | '‑' | '−' => "-",
        '•' | '・' => "·",
        '₩' => "￦",
        '«' => "《",
        '»' => "》",
        '‹' => "〈",
        '›' => "〉",
        // Joiners and selectors of emoji, marks of direction, and what is drawn.
        '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' => "",
        '\u{feff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}' => "",
        '\u{e0000}'..='\u{e007f}' | '\u{20e3}' => "",
        _ => "?",
    }
}

/// At most so many octets, whole characters, with an ellipsis (two octets) where something is missing.
fn clipped(text: &str, most: usize) -> String {
    if octets(text) <= most {
        return text.to_string();
    }
    let (mut out, mut used, mut one) = (String::new(), 2, [0; 4]);
    for c in text.chars() {
        used += octets(c.encode_utf8(&mut one));
        if used > most {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ninety_octets_are_an_sms_and_one_more_is_none() {
        let full = format!("{}ab", "가".repeat(44));
        assert_eq!(
            (octets(&full), Body::of("t", &full)),
            (90, Body::Sms(full.clone()))
        );
        let longer = format!("{full}c");
        let Body::Lms { subject, text } = Body::of(&"제".repeat(30), &longer) else {
            panic!("an LMS");
        };
        assert_eq!((text, octets(&subject)), (longer, 40));
        assert!(subject.ends_with('…'));
    }

    #[test]
    fn what_is_too_long_ends_in_an_ellipsis_within_two_thousand() {
        for text in [
            "가".repeat(1001),
            format!("a{}", "가".repeat(1000)),
            "a\n".repeat(1001),
        ] {
            let body = Body::of("s", &text);
            assert!(octets(body.text()) <= LMS && octets(body.text()) >= LMS - 1);
            assert!(body.text().ends_with('…'));
        }
    }

    #[test]
    fn what_the_code_does_not_have_is_replaced() {
        for (said, sayable_) in [
            ("똠방각하 뷁", "똠방각하 뷁"),
            ("내일 – 예약 ✅👨‍👩‍👧", "내일 - 예약"),
            ("₩12,000\u{a0}원", "￦12,000 원"),
            ("Café ñ", "Caf? ?"),
            ("가\r\n나\t다\0", "가\n나 다"),
            ("①②③ ㈜가게 …", "①②③ ㈜가게 …"),
        ] {
            assert_eq!(sayable(said), sayable_, "{said}");
        }
    }

    proptest::proptest! {
        /// Whatever is said, it can be sent: no character is outside the code, and no limit is passed.
        #[test]
        fn every_text_can_be_sent(subject in ".{0,80}", text in "(.|\n){0,1500}") {
            match Body::of(&subject, &text) {
                Body::Sms(text) => {
                    proptest::prop_assert!(!EUC_KR.encode(&text).2 && octets(&text) <= SMS);
                }
                Body::Lms { subject, text } => {
                    proptest::prop_assert!(!EUC_KR.encode(&text).2 && octets(&text) <= LMS);
                    proptest::prop_assert!(!EUC_KR.encode(&subject).2 && octets(&subject) <= SUBJECT);
                    proptest::prop_assert!(!subject.contains('\n'));
                }
            }
        }
    }
}
