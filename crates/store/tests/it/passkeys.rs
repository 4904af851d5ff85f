//! Passkeys of accounts.

use crate::both;
use crate::common::{Db, at, shop};
use biseo_store::{Account, Invited, MOST_PASSKEYS, Passkey, Removal, Store, StoreError};
use tokio::task::JoinSet;

fn account(id: &str, password: &str) -> Account {
    Account {
        id: id.into(),
        login: id.into(),
        name: "김사장".into(),
        password: password.into(),
        totp: None,
        totp_pending: None,
        recovery: Vec::new(),
        operator: false,
        made: at(0),
        last_seen: None,
    }
}

fn passkey(id: &str, account: &str) -> Passkey {
    Passkey {
        id: id.into(),
        account: account.into(),
        domain: "biseo.example".into(),
        credential: format!("credential-{id}"),
        handle: format!("handle-{account}"),
        public_key: r#"{"key":1}"#.into(),
        counter: 0,
        backup_eligible: true,
        backed_up: false,
        name: "휴대폰".into(),
        made: at(1),
        used: None,
    }
}

async fn link(store: &Store, id: &str) {
    let invited = Invited {
        id: id.into(),
        shop: Some(shop("haengbok")),
        role: "owner".into(),
        name: "김사장".into(),
        made: at(0),
        expires: at(100),
    };
    store.invite(&invited, id).await.unwrap();
}

async fn with_password(store: &Store, id: &str) {
    link(store, id).await;
    store
        .accept_with(id, &account(id, "$argon2id$"))
        .await
        .unwrap()
        .unwrap();
}

/// Takes a link for an account that is entered by a passkey.
async fn take(store: &Store, link: &str, id: &str, key: &str) -> Result<Option<Invited>, StoreError> {
    let (account, passkey) = (account(id, ""), passkey(key, id));
    store.accept_with_passkey(link, &account, &passkey).await
}

async fn with_passkey(store: &Store, id: &str, key: &str) {
    link(store, id).await;
    take(store, id, id, key).await.unwrap().unwrap();
}

async fn they_are_found_renamed_and_removed_by_their_account_only(db: Db) {
    let store = db.open().await;
    with_password(&store, "a").await;
    with_password(&store, "b").await;
    store.add_passkey(&passkey("k", "a")).await.unwrap();
    let twice = store.add_passkey(&passkey("k", "b")).await;
    assert!(matches!(twice, Err(StoreError::Conflict(_))), "{twice:?}");
    let nobody = store.add_passkey(&passkey("n", "nobody")).await;
    assert!(matches!(nobody, Err(StoreError::Conflict(_))), "{nobody:?}");
    let found = store.passkey_of("biseo.example", "credential-k").await.unwrap();
    assert_eq!(found, Some(passkey("k", "a")));
    assert_eq!(
        store.passkey_of("other.example", "credential-k").await.unwrap(),
        None
    );
    assert!(!store.rename_passkey("b", "k", "내 것").await.unwrap());
    assert!(store.rename_passkey("a", "k", "노트북").await.unwrap());
    assert_eq!(store.passkeys("a").await.unwrap()[0].name, "노트북");
    assert_eq!(store.passkeys("b").await.unwrap(), []);
    let domain = Some("biseo.example");
    assert_eq!(
        store.remove_passkey("b", "k", domain).await.unwrap(),
        Removal::Unknown
    );
    assert_eq!(
        store.remove_passkey("a", "k", domain).await.unwrap(),
        Removal::Gone
    );
    assert_eq!(store.passkeys("a").await.unwrap(), []);
}

/// Also of two removals at once one is refused.
async fn the_only_way_in_stays(db: Db) {
    let store = db.open().await;
    with_passkey(&store, "a", "k1").await;
    let domain = Some("biseo.example");
    assert_eq!(
        store.remove_passkey("a", "k1", domain).await.unwrap(),
        Removal::Last
    );
    store.add_passkey(&passkey("k2", "a")).await.unwrap();
    assert_eq!(
        store
            .remove_passkey("a", "k2", Some("other.example"))
            .await
            .unwrap(),
        Removal::Last,
        "those left are of a domain that is none any more"
    );
    let mut all = JoinSet::new();
    for id in ["k1", "k2"] {
        let store = store.clone();
        all.spawn(async move {
            store
                .remove_passkey("a", id, Some("biseo.example"))
                .await
                .unwrap()
        });
    }
    let mut ends = all.join_all().await;
    ends.sort_by_key(|end| *end == Removal::Last);
    assert_eq!(ends, [Removal::Gone, Removal::Last]);
    assert_eq!(store.passkeys("a").await.unwrap().len(), 1);
}

/// The link lives on if its account cannot be made; a removed account leaves nothing.
async fn a_link_makes_account_and_passkey_together(db: Db) {
    let store = db.open().await;
    with_passkey(&store, "a", "k").await;
    link(&store, "b").await;
    let known = take(&store, "b", "b", "k").await;
    assert!(matches!(known, Err(StoreError::Conflict(_))), "{known:?}");
    assert_eq!(store.account("b").await.unwrap(), None);
    assert!(store.invited("b", at(1)).await.unwrap().is_some());
    assert!(take(&store, "b", "b", "l").await.unwrap().is_some());
    assert!(take(&store, "b", "c", "m").await.unwrap().is_none(), "used up");
    store
        .remove_member(&shop("haengbok"), "b", "owner", None)
        .await
        .unwrap();
    assert_eq!(store.account("b").await.unwrap(), None);
    assert_eq!(
        store.passkey_of("biseo.example", "credential-l").await.unwrap(),
        None
    );
}

async fn a_counter_only_rises(db: Db) {
    let store = db.open().await;
    with_password(&store, "a").await;
    store.add_passkey(&passkey("k", "a")).await.unwrap();
    for (counter, taken) in [
        (0, true),
        (0, true),
        (5, true),
        (5, false),
        (4, false),
        (0, false),
        (6, true),
    ] {
        assert_eq!(
            store.use_passkey("k", counter, true, at(9)).await.unwrap(),
            taken,
            "{counter}"
        );
    }
    let found = store.passkeys("a").await.unwrap().remove(0);
    assert_eq!(
        (found.counter, found.backed_up, found.used),
        (6, true, Some(at(9)))
    );
    let mut all = JoinSet::new();
    for _ in 0..4 {
        let store = store.clone();
        all.spawn(async move { store.use_passkey("k", 7, true, at(10)).await.unwrap() });
    }
    assert_eq!(all.join_all().await.into_iter().filter(|t| *t).count(), 1);
}

async fn an_account_has_so_many(db: Db) {
    let store = db.open().await;
    with_password(&store, "a").await;
    for n in 0..MOST_PASSKEYS {
        store.add_passkey(&passkey(&format!("k{n}"), "a")).await.unwrap();
    }
    let more = store.add_passkey(&passkey("more", "a")).await;
    assert!(matches!(more, Err(StoreError::Conflict(_))), "{more:?}");
}

both! {
    they_are_found_renamed_and_removed_by_their_account_only,
    the_only_way_in_stays,
    a_link_makes_account_and_passkey_together,
    a_counter_only_rises,
    an_account_has_so_many
}
