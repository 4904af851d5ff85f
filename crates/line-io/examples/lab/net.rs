//! Namespaces, links, routers and children of one topology. All are gone when it is dropped.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::group::Group;

/// Prefix of all names; the lab's process id follows.
pub const PREFIX: &str = "bsl";

pub type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Runs a command and fails with what it said.
pub fn sh(command: &str) -> Result<String, Fault> {
    let out = Command::new("sh").args(["-c", command]).output()?;
    if out.status.success() {
        return Ok(String::from_utf8_lossy(&out.stdout).into_owned());
    }
    let said = [out.stdout, out.stderr].concat();
    Err(format!("{command}: {}", String::from_utf8_lossy(&said)).into())
}

/// Deletes what a lab that was killed outright has left behind.
pub fn sweep() {
    let listed = sh("ip netns list").unwrap_or_default();
    for name in listed.lines().filter_map(|l| l.split_whitespace().next()) {
        let pid = name.strip_prefix(PREFIX).and_then(|rest| rest.split('t').next());
        if pid
            .is_some_and(|pid| pid.parse::<u32>().is_ok() && !PathBuf::from(format!("/proc/{pid}")).exists())
        {
            let _ = sh(&format!(
                "ip netns pids {name} | xargs -r kill -9; ip netns del {name}"
            ));
        }
    }
}

/// An end of a link.
#[derive(Debug, Clone)]
pub struct End {
    pub interface: String,
    pub address: Ipv4Addr,
}

/// What a router is told.
#[derive(Debug, Clone, Default)]
pub struct Router {
    pub id: String,
    /// Interfaces with other routers, and their costs.
    pub links: Vec<(String, u32)>,
    /// Interfaces whose networks are told to others.
    pub stubs: Vec<String>,
    /// Routes by hand.
    pub routes: Vec<String>,
    /// A file of routes that are told to all others by mistake.
    pub mistake: Option<String>,
}

/// So many routes of others a router bears; beyond, it switches the protocol off, as routers do to save their memory.
const BEARABLE: u32 = 1_000;

impl Router {
    fn text(&self) -> String {
        let link = |(name, cost): &(String, u32)| {
            format!("    interface \"{name}\" {{ type ptp; hello 1; dead 4; cost {cost}; }};\n")
        };
        let stub = |name: &String| format!("    interface \"{name}\" {{ stub; }};\n");
        let routes: String = self.routes.iter().map(|r| format!("  route {r};\n")).collect();
        let interfaces: String = self
            .links
            .iter()
            .map(link)
            .chain(self.stubs.iter().map(stub))
            .collect();
        let (mistake, tells) = match &self.mistake {
            Some(file) => (
                format!("protocol static mistake {{ ipv4;\ninclude \"{file}\";\n}}\n"),
                "where proto = \"mistake\"",
            ),
            None => (String::new(), "none"),
        };
        format!(
            "router id {};\nprotocol device {{ scan time 1; }}\n\
             protocol kernel {{ ipv4 {{ import none; export all; }}; }}\n\
             protocol static {{ ipv4;\n{routes}}}\n{mistake}\
             protocol ospf v2 inner {{ tick 1; ipv4 {{ import all; import limit {BEARABLE} action disable; export {tells}; }}; \
             area 0 {{\n{interfaces}  }}; }}\n",
            self.id
        )
    }
}

pub struct Net {
    prefix: String,
    pub folder: PathBuf,
    nodes: Vec<String>,
    links: u8,
    pub children: BTreeMap<String, Child>,
    /// None where the system lets none be made.
    group: Option<Group>,
}

impl Net {
    pub fn new(index: usize) -> Result<Self, Fault> {
        let prefix = format!("{PREFIX}{}t{index}", std::process::id());
        let folder = std::env::temp_dir().join(&prefix);
        fs::create_dir_all(&folder)?;
        let group = Group::make(&prefix).ok();
        Ok(Self {
            prefix,
            folder,
            nodes: vec![],
            links: 0,
            children: BTreeMap::new(),
            group,
        })
    }

    pub fn space(&self, node: &str) -> String {
        format!("{}-{node}", self.prefix)
    }

    pub fn node(&mut self, node: &str) -> Result<(), Fault> {
        sh(&format!("ip netns add {}", self.space(node)))?;
        self.nodes.push(node.to_string());
        self.inside(node, "ip link set lo up; echo 1 > /proc/sys/net/ipv4/ip_forward; echo 0 2147483647 > /proc/sys/net/ipv4/ping_group_range")?;
        Ok(())
    }

    pub fn inside(&self, node: &str, command: &str) -> Result<String, Fault> {
        sh(&format!("ip netns exec {} sh -c '{command}'", self.space(node)))
    }

    fn pair(&self, (a, x): (&str, &str), (b, y): (&str, &str)) -> Result<(), Fault> {
        let (a, b) = (self.space(a), self.space(b));
        sh(&format!(
            "ip link add {x} netns {a} type veth peer name {y} netns {b}"
        ))
        .map(drop)
    }

    pub fn link(&mut self, a: &str, b: &str) -> Result<(End, End), Fault> {
        self.linked(a, b, None)
    }

    /// A link that takes so many ms each way: the kernel here has no `netem`, so a program carries the frames.
    pub fn long_link(&mut self, a: &str, b: &str, ms: u64) -> Result<(End, End), Fault> {
        self.linked(a, b, Some(ms))
    }

    fn linked(&mut self, a: &str, b: &str, ms: Option<u64>) -> Result<(End, End), Fault> {
        self.links += 1;
        let n = self.links;
        let end = |which: &str, last| End {
            interface: format!("v{n}{which}"),
            address: Ipv4Addr::new(10, 77, n, last),
        };
        let ends = (end("a", 1), end("b", 2));
        let (x, y) = (&ends.0.interface, &ends.1.interface);
        match ms {
            None => self.pair((a, x), (b, y))?,
            Some(ms) => {
                let (wire, c, d) = (format!("w{n}"), format!("v{n}c"), format!("v{n}d"));
                self.node(&wire)?;
                self.inside(&wire, "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6")?;
                self.pair((a, x), (&wire, &c))?;
                self.pair((&wire, &d), (b, y))?;
                self.inside(&wire, &format!("ip link set {c} up; ip link set {d} up"))?;
                let exe = std::env::current_exe()?.display().to_string();
                self.start(&wire, &wire, &[&exe, "wire", &c, &d, &ms.to_string()])?;
            }
        }
        for (node, end) in [(a, &ends.0), (b, &ends.1)] {
            self.inside(
                node,
                &format!(
                    "ip addr add {}/30 dev {}; ip link set {} up",
                    end.address, end.interface, end.interface
                ),
            )?;
        }
        Ok(ends)
    }

    /// Starts a program in a namespace under a name.
    pub fn start(&mut self, name: &str, node: &str, command: &[&str]) -> Result<(), Fault> {
        let child = Command::new("ip")
            .args(["netns", "exec", &self.space(node)])
            .args(command)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        self.children.insert(name.to_string(), child);
        Ok(())
    }

    /// Tells a server how to behave.
    pub fn tell(&mut self, name: &str, mode: u16) -> Result<(), Fault> {
        let child = self.children.get_mut(name).ok_or("no such child")?;
        writeln!(child.stdin.as_mut().ok_or("no input")?, "{mode}")?;
        Ok(())
    }

    pub fn stop(&mut self, name: &str) {
        if let Some(mut child) = self.children.remove(name) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    fn path(&self, node: &str, kind: &str) -> String {
        self.folder.join(format!("{node}.{kind}")).display().to_string()
    }

    /// Gives a router its configuration, and starts it if it does not run yet.
    pub fn configure(&mut self, node: &str, router: &Router) -> Result<(), Fault> {
        let (conf, socket) = (self.path(node, "conf"), self.path(node, "ctl"));
        fs::write(&conf, router.text())?;
        let name = format!("bird-{node}");
        if self.children.contains_key(&name) {
            return sh(&format!("birdc -s {socket} configure")).map(drop);
        }
        self.start(&name, node, &["bird", "-f", "-c", &conf, "-s", &socket])
    }

    /// Switches a router's inner protocol on again.
    pub fn enable(&self, node: &str) -> Result<(), Fault> {
        sh(&format!("birdc -s {} enable inner", self.path(node, "ctl"))).map(drop)
    }

    /// Lets a router's inner protocol begin anew.
    pub fn restart(&self, node: &str) -> Result<(), Fault> {
        sh(&format!("birdc -s {} restart inner", self.path(node, "ctl"))).map(drop)
    }

    /// Lets the lab's group have so many µs of each 200 ms, or all.
    pub fn quota(&self, us: Option<u32>) -> Result<(), Fault> {
        self.group.as_ref().ok_or("no group")?.quota(us)
    }

    /// Takes a child into the lab's group, if there is one.
    pub fn confine(&self, child: &str) -> Result<(), Fault> {
        let child = self.children.get(child).ok_or("no child")?;
        self.group
            .as_ref()
            .map_or(Ok(()), |group| group.enter(child.id()))
    }
}

impl Drop for Net {
    fn drop(&mut self) {
        let names: Vec<String> = self.children.keys().cloned().collect();
        names.iter().for_each(|name| self.stop(name));
        for node in &self.nodes {
            let _ = sh(&format!("ip netns del {}", self.space(node)));
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}
