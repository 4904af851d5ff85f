//! A path of more than fourteen hops, over real routers in namespaces that the test makes and deletes. It needs root and `ip`.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use biseo_line::Tempo;
use biseo_line_io::{Pace, Plan, TrunkPlan, run};

/// Set in the test program that probes within the first namespace: where to.
const WITHIN: &str = "BISEO_TEST_FAR";
/// Namespaces in a row: the last is the trunk.
const ROW: usize = 18;
/// Windows after which it is given up.
const PATIENCE: usize = 60;

fn sh(command: &str) -> Result<(), String> {
    let out = Command::new("sh")
        .args(["-c", command])
        .output()
        .map_err(|e| e.to_string())?;
    match out.status.success() {
        true => Ok(()),
        false => Err(format!("{command}: {}", String::from_utf8_lossy(&out.stderr))),
    }
}

/// Namespaces in a row, each joined to the next by a link of its own. They are gone when it is dropped.
struct Row {
    name: String,
    /// The version of IP.
    ip: &'static str,
}

impl Row {
    fn space(&self, n: usize) -> String {
        format!("{}-{n}", self.name)
    }

    /// An address on link `n`: of the one before, or of the one after it.
    fn at(&self, n: usize, side: usize) -> String {
        match self.ip {
            "4" => format!("10.66.{n}.{side}"),
            _ => format!("fd66:{n}::{side}"),
        }
    }

    fn new(ip: &'static str) -> Result<Self, String> {
        let row = Self {
            name: format!("bsf{ip}{}", std::process::id()),
            ip,
        };
        for n in 0..ROW {
            let space = row.space(n);
            sh(&format!(
                "ip netns add {space} && ip netns exec {space} sh -c 'ip link set lo up && echo 1 > /proc/sys/net/ipv{ip}/{}'",
                if ip == "4" {
                    "ip_forward"
                } else {
                    "conf/all/forwarding"
                }
            ))?;
        }
        for n in 1..ROW {
            row.link(n)?;
        }
        for n in 0..ROW {
            row.routes(n)?;
        }
        Ok(row)
    }

    /// The link between the one before and this one.
    fn link(&self, n: usize) -> Result<(), String> {
        let (near, far) = (self.space(n - 1), self.space(n));
        let (first, second) = (self.at(n, 1), self.at(n, 2));
        // An address of IPv6 is tried out for a second before it may be used, unless it is said that nobody else has it.
        let rest = if self.ip == "4" { "/30" } else { "/64" };
        let last = if self.ip == "4" { "" } else { "nodad" };
        sh(&format!(
            "ip link add d{n} netns {near} type veth peer name u{n} netns {far} && \
             ip -n {near} link set d{n} up && ip -n {far} link set u{n} up && \
             ip -n {near} addr add {first}{rest} dev d{n} {last} && \
             ip -n {far} addr add {second}{rest} dev u{n} {last}"
        ))
    }

    /// Towards the last by the next, towards the first by the one before.
    fn routes(&self, n: usize) -> Result<(), String> {
        let space = self.space(n);
        if n + 1 < ROW {
            let via = self.at(n + 1, 2);
            sh(&format!(
                "ip -n {space} -{} route add {} via {via} || true",
                self.ip,
                self.end()
            ))?;
        }
        match n {
            0 | 1 => Ok(()),
            _ => {
                let first = if self.ip == "4" {
                    "10.66.1.0/30"
                } else {
                    "fd66:1::/64"
                };
                let via = self.at(n, 1);
                sh(&format!("ip -n {space} -{} route add {first} via {via}", self.ip))
            }
        }
    }

    fn end(&self) -> String {
        self.at(ROW - 1, 2)
    }
}

impl Drop for Row {
    fn drop(&mut self) {
        for n in 0..ROW {
            let _ = sh(&format!("ip netns del {}", self.space(n)));
        }
    }
}

/// Probes until the path was followed to its end three times, and prints how many hops each look found.
#[test]
fn within() {
    let Ok(to) = std::env::var(WITHIN) else { return };
    let trunk = TrunkPlan {
        name: "far".into(),
        uplink: String::new(),
        region: String::new(),
        address: SocketAddr::new(to.parse().unwrap(), 5060),
        options: false,
    };
    let plan = Plan {
        uplinks: vec![],
        trunks: vec![trunk],
        resolvers: vec![],
        beacon: None,
        pace: Pace {
            window_ms: 200,
            path_ms: 100,
            patience_ms: 400,
            ..Pace::default()
        },
        calm: None,
    };
    let stop = AtomicBool::new(false);
    let (mut windows, mut whole) = (0, 0);
    run(&plan, &stop, |window| {
        windows += 1;
        for path in &window.paths {
            println!("path {} {}", path.reached, path.hops.len());
            whole += usize::from(path.reached);
        }
        stop.store(whole >= 3 || windows >= PATIENCE, Ordering::Relaxed);
        Tempo::Quick
    });
}

#[test]
fn a_path_of_seventeen_hops_is_followed_to_its_end() {
    followed("4");
}

#[test]
fn so_is_one_of_ipv6() {
    followed("6");
}

fn followed(ip: &'static str) {
    let row = match Row::new(ip) {
        Ok(row) => row,
        Err(why) => return eprintln!("LONG PATHS ARE NOT TESTED HERE: {why}"),
    };
    let mut child = Command::new("ip")
        .args(["netns", "exec", &row.space(0)])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "within", "--nocapture", "--quiet"])
        .env(WITHIN, row.end())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let told: Vec<String> = lines
        .map_while(Result::ok)
        .filter(|l| l.contains("path "))
        .collect();
    assert!(child.wait().unwrap().success());
    let whole = told.iter().filter(|l| l.ends_with("path true 17")).count();
    assert!(whole >= 3, "{told:?}");
}
