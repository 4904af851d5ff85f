//! What is older than a shop wants to keep it is removed.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use biseo_api::remove_recording;
use biseo_api::views::Care;
use biseo_model::ids::ShopId;
use biseo_model::shop::ShopProfile;
use biseo_store::{Audited, Store};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::closing;
use super::rehearsals::Rehearsals;
use crate::house::House;

/// How often is looked.
const EVERY: Duration = Duration::from_secs(3600);

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// Looks until the office closes. By a clock that is shifted for a rehearsal nothing is too old: what it removed would be gone on the
/// real day as well.
pub(super) async fn keep(house: Arc<House>, rehearsals: Arc<Rehearsals>, mut stopped: watch::Receiver<bool>) {
    if house.clock.is_shifted() {
        tracing::info!("the clock is shifted for a rehearsal: nothing is removed for its age");
        return;
    }
    loop {
        let look = async {
            house.records.there().await;
            for shop in house.directory.all() {
                let (store, data) = (&house.store, &*house.config.data);
                match of_shop(store, data, &shop, house.clock.now()).await {
                    Ok(true) => rehearsals.forget(&shop.id),
                    Ok(false) => {}
                    Err(e) => tracing::error!("shop {}: what is too old could not be removed: {e}", shop.id),
                }
            }
            tokio::time::sleep(EVERY).await;
        };
        tokio::select! {
            () = look => {}
            () = closing(&mut stopped) => return,
        }
    }
}

/// Whether words that callers said were removed.
async fn of_shop(store: &Store, data: &Path, shop: &ShopProfile, now: Timestamp) -> Result<bool, Failed> {
    let care = match store.setting(&shop.id, Care::NAME).await? {
        Some(kept) => serde_json::from_value(kept.content)?,
        None => Care::default(),
    };
    let recordings = recordings(store, data, (&shop.id, ago(now, care.recordings_days)?)).await?;
    let words = store.forget_words(&shop.id, ago(now, care.words_days)?).await?;
    let before = ago(now, care.people_days)?;
    let day = TimeZone::get(&shop.zone)?.to_datetime(before).date();
    let people = store.forget_people(&shop.id, (before, day)).await?;
    if recordings + words + people > 0 {
        tracing::info!(
            "shop {}: too old and removed: {recordings} recordings, words of {words} calls and pages, {people} records of people",
            shop.id
        );
        store.audit(&removed(shop, now)).await?;
    }
    Ok(words + people > 0)
}

/// Files first: a row without its file is found again, a file without its row is not.
async fn recordings(store: &Store, data: &Path, (shop, before): (&ShopId, Timestamp)) -> Result<u64, Failed> {
    let mut gone = 0;
    loop {
        let old = store.recordings_before(shop, before).await?;
        if old.is_empty() {
            return Ok(gone);
        }
        for recording in old {
            remove_recording(data, &recording.path).await?;
            store.recording_gone(shop, &recording.call).await?;
            gone += 1;
        }
    }
}

fn ago(now: Timestamp, days: u16) -> Result<Timestamp, jiff::Error> {
    now.checked_sub(SignedDuration::from_hours(24 * i64::from(days)))
}

/// That it was done stands in the shop's log, by nobody.
fn removed(shop: &ShopProfile, now: Timestamp) -> Audited {
    Audited {
        id: format!("care-{}-{}", shop.id, now.as_millisecond()),
        shop: Some(shop.id.clone()),
        at: now,
        account: None,
        login: None,
        action: "care.removed".into(),
        target: None,
        address: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use biseo_model::ids::CallId;
    use biseo_model::record::{CallEnd, CallRecord};

    fn shop() -> ShopProfile {
        ShopProfile::from_toml(include_str!("../../../../shops/haengbok.toml")).unwrap()
    }

    async fn call(store: &Store, data: &Path, id: &str, started: Timestamp) {
        let path = format!("recordings/{id}.wav");
        std::fs::write(data.join(&path), "sound").unwrap();
        let record = CallRecord {
            id: CallId::new(id).unwrap(),
            shop: shop().id,
            caller: None,
            dialled: None,
            forwarded: None,
            started,
            answered: None,
            ended: None,
            end: None,
            recording: Some(path),
        };
        store.begin_call(&record).await.unwrap();
        store
            .end_call(&record.id, started, CallEnd::Caller)
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn a_recording_goes_with_its_file_and_the_log_tells_it() {
        let dir = tempfile::tempdir().unwrap();
        let (data, shop) = (dir.path(), shop());
        std::fs::create_dir(data.join("recordings")).unwrap();
        let store = Store::open(data.join("biseo.db")).await.unwrap();
        let now: Timestamp = "2026-11-26T12:00:00Z".parse().unwrap();
        call(&store, data, "old", ago(now, 91).unwrap()).await;
        call(&store, data, "gone", ago(now, 92).unwrap()).await;
        call(&store, data, "new", ago(now, 89).unwrap()).await;
        // The program ended between the file and the row.
        std::fs::remove_file(data.join("recordings/gone.wav")).unwrap();
        for _ in 0..2 {
            of_shop(&store, data, &shop, now).await.unwrap();
        }
        let there = |id: &str| data.join(format!("recordings/{id}.wav")).exists();
        assert_eq!((there("old"), there("new")), (false, true));
        let calls = store.calls(&shop.id, 10).await.unwrap();
        let recorded: Vec<_> = calls.iter().filter(|c| c.recording.is_some()).collect();
        assert_eq!(recorded.len(), 1);
        let page = biseo_store::Page {
            after: None,
            limit: 10,
        };
        let log = store.audited(&shop.id, &page).await.unwrap();
        assert_eq!(log.len(), 1, "what removes nothing is not told");
        assert_eq!(log[0].action, "care.removed");
    }
}
