//! From where a request comes, and how many may come from there.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;
use ipnet::IpNet;

use crate::auth::Whence;
use crate::limit::network;
use crate::problem::Problem;
use crate::state::Api;

/// Routes that guess at secrets.
const GUESSED: [&str; 6] = [
    "/session",
    "/session/passkey",
    "/invitations/check",
    "/invitations/accept",
    "/invitations/passkey",
    "/invitations/passkey/begin",
];

/// Notes the address for all that comes after, and counts.
pub(crate) async fn address(
    State(api): State<Api>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map(|c| c.0.ip().to_canonical());
    let from = peer.map(|p| seen_through(p, request.headers(), &api.settings.proxies));
    request.extensions_mut().insert(Whence(from));
    if let Some(from) = from {
        let now = api.now();
        api.limits.address.take(network(from), now)?;
        let guessed = GUESSED.iter().any(|g| request.uri().path().ends_with(g));
        if guessed && request.method() == axum::http::Method::POST {
            api.limits.sign_in.take(network(from), now)?;
        }
    }
    Ok(next.run(request).await)
}

/// Goes from the peer to the client as long as proxies of ours vouch for it: what stands left of the first other address was
/// written by anybody.
#[must_use]
pub fn seen_through(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let lines = headers.get_all("x-forwarded-for").iter();
    let hops: Vec<&str> = lines
        .filter_map(|l| l.to_str().ok())
        .flat_map(|l| l.split(','))
        .collect();
    let ours = |a: &IpAddr| proxies.iter().any(|n| n.contains(a));
    let mut known = peer;
    for hop in hops.iter().rev() {
        let Some(before) = ours(&known).then(|| hop.trim().parse::<IpAddr>().ok()).flatten() else {
            break;
        };
        known = before.to_canonical();
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_proxies_are_believed() {
        let proxies = ["127.0.0.0/8".parse().unwrap(), "10.0.0.0/8".parse().unwrap()];
        for (peer, forwarded, expected) in [
            ("192.0.2.1", "203.0.113.9", "192.0.2.1"),
            ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
            ("127.0.0.1", "1.2.3.4, 203.0.113.9", "203.0.113.9"),
            ("127.0.0.1", "1.2.3.4, 203.0.113.9, 10.1.1.1", "203.0.113.9"),
            ("127.0.0.1", "nonsense", "127.0.0.1"),
            ("127.0.0.1", "", "127.0.0.1"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", forwarded.parse().unwrap());
            let seen = seen_through(peer.parse().unwrap(), &headers, &proxies);
            assert_eq!(seen.to_string(), expected, "{peer} {forwarded}");
        }
    }
}
