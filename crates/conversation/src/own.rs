//! A shop's own sentences over those that all shops say: what may be said otherwise, and what may not.

use std::collections::BTreeSet;
use std::sync::Arc;

use biseo_model::shop::{OwnWords, ShopProfile, Wording as Own};

use crate::flow::{Flows, StepKind};
use crate::io::Language;
use crate::wording::Template;

/// A sentence that is said to callers, as all shops say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// The file in which it stands, most often a flow: `call`, `book`.
    pub flow: String,
    /// Its key there.
    pub key: String,
    /// Its variants in Korean, which take turns.
    pub ko: Vec<String>,
    /// And in English.
    pub en: Vec<String>,
    /// The places that it may have.
    pub places: Vec<String>,
    /// Of these, the ones that it must have: what is agreed on is read back whole.
    pub needed: Vec<String>,
}

/// What cannot be said of a shop's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsayable {
    /// The file.
    pub flow: String,
    /// The sentence's key.
    pub key: String,
    /// In this language.
    pub language: Language,
    /// Why.
    pub why: Why,
}

/// Why a sentence cannot be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// There is no such sentence, or none that callers hear.
    Unknown,
    /// A bracket is open or alone, or a place has no name.
    Form,
    /// This place has no value here.
    NoSuchPlace(String),
    /// This place must be in it: the caller could not say yes to what is not read back.
    PlaceMissing(String),
    /// A greeting must say that an AI speaks, and that it is recorded where it is.
    Undisclosed,
}

/// What a greeting has one of, so that callers know whom they speak to.
const SPEAKER: [&[&str]; 2] = [&["AI", "인공지능"], &["AI", "artificial intelligence"]];
/// What a greeting of a recorded call has one of.
const RECORDED: [&[&str]; 2] = [&["녹음"], &["record"]];

impl Flows {
    /// The sentences that callers hear, by file and key. Those of the record's trace and of messages to the shop are not among them.
    #[must_use]
    pub fn sentences(&self) -> Vec<Sentence> {
        let keys = self.wording(Language::Ko).keys();
        keys.filter_map(|(key, _)| self.sentence(key)).collect()
    }

    fn sentence(&self, whole: &str) -> Option<Sentence> {
        let (flow, key) = whole.split_once('.')?;
        let ko = self.wording(Language::Ko).variants(whole);
        if ko.is_empty() || !is_heard(flow, key) {
            return None;
        }
        let en = self.wording(Language::En).variants(whole);
        let each = || ko.iter().chain(en).map(places);
        let texts = |of: &[Template]| of.iter().map(Template::to_string).collect();
        let needed = match self.is_read_back(flow, key) {
            true => each().reduce(|a, b| &a & &b).unwrap_or_default(),
            false => BTreeSet::new(),
        };
        Some(Sentence {
            flow: flow.into(),
            key: key.into(),
            ko: texts(ko),
            en: texts(en),
            places: each().flatten().collect::<BTreeSet<_>>().into_iter().collect(),
            needed: needed.into_iter().collect(),
        })
    }

    /// Whether a yes to this sentence has something done.
    fn is_read_back(&self, flow: &str, key: &str) -> bool {
        let flow = self.all().iter().find(|f| f.name == flow);
        flow.is_some_and(|flow| {
            flow.steps
                .iter()
                .any(|s| matches!(&s.kind, StepKind::Confirm(said) if said == key))
        })
    }

    /// All of a shop's own words that cannot be said.
    #[must_use]
    pub fn unsayable(&self, own: &OwnWords) -> Vec<Unsayable> {
        let each = own.iter().flat_map(|(flow, sentences)| {
            sentences
                .iter()
                .map(move |(key, own)| (flow.as_str(), key.as_str(), own))
        });
        each.flat_map(|(flow, key, own)| self.wrong(flow, key, own))
            .collect()
    }

    fn wrong(&self, flow: &str, key: &str, own: &Own) -> Vec<Unsayable> {
        let fault = |language, why| Unsayable {
            flow: flow.into(),
            key: key.into(),
            language,
            why,
        };
        let Some(usual) = self.sentence(&format!("{flow}.{key}")) else {
            return vec![fault(Language::Ko, Why::Unknown)];
        };
        let texts = [(Language::Ko, Some(&own.ko)), (Language::En, own.en.as_ref())];
        let texts = texts.into_iter().filter_map(|(l, text)| Some((l, text?)));
        texts
            .filter_map(|(language, text)| Some(fault(language, read(&usual, language, text).err()?)))
            .collect()
    }

    /// These flows in the words of a shop; what cannot be said of them is left out.
    #[must_use]
    pub fn in_words_of(self: Arc<Self>, shop: &ShopProfile) -> Arc<Self> {
        if shop.wording.is_empty() {
            return self;
        }
        let mut spoken = Self::clone(&self);
        for (flow, sentences) in &shop.wording {
            for (key, own) in sentences {
                let whole = format!("{flow}.{key}");
                let Some(usual) = self.sentence(&whole) else {
                    continue;
                };
                let texts = [(Language::Ko, Some(&own.ko)), (Language::En, own.en.as_ref())];
                for (language, text) in texts {
                    if let Some(Ok(sentence)) = text.map(|text| read(&usual, language, text)) {
                        spoken.wording_mut(language).say_instead(whole.clone(), sentence);
                    }
                }
            }
        }
        Arc::new(spoken)
    }
}

fn places(of: &Template) -> BTreeSet<String> {
    of.places().into_iter().map(str::to_string).collect()
}

/// Whether callers hear it, or it says something to the shop.
fn is_heard(flow: &str, key: &str) -> bool {
    flow != "trace" && key != "title" && !key.starts_with("note_") && !key.contains("_text")
}

fn read(usual: &Sentence, language: Language, text: &str) -> Result<Template, Why> {
    let sentence = Template::parse(text).map_err(|_| Why::Form)?;
    let places = sentence.places();
    let strange = places.iter().find(|p| !usual.places.iter().any(|u| u == *p));
    if let Some(place) = strange {
        return Err(Why::NoSuchPlace((*place).to_string()));
    }
    if let Some(place) = usual.needed.iter().find(|n| !places.contains(&n.as_str())) {
        return Err(Why::PlaceMissing(place.clone()));
    }
    match is_disclosed(&usual.key, language, text) {
        true => Ok(sentence),
        false => Err(Why::Undisclosed),
    }
}

fn is_disclosed(key: &str, language: Language, text: &str) -> bool {
    let one = |of: [&[&str]; 2]| {
        let words = match language {
            Language::Ko => of[0],
            Language::En => of[1],
        };
        words.iter().any(|word| text.contains(word))
    };
    let speaker = !key.starts_with("greeting") || one(SPEAKER);
    let recorded = key != "greeting_recorded" || one(RECORDED);
    speaker && recorded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(flow: &str, key: &str, ko: &str, en: Option<&str>) -> OwnWords {
        let wording = Own {
            ko: ko.into(),
            en: en.map(Into::into),
        };
        OwnWords::from([(flow.into(), [(key.into(), wording)].into())])
    }

    #[test]
    fn every_usual_sentence_could_be_a_shops_own() {
        let flows = Flows::built_in();
        let all = flows.sentences();
        assert!(all.len() > 150, "{}", all.len());
        for s in &all {
            for ko in &s.ko {
                let words = own(&s.flow, &s.key, ko, None);
                // A variant may leave a place out that another one has, but for what is read back.
                assert_eq!(flows.unsayable(&words), [], "{}.{}: {ko}", s.flow, s.key);
            }
            for en in &s.en {
                let words = own(&s.flow, &s.key, &s.ko[0], Some(en));
                assert_eq!(flows.unsayable(&words), [], "{}.{}: {en}", s.flow, s.key);
            }
        }
        assert!(all.iter().all(|s| s.flow != "trace" && s.key != "title"));
        let confirm = all
            .iter()
            .find(|s| (s.flow.as_str(), s.key.as_str()) == ("book", "confirm"));
        assert!(confirm.unwrap().needed.contains(&"when".to_string()));
    }

    #[test]
    fn what_cannot_be_said_is_told_with_its_place() {
        let flows = Flows::built_in();
        let why = |flow: &str, key: &str, ko: &str, en: Option<&str>| {
            let found = flows.unsayable(&own(flow, key, ko, en));
            found.into_iter().map(|u| (u.language, u.why)).next()
        };
        for (flow, key, ko, en, expected) in [
            ("call", "busy", "잠깐만요.", None, None),
            (
                "call",
                "busy",
                "잠깐만요, {때}.",
                None,
                Some((Language::Ko, Why::Form)),
            ),
            (
                "call",
                "busy",
                "[잠깐만요.",
                None,
                Some((Language::Ko, Why::Form)),
            ),
            (
                "book",
                "done",
                "{when}에 뵐게요, {name} 님, {price}원입니다.",
                None,
                Some((Language::Ko, Why::NoSuchPlace("name".into()))),
            ),
            (
                "book",
                "done",
                "{when}에 뵐게요.",
                Some("See you {day}."),
                Some((Language::En, Why::NoSuchPlace("day".into()))),
            ),
            ("call", "nothing", "네.", None, Some((Language::Ko, Why::Unknown))),
            ("trace", "title", "네.", None, Some((Language::Ko, Why::Unknown))),
            (
                "call",
                "greeting",
                "네, {shop}입니다.",
                None,
                Some((Language::Ko, Why::Undisclosed)),
            ),
            (
                "call",
                "greeting_recorded",
                "{shop} AI 비서예요.",
                None,
                Some((Language::Ko, Why::Undisclosed)),
            ),
            (
                "call",
                "greeting_recorded",
                "{shop} AI 비서예요. 통화는 녹음돼요.",
                None,
                None,
            ),
        ] {
            assert_eq!(why(flow, key, ko, en), expected, "{flow}.{key}: {ko} {en:?}");
        }
        let short = flows.unsayable(&own("book", "confirm", "{when}에 예약할까요?", None));
        assert!(matches!(&short[0].why, Why::PlaceMissing(_)), "{short:?}");
    }

    #[test]
    fn a_shop_says_its_own_words_and_the_usual_ones_where_they_cannot_be_said() {
        let flows = Flows::built_in();
        let text = include_str!("../../../shops/haengbok.toml");
        let mut shop = ShopProfile::from_toml(text).unwrap();
        assert!(Arc::ptr_eq(&flows.clone().in_words_of(&shop), &flows));
        shop.wording = own("call", "busy", "잠깐만요.", None);
        shop.wording.extend(own("book", "done", "{price}원이요.", None));
        let spoken = flows.clone().in_words_of(&shop);
        let say = |flows: &Flows, language, key: &str| {
            flows
                .wording(language)
                .sentence(key, 0, &crate::wording::Values::new())
        };
        assert_eq!(say(&spoken, Language::Ko, "call.busy"), "잠깐만요.");
        for (language, key) in [(Language::En, "call.busy"), (Language::Ko, "book.done")] {
            assert_eq!(say(&spoken, language, key), say(&flows, language, key));
        }
    }
}
