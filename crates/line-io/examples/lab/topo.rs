//! Topologies: an edge, two or three accesses, as many carriers with their routers, a trunk, a resolver and an attacker on each side.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::ops::Range;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use biseo_line_io::{BeaconPlan, Pace, Plan, ResolverPlan, TrunkPlan, UplinkPlan};

use crate::net::{End, Fault, Net, Router};

/// What a topology looks like.
pub struct Shape {
    pub name: &'static str,
    /// Routers on each side, in the order of the way.
    pub lengths: &'static [usize],
    /// Sides that are joined at their ends.
    pub joins: &'static [(usize, usize)],
    /// Access rates, kbit a second.
    pub kbit: Range<u32>,
    /// What the way between the first two routers takes, ms each way, if more than nothing.
    pub ms: Option<Range<u64>>,
    /// Whether the doctor's rules were ever changed because of what was seen on it.
    pub tuned: bool,
}

const fn tuned(name: &'static str, lengths: &'static [usize], joins: &'static [(usize, usize)]) -> Shape {
    Shape {
        name,
        lengths,
        joins,
        kbit: 3_000..8_000,
        ms: None,
        tuned: true,
    }
}

/// All topologies. The last is only counted: **no rule of the doctor's is to be changed because of what is seen on it.**
pub const SHAPES: [Shape; 4] = [
    tuned("short", &[2, 2], &[(0, 1)]),
    tuned("long", &[3, 3], &[(0, 1)]),
    tuned("uneven", &[4, 2], &[]),
    Shape {
        name: "ring",
        lengths: &[5, 3, 4],
        joins: &[(0, 1), (1, 2), (2, 0)],
        kbit: 1_500..14_000,
        ms: Some(3..20),
        tuned: false,
    },
];

pub struct Side {
    pub routers: Vec<String>,
    /// The edge's end of the access, and the first router's.
    pub access: (End, End),
    /// Ends of the links between routers: (nearer, farther).
    pub chain: Vec<(End, End)>,
    pub trunk: End,
    pub trunk_router: End,
    pub resolver: End,
    /// Access rate, kbit a second.
    pub rate: u32,
}

pub struct Topology {
    pub net: Net,
    pub base: BTreeMap<String, Router>,
    pub sides: Vec<Side>,
    /// The secret of the beacon, if there is one.
    beacon: Option<PathBuf>,
}

/// Where the beacon is, behind the last routers of all sides.
pub const BEACON_AT: Ipv4Addr = Ipv4Addr::new(10, 78, 0, 1);
const BEACON_PORT: u16 = 5_070;

impl Topology {
    /// Builds the topology of that shape; `index` is its own among those of this lab.
    pub fn build(
        shape: usize,
        index: usize,
        beacon: bool,
        random: &mut fastrand::Rng,
    ) -> Result<Self, Fault> {
        let shape = &SHAPES[shape];
        let mut topology = Self {
            net: Net::new(index)?,
            base: BTreeMap::new(),
            sides: vec![],
            beacon: None,
        };
        topology.net.node("edge")?;
        for (side, length) in shape.lengths.iter().enumerate() {
            let ms = shape.ms.clone().map(|ms| random.u64(ms));
            topology.side(side, *length, random.u32(shape.kbit.clone()), ms)?;
        }
        let end = |t: &Self, side: usize| t.sides[side].routers.last().cloned().unwrap_or_default();
        for (a, b) in shape.joins {
            let (a, b) = (end(&topology, *a), end(&topology, *b));
            topology.join(&a, &b, 50, None)?;
        }
        if beacon {
            topology.beacon()?;
        }
        for (node, router) in topology.base.clone() {
            topology.net.configure(&node, &router)?;
        }
        Ok(topology)
    }

    fn router(&mut self, name: &str) -> Result<(), Fault> {
        self.net.node(name)?;
        let id = format!("10.255.0.{}", self.base.len() + 1);
        self.base.insert(
            name.to_string(),
            Router {
                id,
                ..Router::default()
            },
        );
        Ok(())
    }

    fn join(&mut self, a: &str, b: &str, cost: u32, ms: Option<u64>) -> Result<(End, End), Fault> {
        let ends = match ms {
            Some(ms) => self.net.long_link(a, b, ms)?,
            None => self.net.link(a, b)?,
        };
        for (node, end) in [(a, &ends.0), (b, &ends.1)] {
            let router = self.base.get_mut(node).ok_or("no router")?;
            router.links.push((end.interface.clone(), cost));
        }
        Ok(ends)
    }

    /// A machine behind a router; the router tells its network to the others.
    fn leaf(&mut self, router: &str, node: &str) -> Result<(End, End), Fault> {
        self.net.node(node)?;
        let ends = self.net.link(router, node)?;
        self.base
            .get_mut(router)
            .ok_or("no router")?
            .stubs
            .push(ends.0.interface.clone());
        self.net
            .inside(node, &format!("ip route add default via {}", ends.0.address))?;
        Ok(ends)
    }

    fn side(&mut self, side: usize, length: usize, rate: u32, ms: Option<u64>) -> Result<(), Fault> {
        let routers: Vec<String> = (0..length).map(|k| format!("r{side}{k}")).collect();
        routers.iter().try_for_each(|r| self.router(r))?;
        let access = self.net.link("edge", &routers[0])?;
        self.base
            .get_mut(&routers[0])
            .ok_or("no router")?
            .stubs
            .push(access.1.interface.clone());
        for (node, end) in [("edge", &access.0), (routers[0].as_str(), &access.1)] {
            let tbf = format!(
                "tc qdisc add dev {} root tbf rate {rate}kbit burst 8k limit 32k",
                end.interface
            );
            self.net.inside(node, &tbf)?;
        }
        let mut chain = vec![];
        for (k, pair) in routers.windows(2).enumerate() {
            chain.push(self.join(&pair[0], &pair[1], 10, ms.filter(|_| k == 0))?);
        }
        // A way round, one hop longer, which is only taken when somebody says that it is better.
        let detour = format!("d{side}");
        self.router(&detour)?;
        self.join(&routers[length - 2], &detour, 100, None)?;
        self.join(&detour, &routers[length - 1], 100, None)?;
        let trunk = self.leaf(&routers[length - 1], &format!("t{side}"))?;
        let resolver = self.leaf(&routers[1], &format!("n{side}"))?;
        self.leaf(&routers[1], &format!("x{side}"))?;
        for to in [trunk.1.address, resolver.1.address] {
            self.net
                .inside("edge", &format!("ip route add {to}/32 via {}", access.1.address))?;
        }
        let exe = std::env::current_exe()?.display().to_string();
        self.net
            .start(&format!("sip{side}"), &format!("t{side}"), &[&exe, "sip"])?;
        self.net
            .start(&format!("dns{side}"), &format!("n{side}"), &[&exe, "dns"])?;
        let (trunk_router, trunk, resolver) = (trunk.0, trunk.1, resolver.1);
        self.sides.push(Side {
            routers,
            access,
            chain,
            trunk,
            trunk_router,
            resolver,
            rate,
        });
        Ok(())
    }

    /// A machine that is reached by every side, each by its own way there and back.
    fn beacon(&mut self) -> Result<(), Fault> {
        self.net.node("beacon")?;
        self.net.inside(
            "beacon",
            &format!("echo 0 > /proc/sys/net/ipv4/ip_forward; ip addr add {BEACON_AT}/32 dev lo"),
        )?;
        for side in 0..self.sides.len() {
            let routers = self.sides[side].routers.clone();
            let last = routers.last().ok_or("no router")?;
            let (near, far) = self.net.link(last, "beacon")?;
            let s = &self.sides[side];
            let mut next: Vec<Ipv4Addr> = s.chain.iter().map(|(_, farther)| farther.address).collect();
            next.push(far.address);
            for (router, via) in routers.iter().zip(next) {
                let router = self.base.get_mut(router).ok_or("no router")?;
                router.routes.push(format!("{BEACON_AT}/32 via {via}"));
            }
            let (edge, first) = &s.access;
            self.net.inside(
                "beacon",
                &format!("ip route add {}/32 via {}", edge.address, near.address),
            )?;
            // Answers come by the uplink that was asked by, also where the routes prefer another one.
            self.net.inside(
                "edge",
                &format!(
                    "echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter; echo 0 > /proc/sys/net/ipv4/conf/{0}/rp_filter; \
                     ip route add {BEACON_AT}/32 via {1} dev {0} metric {2}",
                    edge.interface,
                    first.address,
                    10 + side
                ),
            )?;
        }
        let secret = self.net.folder.join("secret");
        std::fs::write(&secret, format!("{:032x}", fastrand::u128(..)))?;
        std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600))?;
        let (exe, file) = (
            std::env::current_exe()?.display().to_string(),
            secret.display().to_string(),
        );
        let at = format!("{BEACON_AT}:{BEACON_PORT}");
        self.net
            .start("beacon", "beacon", &[&exe, "beacon", &at, &file])?;
        self.beacon = Some(secret);
        Ok(())
    }

    pub fn plan(&self) -> Plan {
        let name = |side: usize| format!("wan{side}");
        let sides = || self.sides.iter().enumerate();
        let uplink = |(i, s): (usize, &Side)| UplinkPlan {
            name: name(i),
            interface: s.access.0.interface.clone(),
            gateway: Some(s.access.1.address.into()),
            access: None,
            carrier: None,
        };
        let trunk = |(i, s): (usize, &Side)| TrunkPlan {
            name: format!("trunk{i}"),
            uplink: name(i),
            region: ["02", "051", "064"][i].into(),
            address: SocketAddrV4::new(s.trunk.address, 5060).into(),
            options: true,
        };
        let resolver = |(i, s): (usize, &Side)| ResolverPlan {
            uplink: name(i),
            address: SocketAddrV4::new(s.resolver.address, 53).into(),
            ask: "trunk.example".into(),
        };
        Plan {
            uplinks: sides().map(uplink).collect(),
            trunks: sides().map(trunk).collect(),
            resolvers: sides().map(resolver).collect(),
            beacon: self.beacon.clone().map(|secret_file| BeaconPlan {
                address: SocketAddrV4::new(BEACON_AT, BEACON_PORT).into(),
                secret_file,
            }),
            pace: Pace::default(),
            calm: None,
        }
    }

    /// All routers, sides' and detours'.
    pub fn routers(&self) -> Vec<String> {
        self.base.keys().cloned().collect()
    }
}
