//! What stands in for the database: a copy of the books, and a journal of what is done meanwhile.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use biseo_store::offline::{Entry, Journal};
use biseo_store::{Store, StoreError};
use jiff::Timestamp;
use tokio::sync::{Notify, RwLock};

/// The copy and its journal.
#[derive(Debug)]
pub(crate) struct Local {
    /// The copy.
    pub(super) copy: Store,
    folder: PathBuf,
    journal: Arc<Mutex<Journal>>,
    away: AtomicBool,
    /// Calls in the database that a former run left open are still to be closed: it was away at the start.
    mends: AtomicBool,
    /// Why the database is away, as it was told last; empty while it is there.
    why: Mutex<String>,
    /// Held while something is done here, and by the end of a reconciliation alone.
    pub(super) gate: RwLock<()>,
    /// Somebody has noticed that the database is away, or that it is back.
    pub(super) changed: Notify,
}

impl Local {
    /// Opens both in a folder. What a former run left in the journal is to be reconciled first: until then the database counts as
    /// away. What it was about to do in the copy is done, and its calls are closed.
    ///
    /// # Errors
    /// As [`Journal::open`] and [`Store::open`].
    pub(crate) async fn open(folder: &Path, now: Timestamp) -> Result<Self, StoreError> {
        let path = folder.join("journal");
        let journal = tokio::task::spawn_blocking(move || Journal::open(&path)).await;
        let journal = journal.map_err(|e| StoreError::Database(e.to_string()))??;
        let copy = Store::open(folder.join("copy.db")).await?;
        copy.close_interrupted(now).await?;
        match copy.catch_up(journal.entries(), now).await? {
            0 => {}
            missing => {
                tracing::warn!("{missing} entries of the journal were not in the local copy; they are now")
            }
        }
        let owes = !journal.entries().is_empty() || !copy.taken_calls(None).await?.is_empty();
        Ok(Self {
            copy,
            folder: folder.to_path_buf(),
            journal: Arc::new(Mutex::new(journal)),
            away: AtomicBool::new(owes),
            mends: AtomicBool::new(false),
            why: Mutex::default(),
            gate: RwLock::new(()),
            changed: Notify::new(),
        })
    }

    /// Whether calls go on here.
    pub(crate) fn is_away(&self) -> bool {
        self.away.load(Ordering::Acquire)
    }

    /// The database is away: calls go on here. Told once, and again when there is another reason.
    pub(super) fn leave(&self, why: &StoreError) {
        let text = why.to_string();
        let mut told = self.told();
        if !self.away.swap(true, Ordering::AcqRel) || told.is_empty() {
            tracing::error!("calls go on against the local copy: {why}");
            self.changed.notify_waiters();
        } else if *told != text {
            tracing::error!("calls still go on against the local copy: {why}");
        }
        *told = text;
    }

    /// The database is away at the start.
    pub(super) fn begin_away(&self, why: &StoreError) {
        self.mends.store(true, Ordering::Release);
        self.leave(why);
    }

    /// Whether calls of former runs are still to be closed in the database.
    pub(super) fn mends(&self) -> bool {
        self.mends.load(Ordering::Acquire)
    }

    /// Why the database is away; empty while it is there.
    pub(crate) fn why(&self) -> String {
        self.told().clone()
    }

    /// When the copy was last kept, if that is known.
    pub(crate) async fn as_of(&self) -> Option<Timestamp> {
        self.copy.copy_of().await.ok()??.at
    }

    fn told(&self) -> MutexGuard<'_, String> {
        self.why.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All is in the database again.
    pub(super) fn come_back(&self) {
        self.told().clear();
        self.mends.store(false, Ordering::Release);
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

    /// Keeps in a file of its own, one JSON value to a line, what the database would not take: nothing is thrown away unseen.
    ///
    /// # Errors
    /// What the disk says; then the journal has to stay.
    pub(super) async fn set_aside(&self, lines: Vec<String>, now: Timestamp) -> Result<(), StoreError> {
        if lines.is_empty() {
            return Ok(());
        }
        let path = self.folder.join(format!("left-{}.jsonl", now.as_millisecond()));
        let (count, name) = (lines.len(), path.display().to_string());
        let written = tokio::task::spawn_blocking(move || {
            let mut file = std::fs::File::create(&path)?;
            file.write_all((lines.join("\n") + "\n").as_bytes())?;
            file.sync_all()
        });
        let written = written.await.map_err(|e| StoreError::Database(e.to_string()))?;
        written.map_err(|e| StoreError::Database(format!("{name}: {e}")))?;
        tracing::error!(
            "{count} things that were done while the database was away are not in it: they lie in {name}"
        );
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;
    use biseo_model::ids::{BookingId, CallId, OrderId, ShopId};
    use biseo_model::phone::PhoneNumber;
    use biseo_model::record::{Booking, BookingState, CallEnd, CallRecord, Order, OrderItem, OrderState};
    use biseo_store::Booked;
    use biseo_store::offline::OfflineDeed;

    #[tokio::test]
    async fn what_the_database_would_not_take_lies_beside_the_journal() {
        let dir = tempfile::tempdir().unwrap();
        let local = Local::open(dir.path(), Timestamp::UNIX_EPOCH).await.unwrap();
        let left = || {
            let files = std::fs::read_dir(dir.path()).unwrap().map(|f| f.unwrap().path());
            let mut files = files.filter(|f| f.extension().is_some_and(|e| e == "jsonl"));
            files.next().map(|f| std::fs::read_to_string(f).unwrap())
        };
        local.set_aside(Vec::new(), Timestamp::UNIX_EPOCH).await.unwrap();
        assert_eq!(left(), None);
        let lines = vec!["{\"entry\":1}".to_string(), "{\"call\":2}".to_string()];
        local.set_aside(lines, Timestamp::UNIX_EPOCH).await.unwrap();
        assert_eq!(left().as_deref(), Some("{\"entry\":1}\n{\"call\":2}\n"));
        // Where it cannot be kept, the journal has to stay.
        std::fs::create_dir(dir.path().join("left-7.jsonl")).unwrap();
        let at = Timestamp::from_millisecond(7).unwrap();
        assert!(local.set_aside(vec!["x".into()], at).await.is_err());
    }

    /// It has come between the journal and the copy, in the middle of a call.
    #[tokio::test]
    async fn after_a_power_cut_the_copy_has_what_the_journal_promised() {
        let dir = tempfile::tempdir().unwrap();
        let local = Local::open(dir.path(), Timestamp::UNIX_EPOCH).await.unwrap();
        let call = CallRecord {
            id: CallId::new("c1").unwrap(),
            shop: ShopId::new("gugu").unwrap(),
            caller: None,
            dialled: None,
            forwarded: None,
            started: Timestamp::UNIX_EPOCH,
            answered: None,
            ended: None,
            end: None,
            recording: None,
        };
        local.copy.begin_call(&call).await.unwrap();
        let booking = Booking {
            id: BookingId::new("b1").unwrap(),
            shop: call.shop.clone(),
            call: Some(call.id.clone()),
            date: jiff::civil::date(2026, 11, 27),
            time: jiff::civil::time(19, 0, 0, 0),
            minutes: 60,
            party_size: 2,
            name: "김하늘".into(),
            phone: PhoneNumber::parse("010-2345-6789").unwrap(),
            resource: String::new(),
            services: Vec::new(),
            requests: Vec::new(),
            state: BookingState::Confirmed,
            made: Timestamp::UNIX_EPOCH,
        };
        let entry = Entry {
            id: "b1-book".into(),
            at: Timestamp::UNIX_EPOCH,
            deed: OfflineDeed::Book {
                booking: booking.clone(),
                candidates: vec!["t1".into()],
            },
        };
        local.write(entry.clone()).await.unwrap();
        drop(local);
        let later = Timestamp::from_second(60).unwrap();
        for _ in 0..2 {
            let local = Local::open(dir.path(), later).await.unwrap();
            assert!(local.is_away());
            assert_eq!(local.entries().await.unwrap(), std::slice::from_ref(&entry));
            let other = Booking {
                id: BookingId::new("b2").unwrap(),
                call: None,
                ..booking.clone()
            };
            assert_eq!(local.copy.book(&other, &["t1"]).await.unwrap(), Booked::Full);
            let call = local.copy.call(&call.shop, &call.id).await.unwrap().unwrap();
            assert_eq!((call.end, call.ended), (Some(CallEnd::Interrupted), Some(later)));
        }
    }

    /// Its caller was told that it failed: nothing of it may come into the database later.
    #[tokio::test]
    async fn an_order_that_the_copy_does_not_take_is_taken_back() {
        let dir = tempfile::tempdir().unwrap();
        let local = Local::open(dir.path(), Timestamp::UNIX_EPOCH).await.unwrap();
        let order = |id: &str, shop: &str, won| Order {
            id: OrderId::new(id).unwrap(),
            shop: ShopId::new(shop).unwrap(),
            call: None,
            items: vec![OrderItem {
                name: "양념".into(),
                quantity: 1,
            }],
            won,
            date: jiff::civil::date(2026, 11, 27),
            pickup: None,
            address: None,
            name: "김하늘".into(),
            phone: PhoneNumber::parse("010-2345-6789").unwrap(),
            state: OrderState::Open,
            made: Timestamp::UNIX_EPOCH,
        };
        local.place_order(&order("good", "gugu", 19_000)).await.unwrap();
        assert!(local.place_order(&order("bad", "gugu", u64::MAX)).await.is_err());
        // What stands is not taken back by what repeats it wrongly.
        assert!(local.place_order(&order("good", "byeol", 19_000)).await.is_err());
        let entries = local.entries().await.unwrap();
        let voided = entries.iter().filter_map(|e| match &e.deed {
            OfflineDeed::Void { entry } => Some(entry.as_str()),
            _ => None,
        });
        assert_eq!(voided.collect::<Vec<_>>(), ["bad"]);
    }
}
