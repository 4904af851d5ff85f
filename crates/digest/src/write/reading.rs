//! How long a page is read, and what of it is folded.

use crate::page::{Line, Page};
use crate::time::{self, MOST_SECONDS};
use crate::wording::Wording;

/// What is said of folded lines takes so long for each section.
const FOLDED_MS: u64 = 1_500;

impl Page {
    pub(super) fn fold(&mut self, words: &Wording) {
        let most = u64::from(MOST_SECONDS) * 1000;
        let all: u64 = self
            .sections
            .iter()
            .flat_map(|s| &s.lines)
            .map(Line::millis)
            .sum();
        if self.frame() + all > most {
            let folded = FOLDED_MS * self.sections.len() as u64;
            let budget = most.saturating_sub(self.frame() + folded);
            time::fold(&mut self.sections, budget);
        }
        for section in self.sections.iter_mut().filter(|s| s.folded > 0) {
            let key = if section.lines.is_empty() {
                "more_all"
            } else {
                "more"
            };
            let text = words.say(key, &[("n", &section.folded.to_string())]);
            section.more = Some((text, format!("{}#{}", self.links.all, section.kind.id())));
        }
    }

    /// What is read beside the lines.
    fn frame(&self) -> u64 {
        let head = time::millis(&self.title) + time::millis(&self.span);
        let cards = self
            .cards
            .iter()
            .map(|c| time::millis(&c.label) + time::millis(&c.value) + time::millis(&c.note));
        let sections = self
            .sections
            .iter()
            .map(|s| time::millis(&s.title) + time::millis(&s.note));
        head + cards.sum::<u64>() + sections.sum::<u64>()
    }

    pub(super) fn measure(&mut self, words: &Wording) {
        let lines: u64 = self
            .sections
            .iter()
            .flat_map(|s| &s.lines)
            .map(Line::millis)
            .sum();
        let more = self
            .sections
            .iter()
            .filter_map(|s| s.more.as_ref())
            .map(|(text, _)| time::millis(text));
        let total = self.frame() + lines + more.sum::<u64>();
        self.seconds = u32::try_from(total.div_ceil(1000)).unwrap_or(u32::MAX);
        let (m, n) = (self.seconds / 60, self.seconds % 60);
        let (m, n) = (m.to_string(), if n > 0 { n.to_string() } else { String::new() });
        let key = if self.seconds < 60 {
            "reading"
        } else {
            "reading_minutes"
        };
        self.reading = words.say(key, &[("m", &m), ("n", &n)]);
    }
}
