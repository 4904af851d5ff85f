//! Which number was dialled. After call forwarding (착신전환) the Request-URI often names the line Biseo answers on,
//! and the shop's own number stands in Diversion (RFC 5806) or History-Info (RFC 7044).

use biseo_model::record::ForwardReason;

use crate::config::Normaliser;
use crate::msg::{NameAddr, Params, Request, Uri};

/// A place where a trunk may put the dialled number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DialledSource {
    /// User part of the Request-URI.
    RequestUri,
    /// User part of To.
    To,
    /// P-Called-Party-ID (RFC 7315).
    CalledPartyId,
    /// The number that forwarded to us last (RFC 5806: topmost Diversion).
    Diversion,
    /// The number that forwarded to us last, from History-Info.
    HistoryInfo,
}

impl DialledSource {
    /// The order that suits most trunks.
    pub const DEFAULT: [Self; 5] = [
        Self::RequestUri,
        Self::To,
        Self::CalledPartyId,
        Self::Diversion,
        Self::HistoryInfo,
    ];
}

/// What the caller dialled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dialled {
    /// The first number found in the trunk's order, normalised; empty when no place held a number.
    pub number: String,
    /// Every number found, normalised, in order and without repetition: the server may try them all.
    pub candidates: Vec<String>,
    /// The call was forwarded, and why.
    pub forwarded: Option<ForwardReason>,
    /// The number that forwarded it, normalised.
    pub diverted_from: Option<String>,
}

/// Finds the dialled number of an INVITE.
#[must_use]
pub fn dialled(req: &Request, order: &[DialledSource], normalise: Normaliser) -> Dialled {
    let mut candidates: Vec<String> = Vec::new();
    for number in order.iter().filter_map(|s| find(req, *s)) {
        let number = normalise(&number).unwrap_or(number);
        if !number.is_empty() && !candidates.contains(&number) {
            candidates.push(number);
        }
    }
    let diversion = diversions(req).next();
    let history = last_forward(req);
    let (from, why) = match (diversion, history) {
        (Some((user, params)), _) => (Some(user), Some(diversion_reason(params.get("reason")))),
        (None, Some((user, cause))) => (Some(user), Some(cause_reason(cause.as_deref()))),
        (None, None) => (None, target_cause(req).map(|c| cause_reason(Some(&c)))),
    };
    Dialled {
        number: candidates.first().cloned().unwrap_or_default(),
        candidates,
        forwarded: why,
        diverted_from: from.filter(|f| !f.is_empty()).map(|f| normalise(&f).unwrap_or(f)),
    }
}

fn find(req: &Request, source: DialledSource) -> Option<String> {
    let of_header = |name: &str| user_of(&req.headers.list(name).into_iter().next()?);
    match source {
        DialledSource::RequestUri => Uri::parse(&req.uri).map(|u| u.user().to_owned()),
        DialledSource::To => of_header("To"),
        DialledSource::CalledPartyId => of_header("P-Called-Party-Id"),
        DialledSource::Diversion => diversions(req).next().map(|(user, _)| user),
        DialledSource::HistoryInfo => last_forward(req).map(|(user, _)| user),
    }
}

fn user_of(value: &str) -> Option<String> {
    Some(NameAddr::parse(value).ok()?.parsed_uri()?.user().to_owned()).filter(|u| !u.is_empty())
}

fn diversions(req: &Request) -> impl Iterator<Item = (String, Params)> {
    req.headers.list("Diversion").into_iter().filter_map(|v| {
        let n = NameAddr::parse(&v).ok()?;
        Some((n.parsed_uri()?.user().to_owned(), n.params))
    })
}

/// The entry that forwarded: the one before the last, with the cause that the last entry's address gives (RFC 7044
/// §10.3: `cause` as URI parameter of the new target, RFC 4458), else a Reason header in either.
fn last_forward(req: &Request) -> Option<(String, Option<String>)> {
    let entries: Vec<NameAddr> = req
        .headers
        .list("History-Info")
        .iter()
        .filter_map(|v| NameAddr::parse(v).ok())
        .take(32)
        .collect();
    let (last, before) = entries.split_last()?;
    let from = before.last()?;
    let cause = uri_cause(&last.uri)
        .or_else(|| embedded_reason(&from.uri))
        .or_else(|| embedded_reason(&last.uri));
    cause.as_ref()?;
    Some((from.parsed_uri()?.user().to_owned(), cause))
}

/// The `cause` of the Request-URI (RFC 4458), which says that the call was forwarded though not from where.
fn target_cause(req: &Request) -> Option<String> {
    uri_cause(&req.uri)
}

fn uri_cause(uri: &str) -> Option<String> {
    Some(Uri::parse(uri)?.sip()?.params.get("cause")?.to_owned())
}

/// `?Reason=SIP%3Bcause%3D486` within an address.
fn embedded_reason(uri: &str) -> Option<String> {
    let headers = Uri::parse(uri)?
        .sip()?
        .headers
        .clone()?
        .replace("%3B", ";")
        .replace("%3b", ";");
    let headers = headers.replace("%3D", "=").replace("%3d", "=");
    let at = headers.to_ascii_lowercase().find("cause=")?;
    let digits: String = headers
        .get(at + 6..)?
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    (!digits.is_empty()).then_some(digits)
}

fn diversion_reason(reason: Option<&str>) -> ForwardReason {
    match reason.unwrap_or("").to_ascii_lowercase().as_str() {
        "user-busy" => ForwardReason::Busy,
        "no-answer" => ForwardReason::NoAnswer,
        "unconditional" => ForwardReason::Always,
        _ => ForwardReason::Unknown,
    }
}

/// RFC 4458 §2. Deflection (480, 487) is somebody's choice, neither busy nor unanswered.
fn cause_reason(cause: Option<&str>) -> ForwardReason {
    match cause.unwrap_or("") {
        "486" | "600" => ForwardReason::Busy,
        "408" => ForwardReason::NoAnswer,
        "302" => ForwardReason::Always,
        _ => ForwardReason::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::msg::{Headers, Method};

    fn invite(uri: &str, headers: &[(&str, &str)]) -> Request {
        let mut h = Headers::default();
        h.push("To", "<sip:trunk@biseo>");
        headers.iter().for_each(|(n, v)| h.push(n, v));
        Request {
            method: Method::Invite,
            uri: uri.into(),
            headers: h,
            body: vec![],
        }
    }

    fn look(order: &[DialledSource], req: &Request) -> Dialled {
        dialled(req, order, crate::config::canonical)
    }

    #[test]
    fn forwarded_calls() {
        use ForwardReason::{Always, Busy, NoAnswer, Unknown};
        let shop = Some("+8221234567");
        #[allow(clippy::type_complexity)] // a table
        let cases: [(&str, &str, &str, Option<ForwardReason>, Option<&str>); 9] = [
            ("sip:07011112222@b", "X-None", "", None, None),
            (
                "sip:07011112222@b",
                "Diversion",
                "<sip:021234567@c>;reason=user-busy",
                Some(Busy),
                shop,
            ),
            (
                "sip:07011112222@b",
                "Diversion",
                "\"Shop\" <tel:+82-2-123-4567>;reason=no-answer",
                Some(NoAnswer),
                shop,
            ),
            (
                "sip:07011112222@b",
                "diversion",
                "<sip:021234567@c>;reason=unconditional;counter=1",
                Some(Always),
                shop,
            ),
            (
                "sip:07011112222@b",
                "Diversion",
                "<sip:021234567@c>",
                Some(Unknown),
                shop,
            ),
            (
                "sip:07011112222@b",
                "History-Info",
                "<sip:021234567@c>;index=1, <sip:07011112222@b;cause=408>;index=1.1",
                Some(NoAnswer),
                shop,
            ),
            (
                "sip:07011112222@b",
                "History-Info",
                "<sip:021234567@c?Reason=SIP%3Bcause%3D486>;index=1, <sip:07011112222@b>;index=1.1",
                Some(Busy),
                shop,
            ),
            (
                "sip:07011112222@b",
                "History-Info",
                "<sip:07011112222@b>;index=1",
                None,
                None,
            ),
            ("sip:07011112222@b;cause=302", "X-None", "", Some(Always), None),
        ];
        for (uri, name, value, forwarded, from) in cases {
            let d = look(&DialledSource::DEFAULT, &invite(uri, &[(name, value)]));
            assert_eq!(d.number, "+827011112222");
            assert_eq!(
                (d.forwarded, d.diverted_from.as_deref()),
                (forwarded, from),
                "{name}: {value}"
            );
        }
    }

    #[test]
    fn the_order_is_the_trunk_s() {
        let req = invite(
            "sip:line1@b",
            &[
                ("Diversion", "<sip:02-123-4567@c>"),
                ("P-Called-Party-ID", "<sip:0310001111@c>"),
            ],
        );
        let order = [
            DialledSource::Diversion,
            DialledSource::CalledPartyId,
            DialledSource::RequestUri,
        ];
        let d = look(&order, &req);
        assert_eq!(d.number, "+8221234567");
        assert_eq!(d.candidates, ["+8221234567", "+82310001111", "line1"]);
    }
}
