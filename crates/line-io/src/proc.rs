//! What the system counts: interfaces, datagrams that nobody wanted, waiting for a CPU, routes.

use std::fs;

/// Counters of an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Counters {
    pub rx_octets: u64,
    pub rx_packets: u64,
    pub tx_octets: u64,
    pub tx_packets: u64,
    pub errors: u64,
    pub drops: u64,
}

/// The counters of an interface in `/proc/net/dev`.
pub(crate) fn counters(text: &str, interface: &str) -> Option<Counters> {
    let line = text
        .lines()
        .find_map(|l| l.trim().strip_prefix(interface)?.strip_prefix(':'))?;
    let n: Vec<u64> = line
        .split_whitespace()
        .map_while(|word| word.parse().ok())
        .collect();
    let at = |i: usize| n.get(i).copied();
    Some(Counters {
        rx_octets: at(0)?,
        rx_packets: at(1)?,
        errors: at(2)?.saturating_add(at(10)?),
        drops: at(3)?.saturating_add(at(11)?),
        tx_octets: at(8)?,
        tx_packets: at(9)?,
    })
}

/// `Udp: NoPorts` of `/proc/net/snmp`: datagrams to ports on which nobody listens.
pub(crate) fn unwanted(text: &str) -> Option<u64> {
    let mut lines = text.lines().filter_map(|l| l.strip_prefix("Udp: "));
    let (names, values) = (lines.next()?, lines.next()?);
    let at = names.split_whitespace().position(|name| name == "NoPorts")?;
    values.split_whitespace().nth(at)?.parse().ok()
}

/// The total of `some` in `/proc/pressure/cpu`, µs.
pub(crate) fn pressure(text: &str) -> Option<u64> {
    let some = text.lines().find(|l| l.starts_with("some "))?;
    some.split_whitespace()
        .find_map(|w| w.strip_prefix("total="))?
        .parse()
        .ok()
}

/// How long a quota held back, µs: of `cpu.stat` in either version of cgroups.
pub(crate) fn throttled(text: &str) -> Option<u64> {
    let value = |name: &str| {
        text.lines()
            .find_map(|l| l.strip_prefix(name)?.trim().parse::<u64>().ok())
    };
    value("throttled_usec ").or_else(|| value("throttled_time ").map(|ns| ns / 1_000))
}

/// The `cpu.stat` of the group in which a process is, by its `/proc/self/cgroup`.
pub(crate) fn cpu_stat(text: &str) -> Option<String> {
    let line = |l: &str| {
        let mut parts = l.splitn(3, ':');
        let (_, controllers, path) = (parts.next()?, parts.next()?, parts.next()?);
        let old = controllers.split(',').any(|c| c == "cpu");
        let root = if old {
            format!("/sys/fs/cgroup/{controllers}")
        } else {
            "/sys/fs/cgroup".into()
        };
        (old || controllers.is_empty()).then(|| format!("{root}{path}/cpu.stat").replace("//", "/"))
    };
    // A first version's controller knows more than a second version's empty group beside it.
    let all: Vec<String> = text.lines().filter_map(line).collect();
    all.iter()
        .find(|p| !p.starts_with("/sys/fs/cgroup/cpu.stat") && fs::metadata(p).is_ok())
        .or(all.first())
        .cloned()
}

/// `Udp6NoPorts` of `/proc/net/snmp6`: the same of IPv6.
pub(crate) fn unwanted_six(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|l| l.strip_prefix("Udp6NoPorts"))?;
    line.trim().parse().ok()
}

/// Default and other routes of `/proc/net/route`, for each interface how many.
pub(crate) fn routes(text: &str, interface: &str) -> usize {
    text.lines()
        .skip(1)
        .filter(|l| l.split_whitespace().next() == Some(interface))
        .count()
}

/// The same of `/proc/net/ipv6_route`, without those that every interface has whatever leads on from it: of its link alone, to many, and
/// to itself (`RTF_LOCAL`).
pub(crate) fn routes_six(text: &str, interface: &str) -> usize {
    const LOCAL: u32 = 0x8000_0000;
    let leads_on = |l: &&str| {
        let words: Vec<&str> = l.split_whitespace().collect();
        let flags = words.get(8).and_then(|w| u32::from_str_radix(w, 16).ok());
        words.get(9) == Some(&interface)
            && !words[0].starts_with("fe8")
            && !words[0].starts_with("ff")
            && flags.is_some_and(|f| f & LOCAL == 0)
    };
    text.lines().filter(leads_on).count()
}

/// Run-queue delay of this thread so far, ns (the second number of `schedstat`).
pub(crate) fn run_delay(text: &str) -> Option<u64> {
    text.split_whitespace().nth(1)?.parse().ok()
}

/// A file's text, at most 64 KiB; empty if it cannot be read.
pub(crate) fn text(path: &str) -> String {
    use std::io::Read;
    let mut out = String::new();
    if let Ok(file) = fs::File::open(path) {
        let _ = file.take(65_536).read_to_string(&mut out);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_s_texts_are_read() {
        let dev = "Inter-|   Receive\n face |bytes\n  eth0: 100 2 3 4 0 0 0 0 500 6 7 8 0 0 0 0\n eth01: 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n";
        let want = Counters {
            rx_octets: 100,
            rx_packets: 2,
            tx_octets: 500,
            tx_packets: 6,
            errors: 10,
            drops: 12,
        };
        assert_eq!(counters(dev, "eth0"), Some(want));
        assert_eq!(counters(dev, "eth"), None);
        assert_eq!(
            unwanted("Tcp: a\nTcp: 1\nUdp: InDatagrams NoPorts\nUdp: 5 9\n"),
            Some(9)
        );
        assert_eq!(
            pressure("some avg10=1.00 avg60=1 avg300=1 total=77\nfull total=1\n"),
            Some(77)
        );
        assert_eq!(throttled("nr_periods 3\nthrottled_time 5000000\n"), Some(5_000));
        assert_eq!(throttled("usage_usec 3\nthrottled_usec 5\n"), Some(5));
        assert_eq!(
            cpu_stat("4:cpu:/x\n0::/\n").as_deref(),
            Some("/sys/fs/cgroup/cpu/x/cpu.stat")
        );
        assert_eq!(
            cpu_stat("0::/a.slice\n").as_deref(),
            Some("/sys/fs/cgroup/a.slice/cpu.stat")
        );
        assert_eq!(run_delay("1 22 3\n"), Some(22));
        assert_eq!(
            unwanted_six("Udp6InDatagrams 5\nUdp6NoPorts       \t7\n"),
            Some(7)
        );
        let (zero, fd) = ("0".repeat(32), format!("fd00{}", "0".repeat(28)));
        let row = |to: &str, flags: &str, of: &str| {
            format!("{to} 40 {zero} 00 {zero} 00000100 00000001 00000000 {flags}     {of}\n")
        };
        let table = [
            row(&fd, "00000001", "wan0"),
            row(&zero, "00000003", "wan0"),
            row(&fd, "80200001", "wan0"),
            row(&format!("fe80{}", &zero[4..]), "00000001", "wan0"),
            row(&format!("ff00{}", &zero[4..]), "00000001", "wan0"),
            row(&fd, "00000001", "wan1"),
        ];
        assert_eq!(routes_six(&table.concat(), "wan0"), 2);
        assert_eq!(routes("Iface\tDest\nwan0\t0\nwan1\t0\nwan0\t1\n", "wan0"), 2);
    }
}
