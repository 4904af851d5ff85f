//! What callers said and somebody corrected stands in rehearsals only for who may read calls, and no longer than in calls.

use std::sync::{Arc, Mutex};

use biseo_api::views::{PlayedCall, PlayedLine, RehearsalCall, Run, RunDetail, RunState, Speaker};
use biseo_api::{Beginning, NotBegun, Rehearses};
use biseo_model::ids::{CallId, ShopId};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{CallEnd, CallRecord};
use biseo_model::shop::ShopProfile;
use biseo_store::Correction;
use serde_json::{Value, json};

use crate::common::{Answer, Site, shop, start};

const SAID: &str = "제 번호는 비밀인데요";

/// Keeps what it is given to play, at once.
#[derive(Default)]
struct Plays(Mutex<Vec<RunDetail>>);

fn played(correction: Correction) -> PlayedCall {
    PlayedCall {
        caller: PlayedCall::CORRECTED.into(),
        about: Some(correction.heard.clone()),
        passed: true,
        failures: Vec::new(),
        lines: vec![PlayedLine {
            who: Speaker::Caller,
            text: correction.heard,
        }],
    }
}

impl Rehearses for Plays {
    fn begin(
        &self,
        _: Arc<ShopProfile>,
        when: Beginning,
        corrections: Vec<Correction>,
    ) -> Result<Run, NotBegun> {
        let mut runs = self.0.lock().unwrap();
        let run = Run {
            id: format!("run{}", runs.len()),
            begun: when.at,
            state: RunState::Done,
            total: corrections.len(),
            done: corrections.len(),
            passed: corrections.len(),
        };
        runs.push(RunDetail {
            run: run.clone(),
            calls: corrections.into_iter().map(played).collect(),
        });
        Ok(run)
    }

    fn runs(&self, _: &ShopId) -> Vec<Run> {
        self.0.lock().unwrap().iter().map(|d| d.run.clone()).collect()
    }

    fn run(&self, _: &ShopId, id: &str) -> Option<RunDetail> {
        let runs = self.0.lock().unwrap();
        runs.iter().find(|d| d.run.id == id).cloned()
    }

    fn forget(&self, _: &ShopId) {
        self.0.lock().unwrap().clear();
    }

    fn ring(&self, _: Arc<ShopProfile>, _: Beginning) -> Result<RehearsalCall, NotBegun> {
        Err(NotBegun::Impossible)
    }

    fn ringing(&self, _: &ShopId) -> RehearsalCall {
        RehearsalCall::default()
    }
}

/// A call of which something was corrected.
async fn corrected(site: &Site) {
    let call = CallRecord {
        id: CallId::new("c1").unwrap(),
        shop: shop("haengbok"),
        caller: PhoneNumber::parse("010-2345-6789").ok(),
        dialled: None,
        forwarded: None,
        started: start(),
        answered: Some(start()),
        ended: None,
        end: None,
        recording: None,
    };
    site.store.begin_call(&call).await.unwrap();
    site.store
        .end_call(&call.id, site.now(), CallEnd::Caller)
        .await
        .unwrap();
    let correction = Correction {
        call: call.id.clone(),
        turn: 1,
        heard: SAID.into(),
        said_at: start(),
        awaiting: None,
        meant: "ask".into(),
        topic: None,
        at: start(),
    };
    site.store.correct(&call.shop, &correction).await.unwrap();
}

async fn by_key(site: &Site, key: &str, method: &str, path: &str) -> Answer {
    let mut asked = crate::common::request(method, "", path, &[], None);
    let bearer = format!("Bearer {key}").parse().unwrap();
    asked.headers_mut().insert("authorization", bearer);
    site.send(asked).await
}

#[tokio::test]
async fn words_of_callers_are_for_who_reads_calls() {
    let site = Site::open(None, |s| s.rehearses = Some(Arc::new(Plays::default()))).await;
    let owner = site.join("sajang", "haengbok").await;
    corrected(&site).await;
    let rehearsals = "/shops/haengbok/rehearsals";
    let new = json!({"name": "웹", "rights": ["read_shop", "write_shop"], "days": 1});
    let made = site.ask("POST", &owner, "/shops/haengbok/keys", new).await;
    let key = made.body["token"].as_str().unwrap();

    let begun = site.ask("POST", &owner, rehearsals, Value::Null).await;
    assert_eq!(begun.body["total"], 1, "{begun:?}");
    let one = format!("{rehearsals}/run0");
    let seen = site.get(&owner, &one).await.body;
    assert_eq!(seen["calls"][0]["lines"][0]["text"], SAID);
    // A program that may not read calls sees how it went, without the words; and plays none.
    let seen = by_key(&site, key, "GET", &one).await.body;
    assert_eq!(seen["calls"][0]["passed"], true, "{seen}");
    assert!(!seen.to_string().contains(SAID), "{seen}");
    let begun = by_key(&site, key, "POST", rehearsals).await;
    assert_eq!((begun.status.as_u16(), &begun.body["total"]), (202, &json!(0)));

    let erased = site
        .ask(
            "DELETE",
            &owner,
            "/shops/haengbok/callers/01023456789",
            Value::Null,
        )
        .await;
    assert_eq!(erased.status.as_u16(), 200, "{erased:?}");
    assert_eq!(site.get(&owner, rehearsals).await.body["items"], json!([]));
}
