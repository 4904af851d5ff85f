//! How punctual, how dear and how large calls are: `cargo run --release -p biseo-media-io --example pacing`.
//!
//! Each row is a process of its own with that many calls, all speaking; another process sends every packet back, so that
//! all of them listen too. Options: `--codec pcmu|pcma|g722|opus`, `--seconds N`, `--threads N`, `--record DIR`,
//! `--calls 1,32,100,500`, `--realtime no` (pacers are only favoured).

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use biseo_media::codec::AudioCodec;
use biseo_media::latch::Bound;
use biseo_media_io::{
    AudioIn, MediaConfig, MediaEngine, MediaSession, Negotiation, PortRange, SessionConfig,
};

type Outcome = Result<(), Box<dyn std::error::Error>>;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

#[derive(Clone)]
struct Options {
    codec: AudioCodec,
    seconds: u64,
    threads: usize,
    realtime: bool,
    record: Option<PathBuf>,
    calls: Vec<usize>,
    /// Set in the processes of the rows: where packets are sent back.
    mirror: Option<SocketAddr>,
}

fn main() -> Outcome {
    if std::env::args().nth(1).as_deref() == Some("mirror") {
        return mirror();
    }
    let options = options()?;
    match (options.mirror, options.calls.as_slice()) {
        (Some(mirror), [calls]) => row(&options, *calls, mirror),
        _ => table(&options),
    }
}

fn options() -> Result<Options, Box<dyn std::error::Error>> {
    let mut options = Options {
        codec: AudioCodec::Pcmu,
        seconds: 10,
        realtime: true,
        threads: 0,
        record: None,
        calls: vec![1, 32, 100, 500],
        mirror: None,
    };
    let mut args = std::env::args().skip(1);
    while let Some(name) = args.next() {
        let value = args.next().ok_or("every option has a value")?;
        match name.as_str() {
            "--codec" => options.codec = AudioCodec::from_name(&value).ok_or("no such codec")?,
            "--seconds" => options.seconds = value.parse()?,
            "--realtime" => options.realtime = value != "no",
            "--threads" => options.threads = value.parse()?,
            "--record" => options.record = Some(value.into()),
            "--calls" => options.calls = value.split(',').map(str::parse).collect::<Result<_, _>>()?,
            "--mirror" => options.mirror = Some(value.parse()?),
            _ => return Err(format!("unknown option {name}").into()),
        }
    }
    Ok(options)
}

/// Sends every packet back to where it came from.
fn mirror() -> Outcome {
    let socket = UdpSocket::bind((HERE, 0))?;
    println!("{}", socket.local_addr()?);
    let mut packet = [0; 2048];
    loop {
        if let Ok((len, from)) = socket.recv_from(&mut packet) {
            let _ = socket.send_to(&packet[..len], from);
        }
    }
}

/// A process that ends with its owner.
struct Helper(Child);

impl Drop for Helper {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start_mirror() -> Result<(Helper, String), Box<dyn std::error::Error>> {
    use std::io::BufRead;
    let mut child = Command::new(std::env::current_exe()?)
        .arg("mirror")
        .stdout(Stdio::piped())
        .spawn()?;
    let out = child.stdout.take().ok_or("no output")?;
    let helper = Helper(child);
    let mut line = String::new();
    std::io::BufReader::new(out).read_line(&mut line)?;
    Ok((helper, line.trim().to_owned()))
}

fn table(options: &Options) -> Outcome {
    println!(
        "{} for {} s, all calls speaking and listening",
        options.codec.name(),
        options.seconds
    );
    println!(
        "| calls | frames | late p50 | late p99 | latest | left out | CPU a call | memory a call | heard |"
    );
    println!("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    for calls in &options.calls {
        let (_mirror, address) = start_mirror()?;
        let done = Command::new(std::env::current_exe()?)
            .args(std::env::args().skip(1))
            .args(["--calls", &calls.to_string(), "--mirror", &address])
            .status()?;
        if !done.success() {
            return Err(format!("the row of {calls} calls failed").into());
        }
    }
    Ok(())
}

fn row(options: &Options, calls: usize, mirror: SocketAddr) -> Outcome {
    let config = MediaConfig {
        threads: options.threads,
        ports: PortRange::new(40_000, 49_999)?,
        realtime: options.realtime,
    };
    let engine = MediaEngine::start(config)?;
    eprintln!("{calls} calls: {:?}", engine.precedence());
    let empty = resident_kib()?;
    let mut open = Vec::with_capacity(calls);
    for n in 0..calls {
        open.push(start_call(&engine, options, mirror, n)?);
    }
    listen(&mut open, Duration::from_secs(3));
    engine.reset_pacing();
    let (cpu, start) = (cpu_ticks()?, Instant::now());
    let heard = listen(&mut open, Duration::from_secs(options.seconds));
    let (pacing, took) = (engine.pacing(), start.elapsed());
    let cpu = Duration::from_millis((cpu_ticks()? - cpu) * 10).as_secs_f64() / took.as_secs_f64();
    let memory = (resident_kib()?.saturating_sub(empty)) / calls as u64;
    println!(
        "| {calls} | {} | {:?} | {:?} | {:?} | {} | {:.3} % | {memory} KiB | {:.1} % |",
        pacing.frames,
        pacing.p50,
        pacing.p99,
        pacing.max,
        pacing.skipped,
        cpu * 100.0 / calls as f64,
        100.0 * heard as f64 / pacing.frames.max(1) as f64,
    );
    Ok(())
}

fn start_call(
    engine: &MediaEngine,
    options: &Options,
    mirror: SocketAddr,
    n: usize,
) -> Result<(MediaSession, AudioIn), Box<dyn std::error::Error>> {
    let mut session = engine.open(SessionConfig::on(HERE))?;
    let payload = options.codec.static_payload_type().unwrap_or(111);
    session.configure(Negotiation {
        codec: options.codec,
        payload_out: payload,
        payload_in: payload,
        dtmf: None,
        remote: mirror,
        remote_rtcp: mirror,
        send: true,
        receive: true,
        latch: Bound::Exact,
        srtp: None,
        ice: None,
    })?;
    if let Some(dir) = &options.record {
        session.record(dir.join(format!("{}-{n}.wav", std::process::id())))?;
    }
    let audio = session.take_audio().ok_or("audio taken")?;
    // Calls share their sound, as prompts from a cache do; a minute of it.
    session.speaker().play(sound(), 1)?;
    Ok((session, audio))
}

fn sound() -> std::sync::Arc<[i16]> {
    static SOUND: std::sync::OnceLock<std::sync::Arc<[i16]>> = std::sync::OnceLock::new();
    let wave = |n: u32| (f64::from(n % 8000) * 0.15 + f64::from(n / 900)).sin() * 6000.0;
    SOUND
        .get_or_init(|| (0..8000 * 60).map(|n| wave(n) as i16).collect())
        .clone()
}

/// Reads all calls' sound for a while; how many frames were really received.
fn listen(open: &mut [(MediaSession, AudioIn)], during: Duration) -> u64 {
    let end = Instant::now() + during;
    let mut heard = 0;
    while Instant::now() < end {
        for (_, audio) in open.iter_mut() {
            while let Some(frame) = audio.try_recv().item() {
                heard += u64::from(frame.arrived.is_some());
            }
        }
        thread::sleep(Duration::from_millis(100));
    }
    heard
}

/// Time this process has computed, in hundredths of a second (proc(5): utime and stime, USER_HZ is 100).
fn cpu_ticks() -> Result<u64, Box<dyn std::error::Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit_once(')').ok_or("stat")?.1;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    Ok(fields.get(11).ok_or("stat")?.parse::<u64>()? + fields.get(12).ok_or("stat")?.parse::<u64>()?)
}

fn resident_kib() -> Result<u64, Box<dyn std::error::Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS"))
        .ok_or("VmRSS")?;
    Ok(line.split_whitespace().nth(1).ok_or("VmRSS")?.parse()?)
}
