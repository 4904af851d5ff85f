//! How much of an utterance no rule has an explanation for.

use biseo_model::shop::ShopProfile;
use biseo_model::understanding::{Context, Understanding, Value};

use crate::guess::BEGINNINGS;
use crate::reading::Reading;
use crate::text::Line;
use crate::vocabulary::Vocabulary;

/// So much behind a cue or a value is its particle or ending, if no word begins in it: 네 명|이서요.
const TAIL: usize = 3;
/// Words without content beside those by which somebody only begins: answers, particles, English ones.
const EMPTY: [&str; 10] = ["네", "예", "좀", "요", "the", "a", "i", "and", "so", "please"];

/// Tells the share of an utterance that neither cues nor values explain.
#[derive(Debug, Clone)]
pub struct Unexplained {
    vocabulary: Vocabulary,
}

impl Unexplained {
    /// For the callers of one shop.
    pub fn new(shop: &ShopProfile) -> Self {
        Self {
            vocabulary: Vocabulary::new(shop),
        }
    }

    /// The share of content characters, 0 to 1, that no cue and no value of `understanding` (the rules' reading of the same
    /// utterance) covers; 0 where there is no content.
    pub fn share(&self, text: &str, context: &Context, understanding: &Understanding) -> f32 {
        let line = Line::new(text);
        let reading = Reading::new(&line, &self.vocabulary, context);
        let mut explained = vec![false; line.len()];
        for (start, end) in spans(&reading, understanding) {
            cover(&line, &mut explained, start, end);
        }
        let (mut content, mut left) = (0u16, 0u16);
        let mut at = 0;
        while at < line.len() {
            let end = line.word_end(at);
            let word: String = (at..end).map(|i| line.at(i)).collect();
            if !EMPTY.contains(&word.as_str()) && !BEGINNINGS.contains(&word.as_str()) {
                let open = explained[at..end].iter().filter(|e| !**e).count();
                // No utterance that is read is longer than a u16 counts.
                content += u16::try_from(end - at).unwrap_or(u16::MAX);
                left += u16::try_from(open).unwrap_or(u16::MAX);
            }
            at = end;
        }
        if content == 0 {
            0.0
        } else {
            f32::from(left) / f32::from(content)
        }
    }
}

/// Cues and values in places of the compact text.
fn spans(reading: &Reading<'_>, understanding: &Understanding) -> Vec<(usize, usize)> {
    let cues = reading.cues.iter().map(|c| (c.start, c.end));
    let things = reading.things.iter().map(|t| (t.start, t.end));
    let place = |origin: usize| reading.line.cells.partition_point(|c| c.origin < origin);
    // A topic that was guessed spans its clause without explaining it; one that was heard has its cue.
    let valued = understanding
        .slots
        .iter()
        .filter(|f| !matches!(f.value, Value::Topic(_)));
    let slots = valued.map(|f| (place(f.start), place(f.end)));
    cues.chain(things).chain(slots).collect()
}

fn cover(line: &Line, explained: &mut [bool], start: usize, end: usize) {
    let mut to = end;
    while to < end + TAIL && !line.gap(to) {
        to += 1;
    }
    let to = to.min(explained.len());
    if let Some(span) = explained.get_mut(start.min(to)..to) {
        span.fill(true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Nlu;

    fn share(text: &str) -> f32 {
        let shop = ShopProfile::from_toml(include_str!("../../../shops/haengbok.toml")).unwrap();
        let context = Context {
            now: "2026-11-24T10:12:00".parse().unwrap(),
            awaiting: None,
        };
        let understanding = Nlu::new(&shop).understand(text, &context);
        Unexplained::new(&shop).share(text, &context, &understanding)
    }

    #[test]
    fn what_is_understood_is_explained() {
        for text in [
            "내일 저녁 일곱 시에 네 명 예약하고 싶은데요",
            "주차 되나요?",
            "음 저기 그",
            "",
        ] {
            assert!(share(text) < 0.3, "{text}: {}", share(text));
        }
    }

    #[test]
    fn what_nobody_wrote_down_is_not() {
        for text in ["와인 들고 가서 마실라카는데", "돌잔치 현수막 걸어도 괜찮을랑가"]
        {
            assert!(share(text) > 0.5, "{text}: {}", share(text));
        }
    }

    #[test]
    fn it_is_a_share_whatever_comes() {
        for text in ["🙂🙂", "7", &"가".repeat(5000), "네네네 아니 내일 모레"] {
            assert!((0.0..=1.0).contains(&share(text)), "{text:.20}");
        }
    }
}
