//! Rehearsing a shop from its page: the callers who fit it, in text; and one of them by a real call.

mod ring;
mod stage;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use biseo_api::views::{PlayedCall, RehearsalCall, RehearsalCallState, Run, RunDetail, RunState};
use biseo_api::{Beginning, NotBegun, Rehearses};
use biseo_model::ids::ShopId;
use biseo_model::shop::ShopProfile;
use biseo_rehearse::{first_caller, fitting};
use biseo_store::Correction;
use tokio::sync::Semaphore;

use crate::house::House;
pub(crate) use ring::Door;
use stage::Cases;

/// Runs of a shop that are kept.
const KEPT: usize = 10;
/// Rehearsals in text of all shops at once: each takes a processor.
const AT_ONCE: usize = 2;
/// Calls of all shops at once.
const CALLS_AT_ONCE: usize = 1;

/// Rehearses the shops of a house.
pub(crate) struct Rehearsals {
    house: Arc<House>,
    books: Mutex<Books>,
    stages: Arc<Semaphore>,
    lines: Arc<Semaphore>,
    /// Where the house is called; known once its telephone is open.
    door: OnceLock<Door>,
}

#[derive(Default)]
struct Books {
    runs: HashMap<ShopId, VecDeque<RunDetail>>,
    calls: HashMap<ShopId, RehearsalCall>,
    /// Runs of all shops so far: makes their ids.
    count: u64,
}

impl Rehearsals {
    /// With none begun.
    pub(crate) fn new(house: Arc<House>) -> Self {
        Self {
            house,
            books: Mutex::default(),
            stages: Arc::new(Semaphore::new(AT_ONCE)),
            lines: Arc::new(Semaphore::new(CALLS_AT_ONCE)),
            door: OnceLock::new(),
        }
    }

    /// The house's telephone is open and called here. Told once.
    pub(crate) fn called_at(&self, door: Door) {
        let _ = self.door.set(door);
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes a run that is under way; one that was forgotten meanwhile stays so.
    fn change(&self, shop: &ShopId, id: &str, change: impl FnOnce(&mut RunDetail)) {
        let mut books = self.books();
        let runs = books.runs.entry(shop.clone()).or_default();
        if let Some(found) = runs.iter_mut().find(|r| r.run.id == id) {
            change(found);
        }
    }

    /// Words that a shop no longer keeps may stand in its runs.
    pub(super) fn forget(&self, shop: &ShopId) {
        self.books().runs.remove(shop);
    }

    /// A call was played.
    fn played(&self, shop: &ShopId, id: &str, call: PlayedCall) {
        self.change(shop, id, |detail| {
            detail.run.done += 1;
            detail.run.passed += usize::from(call.passed);
            detail.calls.push(call);
        });
    }

    fn ended(&self, shop: &ShopId, id: &str, state: RunState) {
        self.change(shop, id, |detail| detail.run.state = state);
    }

    fn call_changed(&self, shop: &ShopId, change: impl FnOnce(&mut RehearsalCall)) {
        change(self.books().calls.entry(shop.clone()).or_default());
    }
}

/// What the API asks for; a type of its own, since a run outlives the question for it.
pub(super) struct Rehearser(pub(super) Arc<Rehearsals>);

impl Rehearses for Rehearser {
    fn begin(
        &self,
        shop: Arc<ShopProfile>,
        when: Beginning,
        corrections: Vec<Correction>,
    ) -> Result<Run, NotBegun> {
        let place = self.0.stages.clone().try_acquire_owned();
        let cases = Cases {
            callers: fitting(&shop, when.local),
            corrections,
        };
        let mut books = self.0.books();
        let latest = books.runs.get(&shop.id).and_then(VecDeque::front);
        if latest.is_some_and(|r| r.run.state == RunState::Running) {
            return Err(NotBegun::UnderWay);
        }
        let place = place.map_err(|_| NotBegun::Full)?;
        books.count += 1;
        let run = Run {
            id: format!("{}-{}", when.at.as_second(), books.count),
            begun: when.at,
            state: RunState::Running,
            total: cases.callers.len() + cases.corrections.len(),
            done: 0,
            passed: 0,
        };
        let runs = books.runs.entry(shop.id.clone()).or_default();
        runs.push_front(RunDetail {
            run: run.clone(),
            calls: Vec::new(),
        });
        runs.truncate(KEPT);
        drop(books);
        stage::play(self.0.clone(), shop, run.id.clone(), cases, place);
        Ok(run)
    }

    fn runs(&self, shop: &ShopId) -> Vec<Run> {
        let books = self.0.books();
        let runs = books.runs.get(shop).into_iter().flatten();
        runs.map(|r| r.run.clone()).collect()
    }

    fn run(&self, shop: &ShopId, id: &str) -> Option<RunDetail> {
        let books = self.0.books();
        books.runs.get(shop)?.iter().find(|r| r.run.id == id).cloned()
    }

    fn forget(&self, shop: &ShopId) {
        self.0.forget(shop);
    }

    fn ring(&self, shop: Arc<ShopProfile>, when: Beginning) -> Result<RehearsalCall, NotBegun> {
        let door = self.0.door.get().ok_or(NotBegun::Impossible)?;
        let caller = first_caller(&shop, when.local).ok_or(NotBegun::Impossible)?;
        let line = self.0.lines.clone().try_acquire_owned();
        let mut books = self.0.books();
        let going = [RehearsalCallState::Ringing, RehearsalCallState::Talking];
        if books
            .calls
            .get(&shop.id)
            .is_some_and(|c| going.contains(&c.state))
        {
            return Err(NotBegun::UnderWay);
        }
        let line = line.map_err(|_| NotBegun::Full)?;
        let call = RehearsalCall {
            state: RehearsalCallState::Ringing,
            caller: Some(caller.kind.clone()),
            about: caller.tags.first().cloned(),
            call: None,
        };
        books.calls.insert(shop.id.clone(), call.clone());
        drop(books);
        tokio::spawn(ring::ring(self.0.clone(), door.clone(), caller, line));
        Ok(call)
    }

    fn ringing(&self, shop: &ShopId) -> RehearsalCall {
        self.0.books().calls.get(shop).cloned().unwrap_or_default()
    }
}
