//! What the owner's side reads at a start, read later: the database could not be reached.

use std::sync::Arc;

use biseo_store::{Store, StoreError};

use super::houses::Chosen;
use super::page::welcome;
use crate::house::House;
use crate::wording::Wording;

/// What is still to be read.
pub(crate) struct Late {
    house: Arc<House>,
    chosen: Arc<Chosen>,
    /// Where the console is, if there is one.
    origin: Option<String>,
}

impl Late {
    pub(super) fn new(house: Arc<House>, chosen: Arc<Chosen>, origin: Option<String>) -> Self {
        Self {
            house,
            chosen,
            origin,
        }
    }

    /// Reads what owners chose: before anybody is told anything.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub(crate) async fn read(&self, store: &Store) -> Result<(), StoreError> {
        self.chosen.read_again(store, self.house.directory.all()).await
    }

    /// Prints the links by which the first owners get in.
    pub(crate) async fn greet(&self, house: &House, wording: &Wording) {
        if let Some(origin) = &self.origin {
            welcome(house, origin, wording).await;
        }
    }
}
