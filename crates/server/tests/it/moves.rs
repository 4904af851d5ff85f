//! An uplink goes away under a call of the running program: its new address is told by re-INVITE, and the call goes on. In namespaces that the
//! test makes and deletes; it needs root and `ip`.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::support::carrier::Carrier;
use crate::support::{Place, Server, latest, until};

/// Set in the test program that is the carrier, within its namespace: where the house is reached.
const WITHIN: &str = "BISEO_TEST_MOVES";
const CARRIER: &str = "10.79.7.1";
const PORT: u16 = 5060;

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

/// A house with two uplinks, and a carrier behind both. They are gone when it is dropped.
struct Net {
    house: String,
    carrier: String,
}

impl Net {
    fn new() -> Result<Self, String> {
        let id = std::process::id();
        let net = Self {
            house: format!("bsm{id}-house"),
            carrier: format!("bsm{id}-carrier"),
        };
        for space in [&net.house, &net.carrier] {
            sh(&format!("ip netns add {space} && ip -n {space} link set lo up"))?;
        }
        let (house, carrier) = (&net.house, &net.carrier);
        for n in [1, 2] {
            sh(&format!(
                "ip link add up{n} netns {house} type veth peer name down{n} netns {carrier} && \
                 ip -n {house} addr add 10.78.{n}.1/30 dev up{n} && ip -n {carrier} addr add 10.78.{n}.2/30 dev down{n} && \
                 ip -n {house} link set up{n} up && ip -n {carrier} link set down{n} up && \
                 ip -n {house} route add default via 10.78.{n}.2 metric {n}0"
            ))?;
        }
        sh(&format!("ip -n {carrier} addr add {CARRIER}/32 dev lo"))?;
        Ok(net)
    }

    /// The first uplink is cut off.
    fn cut(&self) {
        sh(&format!("ip -n {} link set up1 down", self.house)).unwrap();
    }

    /// `biseo serve`, in the house.
    fn serve(&self, place: &Place) -> Server {
        let mut command = Command::new("ip");
        command
            .args(["netns", "exec", &self.house, env!("CARGO_BIN_EXE_biseo"), "serve"])
            .current_dir(place.path());
        for name in ["BISEO_LANG", "BISEO_CONFIG", "BISEO_MODEL", "RUST_LOG"] {
            command.env_remove(name);
        }
        Server::start(command)
    }

    /// This very test program, as the carrier.
    fn calls(&self) -> Outside {
        let mut child = Command::new("ip")
            .args(["netns", "exec", &self.carrier])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "moves::within", "--nocapture", "--quiet"])
            .env(WITHIN, format!("10.78.1.1:{PORT}"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Outside { child, lines }
    }
}

impl Drop for Net {
    fn drop(&mut self) {
        for space in [&self.house, &self.carrier] {
            let _ = sh(&format!("ip netns del {space}"));
        }
    }
}

struct Outside {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Outside {
    /// What it says behind that word; other lines are passed over.
    fn says(&mut self, word: &str) -> String {
        loop {
            let line = self.lines.next().expect("it goes on").unwrap();
            if let Some((_, rest)) = line.split_once(&format!("moves {word} ")) {
                return rest.to_string();
            }
        }
    }
}

impl Drop for Outside {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where sound goes, by a description.
fn media(text: &str) -> &str {
    let line = text.lines().find_map(|l| l.strip_prefix("c=IN IP4 "));
    line.unwrap_or_else(|| panic!("no address: {text}")).trim()
}

fn header<'a>(text: &'a str, name: &str) -> &'a str {
    let line = text.lines().find_map(|l| l.strip_prefix(name));
    line.unwrap_or_else(|| panic!("no {name}: {text}")).trim()
}

/// The carrier: it calls, and takes what is changed in the call.
#[test]
fn within() {
    let Ok(house) = std::env::var(WITHIN) else { return };
    let carrier = Carrier::start(&format!("{CARRIER}:{PORT}"));
    let call = ("01012345678", "moves");
    let (code, answer) = carrier.call(&house, call);
    println!("moves answered {code} {}", media(&answer));
    let change = carrier.request("INVITE");
    println!("moves changed {} {}", media(&change), header(&change, "Contact:"));
    let new = format!("10.78.2.1:{PORT}");
    carrier.takes(&change, &new);
    let ack = carrier.request("ACK");
    println!("moves confirmed {}", header(&ack, "Via:"));
    // It lasts until it is told to hang up.
    let _ = std::io::stdin().read_line(&mut String::new());
    carrier.hang_up(&new, call, &answer);
    println!("moves over .");
    let _ = std::io::stdin().read_line(&mut String::new());
}

#[tokio::test]
async fn a_call_tells_its_new_address_and_goes_on() {
    let net = match Net::new() {
        Ok(net) => net,
        Err(why) => return eprintln!("A CALL WHOSE ADDRESS CHANGES IS NOT TESTED HERE: {why}"),
    };
    let place = Place::new();
    place.change("udp:127.0.0.1:0", &format!("udp:0.0.0.0:{PORT}"));
    place.change("tcp:127.0.0.1:0", &format!("tcp:0.0.0.0:{PORT}"));
    let store = place.store().await;
    let server = net.serve(&place);
    let mut outside = net.calls();
    assert_eq!(outside.says("answered"), "200 10.78.1.1");
    // It is up. It gives no sound, and so is ended after some seconds: nothing that takes long may be waited for.
    let (call, _) = until("its answer", crate::support::PATIENCE, || async {
        latest(&store).await.filter(|(call, _)| call.answered.is_some())
    })
    .await;
    // Its way is looked at every 150 ms (telephony's `moves`), which nothing outside tells; without having been seen once it would not be missed.
    tokio::time::sleep(Duration::from_millis(600)).await;
    net.cut();
    let changed = outside.says("changed");
    let (sound, contact) = changed.split_once(' ').unwrap();
    assert_eq!(sound, "10.78.2.1", "sound is to come to the new address");
    assert!(contact.contains("@10.78.2.1"), "and so are requests: {contact}");
    assert!(outside.says("confirmed").contains("10.78.2.1"));
    let now = latest(&store).await.unwrap().0;
    assert!(now.id == call.id && now.ended.is_none(), "it goes on: {now:?}");
    // Requests reach it there: the caller hangs up.
    std::io::Write::write_all(outside.child.stdin.as_mut().unwrap(), b"\n").unwrap();
    outside.says("over");
    let over = until("its end", crate::support::PATIENCE, || async {
        latest(&store).await.map(|(c, _)| c).filter(|c| c.ended.is_some())
    })
    .await;
    assert_eq!(over.end, Some(biseo_model::record::CallEnd::Caller));
    store.close().await;
    server.stop();
}
