//! The answering side: the whole program with engines that take no time, closed to all but one trunk.

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use crate::bench::latency::answer::{CLOCK, SHOP, end_of_input, fixed, tell};
use crate::bench::latency::engines::engines;
use crate::cli::Detector;
use crate::clock::Clock;
use crate::config::Config;
use crate::demo;
use crate::serve::Service;

/// The fixed wait after the last speech, ms. Nobody speaks.
const STOP: u64 = 200;

/// Answers until its standard input ends. Tells first where it is called, then where its figures are.
pub(in crate::bench) async fn run() -> ExitCode {
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("✗ {why}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let config = guarded(folder.path())?;
    let engines = engines(Detector::Loud)?.with_turns(fixed(STOP));
    let start = CLOCK.parse().map_err(|e: jiff::Error| e.to_string())?;
    let service = Service::open_with(config, Clock::starting_at(start), engines)
        .await
        .map_err(|closed| closed.why)?;
    tell(&demo::target(&service, SHOP)?)?;
    tell(&service.metrics_url().ok_or("no figures are told")?)?;
    service.serve(end_of_input()).await;
    Ok(())
}

/// One trunk, one telephone of the shop's own, everybody else a stranger.
fn guarded(folder: &Path) -> Result<Config, String> {
    let mut config = demo::installation(folder, Path::new(""))?;
    let password = folder.join("password");
    std::fs::write(&password, "a long password").map_err(|e| e.to_string())?;
    let (trunk, password) = (biseo_telephony::flood::TRUNK, password.display().to_string());
    let text = format!(
        "listen = [\"udp:127.0.0.1:0\"]\n[[trunk]]\nid = \"carrier\"\nfrom = [\"{trunk}\"]\n\
         [[account]]\nname = \"owner\"\npassword_file = {password:?}\n"
    );
    config.sip = toml::from_str(&text).map_err(|e| e.to_string())?;
    config.call.record = false;
    config.call.at_once = 1000;
    config.metrics.listen = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
    Ok(config)
}
