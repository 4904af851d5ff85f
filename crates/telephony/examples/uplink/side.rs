//! Either side of the calls: sound that is sent all the time, and how long the other one's stays away.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use biseo_media::codec::AudioCodec;
use biseo_media::latch::Bound;
use biseo_media::receiver::FrameKind;
use biseo_media_io::{AudioIn, MediaEngine, MediaSession, Negotiation, SessionConfig};
use biseo_telephony::config::{Listen, Proto, SipConfig};
use biseo_telephony::sdp::{
    Codec, Direction, LocalCaps, LocalSrtp, Negotiated, Origin, accept_answer, answer, offer,
};
use biseo_telephony::trunk::Trunk;
use biseo_telephony::{IncomingCall, Leg, LegEvent, OutgoingCall, SipEvent, SipStack};

use super::net::Fault;

/// A frame of sound.
const FRAME_MS: u64 = 20;

/// The sound of one call.
struct Sound {
    session: MediaSession,
    caps: LocalCaps,
}

impl Sound {
    fn open(media: &MediaEngine, listen: IpAddr, announced: IpAddr, id: u64) -> Result<Self, Fault> {
        let session = media.open(SessionConfig::on(listen))?;
        let caps = LocalCaps {
            codecs: vec![Codec::Pcma],
            addr: announced,
            port: session.local_addr().port(),
            dtmf: false,
            ptime_ms: 20,
            rtcp_mux: true,
            srtp: LocalSrtp::off(),
            ice: None,
            direction: Direction::SendRecv,
            origin: Origin::new(id),
        };
        Ok(Self { session, caps })
    }

    fn set(&self, agreed: &Negotiated) {
        let set = self.session.configure(Negotiation {
            codec: AudioCodec::Pcma,
            payload_out: agreed.send_pt,
            payload_in: agreed.recv_pt,
            dtmf: None,
            remote: agreed.remote,
            remote_rtcp: agreed.remote_rtcp,
            send: true,
            receive: true,
            latch: Bound::SameIp,
            srtp: None,
            ice: None,
        });
        set.expect("the sound is set up");
    }

    fn hum(&self) {
        let tone = (0..8_000 * 100).map(|n: i32| ((n % 40 - 20) * 200) as i16);
        let tone: Arc<[i16]> = tone.collect();
        self.session.speaker().play(tone, 1).expect("it can be heard");
    }
}

/// The longest silence of each call since it was asked for last.
#[derive(Default)]
pub struct Silences(Mutex<Vec<Arc<AtomicU64>>>);

impl Silences {
    fn listen(&self, mut audio: AudioIn) {
        let longest = Arc::<AtomicU64>::default();
        if let Ok(mut all) = self.0.lock() {
            all.push(longest.clone());
        }
        tokio::spawn(async move {
            let mut run = 0;
            while let Some(frame) = audio.next().await {
                run = if frame.kind == FrameKind::Audio {
                    0
                } else {
                    run + 1
                };
                longest.fetch_max(run * FRAME_MS, Ordering::Relaxed);
            }
        });
    }

    /// In ms, one of each call; counted anew from now.
    pub fn take(&self) -> Vec<u64> {
        let all = self.0.lock().map(|a| a.clone()).unwrap_or_default();
        all.iter().map(|s| s.swap(0, Ordering::Relaxed)).collect()
    }
}

fn stack(at: SocketAddr, trunks: Vec<Trunk>) -> SipConfig {
    let mut config = SipConfig {
        listen: vec![Listen {
            proto: Proto::Udp,
            addr: at,
        }],
        open: trunks.is_empty(),
        trunks,
        ..SipConfig::default()
    };
    // All calls begin at once here.
    (config.limits.calls_per_second, config.limits.call_burst) = (1e4, 10_000);
    config
}

/// What a side has at its end.
pub struct Side {
    pub silences: Arc<Silences>,
    /// Calls that have ended.
    pub ended: Arc<AtomicU64>,
    _stack: SipStack,
}

impl Side {
    fn new(stack: &SipStack) -> Self {
        Self {
            silences: Arc::default(),
            ended: Arc::default(),
            _stack: stack.clone(),
        }
    }
}

/// The carrier: answers all, and the changes within calls.
pub async fn carrier(at: IpAddr, media: Arc<MediaEngine>) -> Result<Side, Fault> {
    let (stack, mut events) = SipStack::start(stack((at, 5060).into(), vec![])).await?;
    let side = Side::new(&stack);
    let (silences, ended) = (side.silences.clone(), side.ended.clone());
    tokio::spawn(async move {
        while let Some(event) = events.recv().await {
            if let SipEvent::IncomingCall(call) = event {
                tokio::spawn(callee(*call, at, media.clone(), silences.clone(), ended.clone()));
            }
        }
    });
    Ok(side)
}

async fn callee(
    mut call: IncomingCall,
    at: IpAddr,
    media: Arc<MediaEngine>,
    silences: Arc<Silences>,
    ended: Arc<AtomicU64>,
) {
    let offered = call.info.offer.take().expect("an offer");
    let mut sound = Sound::open(&media, at, at, 1).expect("a port");
    let (ours, agreed) = answer(&offered, &sound.caps).expect("it fits");
    sound.set(&agreed);
    sound.hum();
    silences.listen(sound.session.take_audio().expect("once"));
    call.leg.answer(ours.text);
    loop {
        match call.leg.next_event().await {
            LegEvent::Reoffer(change) => {
                sound.caps.origin = sound.caps.origin.next();
                let offered = change.sdp.clone().expect("an offer");
                let (ours, agreed) = answer(&offered, &sound.caps).expect("it fits");
                sound.set(&agreed);
                change.accept(ours.text);
            }
            LegEvent::Ended(_) => break,
            _ => {}
        }
    }
    ended.fetch_add(1, Ordering::Relaxed);
}

/// The house: places calls by its only trunk and keeps them up.
pub async fn house(at: IpAddr, calls: u64, media: Arc<MediaEngine>) -> Result<Side, Fault> {
    let mut trunk = Trunk::by_address("carrier", vec![]);
    trunk.server = Some(format!("{at}:5060"));
    trunk.ping = Some(Duration::from_secs(5));
    let any = SocketAddr::from(([0, 0, 0, 0], 5060));
    let (stack, mut events) = SipStack::start(stack(any, vec![trunk])).await?;
    tokio::spawn(async move { while events.recv().await.is_some() {} });
    let side = Side::new(&stack);
    for id in 0..calls {
        let announced = stack.media_ip(at).ok_or("no way to the carrier")?;
        let sound = Sound::open(&media, any.ip(), announced, id + 1)?;
        let call = OutgoingCall {
            to: "0212345678".into(),
            trunk: Some("carrier".into()),
            sdp: offer(&sound.caps),
            ..OutgoingCall::default()
        };
        let leg = stack.call(call).await?;
        begin(leg, sound, &side).await?;
    }
    Ok(side)
}

async fn begin(mut leg: Leg, mut sound: Sound, side: &Side) -> Result<(), Fault> {
    let answered = loop {
        match leg.next_event().await {
            LegEvent::Answered { sdp: Some(sdp) } => break sdp,
            LegEvent::Ended(end) => return Err(format!("{end:?}").into()),
            _ => {}
        }
    };
    sound.set(&accept_answer(&sound.caps, &answered)?);
    sound.hum();
    side.silences.listen(sound.session.take_audio().ok_or("taken")?);
    let ended = side.ended.clone();
    tokio::spawn(async move {
        loop {
            match leg.next_event().await {
                LegEvent::Moved { local_ip } => {
                    sound.caps.addr = local_ip;
                    sound.caps.origin = sound.caps.origin.next();
                    leg.reinvite(offer(&sound.caps));
                }
                LegEvent::RemoteAnswer(sdp) => {
                    sound.set(&accept_answer(&sound.caps, &sdp).expect("it fits"));
                }
                LegEvent::Ended(_) => break,
                _ => {}
            }
        }
        ended.fetch_add(1, Ordering::Relaxed);
    });
    Ok(())
}
