//! The records of calls themselves, wherever they are kept now; each as the function of the same name of `Store`.

use biseo_model::ids::{CallId, ShopId};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{CallEnd, CallRecord, TurnRecord};
use biseo_store::{Incident, Question, StoreError, Visits};
use jiff::Timestamp;
use jiff::civil::Date;

use super::{Kept, Records, Way, either};

impl Records {
    /// What is out of order; while the database is away, as the copy has it.
    pub(crate) async fn open_incidents(&self) -> Result<Vec<Incident>, StoreError> {
        either!(self, s => s.open_incidents(), l => l.copy.open_incidents()).map(|(found, _)| found)
    }

    pub(crate) async fn is_blocked(&self, shop: &ShopId, phone: &PhoneNumber) -> Result<bool, StoreError> {
        either!(self, s => s.is_blocked(shop, phone), l => l.copy.is_blocked(shop, phone))
            .map(|(found, _)| found)
    }

    pub(crate) async fn visits(
        &self,
        shop: &ShopId,
        phone: &PhoneNumber,
        until: Date,
    ) -> Result<Option<Visits>, StoreError> {
        let found = either!(self, s => s.visits(shop, phone, until), l => l.copy.visits(shop, phone, until));
        found.map(|(found, _)| found)
    }

    pub(crate) async fn begin_call(&self, call: &CallRecord) -> Result<(), StoreError> {
        either!(self, s => s.begin_call(call), l => l.copy.begin_call(call)).map(drop)
    }

    pub(crate) async fn answer_call(&self, call: &CallRecord, at: Timestamp) -> Result<(), StoreError> {
        let path = call.recording.as_deref();
        either!(self, s => s.answer_call(&call.id, at, path), l => l.answer_call(call, at)).map(drop)
    }

    pub(crate) async fn end_call(
        &self,
        call: &CallRecord,
        at: Timestamp,
        end: CallEnd,
    ) -> Result<(), StoreError> {
        either!(self, s => s.end_call(&call.id, at, end), l => l.end_call(call, at, end)).map(drop)
    }

    pub(crate) async fn add_turn(&self, shop: &ShopId, turn: &TurnRecord) -> Result<(), StoreError> {
        either!(self, s => s.add_turn(turn), l => l.add_turn(shop, turn)).map(drop)
    }

    pub(crate) async fn amend_turn(&self, shop: &ShopId, turn: &TurnRecord) -> Result<(), StoreError> {
        either!(self, s => s.amend_turn(turn), l => l.amend_turn(shop, turn)).map(drop)
    }

    pub(crate) async fn turns(&self, shop: &ShopId, call: &CallId) -> Result<Vec<TurnRecord>, StoreError> {
        either!(self, s => s.turns(shop, call), l => l.copy.turns(shop, call)).map(|(found, _)| found)
    }

    pub(crate) async fn add_question(&self, shop: &ShopId, question: &Question) -> Result<Kept, StoreError> {
        let kept =
            either!(self, s => s.add_question(shop, question), l => l.copy.add_question(shop, question));
        kept.map(|((), kept)| kept)
    }
}
