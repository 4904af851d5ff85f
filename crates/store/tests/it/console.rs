//! Accounts, invitations, sessions, the audit log, requests with a key.

use std::time::Duration;

use crate::both;
use crate::common::{Db, at, shop};
use biseo_store::{Account, Audited, Counted, Cursor, Factor, Invited, Once, Page, Store, StoreError};
use tokio::task::JoinSet;

fn account(id: &str, login: &str) -> Account {
    Account {
        id: id.into(),
        login: login.into(),
        name: "김사장".into(),
        password: "$argon2id$".into(),
        totp: None,
        totp_pending: None,
        recovery: Vec::new(),
        operator: false,
        made: at(0),
        last_seen: None,
    }
}

fn invited(id: &str, shop_id: Option<&str>, role: &str) -> Invited {
    Invited {
        id: id.into(),
        shop: shop_id.map(shop),
        role: role.into(),
        name: "김사장".into(),
        made: at(0),
        expires: at(100),
    }
}

async fn join(store: &Store, id: &str, shop_id: &str, role: &str) {
    store.invite(&invited(id, Some(shop_id), role), id).await.unwrap();
    store.accept_with(id, &account(id, id)).await.unwrap().unwrap();
}

/// Several take one link at once; a taken login leaves the link as it was.
async fn a_link_makes_one_account(db: Db) {
    let store = db.open().await;
    assert!(store.no_accounts().await.unwrap());
    store
        .invite(&invited("i", Some("haengbok"), "owner"), "hash")
        .await
        .unwrap();
    let mut all = JoinSet::new();
    for n in 0..4 {
        let store = store.clone();
        all.spawn(async move {
            let one = account(&format!("a{n}"), &format!("login{n}"));
            store.accept_with("hash", &one).await.unwrap().is_some()
        });
    }
    let taken = all.join_all().await.into_iter().filter(|t| *t).count();
    assert_eq!(taken, 1);
    assert_eq!(store.members(&shop("haengbok")).await.unwrap().len(), 1);
    assert!(!store.no_accounts().await.unwrap());
    let (known, _) = store.members(&shop("haengbok")).await.unwrap().remove(0);
    store
        .invite(&invited("j", Some("byeol"), "staff"), "other")
        .await
        .unwrap();
    let taken = store
        .accept_with("other", &account("b", &known.login.to_uppercase()))
        .await;
    assert!(matches!(taken, Err(StoreError::Conflict(_))), "{taken:?}");
    assert!(store.invited("other", at(1)).await.unwrap().is_some());
    assert!(
        store.invited("other", at(100)).await.unwrap().is_none(),
        "too old"
    );
    let (_, joined) = store
        .accept_as("other", &known.login, at(1), "owner")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(joined.id, known.id);
    assert_eq!(store.memberships(&known.id).await.unwrap().len(), 2);
}

async fn a_shop_keeps_an_owner_and_a_lost_account_ends(db: Db) {
    let store = db.open().await;
    join(&store, "o", "haengbok", "owner").await;
    join(&store, "s", "haengbok", "staff").await;
    store
        .begin_session("t", ("s", false), at(0), at(50))
        .await
        .unwrap();
    let haengbok = shop("haengbok");
    for (who, role) in [("o", "staff"), ("nobody", "owner")] {
        let refused = store.change_member(&haengbok, who, role, "owner").await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))));
    }
    assert!(store.remove_member(&haengbok, "o", "owner", None).await.is_err());
    assert!(
        store
            .remove_member(&shop("byeol"), "s", "owner", None)
            .await
            .is_err(),
        "another shop's"
    );
    // Also by a link, which is as good as before.
    store
        .invite(&invited("l", Some("haengbok"), "staff"), "l")
        .await
        .unwrap();
    let lesser = store.accept_as("l", "o", at(1), "owner").await;
    assert!(matches!(lesser, Err(StoreError::Conflict(_))), "{lesser:?}");
    let found = store.member(&haengbok, "o").await.unwrap().unwrap();
    assert_eq!((found.0.id.as_str(), found.1.as_str()), ("o", "owner"));
    assert_eq!(store.member(&shop("byeol"), "o").await.unwrap(), None);
    assert!(store.remove_member(&haengbok, "s", "owner", None).await.unwrap());
    assert!(
        store.invited("l", at(1)).await.unwrap().is_some(),
        "of no owner's"
    );
    assert_eq!(store.account("s").await.unwrap(), None);
    assert_eq!(store.session("t", at(1)).await.unwrap(), None);
    assert_eq!(store.members(&haengbok).await.unwrap().len(), 1);
}

async fn sessions_end_and_passwords_end_the_others(db: Db) {
    let store = db.open().await;
    join(&store, "o", "haengbok", "owner").await;
    for token in ["a", "b"] {
        store
            .begin_session(token, ("o", token == "a"), at(0), at(50))
            .await
            .unwrap();
    }
    let found = store.session("a", at(1)).await.unwrap().unwrap();
    assert_eq!(
        (found.account.id.as_str(), found.begun, found.expires),
        ("o", at(0), at(50))
    );
    assert_eq!((found.account.last_seen, found.by_passkey), (Some(at(0)), true));
    assert!(!store.session("b", at(1)).await.unwrap().unwrap().by_passkey);
    store.set_password("o", "$new$", "a").await.unwrap();
    assert!(store.session("b", at(1)).await.unwrap().is_none());
    store.prolong_session("a", at(90)).await.unwrap();
    assert!(store.session("a", at(89)).await.unwrap().is_some());
    assert!(store.session("a", at(90)).await.unwrap().is_none());
    store.end_session("a").await.unwrap();
    assert!(store.session("a", at(1)).await.unwrap().is_none());
}

/// A code is good once, also for several at once.
async fn second_factors_are_used_once(db: Db) {
    let store = db.open().await;
    join(&store, "o", "haengbok", "owner").await;
    store.begin_totp("o", "SECRET").await.unwrap();
    assert!(store.confirm_totp("o", "OTHER", 10, &[]).await.is_err());
    let codes = ["x".to_string(), "y".to_string()];
    store.confirm_totp("o", "SECRET", 10, &codes).await.unwrap();
    assert_eq!(
        store.account("o").await.unwrap().unwrap().totp.as_deref(),
        Some("SECRET")
    );
    assert!(!store.use_step("o", 10).await.unwrap());
    let mut all = JoinSet::new();
    for _ in 0..4 {
        let store = store.clone();
        all.spawn(async move { store.use_step("o", 11).await.unwrap() });
    }
    assert_eq!(all.join_all().await.into_iter().filter(|t| *t).count(), 1);
    assert!(store.use_recovery("o", &codes, &codes[..1]).await.unwrap());
    assert!(!store.use_recovery("o", &codes, &codes[..1]).await.unwrap());
}

/// Secrets are rewritten as long as they are those that were read.
async fn second_factors_are_rewritten_once(db: Db) {
    let store = db.open().await;
    join(&store, "o", "haengbok", "owner").await;
    join(&store, "p", "byeol", "owner").await;
    assert!(store.factors().await.unwrap().is_empty());
    store.begin_totp("o", "A").await.unwrap();
    store.confirm_totp("o", "A", 10, &[]).await.unwrap();
    store.begin_totp("o", "B").await.unwrap();
    let old = store.factors().await.unwrap().pop().unwrap();
    let of = |totp: &str, pending: Option<&str>| Factor {
        account: "o".into(),
        totp: Some(totp.into()),
        pending: pending.map(Into::into),
    };
    assert_eq!(old, of("A", Some("B")));
    let new = of("a", Some("b"));
    assert!(store.rewrite_factor(&old, &new).await.unwrap());
    assert!(!store.rewrite_factor(&old, &new).await.unwrap());
    assert_eq!(store.factors().await.unwrap(), std::slice::from_ref(&new));
    // An enrolment in between is not undone.
    store.confirm_totp("o", "b", 20, &[]).await.unwrap();
    assert!(!store.rewrite_factor(&new, &old).await.unwrap());
    let (now, next) = (of("b", None), of("c", None));
    assert!(store.rewrite_factor(&now, &next).await.unwrap());
    assert_eq!(store.factors().await.unwrap(), [next]);
    assert!(!format!("{now:?}").contains("\"b\""));
}

/// Free are three; then one waits.
fn three(fails: u32) -> Option<Duration> {
    (fails >= 3).then(|| Duration::from_secs(30))
}

fn never(_: u32) -> Option<Duration> {
    None
}

async fn attempts_are_counted_and_forgotten(db: Db) {
    let store = db.open().await;
    let who: [Counted<'_>; 2] = [("net", &never), ("kim", &three)];
    // However many at once: three are looked at.
    let mut all = JoinSet::new();
    for _ in 0..12 {
        let store = store.clone();
        all.spawn(async move {
            let who: [Counted<'_>; 2] = [("net", &never), ("kim", &three)];
            store.attempt(&who, at(0)).await.unwrap()
        });
    }
    let told = all.join_all().await;
    assert_eq!(told.iter().filter(|t| t.is_none()).count(), 3);
    assert!(told.iter().flatten().all(|t| *t == at(30)), "{told:?}");
    // Waiting counts for nobody: the fourth is the fourth.
    let fourth = |fails| (fails >= 4).then(|| Duration::from_secs(9));
    assert_eq!(store.attempt(&[("net", &fourth)], at(0)).await.unwrap(), None);
    assert_eq!(
        store.attempt(&[("net", &never)], at(1)).await.unwrap(),
        Some(at(9))
    );
    assert_eq!(store.attempt(&who, at(29)).await.unwrap(), Some(at(30)));
    store.clear_attempts("kim").await.unwrap();
    assert_eq!(store.attempt(&[("kim", &three)], at(29)).await.unwrap(), None);
    let day = at(90_000);
    assert_eq!(store.attempt(&[("lee", &never)], day).await.unwrap(), None);
    let first = |fails| (fails == 1).then(|| Duration::from_secs(1));
    store.attempt(&[("kim", &first)], day).await.unwrap();
    let waits = store.attempt(&[("kim", &first)], day).await.unwrap();
    assert_eq!(waits, Some(at(90_001)), "a day old: counted anew");
}

async fn the_audit_log_goes_by_page(db: Db) {
    let store = db.open().await;
    for n in 0..5 {
        let entry = Audited {
            id: format!("e{n}"),
            shop: Some(shop(if n == 4 { "byeol" } else { "haengbok" })),
            at: at(n / 2),
            account: Some("o".into()),
            login: Some("kim".into()),
            action: "booking.moved".into(),
            target: None,
            address: None,
        };
        store.audit(&entry).await.unwrap();
    }
    let mut page = Page {
        after: None,
        limit: 3,
    };
    let first = store.audited(&shop("haengbok"), &page).await.unwrap();
    page.after = first.last().map(|e| Cursor {
        at: e.at,
        id: e.id.clone(),
    });
    let second = store.audited(&shop("haengbok"), &page).await.unwrap();
    let ids: Vec<_> = first.iter().chain(&second).map(|e| e.id.as_str()).collect();
    assert_eq!(ids, ["e3", "e2", "e1", "e0"]);
}

async fn a_key_carries_a_request_out_once(db: Db) {
    let store = db.open().await;
    let ask = |request: &'static str, second| {
        let store = store.clone();
        async move { store.once("o", "k", request, at(second)).await.unwrap() }
    };
    assert_eq!(ask("r", 0).await, Once::Begin);
    assert_eq!(ask("r", 1).await, Once::UnderWay);
    assert_eq!(ask("other", 1).await, Once::Other);
    assert_eq!(ask("r", 61).await, Once::Begin, "who began it is dead");
    store.answered("o", "k", 201, "{}").await.unwrap();
    let kept = Once::Answered {
        status: 201,
        body: "{}".into(),
    };
    assert_eq!(ask("r", 3600).await, kept);
    store.not_answered("o", "k").await.unwrap();
    assert_eq!(ask("r", 3600).await, kept, "an answer is not taken back");
    assert_eq!(ask("r", 90_000).await, Once::Begin, "a day later");
    store.not_answered("o", "k").await.unwrap();
    assert_eq!(ask("other", 90_001).await, Once::Begin);
    assert_eq!(
        store.once("p", "k", "r", at(90_001)).await.unwrap(),
        Once::Begin,
        "another account's"
    );
}

both! {
    a_link_makes_one_account,
    a_shop_keeps_an_owner_and_a_lost_account_ends,
    sessions_end_and_passwords_end_the_others,
    second_factors_are_used_once,
    second_factors_are_rewritten_once,
    attempts_are_counted_and_forgotten,
    the_audit_log_goes_by_page,
    a_key_carries_a_request_out_once
}
