//! What stands in for the database: a copy of the books, and a journal of what is done meanwhile.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use biseo_store::offline::{Entry, Journal};
use biseo_store::{Store, StoreError};
use tokio::sync::{Notify, RwLock};

/// The copy and its journal.
#[derive(Debug)]
pub(crate) struct Local {
    /// The copy.
    pub(super) copy: Store,
    journal: Arc<Mutex<Journal>>,
    away: AtomicBool,
    /// Held while something is done here, and by the end of a reconciliation alone.
    pub(super) gate: RwLock<()>,
    /// Somebody has noticed that the database is away, or that it is back.
    pub(super) changed: Notify,
}

impl Local {
    /// Opens both in a folder. What a former run left in the journal is to be reconciled first: until then the database counts as
    /// away.
    ///
    /// # Errors
    /// As [`Journal::open`] and [`Store::open`].
    pub(crate) async fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join("journal");
        let journal = tokio::task::spawn_blocking(move || Journal::open(&path)).await;
        let journal = journal.map_err(|e| StoreError::Database(e.to_string()))??;
        let copy = Store::open(folder.join("copy.db")).await?;
        let owes = !journal.entries().is_empty() || !copy.taken_calls().await?.is_empty();
        Ok(Self {
            copy,
            journal: Arc::new(Mutex::new(journal)),
            away: AtomicBool::new(owes),
            gate: RwLock::new(()),
            changed: Notify::new(),
        })
    }

    /// Whether calls go on here.
    pub(crate) fn is_away(&self) -> bool {
        self.away.load(Ordering::Acquire)
    }

    /// The database is away: calls go on here.
    pub(super) fn leave(&self, why: &StoreError) {
        if !self.away.swap(true, Ordering::AcqRel) {
            tracing::error!("calls go on against the local copy: {why}");
            self.changed.notify_waiters();
        }
    }

    /// All is in the database again.
    pub(super) fn come_back(&self) {
        self.away.store(false, Ordering::Release);
        self.changed.notify_waiters();
    }

    /// Ready when calls go on in the database.
    pub(crate) async fn there(&self) {
        loop {
            let changed = self.changed.notified();
            if !self.is_away() {
                return;
            }
            changed.await;
        }
    }

    /// Writes into the journal; it is on the disk then.
    pub(super) async fn write(&self, entry: Entry) -> Result<(), StoreError> {
        self.with_journal(|journal| journal.append(entry)).await
    }

    /// What was done, oldest first.
    pub(super) async fn entries(&self) -> Result<Vec<Entry>, StoreError> {
        self.with_journal(|journal| Ok(journal.entries().to_vec())).await
    }

    /// All of it is reconciled.
    pub(super) async fn clear(&self) -> Result<(), StoreError> {
        self.with_journal(Journal::clear).await?;
        self.copy.forget_taken().await
    }

    /// The journal waits for the disk, which nobody else does.
    async fn with_journal<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Journal) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let journal = self.journal.clone();
        let done = tokio::task::spawn_blocking(move || {
            work(&mut journal.lock().unwrap_or_else(PoisonError::into_inner))
        });
        done.await.map_err(|e| StoreError::Database(e.to_string()))?
    }
}
