//! The shop's own words: menu, services, staff and queues, found through a recogniser's slips.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use biseo_model::shop::{BookingRules, ShopProfile};
use serde::Deserialize;

use crate::lexicon::{Found, Lexicon, SHOP_WORDS};
use crate::names;
use crate::text::Line;

/// What a word of the shop names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    /// An item of the menu.
    Item(String),
    /// A service.
    Service(String),
    /// A member of staff.
    Staff(String),
    /// A queue.
    Queue(String),
}

/// A word of the shop in an utterance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// What it names.
    pub term: Term,
    /// First place.
    pub start: usize,
    /// Place after the last.
    pub end: usize,
}

#[derive(Debug, Default, Deserialize)]
struct Synonyms {
    groups: Vec<Vec<String>>,
    /// Words that sound like one of a shop's and are none.
    common: Vec<String>,
}

static SYNONYMS: LazyLock<Synonyms> =
    LazyLock::new(|| toml::from_str(include_str!("../data/synonyms.toml")).unwrap_or_default());

/// A shop's words, ready to be found.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    lexicon: Lexicon,
    terms: Vec<Term>,
    services: Vec<String>,
}

impl Vocabulary {
    /// Reads the words of a profile.
    pub fn new(shop: &ShopProfile) -> Self {
        let mut all = Self {
            lexicon: Lexicon::new(SHOP_WORDS),
            terms: Vec::new(),
            services: shop.services.iter().map(|s| s.name.clone()).collect(),
        };
        for item in &shop.menu {
            all.add(Term::Item(item.name.clone()), item_words(&item.name));
        }
        for service in &shop.services {
            all.add(Term::Service(service.name.clone()), item_words(&service.name));
        }
        if let Some(BookingRules::Staff(rules)) = &shop.booking {
            for member in &rules.staff {
                all.add(Term::Staff(member.name.clone()), staff_words(&member.name));
            }
        }
        for queue in &shop.queues {
            let words = queue.called.iter().chain([&queue.name]).cloned();
            all.add(
                Term::Queue(queue.name.clone()),
                words.chain(queue_words(&queue.name)).collect(),
            );
        }
        all
    }

    fn add(&mut self, term: Term, words: BTreeSet<String>) {
        let Ok(id) = u16::try_from(self.terms.len()) else {
            return;
        };
        self.terms.push(term);
        for word in words {
            if word.is_ascii() && !word.ends_with('s') {
                self.lexicon.add(&format!("{word}s"), id);
            }
            // A phrase with a verb in it would forgive too much.
            let phrase = word.contains(' ') && !word.starts_with(['=', '^']) && !self.is_name(&word);
            self.lexicon
                .add(&if phrase { format!("={word}") } else { word }, id);
        }
    }

    fn is_name(&self, word: &str) -> bool {
        self.terms.iter().any(|t| match t {
            Term::Item(name) | Term::Service(name) | Term::Staff(name) | Term::Queue(name) => name == word,
        })
    }

    /// The words of the shop in an utterance, in order, none overlapping.
    pub fn find(&self, line: &Line) -> Vec<Heard> {
        let mut found = self.lexicon.all(line);
        found.retain(|f| plausible(line, f));
        found.sort_by_key(|f| (f.start, std::cmp::Reverse(f.end), f.cost));
        let mut end = 0;
        found.retain(|f| {
            let free = f.start >= end;
            if free {
                end = f.end;
            }
            free
        });
        found
            .iter()
            .map(|f| Heard {
                term: self.terms[usize::from(f.id)].clone(),
                start: f.start,
                end: f.end,
            })
            .collect()
    }

    /// The service that is several in one (커트와 펌), if the profile has it.
    pub fn combined(&self, parts: &BTreeSet<&str>) -> Option<&str> {
        let is_both = |name: &&String| {
            let split: Option<(&str, &str)> = name.split_once("와 ").or_else(|| name.split_once("과 "));
            split.is_some_and(|(a, b)| parts.len() == 2 && parts.contains(a) && parts.contains(b))
        };
        self.services.iter().find(is_both).map(String::as_str)
    }
}

/// In the middle of a word only what is heard exactly and holds no blank is a word of the shop, unless blanks are missing.
fn plausible(line: &Line, found: &Found) -> bool {
    let common = |word: &String| line.after(found.start, word).is_some_and(|end| end >= found.end);
    if found.cost > 0 && SYNONYMS.common.iter().any(common) {
        return false;
    }
    // 거 장날: a short word heard wrongly and across a blank is none.
    let across = (found.start + 1..found.end).any(|i| line.gap(i));
    if across && found.cost > 0 && found.len() <= 2 {
        return false;
    }
    if line.gap(found.start) || line.at(found.start.saturating_sub(1)).is_ascii_digit() {
        return true;
    }
    let blank = (found.start + 1..found.end).any(|i| line.gap(i));
    let run = (0..=found.start).rev().take_while(|i| !line.gap(*i)).count();
    !blank && (found.cost == 0 && found.len() > 1 || found.cost <= 1 && run >= 5)
}

fn bare(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The name, its synonyms, and the name without an addition (순살 추가, 콜라 1.25L) or a last word in brackets.
fn item_words(name: &str) -> BTreeSet<String> {
    let mut words: BTreeSet<String> = BTreeSet::from([name.to_string()]);
    let key = bare(name);
    for group in &SYNONYMS.groups {
        if group.iter().any(|w| bare(w) == key) {
            words.extend(group.iter().cloned());
        }
    }
    let first = name.split([' ', '(']).next().unwrap_or(name);
    let addition = name.strip_prefix(first).unwrap_or("").trim();
    let drops = addition == "추가"
        || addition
            .chars()
            .next()
            .is_some_and(|c| c.is_ascii_digit() || c == '(');
    if drops && first.chars().count() > 1 {
        words.insert(first.to_string());
    }
    if key.chars().count() == 1 {
        words.remove(name);
        words.insert(format!("^{name}"));
    }
    words
}

fn staff_words(name: &str) -> BTreeSet<String> {
    let mut words: BTreeSet<String> = BTreeSet::from([format!("^{name}")]);
    for title in [
        "쌤",
        "샘",
        "선생",
        "언니",
        "씨",
        "디자이너",
        "실장",
        "원장",
        "오빠",
        "누나",
        "이 쌤",
        "이 언니",
        "쎔",
    ] {
        words.insert(format!("{name}{title}"));
    }
    if let Some((surname, title)) = name.split_once(' ') {
        for t in [title, "선생", "쌤", "교수", "의사", "과장", "닥터"] {
            words.insert(format!("{surname}{t}"));
        }
        for roman in names::romanised(surname) {
            for t in ["doctor", "dr", "director"] {
                words.insert(format!("{t} {roman}"));
            }
        }
        words.remove(&format!("^{name}"));
    } else if let Some(roman) = names::romanise(name) {
        words.insert(roman);
    }
    words
}

fn queue_words(name: &str) -> Vec<String> {
    let english: &[&str] = match name {
        "nurses" => &[
            "nurse",
            "nurses",
            "nursing desk",
            "nurses' desk",
            "nurse desk",
            "간호원",
            "간호 데스크",
        ],
        "사회복지팀" => &[
            "복지사",
            "social welfare team",
            "welfare team",
            "social worker",
            "social work team",
            "사회 복지",
            "social welfare",
        ],
        "요양팀" => &[
            "care team",
            "nursing care team",
            "long term care team",
            "nursing care",
            "요양 담당",
        ],
        _ => &[],
    };
    english.iter().map(ToString::to_string).collect()
}
