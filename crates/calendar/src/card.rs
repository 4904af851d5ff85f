//! A caller as a vCard 4.0 (RFC 6350).

use biseo_model::phone::PhoneNumber;

use crate::line::Lines;

/// The card of a caller. Without a name it stands under the number (`FN` must not be empty, §6.2.1); an empty note is left out.
#[must_use]
pub fn card(name: &str, phone: &PhoneNumber, note: &str) -> String {
    let mut lines = Lines::default();
    lines.put("BEGIN", "VCARD");
    lines.put("VERSION", "4.0");
    lines.put("PRODID", "-//Biseo//Callers//KO");
    match name.trim() {
        "" => lines.text("FN", &phone.grouped()),
        name => {
            lines.put("KIND", "individual");
            lines.text("FN", name);
        }
    }
    lines.put("TEL;VALUE=uri", &format!("tel:{}", phone.e164()));
    if !note.trim().is_empty() {
        lines.text("NOTE", note.trim());
    }
    lines.put("END", "VCARD");
    lines.done()
}

#[cfg(test)]
mod tests {
    use calcard::vcard::{VCard, VCardProperty};

    use super::*;

    fn phone(text: &str) -> PhoneNumber {
        PhoneNumber::parse(text).unwrap()
    }

    #[test]
    fn a_card_is_read_by_another() {
        let note = "단골; 창가, 매운 것 못 드심\n아이 둘".repeat(3);
        let text = card("김민수", &phone("010-2345-6789"), &note);
        assert!(text.starts_with("BEGIN:VCARD\r\nVERSION:4.0\r\n") && text.lines().all(|l| l.len() <= 75));
        let read = VCard::parse(&text).unwrap();
        let value = |p| read.property(&p).unwrap().values[0].as_text().unwrap();
        assert_eq!(value(VCardProperty::Fn), "김민수");
        assert_eq!(value(VCardProperty::Note), note);
        assert!(text.contains("\r\nTEL;VALUE=uri:tel:+821023456789\r\n"));
    }

    #[test]
    fn without_a_name_it_stands_under_the_number() {
        let text = card(" ", &phone("02-123-4567"), "");
        assert!(text.contains("\r\nFN:02-123-4567\r\n") && text.contains("tel:+8221234567"));
        assert!(!text.contains("NOTE"));
    }

    #[test]
    fn no_name_adds_a_line() {
        let text = card("x\r\nTEL:1", &phone("010-2345-6789"), "");
        assert!(!text.contains("\r\nTEL:1"));
    }
}
