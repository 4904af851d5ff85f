//! Reading a text from left to right, and the small parsers that the rules share.

use super::SpeakOptions;

/// A rule: says what stands here, or leaves it to the next rule.
pub(super) type Rule = fn(&Here) -> Option<Said>;

/// What a rule said, and how many characters it said it for (at least one).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Said {
    pub length: usize,
    pub words: String,
}

impl Said {
    pub fn new(length: usize, words: impl Into<String>) -> Self {
        Self {
            length,
            words: words.into(),
        }
    }
}

/// A place in the text.
pub(super) struct Here<'a> {
    text: &'a [char],
    at: usize,
    /// What has been said up to here.
    pub said: &'a str,
    pub options: SpeakOptions,
}

/// A number as written: "18,000" is `whole` 18000; "1.25" has the fraction "25".
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Number {
    pub length: usize,
    pub whole: String,
    pub fraction: Option<String>,
}

impl Number {
    /// Its value, if it is whole, has no leading zero and is below 10^16.
    pub fn value(&self) -> Option<u64> {
        let plain = self.whole == "0" || !self.whole.starts_with('0');
        (self.fraction.is_none() && plain && self.whole.len() <= 16)
            .then(|| self.whole.parse().ok())
            .flatten()
    }
}

/// Lets the rules say the whole text.
pub(super) fn apply(text: &[char], rules: &[Rule], options: SpeakOptions) -> String {
    let mut said = String::with_capacity(text.len() * 4);
    let mut at = 0;
    while let Some(&c) = text.get(at) {
        let here = Here {
            text,
            at,
            said: &said,
            options,
        };
        match rules.iter().find_map(|rule| rule(&here)) {
            Some(words) => {
                said.push_str(&words.words);
                at += words.length.max(1);
            }
            None => {
                said.push(c);
                at += 1;
            }
        }
    }
    said
}

impl Here<'_> {
    /// Whether a minus sign stands here, not a hyphen within a word or number.
    pub fn is_minus(&self) -> bool {
        let apart = self
            .before()
            .is_none_or(|c| c.is_whitespace() || "([:,".contains(c));
        self.char(0) == Some('-') && apart
    }

    /// The character `ahead` places on.
    pub fn char(&self, ahead: usize) -> Option<char> {
        self.text.get(self.at + ahead).copied()
    }

    /// The character before this place.
    pub fn before(&self) -> Option<char> {
        self.text.get(self.at.checked_sub(1)?).copied()
    }

    /// The same text from `ahead` places on.
    pub fn skip(&self, ahead: usize) -> Here<'_> {
        Here {
            text: self.text,
            at: (self.at + ahead).min(self.text.len()),
            said: self.said,
            options: self.options,
        }
    }

    /// The length of `word` if it stands here.
    pub fn word(&self, word: &str) -> Option<usize> {
        let length = word.chars().count();
        let here = self.text.get(self.at..self.at + length)?;
        here.iter().copied().eq(word.chars()).then_some(length)
    }

    /// The first of `words` that stands here, and its length.
    pub fn one_of<'w>(&self, words: &[&'w str]) -> Option<(&'w str, usize)> {
        words
            .iter()
            .find_map(|word| self.word(word).map(|length| (*word, length)))
    }

    /// How many spaces (not line breaks) stand here.
    pub fn spaces(&self) -> usize {
        self.run(|c| c == ' ')
    }

    /// How many characters from here on fulfil the condition.
    pub fn run(&self, fits: impl Fn(char) -> bool) -> usize {
        self.text
            .get(self.at..)
            .unwrap_or_default()
            .iter()
            .take_while(|c| fits(**c))
            .count()
    }

    /// `length` characters from here.
    pub fn slice(&self, length: usize) -> String {
        self.text
            .get(self.at..)
            .unwrap_or_default()
            .iter()
            .take(length)
            .collect()
    }

    /// The digits from here on.
    pub fn digits(&self) -> String {
        self.slice(self.run(|c| c.is_ascii_digit()))
    }

    /// One or two digits (not more) with a value up to `max`; the value and the length.
    pub fn small(&self, max: u32) -> Option<(u32, usize)> {
        let digits = self.digits();
        let value = digits.parse().ok()?;
        (digits.len() <= 2 && value <= max).then_some((value, digits.len()))
    }

    /// A number begins here: a digit, and none before it.
    pub fn number_starts(&self) -> bool {
        self.char(0).is_some_and(|c| c.is_ascii_digit()) && !self.before().is_some_and(|c| c.is_ascii_digit())
    }

    /// The number that stands here, with grouping commas and a decimal fraction.
    pub fn number(&self) -> Option<Number> {
        let mut whole = self.digits();
        let mut length = whole.len();
        if whole.is_empty() {
            return None;
        }
        while whole.len() < 40 && (1..=3).contains(&self.digits().len()) && self.char(length) == Some(',') {
            let group = self.skip(length + 1).digits();
            if group.len() != 3 {
                break;
            }
            whole.push_str(&group);
            length += 4;
        }
        let fraction = self.skip(length + 1).digits();
        let decimal = self.char(length) == Some('.') && !fraction.is_empty();
        let more = self.skip(length + 1 + fraction.len()).char(0) == Some('.');
        // "2026.11.25" is no decimal number, but "1.25." at the end of a sentence is.
        let dotted = more
            && self
                .skip(length + 2 + fraction.len())
                .char(0)
                .is_some_and(|c| c.is_ascii_digit());
        if decimal && !dotted {
            return Some(Number {
                length: length + 1 + fraction.len(),
                whole,
                fraction: Some(fraction),
            });
        }
        Some(Number {
            length,
            whole,
            fraction: None,
        })
    }

    /// A sign for "from … to" with spaces around it, and its length. A hyphen must stand close.
    pub fn until(&self) -> Option<usize> {
        let lead = self.spaces();
        let sign = self.char(lead)?;
        let tail = self.skip(lead + 1).spaces();
        match sign {
            '~' => Some(lead + 1 + tail),
            '-' if (lead == 0) == (tail == 0) => Some(lead + 1 + tail),
            _ => None,
        }
    }

    /// What was said before, without trailing spaces, ends with one of `words`.
    pub fn follows(&self, words: &[&str]) -> bool {
        let said = self.said.trim_end();
        words.iter().any(|word| said.ends_with(word))
    }

    /// Groups of digits joined by one of `joints`, from here on, and the length of the whole.
    pub fn groups(&self, joints: &[char]) -> (Vec<String>, usize) {
        let mut groups = vec![self.digits()];
        let mut length = groups[0].len();
        while self.char(length).is_some_and(|c| joints.contains(&c)) && groups.len() < 8 {
            let group = self.skip(length + 1).digits();
            if group.is_empty() {
                break;
            }
            length += 1 + group.len();
            groups.push(group);
        }
        (groups, length)
    }
}
