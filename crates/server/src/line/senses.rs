//! Whether callers can be understood, and can hear us: told to the shops' people when it is lost, and when it is back.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use biseo_line::{Language, Wording};
use biseo_store::{FoundBy, Incident};

use crate::house::House;
use crate::live::Deed;
use crate::wording::Lang;

/// How often what is lost is tried to be stored, a second apart; people are told all the same.
const TRIES: u32 = 30;

/// What an engine is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sense {
    /// Recognition.
    Hearing,
    /// Synthesis.
    Voice,
}

impl Sense {
    /// The code of its loss.
    fn cause(self) -> &'static str {
        match self {
            Self::Hearing => "hearing_dead",
            Self::Voice => "voice_dead",
        }
    }
}

/// What is lost now.
#[derive(Debug, Default)]
pub(crate) struct Senses(Mutex<BTreeMap<Sense, Incident>>);

impl Senses {
    /// A call had to do without it. Told once, until it is back.
    pub(crate) fn lost(&self, house: &Arc<House>, sense: Sense) {
        let began = house.clock.now();
        let incident = Incident {
            id: format!("speech-{:013}-{}", began.as_millisecond(), sense.cause()),
            shop: None,
            source: FoundBy::Doctor,
            begun_by: None,
            cause: sense.cause().into(),
            subject: "host".into(),
            name: String::new(),
            region: String::new(),
            consequences: Vec::new(),
            confidence: 1_000,
            announced: None,
            account: None,
            began,
            ends: None,
            ended: None,
            evidence: serde_json::Value::Null,
        };
        {
            let mut lost = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if lost.contains_key(&sense) {
                return;
            }
            lost.insert(sense, incident.clone());
        }
        tracing::error!("{}: calls go on by keys", sense.cause());
        tell(house, &incident, false);
        tokio::spawn(store(house.clone(), incident));
    }

    /// It has served a call.
    pub(crate) fn back(&self, house: &Arc<House>, sense: Sense) {
        let incident = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&sense);
        let Some(incident) = incident else { return };
        let ended = Incident {
            ended: Some(house.clock.now()),
            ..incident
        };
        tracing::warn!("{}: it is over", sense.cause());
        tell(house, &ended, true);
        tokio::spawn(store(house.clone(), ended));
    }
}

fn tell(house: &House, incident: &Incident, over: bool) {
    let language = match house.config.lang {
        Lang::Ko => Language::Ko,
        Lang::En => Language::En,
    };
    let text = Wording::of(language).cause(&incident.cause).to_string();
    for shop in house.directory.all() {
        let (id, text) = (incident.id.clone(), text.clone());
        let key = if over { format!("{id}-over") } else { id.clone() };
        house.live.done(Deed::Incident {
            shop: shop.id.clone(),
            id,
            key,
            text,
            over,
            at: incident.ended.unwrap_or(incident.began),
        });
    }
}

async fn store(house: Arc<House>, incident: Incident) {
    for _ in 0..TRIES {
        // However long the database is away, it is not forgotten.
        house.records.there().await;
        let stored = match incident.ended {
            Some(at) => {
                let ended = house
                    .store
                    .end_house_incident(&incident.id, at, &incident.evidence);
                ended.await.map(drop)
            }
            None => house.store.begin_incident(&incident).await,
        };
        match stored {
            Ok(()) => return,
            Err(e) => tracing::warn!("an incident could not be stored and is tried again: {e}"),
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}
