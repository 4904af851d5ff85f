//! Which machines may be reached by an address that somebody else wrote: a webhook's URL, a push endpoint. Private addresses are
//! refused (server-side request forgery), unless the operator allows them. What is looked up by name is judged by the very addresses
//! that are then connected to, so that a name cannot change its mind in between.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::Uri;
use hyper_util::client::legacy::connect::dns::Name;
use ipnet::IpNet;
use tower_service::Service;

/// Networks that may be reached although they are not public, and whether unencrypted addresses are good for public ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed {
    networks: Vec<IpNet>,
    plain: bool,
}

/// Why an address is not reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GuardError {
    /// Not `https://host/…`, or with a user name, or too long.
    #[error("not an address of the form https://host/path")]
    Form,
    /// Unencrypted, to a network that the operator has not allowed.
    #[error("unencrypted http is for networks that the operator allows only")]
    Plain,
    /// Not a public address, and not allowed by the operator.
    #[error("the address is not public, and the operator has not allowed its network")]
    Private,
    /// There is no such name.
    #[error("the name is not known")]
    Unknown,
}

/// Characters of an address at most.
const MOST: usize = 2048;

impl Allowed {
    /// Public addresses only.
    #[must_use]
    pub fn public() -> Self {
        Self::default()
    }

    /// Public addresses and these networks.
    #[must_use]
    pub fn and(networks: Vec<IpNet>) -> Self {
        Self {
            networks,
            plain: false,
        }
    }

    /// The same, and `http` to public addresses too: for what is public to read and carries no secret.
    #[must_use]
    pub fn with_plain(self) -> Self {
        Self { plain: true, ..self }
    }

    /// Whether an address may be connected to.
    #[must_use]
    pub fn permits(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.networks.iter().any(|net| net.contains(&ip)) || is_public(ip)
    }

    fn names(&self, ip: IpAddr) -> bool {
        self.networks.iter().any(|net| net.contains(&ip.to_canonical()))
    }

    /// Reads and judges an address as it is written; names are judged once more when they are looked up.
    ///
    /// # Errors
    /// [`GuardError`].
    pub fn read(&self, address: &str) -> Result<Uri, GuardError> {
        if address.len() > MOST {
            return Err(GuardError::Form);
        }
        let uri: Uri = address.parse().map_err(|_| GuardError::Form)?;
        let authority = uri.authority().ok_or(GuardError::Form)?.as_str();
        let host = uri.host().filter(|h| !h.is_empty()).ok_or(GuardError::Form)?;
        if authority.contains('@') {
            return Err(GuardError::Form);
        }
        let literal: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
        if literal.is_some_and(|ip| !self.permits(ip)) {
            return Err(GuardError::Private);
        }
        match uri.scheme_str() {
            Some("https") => Ok(uri),
            Some("http") if self.plain || literal.is_some_and(|ip| self.names(ip)) => Ok(uri),
            Some("http") => Err(GuardError::Plain),
            _ => Err(GuardError::Form),
        }
    }
}

/// Globally reachable by the registries of special-purpose addresses (RFC 6890 and its successors), and no multicast.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => public_v4(ip),
        IpAddr::V6(ip) => public_v6(ip),
    }
}

fn public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = matches!(
        (a, b, c),
        (0 | 10 | 127 | 224.., _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 168, _)
            | (198, 18..=19, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (198, 51, 100)
            | (203, 0, 113)
    );
    !special
}

/// Global unicast (2000::/3) without what is carved out of it, and what stands for an IPv4 address by that address.
fn public_v6(ip: Ipv6Addr) -> bool {
    let s = ip.segments();
    if s[..6] == [0x64, 0xff9b, 0, 0, 0, 0] {
        let [.., a, b, c, d] = ip.octets();
        return public_v4(Ipv4Addr::new(a, b, c, d));
    }
    let global = s[0] & 0xe000 == 0x2000;
    let carved = (s[0] == 0x2001 && (s[1] < 0x200 || s[1] == 0xdb8))
        || s[0] == 0x2002
        || (s[0] == 0x3fff && s[1] < 0x1000);
    global && !carved
}

/// Looks names up and keeps what may be reached.
#[derive(Debug, Clone)]
pub struct Resolver(pub Allowed);

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = GuardError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, GuardError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), GuardError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let allowed = self.0.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0))
                .await
                .map_err(|_| GuardError::Unknown)?;
            let kept: Vec<SocketAddr> = found.filter(|a| allowed.permits(a.ip())).collect();
            match kept.is_empty() {
                true => Err(GuardError::Private),
                false => Ok(kept.into_iter()),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_refused_in_every_dress() {
        let public = Allowed::public();
        for address in [
            "https://127.0.0.1/",
            "https://10.1.2.3/x",
            "https://172.31.255.255/",
            "https://192.168.0.1/",
            "https://169.254.169.254/latest/meta-data",
            "https://100.64.0.1/",
            "https://0.0.0.0/",
            "https://224.0.0.1/",
            "https://255.255.255.255/",
            "https://[::1]/",
            "https://[::]/",
            "https://[fe80::1]/",
            "https://[fd00::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://[2001:db8::1]/",
            "https://[2001::1]/",
            "https://[ff02::1]/",
            "https://198.18.0.1/",
        ] {
            assert_eq!(public.read(address), Err(GuardError::Private), "{address}");
        }
        for address in [
            "https://8.8.8.8/",
            "https://[2606:4700::1111]/",
            "https://push.example.com/a?b=c",
            "https://[64:ff9b::808:808]/",
        ] {
            assert!(public.read(address).is_ok(), "{address}");
        }
        for address in [
            "",
            "push.example.com",
            "ftp://8.8.8.8/",
            "https://user@8.8.8.8/",
            "https:///x",
            "/x",
            "file:///etc/passwd",
        ] {
            assert_eq!(public.read(address), Err(GuardError::Form), "{address}");
        }
        assert_eq!(public.read("http://push.example.com/"), Err(GuardError::Plain));
        assert_eq!(public.read("http://8.8.8.8/"), Err(GuardError::Plain));
    }

    #[test]
    fn the_operator_can_allow_a_network() {
        let house = Allowed::and(vec!["192.168.0.0/24".parse().unwrap()]);
        assert!(house.read("http://192.168.0.7:8080/hook").is_ok());
        assert!(house.read("https://[::ffff:192.168.0.7]/hook").is_ok());
        assert_eq!(house.read("http://192.168.1.7/"), Err(GuardError::Private));
    }

    #[test]
    fn plain_http_is_for_public_addresses_even_where_it_is_good() {
        let news = Allowed::public().with_plain();
        assert!(news.read("http://news.example.com/rss").is_ok());
        assert_eq!(news.read("http://10.0.0.1/rss"), Err(GuardError::Private));
        assert_eq!(news.read("http://127.0.0.1/rss"), Err(GuardError::Private));
    }

    #[tokio::test]
    async fn a_name_is_judged_by_what_it_stands_for() {
        let ask =
            |allowed: Allowed| async move { Resolver(allowed).call("localhost".parse().unwrap()).await };
        assert_eq!(ask(Allowed::public()).await.err(), Some(GuardError::Private));
        let loopback = Allowed::and(vec!["127.0.0.0/8".parse().unwrap()]);
        let found: Vec<SocketAddr> = ask(loopback).await.unwrap().collect();
        assert!(!found.is_empty() && found.iter().all(|a| a.ip() == IpAddr::V4(Ipv4Addr::LOCALHOST)));
    }
}
