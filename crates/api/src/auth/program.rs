//! Programs, by a key in place of a person's session: `Authorization: Bearer biseo_…` (RFC 6750 §2.1).
//!
//! A key is of one shop and has the rights that its maker chose. It is nobody's account: what belongs to accounts (sessions, passkeys,
//! a browser's notices) is closed to it, and so is whatever gives rights to others.

use std::net::IpAddr;

use axum::http::{HeaderMap, header};
use biseo_model::ids::ShopId;
use biseo_store::{Account, ProgramKey};
use jiff::Timestamp;

use super::{Right, Role, Signed, secret};
use crate::problem::{Code, Problem};
use crate::state::Api;

/// What a key begins with, so that it is known for one wherever it is found.
const PREFIX: &str = "biseo_";
/// What a program's id begins with where an account's stands.
const ID: &str = "key:";
/// Characters of a key.
const LENGTH: usize = PREFIX.len() + 43;

/// Whether whoever did something was a program.
pub(crate) fn is_one(account: &str) -> bool {
    account.starts_with(ID)
}

/// What a program may do, and where.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    /// The shop, and the only one.
    pub(crate) shop: ShopId,
    /// What it may do there.
    pub(crate) rights: Vec<Right>,
}

/// A new key: the program's, and the hash under which it is kept.
pub(crate) fn make() -> (String, String) {
    let key = format!("{PREFIX}{}", secret::token());
    let hash = secret::hash(&key);
    (key, hash)
}

/// Whether a request comes with a key, be it a good one: then no cookie of it counts.
pub(crate) fn brings_key(headers: &HeaderMap) -> bool {
    headers.contains_key(header::AUTHORIZATION)
}

/// The key that a request brings. Two of them are none.
fn given(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let (scheme, key) = all.next()?.to_str().ok()?.split_once(' ')?;
    let fine = scheme.eq_ignore_ascii_case("bearer") && key.starts_with(PREFIX) && key.len() == LENGTH;
    (fine && all.next().is_none()).then_some(key)
}

/// The program that a request comes from. One whose key is none, is unknown or has run out is not signed in.
pub(crate) async fn find(
    api: &Api,
    headers: &HeaderMap,
    address: Option<IpAddr>,
) -> Result<Option<Signed>, Problem> {
    let Some(key) = given(headers) else {
        return Ok(None);
    };
    let (hash, now) = (secret::hash(key), api.now());
    let known = api.store.program_key_of(&hash, now).await?;
    Ok(known.map(|key| signed(key, hash, address)))
}

/// Whether a program may still do something.
pub(crate) async fn may_still(api: &Api, hash: &str, right: Right) -> Result<bool, Problem> {
    let known = api.store.program_key_of(hash, api.now()).await?;
    Ok(known.is_some_and(|key| rights(&key).contains(&right)))
}

/// What a key's program may do. Words that are no rights any more give none.
pub(crate) fn rights(key: &ProgramKey) -> Vec<Right> {
    let known = |word: &String| serde_json::from_value(serde_json::Value::String(word.clone())).ok();
    let given = key.rights.iter().filter_map(known);
    given.filter(|r: &Right| r.is_for_programs()).collect()
}

/// Its rights as they are kept.
///
/// # Errors
/// Never seen: rights are words.
pub(crate) fn words(rights: &[Right]) -> Result<Vec<String>, Problem> {
    let word = |right: &Right| match serde_json::to_value(right) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(Problem::new(Code::Internal)),
    };
    rights.iter().map(word).collect()
}

fn signed(key: ProgramKey, hash: String, address: Option<IpAddr>) -> Signed {
    let program = Program {
        shop: key.shop.clone(),
        rights: rights(&key),
    };
    let account = Account {
        id: format!("{ID}{}", key.id),
        login: key.name.clone(),
        name: key.name,
        password: String::new(),
        totp: None,
        totp_pending: None,
        recovery: Vec::new(),
        operator: false,
        made: key.made,
        last_seen: key.used,
    };
    Signed {
        account,
        // The least of all roles, where one has to be named: what the program may do says its key.
        shops: vec![(key.shop, Role::Agent)],
        token: String::new(),
        hash,
        begun: key.made,
        expires: key.expires.unwrap_or(Timestamp::MAX),
        by_passkey: false,
        address,
        program: Some(program),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_of_ours() {
        let (key, hash) = make();
        assert_eq!(secret::hash(&key), hash);
        let bearer = format!("Bearer {key}");
        for (lines, fine) in [
            (vec![bearer.clone()], true),
            (vec![format!("bearer {key}")], true),
            (vec![bearer.clone(), bearer.clone()], false),
            (vec![format!("Basic {key}")], false),
            (vec![key.clone()], false),
            (vec![format!("Bearer {key}x")], false),
            (vec![format!("Bearer {}", &key[6..])], false),
            (vec![], false),
        ] {
            let mut headers = HeaderMap::new();
            for line in &lines {
                headers.append(header::AUTHORIZATION, line.parse().unwrap());
            }
            assert_eq!(given(&headers).is_some(), fine, "{lines:?}");
            assert_eq!(brings_key(&headers), !lines.is_empty());
        }
    }

    #[test]
    fn words_that_are_no_rights_give_none() {
        let key = |rights: &[&str]| ProgramKey {
            id: "k".into(),
            shop: ShopId::new("a").unwrap(),
            name: "계산대".into(),
            rights: rights.iter().map(ToString::to_string).collect(),
            made: Timestamp::UNIX_EPOCH,
            made_by: "owner".into(),
            expires: None,
            used: None,
        };
        let all = ["read_calls", "write_users", "fly", "manage_programs"];
        assert_eq!(rights(&key(&all)), [Right::ReadCalls]);
        assert_eq!(words(&[Right::ReadCalls]).unwrap(), ["read_calls"]);
    }
}
