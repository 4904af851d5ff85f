//! The ways out as the system has them: which interface and gateway lead to an address, and who resolves names. Linux.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::proc;

/// The way to an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// The interface.
    pub interface: String,
    /// The first hop; `None` if the address is on the interface's own network or this machine. One of IPv6 often has an address that
    /// holds on its link alone (`fe80::…`).
    pub gateway: Option<IpAddr>,
}

/// A row of `/proc/net/route` or `/proc/net/ipv6_route`.
#[derive(Debug)]
struct Route<'a> {
    interface: &'a str,
    /// Bits of the prefix.
    length: u32,
    gateway: IpAddr,
    metric: u32,
}

impl Route<'_> {
    fn way(&self) -> Way {
        Way {
            interface: self.interface.to_string(),
            gateway: (!self.gateway.is_unspecified()).then_some(self.gateway),
        }
    }
}

/// Most rows that are looked at.
const MOST_ROUTES: usize = 4_096;
/// `RTF_UP` and `RTF_REJECT` of a route's flags.
const UP: u32 = 1;
const REJECT: u32 = 0x200;

/// The way to an address by the table of routes (of IPv4 the main one); that to 127.0.0.0/8 and to ::1 is `lo`. `None` if there is none
/// now.
pub fn way_to(address: IpAddr) -> Option<Way> {
    let address = address.to_canonical();
    if address.is_loopback() {
        let interface = "lo".into();
        return Some(Way {
            interface,
            gateway: None,
        });
    }
    match address {
        IpAddr::V4(address) => way(&proc::text("/proc/net/route"), address),
        IpAddr::V6(address) => way_six(&proc::text("/proc/net/ipv6_route"), address),
    }
}

/// The resolvers of `/etc/resolv.conf`, at most three as the C library has it. Those of IPv6 on a link alone are left out.
pub fn resolvers() -> Vec<IpAddr> {
    nameservers(&proc::text("/etc/resolv.conf"))
}

fn way(table: &str, address: Ipv4Addr) -> Option<Way> {
    let rows = table.lines().skip(1).take(MOST_ROUTES);
    best(rows.filter_map(|line| route(line, address)))
}

fn way_six(table: &str, address: Ipv6Addr) -> Option<Way> {
    let rows = table.lines().take(MOST_ROUTES);
    best(rows.filter_map(|line| route_six(line, address)))
}

/// The longest prefix, of these the least metric.
fn best<'a>(routes: impl Iterator<Item = Route<'a>>) -> Option<Way> {
    let best = routes.max_by_key(|r| (r.length, std::cmp::Reverse(r.metric)));
    best.map(|route| route.way())
}

/// A row of IPv4, if it leads to the address.
fn route(line: &str, address: Ipv4Addr) -> Option<Route<'_>> {
    let mut words = line.split_whitespace();
    let interface = words.next()?;
    let (to, gateway) = (hex(words.next()?)?, hex(words.next()?)?);
    let flags = u32::from_str_radix(words.next()?, 16).ok()?;
    let metric = words.nth(2)?.parse().ok()?;
    let mask = u32::from(hex(words.next()?)?);
    let leads = u32::from(address) & mask == u32::from(to);
    (leads && flags & UP != 0 && flags & REJECT == 0).then_some(Route {
        interface,
        length: mask.count_ones(),
        gateway: gateway.into(),
        metric,
    })
}

/// A row of IPv6, if it leads to the address: destination, its length, source, its length, gateway, metric, references, uses, flags,
/// interface.
fn route_six(line: &str, address: Ipv6Addr) -> Option<Route<'_>> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let number = |at: usize| u32::from_str_radix(words.get(at)?, 16).ok();
    let (to, length) = (hex_six(words.first()?)?, number(1)?);
    let (gateway, metric, flags) = (hex_six(words.get(4)?)?, number(5)?, number(8)?);
    // A shift by all bits is none: the default route leads everywhere.
    let mask = u128::MAX.checked_shl(128_u32.checked_sub(length)?).unwrap_or(0);
    let leads = u128::from(address) & mask == u128::from(to) & mask;
    (leads && flags & UP != 0 && flags & REJECT == 0).then_some(Route {
        interface: words.get(9)?,
        length,
        gateway: gateway.into(),
        metric,
    })
}

/// An address as the kernel writes it: its octets in memory read as a number of this machine.
fn hex(word: &str) -> Option<Ipv4Addr> {
    let number = u32::from_str_radix(word, 16).ok()?;
    Some(Ipv4Addr::from(number.to_ne_bytes()))
}

/// One of IPv6: its octets in their order.
fn hex_six(word: &str) -> Option<Ipv6Addr> {
    let number = u128::from_str_radix(word, 16).ok()?;
    (word.len() == 32).then_some(Ipv6Addr::from(number))
}

fn nameservers(text: &str) -> Vec<IpAddr> {
    let line = |l: &str| {
        let mut words = l.split_whitespace();
        (words.next()? == "nameserver").then_some(())?;
        words.next()?.parse().ok()
    };
    let on_link = |at: &IpAddr| matches!(at, IpAddr::V6(at) if at.is_unicast_link_local());
    let all = text.lines().filter_map(line).take(3);
    all.filter(|at| !on_link(at)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(address: [u8; 4]) -> String {
        format!("{:08X}", u32::from_ne_bytes(address))
    }

    fn row(interface: &str, to: [u8; 4], gateway: [u8; 4], metric: u32, mask: [u8; 4]) -> String {
        let (to, gateway, mask) = (word(to), word(gateway), word(mask));
        format!("{interface}\t{to}\t{gateway}\t0003\t0\t0\t{metric}\t{mask}\t0\t0\t0\n")
    }

    #[test]
    fn the_longest_prefix_and_the_least_metric_lead() {
        let table = [
            "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n".to_string(),
            row("wlan0", [0; 4], [192, 168, 9, 1], 600, [0; 4]),
            row("eth0", [0; 4], [192, 168, 0, 1], 100, [0; 4]),
            row("eth0", [192, 168, 0, 0], [0; 4], 100, [255, 255, 255, 0]),
            row("tun0", [10, 8, 0, 0], [10, 8, 0, 1], 50, [255, 255, 0, 0]),
        ]
        .concat();
        for (to, interface, gateway) in [
            ([203, 0, 113, 5], "eth0", Some([192, 168, 0, 1])),
            ([192, 168, 0, 7], "eth0", None),
            ([10, 8, 3, 4], "tun0", Some([10, 8, 0, 1])),
        ] {
            let way = way(&table, to.into()).unwrap();
            assert_eq!(
                (way.interface.as_str(), way.gateway),
                (interface, gateway.map(IpAddr::from))
            );
        }
        assert_eq!(way_to([127, 0, 0, 9].into()).unwrap().interface, "lo");
        assert_eq!(way("Iface\n", [203, 0, 113, 5].into()), None);
        assert_eq!(
            way("Iface\neth0 zz 0 0003 0 0 1 0 0\n", [203, 0, 113, 5].into()),
            None
        );
    }

    #[test]
    fn resolvers_are_those_of_the_file() {
        let text = "# nameserver 9.9.9.9\nsearch x\nnameserver 1.1.1.1\nnameserver fe80::1\nnameserver  2001:db8::53\nnameserver 8.8.8.8\n";
        assert_eq!(
            nameservers(text),
            ["1.1.1.1", "2001:db8::53"].map(|at| at.parse::<IpAddr>().unwrap())
        );
    }

    fn row_six(to: &str, length: u32, gateway: &str, metric: u32, interface: &str) -> String {
        let word = |at: &str| format!("{:032x}", u128::from(at.parse::<Ipv6Addr>().unwrap()));
        let (to, gateway) = (word(to), word(gateway));
        format!(
            "{to} {length:02x} {} 00 {gateway} {metric:08x} 00000001 00000000 00000003 {interface:>8}\n",
            word("::")
        )
    }

    #[test]
    fn ways_of_ipv6_are_found_in_their_own_table() {
        let table = [
            row_six("::", 0, "fe80::1", 1024, "wlan0"),
            row_six("::", 0, "fe80::2", 100, "eth0"),
            row_six("2001:db8:1::", 64, "::", 256, "eth0"),
            row_six("fd00:8::", 32, "fd00::1", 50, "tun0"),
            // As an unreachable default stands there: not a way.
            row_six("::", 0, "::", 1, "lo").replace("00000003", "00000201"),
        ]
        .concat();
        for (to, interface, gateway) in [
            ("2001:db8:9::5", "eth0", Some("fe80::2")),
            ("2001:db8:1::7", "eth0", None),
            ("fd00:8:3::4", "tun0", Some("fd00::1")),
        ] {
            let way = way_six(&table, to.parse().unwrap()).unwrap();
            assert_eq!(
                (way.interface.as_str(), way.gateway),
                (interface, gateway.map(|at| at.parse().unwrap()))
            );
        }
        assert_eq!(way_to("::1".parse().unwrap()).unwrap().interface, "lo");
        assert_eq!(
            way_to("::ffff:127.0.0.1".parse().unwrap()).unwrap().interface,
            "lo"
        );
        assert_eq!(way_six("00 ff x\n", "::2".parse().unwrap()), None);
    }

    proptest::proptest! {
        #[test]
        fn no_table_panics(text: String, rows in "([0-9a-f]{32} [0-9a-f]{2} ){1,3}[ -~]{0,80}") {
            for table in [text, rows] {
                let _ = (way(&table, Ipv4Addr::LOCALHOST), way_six(&table, Ipv6Addr::LOCALHOST), nameservers(&table));
            }
        }
    }
}
