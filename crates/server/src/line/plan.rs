//! What is probed: as the configuration says, else as the system's routes have it.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};

use biseo_line::Window;
use biseo_line_io::{BeaconPlan, Pace, Plan, ResolverPlan, TrunkPlan, UplinkPlan, Way, resolvers, way_to};

use crate::config::{Config, Target};

/// Addresses of the internet (RFC 5737, RFC 3849), whose way is the way out: of the first that has one. Nothing is sent there.
const OUTSIDE: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)),
];
/// Where SIP is spoken if the server does not say.
const SIP: u16 = 5060;
const DNS: u16 = 53;

/// A trunk whose address is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    id: String,
    address: SocketAddr,
    options: bool,
    region: String,
}

/// Looks up the trunks' names. It may take seconds. Trunks without an address are left out, and told.
pub(super) fn look_up(config: &Config) -> Vec<Known> {
    let targets = config.sip.targets();
    targets
        .iter()
        .filter_map(|target| known(config, target))
        .collect()
}

fn known(config: &Config, target: &Target) -> Option<Known> {
    let found = address(&target.server);
    if found.is_none() {
        tracing::warn!(
            "trunk {}: its server has no address now; the line doctor does not see it",
            target.id
        );
    }
    let region = config.line.regions.get(&target.id).cloned();
    Some(Known {
        id: target.id.clone(),
        address: found?,
        options: config.line.options && target.udp,
        region: region.unwrap_or_default(),
    })
}

/// The address of `HOST`, `HOST:PORT`, `[ADDRESS]`, `[ADDRESS]:PORT` or a bare address of IPv6; of IPv4, if it has such a one.
fn address(server: &str) -> Option<SocketAddr> {
    if let Ok(ip) = server.trim_matches(['[', ']']).parse() {
        return Some(SocketAddr::new(ip, SIP));
    }
    let server = match server.contains(':') {
        true => server.to_string(),
        false => format!("{server}:{SIP}"),
    };
    let all: Vec<SocketAddr> = server.to_socket_addrs().ok()?.collect();
    all.iter().find(|a| a.is_ipv4()).or(all.first()).copied()
}

/// Routers behind the first hop, by uplink, as paths have shown them: they stay as they were first seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Beyond(BTreeMap<String, (IpAddr, Option<IpAddr>)>);

impl Beyond {
    /// Learns them from whole paths that are long enough.
    pub(super) fn learn(&mut self, plan: &Plan, window: &Window) {
        for path in window.paths.iter().filter(|p| p.reached && p.hops.len() >= 3) {
            let trunk = plan.trunks.iter().find(|t| t.name == path.trunk);
            let hop = |n: usize| path.hops.get(n).cloned().flatten()?.parse().ok();
            // The last hop is the trunk itself.
            let third = hop(2).filter(|_| path.hops.len() >= 4);
            if let (Some(trunk), Some(second)) = (trunk, hop(1)) {
                self.0.entry(trunk.uplink.clone()).or_insert((second, third));
            }
        }
    }
}

/// The plan as the routes are now; uplinks are called by their interfaces.
pub(super) fn plan(config: &Config, trunks: &[Known], beyond: &Beyond) -> Plan {
    plan_by(config, (trunks, &resolvers()), beyond, way_to)
}

fn plan_by(
    config: &Config,
    (trunks, found): (&[Known], &[IpAddr]),
    beyond: &Beyond,
    way_to: impl Fn(IpAddr) -> Option<Way>,
) -> Plan {
    let mut uplinks: Vec<UplinkPlan> = Vec::new();
    let mut uplink = |to: IpAddr| {
        let way = way_to(to)?;
        if uplinks.iter().all(|u| u.name != way.interface) {
            uplinks.push(uplink_of(config, beyond, &way));
        }
        Some(way.interface)
    };
    // The way out comes first, if there is one.
    let _ = OUTSIDE.into_iter().find_map(&mut uplink);
    let trunk = |t: &Known| {
        Some(TrunkPlan {
            name: t.id.clone(),
            uplink: uplink(t.address.ip())?,
            region: t.region.clone(),
            address: t.address,
            options: t.options,
        })
    };
    let trunks: Vec<TrunkPlan> = trunks.iter().filter_map(trunk).collect();
    let asked = match config.line.resolvers.as_slice() {
        [] => found,
        given => given,
    };
    let resolver = |at: &IpAddr| {
        Some(ResolverPlan {
            uplink: uplink(*at)?,
            address: SocketAddr::new(*at, DNS),
            ask: config.line.ask.clone(),
        })
    };
    let resolvers = asked.iter().filter_map(resolver).collect();
    let beacon = config.line.beacon.as_ref().map(|b| BeaconPlan {
        address: b.address,
        secret_file: b.secret_file.clone(),
    });
    if let Some(beacon) = &beacon {
        uplink(beacon.address.ip());
    }
    Plan {
        uplinks,
        trunks,
        resolvers,
        beacon,
        pace: Pace::quick(),
        calm: Some(Pace::calm()),
    }
}

fn uplink_of(config: &Config, beyond: &Beyond, way: &Way) -> UplinkPlan {
    let out = way.gateway.is_some();
    let seen = beyond.0.get(&way.interface).filter(|_| out);
    UplinkPlan {
        name: way.interface.clone(),
        interface: way.interface.clone(),
        gateway: config.line.gateway.filter(|_| out).or(way.gateway),
        access: seen.map(|(second, _)| *second),
        carrier: config
            .line
            .carrier
            .filter(|_| out)
            .or(seen.and_then(|(_, third)| *third)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use biseo_line::evidence::Path;

    fn config(text: &str) -> Config {
        Config::parse("biseo.toml", text).unwrap()
    }

    fn way(to: IpAddr) -> Option<Way> {
        let of = |interface: &str, gateway: Option<&str>| {
            Some(Way {
                interface: interface.into(),
                gateway: gateway.map(|at| at.parse().unwrap()),
            })
        };
        match to {
            IpAddr::V6(_) => of("eth0", Some("fe80::1")),
            IpAddr::V4(to) if to.is_loopback() => of("lo", None),
            IpAddr::V4(to) if to.octets()[0] == 10 => of("tun0", Some("10.8.0.1")),
            IpAddr::V4(_) => of("eth0", Some("192.168.0.1")),
        }
    }

    const TRUNKS: &str = "[line]\nwatch = true\nregions = { kt = \"02\" }\n[[sip.trunk]]\nid = \"kt\"\nserver = \"198.51.100.7\"\n\
        [[sip.trunk]]\nid = \"sk\"\nserver = \"10.8.3.4:5070\"\ntls = true\n[[sip.trunk]]\nid = \"lg\"\nfrom = [\"127.0.0.9/32\", \"127.1.0.0/16\"]\n\
        [[sip.trunk]]\nid = \"net\"\nfrom = [\"198.51.100.0/24\"]\n";

    #[test]
    fn trunks_stand_behind_the_ways_that_lead_to_them() {
        let config = config(TRUNKS);
        let trunks = look_up(&config);
        let plan = plan_by(
            &config,
            (&trunks, &[[8, 8, 8, 8].into()]),
            &Beyond::default(),
            way,
        );
        let names: Vec<_> = plan
            .uplinks
            .iter()
            .map(|u| (u.name.as_str(), u.gateway))
            .collect();
        assert_eq!(
            names,
            [
                ("eth0", Some([192, 168, 0, 1].into())),
                ("tun0", Some([10, 8, 0, 1].into())),
                ("lo", None)
            ]
        );
        let trunks: Vec<_> = plan
            .trunks
            .iter()
            .map(|t| {
                (
                    t.name.as_str(),
                    t.uplink.as_str(),
                    t.address.port(),
                    t.options,
                    t.region.as_str(),
                )
            })
            .collect();
        // A network of many addresses is nobody to ask.
        assert_eq!(
            trunks,
            [
                ("kt", "eth0", 5060, true, "02"),
                ("sk", "tun0", 5070, false, ""),
                ("lg", "lo", 5060, true, "")
            ]
        );
        assert_eq!(plan.resolvers[0].uplink, "eth0");
    }

    #[test]
    fn a_house_that_speaks_ipv6_alone_is_probed_by_it() {
        let config =
            config("[line]\nwatch = true\n[[sip.trunk]]\nid = \"kt\"\nserver = \"[2001:db8::7]:5070\"\n");
        let trunks = look_up(&config);
        let six = |to: IpAddr| to.is_ipv6().then(|| way(to)).flatten();
        let resolver = "2001:db8::53".parse().unwrap();
        let plan = plan_by(&config, (&trunks, &[resolver]), &Beyond::default(), six);
        let uplinks: Vec<_> = plan
            .uplinks
            .iter()
            .map(|u| (u.name.as_str(), u.gateway))
            .collect();
        assert_eq!(uplinks, [("eth0", Some("fe80::1".parse().unwrap()))]);
        assert_eq!(plan.trunks[0].address, "[2001:db8::7]:5070".parse().unwrap());
        assert_eq!(plan.resolvers[0].address, "[2001:db8::53]:53".parse().unwrap());
    }

    #[test]
    fn a_server_is_given_with_its_port_or_without() {
        for (server, at) in [
            ("192.0.2.7", "192.0.2.7:5060"),
            ("192.0.2.7:5070", "192.0.2.7:5070"),
            ("2001:db8::7", "[2001:db8::7]:5060"),
            ("[2001:db8::7]", "[2001:db8::7]:5060"),
            ("[2001:db8::7]:5070", "[2001:db8::7]:5070"),
        ] {
            assert_eq!(address(server), Some(at.parse().unwrap()), "{server}");
        }
    }

    #[test]
    fn routers_behind_the_first_are_learnt_from_a_whole_path_and_stay() {
        let config = config(TRUNKS);
        let trunks = look_up(&config);
        let mut beyond = Beyond::default();
        let plan = plan_by(&config, (&trunks, &[]), &beyond, way);
        let window = |hops: &[&str], reached| Window {
            paths: vec![Path {
                trunk: "kt".into(),
                hops: hops.iter().map(|h| Some((*h).to_string())).collect(),
                reached,
            }],
            ..Window::default()
        };
        beyond.learn(&plan, &window(&["192.168.0.1", "100.64.0.1"], false));
        assert_eq!(beyond, Beyond::default());
        beyond.learn(
            &plan,
            &window(
                &["192.168.0.1", "100.64.0.1", "203.0.113.1", "198.51.100.7"],
                true,
            ),
        );
        beyond.learn(
            &plan,
            &window(
                &["192.168.0.1", "100.64.9.9", "203.0.113.9", "198.51.100.7"],
                true,
            ),
        );
        let plan = plan_by(&config, (&trunks, &[]), &beyond, way);
        assert_eq!(plan.uplinks[0].access, Some([100, 64, 0, 1].into()));
        assert_eq!(plan.uplinks[0].carrier, Some([203, 0, 113, 1].into()));
        assert_eq!(plan.uplinks[1].access, None);
    }
}
