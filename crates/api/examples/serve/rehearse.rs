//! Rehearsals that are over as soon as they begin: their callers say what the example's calls say. Who really rehearses is the program.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use biseo_api::views::{
    FailureCode, PlayedCall, PlayedFailure, PlayedLine, RehearsalCall, RehearsalCallState, Run, RunDetail,
    RunState, Speaker,
};
use biseo_api::{Beginning, NotBegun, Rehearses};
use biseo_model::ids::ShopId;
use biseo_model::shop::ShopProfile;
use biseo_store::Correction;

use super::past::TALK;

/// Runs of a shop that are kept.
const KEPT: usize = 10;

/// What was rehearsed, by shop.
#[derive(Default)]
pub(super) struct Rehearsed(Mutex<BTreeMap<ShopId, Of>>);

#[derive(Default)]
struct Of {
    begun: u64,
    runs: Vec<RunDetail>,
    rang: bool,
}

impl Rehearsed {
    fn of<T>(&self, shop: &ShopId, look: impl FnOnce(&mut Of) -> T) -> T {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        look(all.entry(shop.clone()).or_default())
    }
}

impl Rehearses for Rehearsed {
    // Corrections are played by who understands: the program.
    fn begin(&self, shop: Arc<ShopProfile>, when: Beginning, _: Vec<Correction>) -> Result<Run, NotBegun> {
        Ok(self.of(&shop.id, |of| {
            of.begun += 1;
            let run = Run {
                id: format!("run{}", of.begun),
                begun: when.at,
                state: RunState::Done,
                total: 2,
                done: 2,
                passed: 1,
            };
            let detail = RunDetail {
                run: run.clone(),
                calls: vec![books(), asks()],
            };
            of.runs.insert(0, detail);
            of.runs.truncate(KEPT);
            run
        }))
    }

    fn runs(&self, shop: &ShopId) -> Vec<Run> {
        self.of(shop, |of| {
            of.runs.iter().map(|detail| detail.run.clone()).collect()
        })
    }

    fn run(&self, shop: &ShopId, id: &str) -> Option<RunDetail> {
        self.of(shop, |of| {
            of.runs.iter().find(|detail| detail.run.id == id).cloned()
        })
    }

    fn forget(&self, shop: &ShopId) {
        self.of(shop, |of| of.runs.clear());
    }

    fn ring(&self, shop: Arc<ShopProfile>, _: Beginning) -> Result<RehearsalCall, NotBegun> {
        self.of(&shop.id, |of| of.rang = true);
        Ok(self.ringing(&shop.id))
    }

    fn ringing(&self, shop: &ShopId) -> RehearsalCall {
        let rang = self.of(shop, |of| of.rang);
        RehearsalCall {
            state: match rang {
                true => RehearsalCallState::Over,
                false => RehearsalCallState::None,
            },
            caller: rang.then(|| "book_table".into()),
            ..RehearsalCall::default()
        }
    }
}

fn line(who: Speaker, text: &str) -> PlayedLine {
    PlayedLine {
        who,
        text: text.into(),
    }
}

fn books() -> PlayedCall {
    let said = TALK
        .iter()
        .flat_map(|(heard, said)| [line(Speaker::Caller, heard), line(Speaker::Biseo, said)]);
    PlayedCall {
        caller: "book_table".into(),
        about: None,
        passed: true,
        failures: Vec::new(),
        lines: said.filter(|one| !one.text.is_empty()).collect(),
    }
}

fn asks() -> PlayedCall {
    PlayedCall {
        caller: "ask_fact".into(),
        about: Some("유모차".into()),
        passed: false,
        failures: vec![PlayedFailure {
            code: FailureCode::Unanswered,
            about: Some("유모차".into()),
        }],
        lines: vec![
            line(Speaker::Caller, "유모차 가지고 들어갈 수 있어요?"),
            line(Speaker::Biseo, "그건 제가 아직 몰라서, 확인하고 알려 드릴게요."),
        ],
    }
}
