//! A call's sound: what the signalling agreed on, told to the media engine.

use std::net::{IpAddr, SocketAddr};

use biseo_media::codec::AudioCodec;
use biseo_media::latch::Bound;
use biseo_media_io::{
    DtmfPayload, IceKeys, MediaEngine, MediaError, MediaSession, Negotiation, SessionConfig, SrtpKeys,
};
use biseo_media_secure::srtp::{MasterKey, Suite};
use biseo_telephony::sdp::{
    self, Codec, CryptoKey, CryptoSuite, Direction, IceLogin, LocalCaps, LocalSrtp, Negotiated, Origin,
    Protection, Sdp, SdpError, Secured,
};

/// The stream of a call with its side of the session description.
pub(crate) struct Sound {
    /// The stream.
    pub(crate) session: MediaSession,
    caps: LocalCaps,
    bound: Bound,
    held: bool,
    /// The caller's address as we see it, when it does not know that itself.
    behind: Option<IpAddr>,
    /// How the other side encrypts at present.
    theirs: Option<(CryptoSuite, CryptoKey)>,
}

/// As what the stream of a call is to be set up.
#[must_use]
pub(crate) struct Agreed(Box<Negotiation>);

impl Sound {
    /// Opens ports on the configuration's address. `announced` is the address that the peer is told, `id` names the session.
    ///
    /// # Errors
    /// When no port is free or the address is none of this machine's.
    pub(crate) fn open(
        media: &MediaEngine,
        config: SessionConfig,
        announced: IpAddr,
        id: u64,
    ) -> Result<Self, MediaError> {
        let session = media.open(config)?;
        let caps = LocalCaps {
            codecs: vec![Codec::Opus, Codec::G722, Codec::Pcma, Codec::Pcmu],
            addr: announced,
            port: session.local_addr().port(),
            dtmf: true,
            ptime_ms: 20,
            rtcp_mux: true,
            srtp: LocalSrtp::off(),
            ice: None,
            direction: Direction::SendRecv,
            origin: Origin::new(id),
        };
        Ok(Self {
            session,
            caps,
            bound: Bound::SameIp,
            held: false,
            behind: None,
            theirs: None,
        })
    }

    /// A session whose stream is set up and stays as it is: a media stream has no session description, so that nobody offers
    /// a change of it.
    pub(crate) fn settled(session: MediaSession) -> Self {
        let address = session.local_addr();
        let caps = LocalCaps {
            codecs: Vec::new(),
            addr: address.ip(),
            port: address.port(),
            dtmf: false,
            ptime_ms: 20,
            rtcp_mux: true,
            srtp: LocalSrtp::off(),
            ice: None,
            direction: Direction::SendRecv,
            origin: Origin::new(1),
        };
        Self {
            session,
            caps,
            bound: Bound::SameIp,
            held: false,
            behind: None,
            theirs: None,
        }
    }

    /// Lets the sound come from any address: for a telephone of the shop's, which may sit behind a router that translates
    /// addresses. A trunk's sound comes from where it says.
    pub(crate) fn open_to_all(mut self) -> Self {
        self.bound = Bound::Any;
        self
    }

    /// Encrypts as far as that is wished and the other side can.
    pub(crate) fn protected(mut self, protection: Protection) -> Self {
        self.caps.srtp = LocalSrtp::draw(protection, random);
        self
    }

    /// Answers offers with ICE by it.
    pub(crate) fn with_ice(mut self) -> Self {
        self.caps.ice = Some(IceLogin::draw(random));
        self
    }

    /// The caller's address, seen from here, where what it says of itself is known to be wrong: its sound is expected from
    /// there and from nowhere else.
    pub(crate) fn behind(mut self, address: IpAddr) -> Self {
        self.behind = Some(address);
        self
    }

    /// Our offer.
    pub(crate) fn offer(&self) -> String {
        sdp::offer(&self.caps)
    }

    /// Answers an offer and sets the stream up.
    ///
    /// # Errors
    /// When nothing in it fits; the stream stays as it was.
    pub(crate) fn answer(&mut self, offer: &Sdp) -> Result<String, SdpError> {
        let (text, agreed) = self.agree(offer)?;
        self.begin(agreed);
        Ok(text)
    }

    /// Answers an offer. The stream stays as it was until it [begins](Self::begin) as agreed on: nothing is sent, and nobody's silence is counted.
    ///
    /// # Errors
    /// When nothing in it fits.
    pub(crate) fn agree(&mut self, offer: &Sdp) -> Result<(String, Agreed), SdpError> {
        let (mut answer, mut agreed) = sdp::answer(offer, &self.caps)?;
        if self.theirs.is_some() && self.theirs != theirs(&agreed) {
            // Whoever changes its key gets a new one of ours: no key serves two agreements.
            self.caps.srtp = LocalSrtp::draw(self.caps.srtp.protection(), random);
            (answer, agreed) = sdp::answer(offer, &self.caps)?;
        }
        Ok((answer.text, self.settle(&agreed)?))
    }

    /// Takes the answer to our offer.
    ///
    /// # Errors
    /// When it does not fit the offer.
    pub(crate) fn accept(&mut self, answer: &Sdp) -> Result<(), SdpError> {
        let agreed = self.settle(&sdp::accept_answer(&self.caps, answer)?)?;
        self.begin(agreed);
        Ok(())
    }

    /// Answers a change within the call, or makes the offer that is asked for.
    ///
    /// # Errors
    /// As [`Sound::answer`].
    pub(crate) fn change(&mut self, offer: Option<&Sdp>) -> Result<String, SdpError> {
        self.caps.origin = self.caps.origin.next();
        match offer {
            Some(offer) => self.answer(offer),
            None => Ok(self.offer()),
        }
    }

    /// Our offer from another address: the one we had is gone.
    pub(crate) fn moved(&mut self, announced: IpAddr) -> String {
        self.caps.addr = announced;
        self.caps.origin = self.caps.origin.next();
        self.offer()
    }

    /// Whether the peer holds the call: nothing we say is heard, and what comes is music or nothing at all.
    pub(crate) fn held(&self) -> bool {
        self.held
    }

    /// Sets the stream up, or changes it, as agreed on.
    pub(crate) fn begin(&self, Agreed(agreed): Agreed) {
        if let Err(e) = self.session.configure(*agreed) {
            tracing::error!("the sound of a call cannot be set up: {e}");
        }
    }

    /// Notes what was agreed on, and puts it as the stream wants it.
    fn settle(&mut self, agreed: &Negotiated) -> Result<Agreed, SdpError> {
        let srtp = agreed.srtp.as_ref().map(keys).transpose()?;
        let nowhere = agreed.remote.ip().is_unspecified() || agreed.remote.port() == 0;
        self.held = nowhere || !agreed.direction.sends();
        self.theirs = theirs(agreed);
        let seen = |said: SocketAddr| match self.behind {
            Some(address) if !said.ip().is_unspecified() => SocketAddr::new(address, said.port()),
            _ => said,
        };
        Ok(Agreed(Box::new(Negotiation {
            codec: codec(agreed.codec),
            payload_out: agreed.send_pt,
            payload_in: agreed.recv_pt,
            dtmf: agreed.dtmf.map(|d| DtmfPayload {
                out: d.send_pt,
                inward: d.recv_pt,
            }),
            remote: seen(agreed.remote),
            remote_rtcp: seen(agreed.remote_rtcp),
            send: !self.held,
            receive: agreed.direction.receives(),
            latch: self.bound,
            srtp,
            ice: agreed.ice.as_ref().map(|ice| IceKeys {
                our_name: ice.ours.name.clone(),
                our_password: ice.ours.password.clone(),
                their_name: ice.their_name.clone(),
            }),
        })))
    }
}

fn theirs(agreed: &Negotiated) -> Option<(CryptoSuite, CryptoKey)> {
    let srtp = agreed.srtp.as_ref()?;
    Some((srtp.ours.suite, srtp.theirs.clone()))
}

fn keys(agreed: &Secured) -> Result<SrtpKeys, SdpError> {
    let suite = match agreed.ours.suite {
        CryptoSuite::AeadAes256Gcm => Suite::AeadAes256Gcm,
        CryptoSuite::AeadAes128Gcm => Suite::AeadAes128Gcm,
        CryptoSuite::AesCm256Sha1_80 => Suite::AesCm256Sha1_80,
        CryptoSuite::AesCm128Sha1_80 => Suite::AesCm128Sha1_80,
        CryptoSuite::AesCm256Sha1_32 => Suite::AesCm256Sha1_32,
        CryptoSuite::AesCm128Sha1_32 => Suite::AesCm128Sha1_32,
    };
    let key = |key: &CryptoKey| MasterKey::new(suite, key.octets()).ok_or(SdpError::OnlyProtected);
    Ok(SrtpKeys {
        ours: key(&agreed.ours.key)?,
        theirs: key(&agreed.theirs)?,
    })
}

/// Octets for keys and passwords. A system without random numbers ends the process: keys that can be guessed would be worse.
fn random(octets: &mut [u8]) {
    if let Err(e) = getrandom::fill(octets) {
        tracing::error!("the system gives no random numbers: {e}");
        std::process::abort();
    }
}

fn codec(codec: Codec) -> AudioCodec {
    match codec {
        Codec::Pcmu => AudioCodec::Pcmu,
        Codec::Pcma => AudioCodec::Pcma,
        Codec::G722 => AudioCodec::G722,
        Codec::Opus => AudioCodec::Opus,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use biseo_media_io::MediaConfig;

    #[test]
    fn hold_is_known_in_all_its_forms() {
        let engine = MediaEngine::start(MediaConfig {
            threads: 1,
            realtime: false,
            ..MediaConfig::default()
        })
        .unwrap();
        let here = std::net::Ipv4Addr::LOCALHOST.into();
        let mut sound = Sound::open(&engine, SessionConfig::on(here), here, 1).unwrap();
        for (address, direction, held) in [
            ("127.0.0.1", "sendrecv", false),
            ("127.0.0.1", "sendonly", true),
            ("127.0.0.1", "inactive", true),
            ("127.0.0.1", "sendrecv", false),
            ("0.0.0.0", "sendrecv", true),
        ] {
            let offer = format!(
                "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\na={direction}\r\n"
            );
            sound
                .change(Some(&Sdp::parse(offer.as_bytes()).unwrap()))
                .unwrap();
            assert_eq!(sound.held(), held, "{address} {direction}");
        }
    }

    fn engine() -> MediaEngine {
        MediaEngine::start(MediaConfig {
            threads: 1,
            realtime: false,
            ..MediaConfig::default()
        })
        .unwrap()
    }

    #[test]
    fn a_caller_behind_a_router_is_sent_to_where_it_is_seen() {
        let seen: IpAddr = [127, 0, 9, 1].into();
        let socket = std::net::UdpSocket::bind((seen, 0)).unwrap();
        socket
            .set_read_timeout(Some(std::time::Duration::from_secs(20)))
            .unwrap();
        let engine = engine();
        let any = std::net::Ipv4Addr::UNSPECIFIED.into();
        let mut sound = Sound::open(&engine, SessionConfig::on(any), seen, 1)
            .unwrap()
            .behind(seen);
        let port = socket.local_addr().unwrap().port();
        let offer = format!(
            "v=0\r\no=- 1 1 IN IP4 10.1.2.3\r\ns=-\r\nc=IN IP4 10.1.2.3\r\nt=0 0\r\nm=audio {port} RTP/AVP 8\r\n"
        );
        sound.answer(&Sdp::parse(offer.as_bytes()).unwrap()).unwrap();
        assert!(socket.recv(&mut [0; 2048]).unwrap() > 12, "a packet of sound");
    }

    #[test]
    fn what_was_agreed_on_holds_from_when_it_begins() {
        let engine = engine();
        let here = std::net::Ipv4Addr::LOCALHOST.into();
        let mut sound = Sound::open(&engine, SessionConfig::on(here), here, 1).unwrap();
        let offer = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n";
        let (text, agreed) = sound.agree(&Sdp::parse(offer.as_bytes()).unwrap()).unwrap();
        assert!(text.contains("m=audio "), "{text}");
        assert!(!sound.session.is_set_up(), "while it rings");
        sound.begin(agreed);
        assert!(sound.session.is_set_up());
    }

    #[test]
    fn after_a_move_the_other_side_is_told_where_to_send() {
        let engine = engine();
        let any = std::net::Ipv4Addr::UNSPECIFIED.into();
        let mut sound = Sound::open(&engine, SessionConfig::on(any), [127, 0, 9, 1].into(), 1).unwrap();
        let before = Sdp::parse(sound.offer().as_bytes()).unwrap();
        let after = Sdp::parse(sound.moved([127, 0, 9, 2].into()).as_bytes()).unwrap();
        let (old, new) = (before.audio().unwrap(), after.audio().unwrap());
        assert_eq!(new.port, old.port);
        let text = sound.offer();
        assert!(
            text.contains("127.0.9.2") && !text.contains("127.0.9.1"),
            "{text}"
        );
    }

    #[test]
    fn whoever_changes_its_key_gets_a_new_one_of_ours() {
        let engine = engine();
        let here = std::net::Ipv4Addr::LOCALHOST.into();
        let mut sound = Sound::open(&engine, SessionConfig::on(here), here, 1)
            .unwrap()
            .protected(Protection::Required);
        let mut ours = Vec::new();
        for theirs in ["A", "A", "B"] {
            let key = theirs.repeat(40);
            let offer = format!(
                "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/SAVP 8\r\n\
                 a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key}\r\n"
            );
            let text = sound
                .change(Some(&Sdp::parse(offer.as_bytes()).unwrap()))
                .unwrap();
            let (_, key) = text.split_once("inline:").unwrap();
            ours.push(key.lines().next().unwrap().to_owned());
        }
        assert_eq!(ours[0], ours[1]);
        assert_ne!(ours[1], ours[2]);
    }
}
