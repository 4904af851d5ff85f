//! A house with two uplinks, and a carrier behind both: namespaces that are gone when this is dropped.

use std::process::Command;

pub type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Where the carrier is, whichever uplink leads there.
pub const CARRIER: &str = "10.79.0.1";

/// Runs a command and fails with what it said.
fn sh(command: &str) -> Result<(), Fault> {
    let out = Command::new("sh").args(["-c", command]).output()?;
    if out.status.success() {
        return Ok(());
    }
    Err(format!("{command}: {}", String::from_utf8_lossy(&out.stderr)).into())
}

pub struct Net {
    house: String,
    carrier: String,
}

impl Net {
    pub fn new() -> Result<Self, Fault> {
        let id = std::process::id();
        let net = Self {
            house: format!("bsu{id}-house"),
            carrier: format!("bsu{id}-carrier"),
        };
        for space in [&net.house, &net.carrier] {
            sh(&format!(
                "ip netns add {space} && ip netns exec {space} ip link set lo up"
            ))?;
        }
        net.uplink(1, 10)?;
        net.uplink(2, 20)?;
        net.at(&net.carrier, &format!("ip addr add {CARRIER}/32 dev lo"))?;
        Ok(net)
    }

    fn at(&self, space: &str, command: &str) -> Result<(), Fault> {
        sh(&format!("ip netns exec {space} {command}"))
    }

    /// A link with addresses of its own, and a default route by it.
    fn uplink(&self, n: u8, metric: u8) -> Result<(), Fault> {
        let (house, carrier) = (&self.house, &self.carrier);
        sh(&format!(
            "ip link add up{n} netns {house} type veth peer name down{n} netns {carrier}"
        ))?;
        self.at(house, &format!("ip addr add 10.78.{n}.1/30 dev up{n}"))?;
        self.at(carrier, &format!("ip addr add 10.78.{n}.2/30 dev down{n}"))?;
        self.at(house, &format!("ip link set up{n} up"))?;
        self.at(carrier, &format!("ip link set down{n} up"))?;
        self.at(
            house,
            &format!("ip route add default via 10.78.{n}.2 metric {metric}"),
        )
    }

    /// This program in one of the namespaces.
    pub fn run(&self, in_house: bool, args: &[&str]) -> Result<Command, Fault> {
        let space = if in_house { &self.house } else { &self.carrier };
        let mut command = Command::new("ip");
        command.args(["netns", "exec", space]);
        command.arg(std::env::current_exe()?).args(args);
        Ok(command)
    }

    /// The first uplink is cut off.
    pub fn cut(&self) -> Result<(), Fault> {
        self.at(&self.house, "ip link set up1 down")
    }
}

impl Drop for Net {
    fn drop(&mut self) {
        for space in [&self.house, &self.carrier] {
            let _ = sh(&format!("ip netns del {space}"));
        }
    }
}
