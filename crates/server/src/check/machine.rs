//! Is the machine fit: database, voice, recogniser, ports?

use std::net::UdpSocket;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use biseo_speech::cache::PromptCache;
use biseo_telephony::config::{Listen, Proto};

use super::{Finding, Mark};
use crate::config::Config;
use crate::wording::Wording;

/// All that the machine must give.
pub(super) async fn check(config: &Config, wording: &Wording) -> Vec<Finding> {
    let mut findings = vec![database(config, wording).await];
    findings.push(voice(&config.speech.espeak, wording).await);
    findings.extend(services(config, wording));
    findings.extend(sockets(config, wording));
    findings.extend(super::tls::check(config, wording));
    findings.extend(stream(config, wording));
    findings.extend(super::model::check(config, wording).await);
    findings
}

async fn database(config: &Config, wording: &Wording) -> Finding {
    let bad = |why: &str| Finding::new(Mark::Bad, wording.say("store_bad", "", why));
    let database = match config.database() {
        Ok(database) => database,
        Err((field, why)) => return bad(&format!("{field}: {why}")),
    };
    match database.open().await {
        Ok(store) => {
            store.close().await;
            Finding::new(Mark::Good, wording.say("store_good", store.place(), ""))
        }
        Err(e) => bad(&e.to_string()),
    }
}

async fn voice(program: &Path, wording: &Wording) -> Finding {
    let ran = tokio::process::Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .await;
    let why = match ran {
        Ok(status) if status.success() => {
            return Finding::new(Mark::Good, wording.say("voice_good", "", ""));
        }
        Ok(status) => status.to_string(),
        Err(e) => e.to_string(),
    };
    Finding::new(
        Mark::Bad,
        wording.say("voice_bad", &program.display().to_string(), &why),
    )
}

/// Speech engines that are services elsewhere: what they need is there. Whether they answer shows in the first call.
fn services(config: &Config, wording: &Wording) -> Option<Finding> {
    let services = config.speech.services();
    if services.is_empty() {
        return None;
    }
    let made = config.speech.recogniser().map(drop);
    let made = made.and_then(|()| {
        config
            .speech
            .voice(&Arc::new(PromptCache::new(1)), None)
            .map(drop)
    });
    Some(match made {
        Ok(()) => Finding::new(Mark::Good, wording.say("engines_good", &services, "")),
        Err(why) => Finding::new(Mark::Bad, wording.say("engines_bad", &services, &why)),
    })
}

/// Secrets, and whether each address can be had.
fn sockets(config: &Config, wording: &Wording) -> Vec<Finding> {
    match config.sip.stack() {
        Ok(stack) => stack
            .listen
            .iter()
            .map(|listen| socket(listen, wording))
            .collect(),
        Err((field, why)) => vec![Finding::new(Mark::Bad, wording.say("sip_bad", &field, &why))],
    }
}

/// Where calls by WebSocket arrive, if they are wished.
fn stream(config: &Config, wording: &Wording) -> Option<Finding> {
    let bad = |why: &str| Finding::new(Mark::Bad, wording.say("stream_bad", "", why));
    let address = match config.stream.server(config.call.at_once) {
        Ok(server) => server?.listen,
        Err((field, why)) => return Some(bad(&format!("{field}: {why}"))),
    };
    let name = address.to_string();
    Some(match std::net::TcpListener::bind(address) {
        Ok(_) if address.ip().is_loopback() => {
            Finding::new(Mark::Good, wording.say("stream_good", &name, ""))
        }
        Ok(_) => Finding::new(Mark::Odd, wording.say("stream_open", &name, "")),
        Err(e) => bad(&format!("{name}: {e}")),
    })
}

fn socket(listen: &Listen, wording: &Wording) -> Finding {
    let name = format!("{} {}", listen.proto, listen.addr);
    let bound = match listen.proto {
        Proto::Udp => UdpSocket::bind(listen.addr).map(drop),
        Proto::Tcp | Proto::Tls => std::net::TcpListener::bind(listen.addr).map(drop),
    };
    match bound {
        Ok(()) => Finding::new(Mark::Good, wording.say("socket_good", &name, "")),
        Err(e) => Finding::new(Mark::Bad, wording.say("socket_bad", &name, &e.to_string())),
    }
}
