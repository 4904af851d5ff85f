//! The order of targets out of NAPTR and SRV records (RFC 3263, RFC 2782). Pure: lots are an input.

use crate::config::Proto;
use crate::trunk::by_weight;

/// Records of one answer that are looked at.
pub(super) const MOST_RECORDS: usize = 8;

/// A NAPTR record, as far as SIP needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Naptr {
    pub(super) order: u16,
    pub(super) preference: u16,
    pub(super) flags: String,
    pub(super) service: String,
    /// The name under which its SRV records are.
    pub(super) replacement: String,
}

/// A SRV record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Srv {
    pub(super) priority: u16,
    pub(super) weight: u16,
    pub(super) port: u16,
    pub(super) host: String,
}

/// The services that a provider offers and that we may use, its favourite first (RFC 3263 §4.1).
pub(super) fn services(mut records: Vec<Naptr>, allowed: &[Proto]) -> Vec<(Proto, String)> {
    records.sort_by_key(|r| (r.order, r.preference));
    let usable = |r: Naptr| {
        let proto = match r.service.to_ascii_uppercase().as_str() {
            "SIP+D2U" => Proto::Udp,
            "SIP+D2T" => Proto::Tcp,
            "SIPS+D2T" => Proto::Tls,
            _ => return None,
        };
        let terminal = r.flags.eq_ignore_ascii_case("s") && !r.replacement.is_empty();
        (terminal && allowed.contains(&proto)).then_some((proto, r.replacement))
    };
    records
        .into_iter()
        .filter_map(usable)
        .take(MOST_RECORDS)
        .collect()
}

/// SRV records in the order in which they are tried. A target of "." says that the service is not there (RFC 2782).
pub(super) fn in_order(mut records: Vec<Srv>, draw: &mut dyn FnMut(u64) -> u64) -> Vec<Srv> {
    records.retain(|r| !r.host.is_empty() && r.port != 0);
    records.sort_by_key(|r| r.priority);
    let groups = records.chunk_by(|a, b| a.priority == b.priority);
    let order =
        groups.flat_map(|group| by_weight(group.iter().map(|r| (r.clone(), r.weight)).collect(), draw));
    order.take(MOST_RECORDS).collect()
}

/// The name of the SRV records of a host for a protocol (RFC 3263 §4.1).
pub(super) fn srv_name(proto: Proto, host: &str) -> String {
    let service = match proto {
        Proto::Udp => "_sip._udp",
        Proto::Tcp => "_sip._tcp",
        Proto::Tls => "_sips._tcp",
    };
    format!("{service}.{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_provider_s_favourite_among_what_we_may_use() {
        let record = |order, preference, service: &str, name: &str| Naptr {
            order,
            preference,
            flags: "S".into(),
            service: service.into(),
            replacement: name.into(),
        };
        let all = vec![
            record(90, 50, "SIP+D2T", "_sip._tcp.p"),
            record(50, 60, "SIPS+D2T", "_sips._tcp.p"),
            record(90, 10, "sip+d2u", "_sip._udp.p"),
            record(10, 10, "E2U+sip", "x.p"),
            Naptr {
                flags: "u".into(),
                ..record(1, 1, "SIP+D2U", "y.p")
            },
        ];
        let names = |allowed: &[Proto]| -> Vec<String> {
            services(all.clone(), allowed).into_iter().map(|s| s.1).collect()
        };
        assert_eq!(names(&[Proto::Udp, Proto::Tcp]), ["_sip._udp.p", "_sip._tcp.p"]);
        assert_eq!(names(&[Proto::Tls]), ["_sips._tcp.p"]);
    }

    #[test]
    fn srv_by_priority_then_weight() {
        let record = |priority, weight, host: &str| Srv {
            priority,
            weight,
            port: 5060,
            host: host.into(),
        };
        let all = vec![
            record(20, 0, "c"),
            record(10, 1, "b"),
            record(10, 99, "a"),
            record(1, 1, ""),
        ];
        let hosts = |lot: u64| -> Vec<String> {
            let order = in_order(all.clone(), &mut |most| lot.min(most));
            order.into_iter().map(|r| r.host).collect()
        };
        assert_eq!(hosts(1), ["b", "a", "c"]);
        assert_eq!(hosts(2), ["a", "b", "c"]);
        let many = vec![record(1, 1, "a"); 100];
        assert_eq!(in_order(many, &mut |_| 0).len(), MOST_RECORDS);
    }
}
