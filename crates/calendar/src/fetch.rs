//! Fetches the calendars of others when they are due, and puts their busy times into the store.

use std::time::Duration;

use biseo_notify::channels::{Allowed, Http, HttpError};
use biseo_store::{Import, Store, StoreError};
use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;

use crate::busy::{BusyError, MOST_OCTETS, busy};
use crate::site::Profiles;

/// A calendar that could be read is fetched again after so long, one that could not after so long.
const AGAIN: SignedDuration = SignedDuration::from_mins(15);
const AFTER_FAULT: SignedDuration = SignedDuration::from_mins(30);
/// Busy times are kept for so many days ahead: as far as anything is booked, at most.
const AHEAD: i64 = 400;
/// Calendars of one step.
const STEP: u32 = 8;
/// One calendar, with all redirections, takes so long at most.
const WITHIN: Duration = Duration::from_secs(60);
/// Redirections that are followed, each address judged anew.
const HOPS: usize = 3;

/// Why a calendar was not read. Codes, for the console to put into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The address may not be reached: not `https`, not public.
    #[error("refused")]
    Refused,
    /// There is no connection, or it broke off, or took too long.
    #[error("unreachable")]
    Unreachable,
    /// The other side says no (403, 404, 410 and their like).
    #[error("status")]
    Status,
    /// Too long, or too much in it.
    #[error("too_large")]
    TooLarge,
    /// No calendar.
    #[error("form")]
    Form,
    /// The shop is no more, or its zone is unknown.
    #[error("shop")]
    Shop,
}

impl From<BusyError> for FetchError {
    fn from(error: BusyError) -> Self {
        match error {
            BusyError::TooLarge => Self::TooLarge,
            BusyError::Form => Self::Form,
            BusyError::Zone => Self::Shop,
        }
    }
}

impl From<HttpError> for FetchError {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::TooLarge => Self::TooLarge,
            _ => Self::Unreachable,
        }
    }
}

/// Whether an address has the form of one that could be fetched. Which machine it is, is judged when it is.
#[must_use]
pub fn has_form(address: &str) -> bool {
    // Names are judged when they are looked up; private addresses that are written out are refused here already.
    Allowed::public().read(&secure(address)).is_ok()
}

/// What calendars call their addresses: `webcal://` is `https://`.
fn secure(address: &str) -> String {
    match address.strip_prefix("webcal://") {
        Some(rest) => format!("https://{rest}"),
        None => address.to_string(),
    }
}

/// Fetches what is due.
#[derive(Clone)]
pub struct Importer {
    store: Store,
    http: Http,
    profiles: Profiles,
}

impl Importer {
    /// Joins the parts. `http` knows which networks may be reached.
    #[must_use]
    pub fn new(store: Store, http: Http, profiles: Profiles) -> Self {
        Self {
            store,
            http,
            profiles,
        }
    }

    /// Fetches what is due, all beside one another; gives how many. Whoever calls it does so every minute or so.
    ///
    /// # Errors
    /// If the store fails; the others are settled all the same. What is wrong with a calendar is noted there.
    pub async fn step(&self, now: Timestamp) -> Result<usize, StoreError> {
        let due = self.store.imports_due(now, STEP).await?;
        let (mut work, count) = (JoinSet::new(), due.len());
        for import in due {
            let own = self.clone();
            work.spawn(async move { own.one(&import, now).await });
        }
        let mut outcome = Ok(count);
        while let Some(ended) = work.join_next().await {
            match ended {
                Ok(Err(e)) => outcome = Err(e),
                Ok(Ok(())) => {}
                Err(e) => tracing::error!("the reading of a calendar has failed within the program: {e}"),
            }
        }
        outcome
    }

    async fn one(&self, import: &Import, now: Timestamp) -> Result<(), StoreError> {
        let spans = tokio::time::timeout(WITHIN, self.spans(import, now)).await;
        match spans.unwrap_or(Err(FetchError::Unreachable)) {
            Ok(spans) => {
                let times = (now, later(now, AGAIN));
                self.store
                    .set_busy(&import.shop, &import.id, &spans, times)
                    .await?;
            }
            Err(fault) => {
                tracing::info!(shop = %import.shop, import = import.id, %fault, "a calendar cannot be read");
                let (fault, due) = (fault.to_string(), later(now, AFTER_FAULT));
                self.store
                    .import_failed(&import.shop, &import.id, &fault, due)
                    .await?;
            }
        }
        Ok(())
    }

    async fn spans(
        &self,
        import: &Import,
        now: Timestamp,
    ) -> Result<Vec<(jiff::civil::DateTime, jiff::civil::DateTime)>, FetchError> {
        let profile = (self.profiles)(&import.shop).ok_or(FetchError::Shop)?;
        let text = self.text(&import.address).await?;
        let window = (
            later(now, -SignedDuration::from_hours(24)),
            later(now, SignedDuration::from_hours(24 * AHEAD)),
        );
        // Computing, for a large calendar; not on the threads that serve.
        tokio::task::spawn_blocking(move || busy(&text, (&profile.id, &profile.zone), window))
            .await
            .map_err(|_| FetchError::Form)?
            .map_err(Into::into)
    }

    async fn text(&self, address: &str) -> Result<String, FetchError> {
        let mut address = secure(address);
        for _ in 0..=HOPS {
            let uri = self
                .http
                .allowed()
                .read(&address)
                .map_err(|_| FetchError::Refused)?;
            let page = self.http.read(uri, "text/calendar", MOST_OCTETS).await?;
            match (page.status, page.location) {
                (200, _) => return String::from_utf8(page.body).map_err(|_| FetchError::Form),
                (301 | 302 | 303 | 307 | 308, Some(to)) => address = to,
                _ => return Err(FetchError::Status),
            }
        }
        Err(FetchError::Status)
    }
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(now)
}
