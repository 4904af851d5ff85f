//! Conditions: what is done to a topology, and how it is undone.

use biseo_line::Label;

use crate::net::Fault;
use crate::topo::{BEACON_AT, Topology};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    Normal,
    Flood,
    Withdrawn,
    Loop,
    Blackhole,
    Leak,
    Loss,
    Hang,
    Dead,
    Rejecting,
    NamesHang,
    NamesFailing,
    UplinkDown,
    Mute,
    Overloaded,
    /// The way to the trunk and to the beacon is lost.
    LostThere,
    /// The way back from both is lost.
    LostBack,
    /// Only the way to the trunk is lost: the beacon is well both ways.
    LostNearTrunk,
}

use Condition as C;

pub const ALL: [Condition; 15] = [
    C::Normal,
    C::Flood,
    C::Withdrawn,
    C::Loop,
    C::Blackhole,
    C::Leak,
    C::Loss,
    C::Hang,
    C::Dead,
    C::Rejecting,
    C::NamesHang,
    C::NamesFailing,
    C::UplinkDown,
    C::Mute,
    C::Overloaded,
];

/// What is tried with a beacon.
pub const BEACON: [Condition; 4] = [C::Normal, C::LostThere, C::LostBack, C::LostNearTrunk];

impl Condition {
    /// The doctor's verdict that is right; none for a line that is well.
    pub fn right(self) -> Option<Label> {
        Some(match self {
            C::Normal => return None,
            C::Flood => Label::TrafficFlood,
            C::Withdrawn => Label::RoutingWithdrawn,
            C::Loop => Label::RoutingLoop,
            C::Blackhole | C::LostNearTrunk => Label::BlackholeOrReturnLost,
            C::LostThere => Label::Blackhole,
            C::LostBack => Label::ReturnPathLost,
            C::Leak => Label::PathChanged,
            C::Loss => Label::RandomLoss,
            C::Hang => Label::TrunkHang,
            C::Dead => Label::TrunkDead,
            C::Rejecting => Label::TrunkRejecting,
            C::NamesHang => Label::NamesHang,
            C::NamesFailing => Label::NamesFailing,
            C::UplinkDown => Label::UplinkDown,
            C::Mute => Label::GatewayMute,
            C::Overloaded => Label::HostOverloaded,
        })
    }
}

/// Drops this part of what goes through (or to and from) a router.
fn drop_some(topology: &Topology, node: &str, hook: &str, percent: u32, matching: &str) -> Result<(), Fault> {
    let part = if percent < 100 {
        format!("numgen random mod 100 < {percent}")
    } else {
        String::new()
    };
    let rule = format!("{matching} {part} drop");
    let text = format!(
        "nft \"add table ip lab; add chain ip lab {hook} {{ type filter hook {hook} priority 0; }}; add rule ip lab {hook} {rule}\""
    );
    topology.net.inside(node, &text).map(drop)
}

/// Does it to a side; the text says with which numbers.
pub fn inject(
    topology: &mut Topology,
    condition: Condition,
    side: usize,
    random: &mut fastrand::Rng,
) -> Result<String, Fault> {
    let s = &topology.sides[side];
    let (trunk, edge, n) = (s.trunk.address, s.access.0.address, s.routers.len());
    match condition {
        C::Normal => Ok(String::new()),
        C::Flood => flood(topology, side, random),
        C::Withdrawn => {
            let (last, stub) = (s.routers[n - 1].clone(), s.trunk_router.interface.clone());
            let mut router = topology.base[&last].clone();
            router.stubs.retain(|name| *name != stub);
            topology.net.configure(&last, &router)?;
            Ok(String::new())
        }
        C::Loop => {
            let k = random.usize(1..n);
            let (node, back) = (s.routers[k].clone(), s.chain[k - 1].0.address);
            route(topology, &node, format!("{trunk}/32 via {back}"))
        }
        C::Blackhole if random.bool() => {
            let node = s.routers[random.usize(..n)].clone();
            route(topology, &node, format!("{trunk}/32 blackhole"))
        }
        C::Blackhole | C::LostBack => {
            let node = s.routers[random.usize(1..n)].clone();
            route(topology, &node, format!("{edge}/32 blackhole"))
        }
        C::LostThere => {
            let node = s.routers[random.usize(..n)].clone();
            let mut router = topology.base[&node].clone();
            router
                .routes
                .retain(|r| !r.starts_with(&format!("{BEACON_AT}/32 ")));
            let lost = [trunk, BEACON_AT].map(|to| format!("{to}/32 blackhole"));
            router.routes.extend(lost);
            topology.net.configure(&node, &router)?;
            Ok(node)
        }
        C::LostNearTrunk => {
            let node = s.routers[random.usize(..n)].clone();
            route(topology, &node, format!("{trunk}/32 blackhole"))
        }
        C::Leak => {
            let pairs = [
                (s.routers[n - 2].clone(), s.chain[n - 2].0.interface.clone()),
                (s.routers[n - 1].clone(), s.chain[n - 2].1.interface.clone()),
            ];
            for (node, interface) in pairs {
                let mut router = topology.base[&node].clone();
                router
                    .links
                    .iter_mut()
                    .filter(|(name, _)| *name == interface)
                    .for_each(|(_, cost)| *cost = 1_000);
                topology.net.configure(&node, &router)?;
            }
            Ok(String::new())
        }
        C::Loss => {
            let (node, percent) = (s.routers[random.usize(..n)].clone(), random.u32(15..=40));
            drop_some(topology, &node, "forward", percent, "")?;
            Ok(format!("{node} {percent} %"))
        }
        C::Hang => topology
            .net
            .tell(&format!("sip{side}"), 1000)
            .map(|()| String::new()),
        C::Dead if random.bool() => {
            topology.net.stop(&format!("sip{side}"));
            Ok("program".into())
        }
        C::Dead => {
            topology.net.inside(
                &format!("t{side}"),
                &format!("ip link set {} down", s.trunk.interface),
            )?;
            // The router still has a carrier if its own end is kept up by the operator's switch: the address is taken away instead.
            topology.net.inside(
                &format!("t{side}"),
                &format!("ip addr flush dev {0}; ip link set {0} up", s.trunk.interface),
            )?;
            Ok("machine".into())
        }
        C::Rejecting => {
            let status = *random.choice(&[403_u16, 500, 503, 603]).ok_or("empty")?;
            topology.net.tell(&format!("sip{side}"), status)?;
            Ok(status.to_string())
        }
        C::NamesHang => (0..topology.sides.len())
            .try_for_each(|i| topology.net.tell(&format!("dns{i}"), 1000))
            .map(|()| String::new()),
        C::NamesFailing => {
            let code = if random.bool() { 2 } else { 5 };
            (0..topology.sides.len())
                .try_for_each(|i| topology.net.tell(&format!("dns{i}"), code))
                .map(|()| code.to_string())
        }
        C::UplinkDown => {
            topology.net.inside(
                &s.routers[0],
                &format!("ip link set {} down", s.access.1.interface),
            )?;
            Ok(String::new())
        }
        C::Mute => {
            let (node, interface) = (s.routers[0].clone(), s.access.1.interface.clone());
            drop_some(
                topology,
                &node,
                "prerouting",
                100,
                &format!("iifname {interface}"),
            )?;
            Ok(String::new())
        }
        C::Overloaded => {
            let exe = std::env::current_exe()?.display().to_string();
            topology.net.start("spin", "edge", &[&exe, "spin"])?;
            topology.net.confine("spin")?;
            let quota = random.u32(8_000..30_000);
            topology.net.quota(Some(quota))?;
            Ok(format!("{quota} µs of 200 ms"))
        }
    }
}

/// Packets a second that a flooder sends at most.
const MOST_PPS: f64 = 12_000.0;

pub fn flood(topology: &mut Topology, side: usize, random: &mut fastrand::Rng) -> Result<String, Fault> {
    let s = &topology.sides[side];
    let (octets, times) = (random.u32(100..1_000), 1.6 + random.f64() * 4.0);
    // A flood that uses up the laboratory's own processors would be another fault.
    let octets = octets.max((f64::from(s.rate) * 1_000.0 / 8.0 * times / MOST_PPS) as u32);
    let pps = (f64::from(s.rate) * 1_000.0 / 8.0 / f64::from(octets + 42) * times) as u32;
    let port = if random.bool() { 7 } else { 9_000 };
    let to = format!("{}:{port}", s.access.0.address);
    let exe = std::env::current_exe()?.display().to_string();
    topology.net.start(
        "flood",
        &format!("x{side}"),
        &[&exe, "flood", &to, &pps.to_string(), &octets.to_string()],
    )?;
    Ok(format!("{times:.1}x, {octets} octets, port {port}"))
}

fn route(topology: &mut Topology, node: &str, text: String) -> Result<String, Fault> {
    let mut router = topology.base[node].clone();
    router.routes.push(text.clone());
    topology.net.configure(node, &router)?;
    Ok(format!("{node}: {text}"))
}

/// Undoes all that a condition may have done to a side.
pub fn repair(topology: &mut Topology, condition: Condition, side: usize) -> Result<(), Fault> {
    let exe = std::env::current_exe()?.display().to_string();
    let s = &topology.sides[side];
    match condition {
        C::Withdrawn | C::Loop | C::Blackhole | C::Leak | C::LostThere | C::LostBack | C::LostNearTrunk => {
            for node in s.routers.clone() {
                let router = topology.base[&node].clone();
                topology.net.configure(&node, &router)?;
            }
        }
        C::Loss | C::Mute => {
            for node in &s.routers {
                let _ = topology.net.inside(node, "nft delete table ip lab");
            }
        }
        C::Dead => {
            let (t, r) = (&s.trunk, &s.trunk_router);
            let _ = topology.net.inside(
                &format!("t{side}"),
                &format!(
                    "ip addr add {}/30 dev {}; ip link set {} up; ip route add default via {}",
                    t.address, t.interface, t.interface, r.address
                ),
            );
            topology.net.stop(&format!("sip{side}"));
            topology
                .net
                .start(&format!("sip{side}"), &format!("t{side}"), &[&exe, "sip"])?;
        }
        C::Hang | C::Rejecting => topology.net.tell(&format!("sip{side}"), 0)?,
        C::NamesHang | C::NamesFailing => {
            (0..topology.sides.len()).try_for_each(|i| topology.net.tell(&format!("dns{i}"), 0))?
        }
        C::UplinkDown => drop(
            topology
                .net
                .inside(&s.routers[0], &format!("ip link set {} up", s.access.1.interface))?,
        ),
        C::Overloaded => {
            topology.net.quota(None)?;
            topology.net.stop("spin");
        }
        C::Flood => topology.net.stop("flood"),
        C::Normal => {}
    }
    Ok(())
}
