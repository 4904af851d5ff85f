//! How the SIP side stands a flood, without the rest of the program: an answering process, a process that sends junk, and a
//! genuine trunk that calls, all on loopback. `biseo bench flood` does the same with the whole program.
//!
//! `cargo run --release -p biseo-telephony --example flood -- [SECONDS [RATE [CALLS_A_SECOND]]]`; 60, 10000 and 10.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddrV4;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use biseo_telephony::config::{Account, Listen, Proto, SecretString, SipConfig};
use biseo_telephony::flood::{Calls, Genuine, Storm, TRUNK, percentile};
use biseo_telephony::sdp::{Codec, Direction, LocalCaps, LocalSrtp, Origin, answer};
use biseo_telephony::trunk::Trunk;
use biseo_telephony::{IncomingCall, LegEvent, SipEvent, SipStack};

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

/// How long a call lasts.
const TALK: Duration = Duration::from_millis(300);

fn main() -> Fallible<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["answer"] => runtime()?.block_on(answering()),
        ["storm", target, rate, seconds] => storm(target.parse()?, rate.parse()?, seconds.parse()?),
        numbers => {
            let number = |n: usize, usual| numbers.get(n).map_or(Ok(usual), |t| t.parse::<u32>());
            runtime()?.block_on(measure(number(0, 60)?, number(1, 10_000)?, number(2, 10)?))
        }
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
}

fn storm(target: SocketAddrV4, rate: u32, seconds: u64) -> Fallible<()> {
    let time = Duration::from_secs(seconds);
    let sent = Storm {
        target,
        rate,
        time,
        seed: 80,
    }
    .blow()?;
    println!("{sent}");
    Ok(())
}

/// The answering side: tells where it is, answers until its input ends, tells what its guard has done.
async fn answering() -> Fallible<()> {
    let listen = Listen {
        proto: Proto::Udp,
        addr: ([127, 0, 0, 1], 0).into(),
    };
    let account = Account {
        name: "owner".into(),
        password: SecretString::from("a long password"),
    };
    let config = SipConfig {
        listen: vec![listen],
        trunks: vec![Trunk::by_address("carrier", vec![TRUNK.parse()?])],
        accounts: vec![account],
        ..SipConfig::default()
    };
    let (stack, mut events) = SipStack::start(config).await?;
    tell(&stack.bound().first().ok_or("nothing is bound")?.1.to_string())?;
    let mut over = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    loop {
        tokio::select! {
            _ = &mut over => break,
            Some(event) = events.recv() => {
                if let SipEvent::IncomingCall(call) = event {
                    tokio::spawn(serve(*call));
                }
            }
        }
    }
    let figures = stack.guard();
    let dropped: Vec<String> = figures
        .dropped
        .iter()
        .filter(|(_, n)| *n > 0)
        .map(|(r, n)| format!("{r} {n}"))
        .collect();
    tell(&format!(
        "worked on: known {}, strangers {}; dropped: {}; banned now {}",
        figures.known,
        figures.strangers,
        dropped.join(", "),
        figures.banned
    ))
}

fn tell(line: &str) -> Fallible<()> {
    println!("{line}");
    Ok(std::io::stdout().flush()?)
}

async fn serve(mut call: IncomingCall) {
    let caps = LocalCaps {
        codecs: vec![Codec::Pcma, Codec::Pcmu],
        addr: call.info.local_ip,
        port: 40_000,
        dtmf: true,
        ptime_ms: 20,
        rtcp_mux: true,
        srtp: LocalSrtp::off(),
        ice: None,
        direction: Direction::SendRecv,
        origin: Origin::new(1),
    };
    let fitting = call.info.offer.as_ref().and_then(|o| answer(o, &caps).ok());
    match fitting {
        Some((agreed, _)) => call.leg.answer(agreed.text),
        None => return call.leg.reject(488, None, None),
    }
    while !matches!(call.leg.next_event().await, LegEvent::Ended(_)) {}
}

/// A child of this very program.
fn child(args: &[&str]) -> Fallible<Child> {
    let program = std::env::current_exe()?;
    let child = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    Ok(child)
}

fn line(from: &mut impl BufRead) -> Fallible<String> {
    let mut line = String::new();
    from.read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

async fn measure(seconds: u32, rate: u32, a_second: u32) -> Fallible<()> {
    let mut callee = child(&["answer"])?;
    let mut told = BufReader::new(callee.stdout.take().ok_or("no output")?);
    let at = line(&mut told)?;
    let to = format!("sip:0212345678@{at}");
    let caller = Genuine::start([127, 77, 0, 1].into()).await?;
    let secs = |n: u32| Duration::from_secs(n.into());
    caller.place(&to, a_second, secs(2), TALK).await;
    let before = Used::of(callee.id())?;
    let quiet = caller.place(&to, a_second, secs(seconds.min(30)), TALK).await;
    let calm = Used::of(callee.id())?;
    let mut storm = child(&["storm", &at, &rate.to_string(), &seconds.to_string()])?;
    let begun = std::time::Instant::now();
    let flooded = caller.place(&to, a_second, secs(seconds), TALK).await;
    let wall = begun.elapsed().as_secs_f64();
    let after = Used::of(callee.id())?;
    let sent = line(&mut BufReader::new(storm.stdout.take().ok_or("no output")?))?;
    storm.wait()?;
    row("quiet", &quiet);
    row("flooded", &flooded);
    let p95 = |c: &Calls| percentile(&c.answered, 0.95).as_secs_f64();
    println!("p95 flooded / quiet: {:.2}", p95(&flooded) / p95(&quiet));
    println!("junk sent: {sent} in {seconds} s");
    println!(
        "answering process: memory before {:.1}, after {:.1}, most {:.1} MiB; CPU quiet {:.1} %, flooded {:.1} % of a core",
        before.memory,
        after.memory,
        after.most,
        100.0 * (calm.cpu - before.cpu) / f64::from(seconds.min(30)),
        100.0 * (after.cpu - calm.cpu) / wall
    );
    drop(callee.stdin.take());
    println!("{}", line(&mut told)?);
    caller.stop().await;
    callee.wait()?;
    Ok(())
}

fn row(name: &str, calls: &Calls) {
    let ms = |share| percentile(&calls.answered, share).as_secs_f64() * 1000.0;
    println!(
        "{name}: {} of {} answered ({:.2} %), p50 {:.2} ms, p95 {:.2} ms, p99 {:.2} ms, longest {:.2} ms",
        calls.answered.len(),
        calls.placed,
        calls.percent(),
        ms(0.5),
        ms(0.95),
        ms(0.99),
        ms(1.0)
    );
}

/// What a process has used: seconds of processor time, MiB now and at most.
struct Used {
    cpu: f64,
    memory: f64,
    most: f64,
}

impl Used {
    fn of(process: u32) -> Fallible<Self> {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
        let after_name = stat.rsplit_once(')').ok_or("no name")?.1;
        let ticks = after_name.split_whitespace().skip(11).take(2);
        let ticks: f64 = ticks.filter_map(|t| t.parse::<f64>().ok()).sum();
        let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
        let mib = |key| {
            let line = status.lines().find_map(|l| l.strip_prefix(key))?;
            line.split_whitespace().next()?.parse::<f64>().ok()
        };
        Ok(Self {
            cpu: ticks / 100.0,
            memory: mib("VmRSS:").ok_or("no memory")? / 1024.0,
            most: mib("VmHWM:").ok_or("no memory")? / 1024.0,
        })
    }
}
