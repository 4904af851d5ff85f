//! Biseo's sentences, from the files under `flows` and filled in as the dialogue fills them in.

use std::sync::Arc;

use biseo_conversation::{Flows, Item, Language as Spoken, Values};
use biseo_digest::{Language, Signs, Wording};
use jiff::civil::DateTime;

use super::records::Matter;

/// The signs of the flows' own wording, in both languages: a caller may change between them.
pub fn signs() -> Signs {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../flows");
    let names = std::fs::read_dir(&folder).unwrap();
    let names = names.map(|f| f.unwrap().file_name().into_string().unwrap());
    let files: Vec<(String, String)> = names
        .filter(|name| name.ends_with(".ko.toml") || name.ends_with(".en.toml"))
        .map(|name| (name.clone(), std::fs::read_to_string(folder.join(name)).unwrap()))
        .collect();
    let files = files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    let promises = [Language::Ko, Language::En]
        .map(|l| Wording::of(l).promises().to_vec())
        .concat();
    Signs::read(files, &promises).unwrap()
}

/// Who speaks.
#[derive(Debug)]
pub struct Voice {
    flows: Arc<Flows>,
    language: Spoken,
    now: DateTime,
}

impl Voice {
    pub fn new(language: Language, now: DateTime) -> Self {
        let language = match language {
            Language::Ko => Spoken::Ko,
            Language::En => Spoken::En,
        };
        Self {
            flows: Flows::built_in(),
            language,
            now,
        }
    }

    /// Sentences one after the other; of each that one of its variants whose turn it is.
    pub fn say(&self, keys: &[&str], turn: u32, values: &Values) -> String {
        let wording = self.flows.wording(self.language);
        let sentence = |key: &&str| {
            assert!(wording.has(key), "{key}");
            wording.sentence(key, turn, values)
        };
        keys.iter().map(sentence).collect::<Vec<_>>().join(" ")
    }

    /// The values that the dialogue would have.
    pub fn values(&self, matter: &Matter) -> Values {
        let say = &self.flows.wording(self.language).say;
        let mut values = Values::new();
        values.insert("shop", "행복식당".into());
        if let Some(was) = &matter.was {
            let when = say.when(self.now, was.date.to_datetime(was.time));
            values.insert("was", format!("{when} {}", say.party(was.party_size)));
        }
        if let Some(b) = &matter.booking {
            let when = say.when(self.now, b.date.to_datetime(b.time));
            values.extend([
                ("when", when.clone()),
                ("to", when),
                ("party", say.party(b.party_size)),
                ("name", b.name.clone()),
                ("phone", b.phone.grouped()),
                ("requests", say.list(&b.requests)),
            ]);
        }
        if let Some(o) = &matter.order {
            let item = |i: &biseo_model::record::OrderItem| Item {
                name: i.name.clone(),
                quantity: i.quantity,
            };
            values.extend([
                ("items", say.items(&o.items.iter().map(item).collect::<Vec<_>>())),
                ("won", say.money(o.won)),
                ("pickup", o.pickup.map(|t| say.time(t)).unwrap_or_default()),
                ("name", o.name.clone()),
                ("phone", o.phone.grouped()),
            ]);
        }
        if let Some(m) = &matter.message {
            values.extend([
                ("message", m.text.clone()),
                ("name", m.name.clone().unwrap_or_default()),
                ("phone", "010-2000-0000".into()),
                ("notes", "잠: 잘 잤어. 식사: 먹었지".into()),
            ]);
        }
        values
    }
}
