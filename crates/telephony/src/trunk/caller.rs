//! Who is calling: what a trusted trunk asserts, else what the caller says.

use crate::config::Normaliser;
use crate::msg::{NameAddr, Request, Uri};

/// The caller as far as the signalling tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Number in its one form, or the user name; `None` when withheld.
    pub number: Option<String>,
    /// Display name; `None` when withheld or absent.
    pub name: Option<String>,
    /// The caller asked not to be shown (발신번호 표시제한).
    pub anonymous: bool,
    /// A trusted trunk vouches for the number.
    pub asserted: bool,
}

/// Finds the caller of an INVITE. Asserted headers count only from a trusted trunk (RFC 3325 §8.1): anybody can write them.
#[must_use]
pub fn identity(req: &Request, trusted: bool, normalise: Normaliser) -> Identity {
    let from = req.headers.get("From").and_then(|v| NameAddr::parse(v).ok());
    let asserted = trusted.then(|| asserted_address(req)).flatten();
    let privacy: Vec<String> = req
        .headers
        .all("Privacy")
        .flat_map(|v| v.split([';', ',']))
        .map(|p| p.trim().to_lowercase())
        .collect();
    let wants_privacy = privacy.iter().any(|p| p == "id" || p == "user" || p == "full");
    let is_asserted = asserted.is_some();
    let best = asserted.or(from.clone());
    let anonymous = wants_privacy
        || remote_party_private(req)
        || from.as_ref().is_some_and(is_anonymous)
        || best.as_ref().is_none_or(is_anonymous);
    if anonymous {
        return Identity {
            anonymous,
            asserted: is_asserted,
            ..Identity::default()
        };
    }
    let best = best.as_ref();
    let user = best
        .and_then(NameAddr::parsed_uri)
        .map(|u| u.user().to_owned())
        .filter(|u| !u.is_empty());
    let name = best
        .map(|b| b.display.trim().to_owned())
        .filter(|n| !n.is_empty());
    Identity {
        number: user.map(|u| normalise(&u).unwrap_or(u)),
        name,
        anonymous,
        asserted: is_asserted,
    }
}

/// P-Asserted-Identity, a telephone number before another address; else Remote-Party-ID.
fn asserted_address(req: &Request) -> Option<NameAddr> {
    let read = |name: &str| -> Vec<NameAddr> {
        req.headers
            .list(name)
            .iter()
            .take(4)
            .filter_map(|v| NameAddr::parse(v).ok())
            .collect()
    };
    let asserted = read("P-Asserted-Identity");
    let tel = asserted
        .iter()
        .find(|n| matches!(n.parsed_uri(), Some(Uri::Tel(_))))
        .cloned();
    tel.or_else(|| asserted.into_iter().next())
        .or_else(|| read("Remote-Party-Id").into_iter().next())
}

fn remote_party_private(req: &Request) -> bool {
    let first = req.headers.list("Remote-Party-Id").into_iter().next();
    let params = first.and_then(|v| NameAddr::parse(&v).ok()).map(|n| n.params);
    params.is_some_and(|p| {
        p.get("privacy")
            .is_some_and(|v| !v.eq_ignore_ascii_case("off") && !v.eq_ignore_ascii_case("none"))
    })
}

fn is_anonymous(n: &NameAddr) -> bool {
    let Some(uri) = n.parsed_uri() else { return true };
    let host = uri.sip().map(|u| u.host.to_ascii_lowercase()).unwrap_or_default();
    let user = uri.user().to_ascii_lowercase();
    host == "anonymous.invalid"
        || ["anonymous", "unavailable", "restricted", "unknown"].contains(&user.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::msg::{Headers, Method};

    fn look(headers: &[(&str, &str)], trusted: bool) -> Identity {
        let mut h = Headers::default();
        headers.iter().for_each(|(n, v)| h.push(n, v));
        let req = Request {
            method: Method::Invite,
            uri: "sip:x@y".into(),
            headers: h,
            body: vec![],
        };
        identity(&req, trusted, crate::config::canonical)
    }

    #[test]
    fn who_calls() {
        let from = ("From", "\"김\" <sip:01012345678@p>;tag=1");
        let pai = ("P-Asserted-Identity", "<sip:021112222@p>, <tel:+8223334444>");
        assert_eq!(look(&[from, pai], false).number.as_deref(), Some("+821012345678"));
        let i = look(&[from, pai], true);
        assert_eq!((i.number.as_deref(), i.asserted), (Some("+8223334444"), true));
        let rpid = ("Remote-Party-ID", "<sip:029998888@p>;party=calling;privacy=off");
        assert_eq!(look(&[from, rpid], true).number.as_deref(), Some("+8229998888"));
        assert_eq!(look(&[from], true).name.as_deref(), Some("김"));
    }

    #[test]
    fn who_does_not_say() {
        let anon = ("From", "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=1");
        let pai = ("P-Asserted-Identity", "<tel:+8223334444>");
        let open = ("From", "<sip:01012345678@p>;tag=1");
        for headers in [
            vec![anon],
            vec![anon, pai],
            vec![open, pai, ("Privacy", "id;critical")],
            vec![],
        ] {
            let i = look(&headers, true);
            assert!(
                i.anonymous && i.number.is_none() && i.name.is_none(),
                "{headers:?}"
            );
        }
    }
}
