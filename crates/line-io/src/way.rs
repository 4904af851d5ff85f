//! The ways out as the system has them: which interface and gateway lead to an address, and who resolves names. Linux, IPv4.

use std::net::Ipv4Addr;

use crate::proc;

/// The way to an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// The interface.
    pub interface: String,
    /// The first hop; `None` if the address is on the interface's own network or this machine.
    pub gateway: Option<Ipv4Addr>,
}

/// A row of `/proc/net/route`.
#[derive(Debug)]
struct Route<'a> {
    interface: &'a str,
    to: u32,
    mask: u32,
    gateway: Ipv4Addr,
    metric: u32,
}

/// Most rows that are looked at.
const MOST_ROUTES: usize = 4_096;

/// The way to an address by the main table of routes; that to 127.0.0.0/8 is `lo`. `None` if there is none now.
pub fn way_to(address: Ipv4Addr) -> Option<Way> {
    way(&proc::text("/proc/net/route"), address)
}

/// The resolvers of `/etc/resolv.conf`, IPv4 only, at most three as the C library has it.
pub fn resolvers() -> Vec<Ipv4Addr> {
    nameservers(&proc::text("/etc/resolv.conf"))
}

fn way(table: &str, address: Ipv4Addr) -> Option<Way> {
    if address.is_loopback() {
        let interface = "lo".into();
        return Some(Way {
            interface,
            gateway: None,
        });
    }
    let wanted = u32::from(address);
    let routes = table.lines().skip(1).take(MOST_ROUTES).filter_map(route);
    let fitting = routes.filter(|r| wanted & r.mask == r.to);
    // The longest prefix, of these the least metric.
    let best = fitting.max_by_key(|r| (r.mask.count_ones(), std::cmp::Reverse(r.metric)))?;
    Some(Way {
        interface: best.interface.to_string(),
        gateway: (!best.gateway.is_unspecified()).then_some(best.gateway),
    })
}

fn route(line: &str) -> Option<Route<'_>> {
    let mut words = line.split_whitespace();
    let interface = words.next()?;
    let (to, gateway) = (hex(words.next()?)?, hex(words.next()?)?);
    let flags = u32::from_str_radix(words.next()?, 16).ok()?;
    let metric = words.nth(2)?.parse().ok()?;
    let mask = u32::from(hex(words.next()?)?);
    // RTF_UP, and no RTF_REJECT.
    (flags & 1 != 0 && flags & 0x200 == 0).then_some(Route {
        interface,
        to: u32::from(to),
        mask,
        gateway,
        metric,
    })
}

/// An address as the kernel writes it: its octets in memory read as a number of this machine.
fn hex(word: &str) -> Option<Ipv4Addr> {
    let number = u32::from_str_radix(word, 16).ok()?;
    Some(Ipv4Addr::from(number.to_ne_bytes()))
}

fn nameservers(text: &str) -> Vec<Ipv4Addr> {
    let line = |l: &str| {
        let mut words = l.split_whitespace();
        (words.next()? == "nameserver").then_some(())?;
        words.next()?.parse().ok()
    };
    text.lines().filter_map(line).take(3).collect()
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
            ([127, 0, 0, 9], "lo", None),
        ] {
            let way = way(&table, to.into()).unwrap();
            assert_eq!(
                (way.interface.as_str(), way.gateway),
                (interface, gateway.map(Into::into))
            );
        }
        assert_eq!(way("Iface\n", [203, 0, 113, 5].into()), None);
        assert_eq!(
            way("Iface\neth0 zz 0 0003 0 0 1 0 0\n", [203, 0, 113, 5].into()),
            None
        );
    }

    #[test]
    fn resolvers_are_those_of_the_file() {
        let text =
            "# nameserver 9.9.9.9\nsearch x\nnameserver 1.1.1.1\nnameserver ::1\nnameserver  8.8.8.8\n";
        assert_eq!(
            nameservers(text),
            [Ipv4Addr::new(1, 1, 1, 1), Ipv4Addr::new(8, 8, 8, 8)]
        );
    }
}
