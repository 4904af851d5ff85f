//! `biseo serve`: answers the telephone until it is told to stop.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use biseo_media_stream::server::{Arrived, PATH, StreamServer};
use biseo_telephony::{SipEvent, SipStack};
use jiff::tz::TimeZone;
use secrecy::ExposeSecret;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{self, Receiver};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::call;
use crate::cli::ServeOptions;
use crate::clock::Clock;
use crate::config::Config;
use crate::desk::{Desk, Door};
use crate::house::{Closed, Engines, House};
use crate::line;
use crate::metrics::Meter;
use crate::records;
use crate::seal;
use crate::stream;
use crate::voice;
use crate::wording::{Lang, Wording};

/// How long calls under way may take to close after an order to stop.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Serves; ends in 1 if it could not begin.
pub(crate) async fn run(options: &ServeOptions) -> ExitCode {
    let config = match Config::read(&options.config) {
        Ok(config) => config,
        Err(e) => {
            let wording = Wording::of("serve", options.lang.unwrap_or(Lang::Ko));
            eprintln!("✗ {}", wording.say("config_bad", "", &e.to_string()));
            return ExitCode::FAILURE;
        }
    };
    let wording = Wording::of("serve", options.lang.unwrap_or(config.lang));
    seal::warn(&config);
    let clock = options.clock.map_or_else(Clock::default, Clock::starting_at);
    match Service::open(config, clock).await {
        Ok(service) => {
            // Whoever is told that it is ready may stop it at once.
            let stop = stop();
            service.greet(&wording).await;
            service.serve(stop).await;
            println!("{}", wording.say("stopped", "", ""));
            ExitCode::SUCCESS
        }
        Err(Closed { key, why }) => {
            eprintln!("✗ {}", wording.say(key, "", &why));
            ExitCode::FAILURE
        }
    }
}

/// A running installation.
pub(crate) struct Service {
    /// What its calls share.
    pub(crate) house: Arc<House>,
    /// Its telephone.
    pub(crate) sip: SipStack,
    events: Receiver<SipEvent>,
    streams: Option<StreamServer>,
    desk: Desk,
    meter: Meter,
}

/// Media streams that may wait to be answered.
const STREAMS_WAITING: usize = 16;

impl Service {
    /// Opens everything and begins to listen; calls wait until [`Service::serve`].
    ///
    /// # Errors
    /// [`Closed`], with what to tell the operator.
    pub(crate) async fn open(config: Config, clock: Clock) -> Result<Self, Closed> {
        let engines = Engines::configured(&config).map_err(Closed::because("speech_bad"))?;
        Self::open_with(config, clock, engines).await
    }

    /// The same with engines that others use too.
    ///
    /// # Errors
    /// As [`Service::open`].
    pub(crate) async fn open_with(config: Config, clock: Clock, engines: Engines) -> Result<Self, Closed> {
        let mut stack = config.sip.stack().map_err(|(field, why)| Closed {
            key: "config_bad",
            why: format!("{field}: {why}"),
        })?;
        config.line.fetch().map_err(|(field, why)| Closed {
            key: "config_bad",
            why: format!("{field}: {why}"),
        })?;
        let account = Door::account().map_err(Closed::because("sip_bad"))?;
        if config.console.listen.is_some() {
            stack.accounts.push(account.clone());
        }
        let house = Arc::new(House::open(config, clock, engines).await?);
        let desk = Desk::open(&house).await?;
        house.line.trunks.expect(house.config.sip.trunks());
        let meter = Meter::open(&house).await?;
        let (sip, events) = SipStack::start(stack).await.map_err(|e| Closed {
            key: "sip_bad",
            why: e.to_string(),
        })?;
        let streams = listen(&house).await?;
        if let Some(door) = Door::of(sip.bound(), &account) {
            desk.called_at(door);
        }
        Ok(Self {
            house,
            sip,
            events,
            streams,
            desk,
            meter,
        })
    }

    /// The address by which a shop is called by WebSocket, token and all.
    ///
    /// # Errors
    /// If calls by WebSocket are not taken.
    pub(crate) fn stream_url(&self, shop: &str) -> Result<String, String> {
        let config = &self.house.config;
        let server = config
            .stream
            .server(config.call.at_once)
            .map_err(|(_, why)| why)?;
        let (Some(server), Some(streams)) = (server, &self.streams) else {
            return Err("no address for calls by WebSocket is open".into());
        };
        let address = streams.local_addr().map_err(|e| e.to_string())?;
        let token = server.token.expose_secret();
        Ok(format!("ws://{address}{PATH}/{token}?to={shop}"))
    }

    /// Where figures are asked for, if they are told.
    pub(crate) fn metrics_url(&self) -> Option<String> {
        self.meter.url()
    }

    async fn greet(&self, wording: &Wording) {
        for (proto, addr) in self.sip.bound() {
            println!("{}", wording.say("listening", &format!("{proto} {addr}"), ""));
        }
        if let Some(address) = self.streams.as_ref().and_then(|s| s.local_addr().ok()) {
            let url = format!("ws://{address}{PATH}");
            println!("{}", wording.say("stream_listening", &url, ""));
        }
        for shop in self.house.directory.all() {
            let numbers: Vec<String> = shop.numbers.iter().map(|n| n.grouped()).collect();
            println!("{}", wording.say("shop", &shop.name.ko, &numbers.join(", ")));
        }
        if self.house.directory.all().is_empty() {
            println!("{}", wording.say("no_shop", "", ""));
        }
        if let Some(url) = self.meter.url() {
            println!("{}", wording.say("metrics", &url, ""));
        }
        self.desk.greet(wording).await;
        if self.house.config.speech.only_demo() {
            println!("{}", wording.say("demo_voice", "", ""));
        }
        self.greet_line(wording);
        self.greet_copy(wording).await;
        println!("{}", wording.say("ready", "", ""));
    }

    /// Tells that the line is watched, and how to allow what the doctor lacks.
    fn greet_line(&self, wording: &Wording) {
        if !self.house.config.line.watch {
            return;
        }
        println!("{}", wording.say("line_watched", "", ""));
        if let Err(e) = biseo_line_io::may_ping() {
            tracing::warn!("the line doctor may not ping: {e}");
            println!("{}", wording.say("line_no_pings", "", ""));
        }
    }

    /// Tells that the database could not be reached, and of when what stands in for it is.
    async fn greet_copy(&self, wording: &Wording) {
        let away = |_: &&Arc<records::Local>| !self.house.store.is_ready();
        let Some(local) = self.house.records.local().filter(away) else {
            return;
        };
        let zone = self
            .house
            .directory
            .all()
            .first()
            .map(|shop| TimeZone::get(&shop.zone));
        let zone = zone.and_then(Result::ok).unwrap_or(TimeZone::UTC);
        let as_of = match local.as_of().await {
            Some(at) => zone.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string(),
            None => wording.say("store_away_unknown", "", ""),
        };
        println!("{}", wording.say("store_away", &as_of, &local.why()));
    }

    /// Answers calls until `stop` is there; then says good-bye to those under way.
    pub(crate) async fn serve(mut self, stop: impl Future<Output = ()>) {
        let mut calls = JoinSet::new();
        let (mut streams, mut taking) = take(self.streams.take());
        let (running, stopping) = watch::channel(());
        let (told, said) = mpsc::unbounded_channel();
        let (watching, unwatched) = watch::channel(());
        let kept = tokio::spawn(line::keep(self.house.clone(), said, unwatched));
        let doctor = line::Watch::begin(&self.house, &self.sip, told);
        let flows = self.house.flows.clone().watch();
        let late = self.desk.late();
        let office = self.desk.begin();
        let records = tokio::spawn(records::keep(self.house.clone(), late, stopping.clone()));
        let spoken = tokio::spawn(voice::kept::keep(self.house.clone(), stopping.clone()));
        let meter = tokio::spawn(
            self.meter
                .run(self.house.clone(), self.sip.clone(), stopping.clone()),
        );
        tokio::pin!(flows);
        tokio::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                () = &mut flows => {}
                event = self.events.recv() => match event {
                    Some(SipEvent::IncomingCall(incoming)) => {
                        calls.spawn(call::answer(self.house.clone(), *incoming));
                    }
                    Some(SipEvent::Refused(call)) => {
                        calls.spawn(call::refused_by_telephone(self.house.clone(), *call));
                    }
                    Some(event) => {
                        self.house.line.telephone(&event);
                        report(&event);
                    }
                    None => break,
                },
                Some(arrived) = streams.recv() => {
                    calls.spawn(stream::answer(self.house.clone(), arrived, stopping.clone()));
                }
                Some(ended) = calls.join_next(), if !calls.is_empty() => {
                    if let Err(e) = ended {
                        tracing::error!("a call has failed within the program: {e}");
                    }
                }
            }
        }
        taking.abort_all();
        drop((streams, running));
        self.sip.shutdown().await;
        let last = async { while calls.join_next().await.is_some() {} };
        if tokio::time::timeout(LAST_WORDS, last).await.is_err() {
            tracing::warn!("some calls did not close in time; they are closed at the next start");
        }
        if let Some(doctor) = doctor {
            doctor.end().await;
        }
        drop(watching);
        if kept.await.is_err() {
            tracing::error!("what is out of order is not told any more: its keeper has failed");
        }
        office.close().await;
        let _ = meter.await;
        let _ = spoken.await;
        let _ = records.await;
        self.house.store.close().await;
    }
}

/// Begins to listen for media streams, if they are wished.
async fn listen(house: &House) -> Result<Option<StreamServer>, Closed> {
    let config = &house.config;
    let server = config.stream.server(config.call.at_once);
    let server = server.map_err(|(field, why)| Closed {
        key: "config_bad",
        why: format!("{field}: {why}"),
    })?;
    let Some(server) = server else { return Ok(None) };
    let address = server.listen;
    match StreamServer::bind(server).await {
        Ok(server) => Ok(Some(server)),
        Err(e) => Err(Closed::because("stream_bad")(format!("{address}: {e}"))),
    }
}

/// Lets media streams in; none come without a server.
fn take(server: Option<StreamServer>) -> (Receiver<Arrived>, JoinSet<()>) {
    let (told, streams) = mpsc::channel(STREAMS_WAITING);
    let mut taking = JoinSet::new();
    if let Some(server) = server {
        taking.spawn(server.run(told));
    }
    (streams, taking)
}

fn report(event: &SipEvent) {
    match event {
        SipEvent::Registered { trunk, expires } => {
            tracing::info!("trunk {trunk}: registered for {expires} s")
        }
        SipEvent::RegistrationFailed {
            trunk,
            code,
            retry_in,
        } => {
            tracing::error!(
                "trunk {trunk}: registration failed ({code}); tried again in {} s",
                retry_in.as_secs()
            );
        }
        SipEvent::Bound { account } => tracing::info!("telephone {account}: registered"),
        SipEvent::Unbound { account } => tracing::info!("telephone {account}: gone"),
        SipEvent::TrunkState { trunk, was, state } => {
            let (was, state) = (was.word(), state.word());
            tracing::warn!("trunk {trunk}: {state} (was {was})");
        }
        SipEvent::IncomingCall(_) | SipEvent::Refused(_) | SipEvent::Attempt { .. } => {}
    }
}

/// Waits for an order to stop, Ctrl-C or SIGTERM, which counts from this call on.
fn stop() -> impl Future<Output = ()> {
    let signals = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async move {
        let (Ok(mut interrupt), Ok(mut terminate)) = signals else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
}
