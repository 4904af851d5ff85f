//! Content lines, as iCalendar (RFC 5545 §3.1) and vCard (RFC 6350 §3.2) have them: folded at 75 octets, ended by CR LF.

/// Octets of a line at most, its end not counted.
const FOLD: usize = 75;

/// Lines of a calendar or a card.
#[derive(Debug, Default)]
pub(crate) struct Lines(String);

impl Lines {
    /// A line whose value is of our own making.
    pub(crate) fn put(&mut self, name: &str, value: &str) {
        let mut room = FOLD;
        for c in format!("{name}:{value}").chars() {
            // A character is never split, though the RFCs would allow it: many programs read line by line.
            if c.len_utf8() > room {
                self.0.push_str("\r\n ");
                room = FOLD - 1;
            }
            self.0.push(c);
            room -= c.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    /// A line whose value is text (RFC 5545 §3.3.11, RFC 6350 §3.4).
    pub(crate) fn text(&mut self, name: &str, value: &str) {
        self.put(name, &escaped(value));
    }

    pub(crate) fn done(self) -> String {
        self.0
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut all = text.chars().peekable();
    while let Some(c) = all.next() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\r' if all.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{85}' => out.push_str("\\n"),
            '\t' => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_cannot_leave_its_line() {
        assert_eq!(escaped("a;b,c\\d\r\ne\nf\u{7}\tg"), "a\\;b\\,c\\\\d\\ne\\nf g");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

        #[test]
        fn folded_lines_are_short_and_come_back(text in "[가-힣a-z ,;😀\\n]{0,200}") {
            let mut lines = Lines::default();
            lines.text("SUMMARY", &text);
            let out = lines.done();
            prop_assert!(out.ends_with("\r\n"));
            let mut whole = String::new();
            for (n, line) in out.trim_end_matches("\r\n").split("\r\n").enumerate() {
                prop_assert!(line.len() <= FOLD, "{}", line.len());
                prop_assert!(n == 0 || line.starts_with(' '));
                whole.push_str(if n == 0 { line } else { &line[1..] });
            }
            prop_assert_eq!(whole, format!("SUMMARY:{}", escaped(&text)));
        }
    }
}
