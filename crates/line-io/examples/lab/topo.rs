//! Topologies: an edge, two accesses, two carriers with their routers, a trunk, a resolver and an attacker on each side.

use std::collections::BTreeMap;
use std::net::SocketAddrV4;

use biseo_line_io::{Pace, Plan, ResolverPlan, TrunkPlan, UplinkPlan};

use crate::net::{End, Fault, Net, Router};

/// Routers on each side, in the order of the way, and whether the sides are joined at their ends.
pub const SHAPES: [(&str, [usize; 2], bool); 3] = [
    ("short", [2, 2], true),
    ("long", [3, 3], true),
    ("unseen", [4, 2], false),
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
}

impl Topology {
    pub fn build(index: usize, random: &mut fastrand::Rng) -> Result<Self, Fault> {
        let (_, lengths, joined) = SHAPES[index];
        let mut topology = Self {
            net: Net::new(index)?,
            base: BTreeMap::new(),
            sides: vec![],
        };
        topology.net.node("edge")?;
        for (side, length) in lengths.into_iter().enumerate() {
            topology.side(side, length, random.u32(3_000..8_000))?;
        }
        if joined {
            let ends: Vec<String> = topology
                .sides
                .iter()
                .filter_map(|s| s.routers.last().cloned())
                .collect();
            topology.join(&ends[0], &ends[1], 50)?;
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

    fn join(&mut self, a: &str, b: &str, cost: u32) -> Result<(End, End), Fault> {
        let ends = self.net.link(a, b)?;
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

    fn side(&mut self, side: usize, length: usize, rate: u32) -> Result<(), Fault> {
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
        for pair in routers.windows(2) {
            chain.push(self.join(&pair[0], &pair[1], 10)?);
        }
        // A way round, one hop longer, which is only taken when somebody says that it is better.
        let detour = format!("d{side}");
        self.router(&detour)?;
        self.join(&routers[length - 2], &detour, 100)?;
        self.join(&detour, &routers[length - 1], 100)?;
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

    pub fn plan(&self) -> Plan {
        let name = |side: usize| format!("wan{side}");
        let sides = || self.sides.iter().enumerate();
        let uplink = |(i, s): (usize, &Side)| UplinkPlan {
            name: name(i),
            interface: s.access.0.interface.clone(),
            gateway: Some(s.access.1.address),
            access: None,
            carrier: None,
        };
        let trunk = |(i, s): (usize, &Side)| TrunkPlan {
            name: format!("trunk{i}"),
            uplink: name(i),
            region: ["02", "051"][i].into(),
            address: SocketAddrV4::new(s.trunk.address, 5060),
            options: true,
        };
        let resolver = |(i, s): (usize, &Side)| ResolverPlan {
            uplink: name(i),
            address: SocketAddrV4::new(s.resolver.address, 53),
            ask: "trunk.example".into(),
        };
        Plan {
            uplinks: sides().map(uplink).collect(),
            trunks: sides().map(trunk).collect(),
            resolvers: sides().map(resolver).collect(),
            pace: Pace::default(),
            calm: None,
        }
    }
}
