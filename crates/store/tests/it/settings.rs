//! Choices and digests: each the shop's own.

use biseo_store::{KeptDigest, Span};
use jiff::civil::date;
use serde_json::json;

use crate::both;
use crate::common::{Db, at, shop};

async fn who_was_not_there_for_the_last_change_changes_nothing(db: Db) {
    let store = db.open().await;
    let (own, other) = (shop("haengbok"), shop("byeol"));
    let (first, second) = (json!({"at": "21:00"}), json!({"at": "22:00"}));
    assert_eq!(store.setting(&own, "digest").await.unwrap(), None);
    assert!(
        !store.choose(&own, "digest", &first, 1).await.unwrap(),
        "there is none"
    );
    assert!(store.choose(&own, "digest", &first, 0).await.unwrap());
    assert!(!store.choose(&own, "digest", &second, 0).await.unwrap());
    assert!(store.choose(&own, "digest", &second, 1).await.unwrap());
    assert!(!store.choose(&own, "digest", &first, 1).await.unwrap());
    let kept = store.setting(&own, "digest").await.unwrap().unwrap();
    assert_eq!((kept.content, kept.version), (second, 2));
    assert_eq!(store.setting(&other, "digest").await.unwrap(), None);
    assert_eq!(store.setting(&own, "notices").await.unwrap(), None);
}

async fn a_days_digest_is_kept_as_it_was_first_written(db: Db) {
    let store = db.open().await;
    let (own, other) = (shop("haengbok"), shop("byeol"));
    let digest = |day: i8, title: &str| KeptDigest {
        date: date(2026, 11, day),
        span: Span {
            from: at(i64::from(day)),
            until: at(i64::from(day) + 1),
        },
        content: json!({"title": title}),
    };
    let (first, second) = (digest(24, "하루"), digest(25, "이튿날"));
    assert!(store.keep_digest(&own, &first).await.unwrap());
    assert!(!store.keep_digest(&own, &digest(24, "다시")).await.unwrap());
    assert!(store.keep_digest(&own, &second).await.unwrap());
    assert!(store.keep_digest(&other, &digest(24, "다른 가게")).await.unwrap());
    assert_eq!(store.digest(&own, first.date).await.unwrap(), Some(first.clone()));
    assert_eq!(store.digest(&other, second.date).await.unwrap(), None);
    assert_eq!(store.digests(&own, 9).await.unwrap(), [second.clone(), first]);
    assert_eq!(store.digests(&own, 1).await.unwrap(), [second]);
}

both!(
    who_was_not_there_for_the_last_change_changes_nothing,
    a_days_digest_is_kept_as_it_was_first_written
);
