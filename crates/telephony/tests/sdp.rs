//! Offer and answer, by table and by property.

use biseo_telephony::sdp::{
    Codec, CryptoSuite, Direction, IceLogin, LocalCaps, LocalSrtp, Origin, Protection, Sdp, SdpError,
    accept_answer, answer, offer,
};

fn caps(codecs: &[Codec]) -> LocalCaps {
    LocalCaps {
        codecs: codecs.to_vec(),
        addr: [192, 0, 2, 10].into(),
        port: 40_000,
        dtmf: true,
        ptime_ms: 20,
        rtcp_mux: true,
        srtp: LocalSrtp::off(),
        ice: None,
        direction: Direction::SendRecv,
        origin: Origin::new(7),
    }
}

const ALL: [Codec; 4] = [Codec::Opus, Codec::G722, Codec::Pcma, Codec::Pcmu];

fn sdp(media: &str) -> Sdp {
    let text = format!("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n{media}");
    Sdp::parse(text.as_bytes()).expect("a description")
}

#[test]
fn codecs_and_payload_numbers_come_from_the_offer() {
    #[allow(clippy::type_complexity)] // a table
    let cases: [(&str, &[Codec], Codec, u8, Option<(u8, u32)>); 8] = [
        (
            "m=audio 4000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n",
            &ALL,
            Codec::Pcma,
            8,
            Some((101, 8000)),
        ),
        ("m=audio 4000 RTP/AVP 0\r\n", &ALL, Codec::Pcmu, 0, None),
        ("m=audio 4000 RTP/AVP 9 0\r\n", &ALL, Codec::G722, 9, None),
        (
            "m=audio 4000 RTP/AVP 97 98 0\r\na=rtpmap:97 OPUS/48000/2\r\na=rtpmap:98 telephone-event/48000\r\n",
            &ALL,
            Codec::Opus,
            97,
            Some((98, 48_000)),
        ),
        // Events at the codec's clock are taken, whichever stands first.
        (
            "m=audio 4000 RTP/AVP 97 96 98\r\na=rtpmap:97 opus/48000/2\r\na=rtpmap:96 telephone-event/8000\r\n\
             a=rtpmap:98 telephone-event/48000\r\n",
            &ALL,
            Codec::Opus,
            97,
            Some((98, 48_000)),
        ),
        // A static codec under a dynamic number, and a dynamic number that usually is something else.
        (
            "m=audio 4000 RTP/AVP 111\r\na=rtpmap:111 PCMU/8000\r\n",
            &ALL,
            Codec::Pcmu,
            111,
            None,
        ),
        (
            "m=audio 4000 RTP/AVP 0 8\r\n",
            &[Codec::Pcmu],
            Codec::Pcmu,
            0,
            None,
        ),
        ("m=audio 4000 RTP/AVPF 8\r\n", &ALL, Codec::Pcma, 8, None),
    ];
    for (media, ours, codec, pt, event) in cases {
        let (text, n) = answer(&sdp(media), &caps(ours)).expect(media);
        assert_eq!((n.codec, n.send_pt, n.recv_pt), (codec, pt, pt), "{media}");
        assert_eq!(n.dtmf.map(|d| (d.send_pt, d.clock)), event, "{media}");
        let back = Sdp::parse(text.text.as_bytes()).expect("our answer parses");
        assert_eq!(
            back.audio().and_then(|m| m.formats.first().cloned()),
            Some(pt.to_string())
        );
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    for (media, want) in [
        (
            "m=audio 4000 RTP/AVP 18\r\na=rtpmap:18 G729/8000\r\n",
            SdpError::NothingFits,
        ),
        ("m=video 4000 RTP/AVP 31\r\n", SdpError::NothingFits),
        ("m=audio 0 RTP/AVP 0\r\n", SdpError::NothingFits),
        ("m=audio 4000 RTP/SAVP 0\r\n", SdpError::OnlyProtected),
        (
            "m=audio 4000 RTP/AVP 97\r\na=rtpmap:97 opus/48000/1\r\n",
            SdpError::NothingFits,
        ),
        (
            "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 host.example.com\r\nm=audio 1 RTP/AVP 0\r\nc=IN IP4 224.0.0.1\r\n",
            SdpError::NoAddress,
        ),
        (
            "m=audio 4000 RTP/AVP 0\r\nc=IN IP6 2001:db8::1\r\n",
            SdpError::NoAddress,
        ),
        (
            "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 224.2.1.1/127\r\n",
            SdpError::NoAddress,
        ),
    ] {
        let got = answer(&sdp(media), &caps(&ALL)).map(|_| ());
        assert_eq!(got, Err(want.clone()), "{media}");
        assert_eq!(want.status(), 488);
    }
}

#[test]
fn other_streams_are_rejected_in_place() {
    let offer = sdp(
        "m=video 5000 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\nm=audio 4000 RTP/AVP 8\r\nm=application 9 UDP/DTLS x\r\n",
    );
    let (text, _) = answer(&offer, &caps(&ALL)).expect("audio fits");
    let back = Sdp::parse(text.text.as_bytes()).expect("parses");
    let ports: Vec<(String, u16)> = back.media.iter().map(|m| (m.kind.clone(), m.port)).collect();
    assert_eq!(
        ports,
        [
            ("video".into(), 0),
            ("audio".into(), 40_000),
            ("application".into(), 0)
        ]
    );
}

#[test]
fn hold_and_direction() {
    use Direction::{Inactive, RecvOnly, SendOnly, SendRecv};
    for (media, wanted, ours, hold) in [
        ("m=audio 4000 RTP/AVP 0\r\n", SendRecv, SendRecv, false),
        (
            "m=audio 4000 RTP/AVP 0\r\na=sendonly\r\n",
            SendRecv,
            RecvOnly,
            true,
        ),
        (
            "m=audio 4000 RTP/AVP 0\r\na=recvonly\r\n",
            SendRecv,
            SendOnly,
            false,
        ),
        (
            "m=audio 4000 RTP/AVP 0\r\na=inactive\r\n",
            SendRecv,
            Inactive,
            true,
        ),
        (
            "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n",
            SendRecv,
            RecvOnly,
            true,
        ),
        (
            "m=audio 4000 RTP/AVP 0\r\na=sendonly\r\nc=IN IP6 ::\r\n",
            SendRecv,
            RecvOnly,
            true,
        ),
        ("m=audio 4000 RTP/AVP 0\r\n", SendOnly, SendOnly, false),
        (
            "a=sendonly\r\nm=audio 4000 RTP/AVP 0\r\n",
            SendRecv,
            RecvOnly,
            true,
        ),
    ] {
        let offer = sdp(media);
        assert_eq!(offer.is_hold(), hold, "{media}");
        let (text, n) = answer(
            &offer,
            &LocalCaps {
                direction: wanted,
                ..caps(&ALL)
            },
        )
        .expect(media);
        assert_eq!(n.direction, ours, "{media}");
        assert!(text.text.contains(&format!("a={}\r\n", ours.as_str())), "{media}");
    }
}

#[test]
fn direction_is_that_of_the_stream_taken() {
    let offer = sdp("m=audio 5000 RTP/SAVP 8\r\na=inactive\r\nm=audio 4000 RTP/AVP 8\r\na=sendrecv\r\n");
    let (_, n) = answer(&offer, &caps(&ALL)).expect("the second stream fits");
    assert_eq!((n.remote.port(), n.direction), (4000, Direction::SendRecv));
    assert!(!offer.is_hold());
}

#[test]
fn an_encrypted_answer_to_a_plain_offer_is_refused() {
    let answer = sdp("m=audio 5000 RTP/SAVP 8\r\n");
    assert_eq!(accept_answer(&caps(&ALL), &answer), Err(SdpError::OnlyProtected));
}

#[test]
fn packet_time_mux_and_rtcp() {
    for (attrs, ptime) in [
        ("", 20),
        ("a=ptime:30\r\n", 30),
        ("a=ptime:0\r\n", 20),
        ("a=ptime:999\r\n", 60),
        ("a=ptime:40\r\na=maxptime:20\r\n", 20),
    ] {
        let (_, n) = answer(&sdp(&format!("m=audio 4000 RTP/AVP 0\r\n{attrs}")), &caps(&ALL)).expect("fits");
        assert_eq!(n.ptime_ms, ptime, "{attrs}");
    }
    let muxed = sdp("m=audio 4000 RTP/AVP 0\r\na=rtcp-mux\r\n");
    let (text, n) = answer(&muxed, &caps(&ALL)).expect("fits");
    assert!(n.rtcp_mux && text.text.contains("a=rtcp-mux") && n.remote_rtcp.port() == 4000);
    let (text, n) = answer(
        &muxed,
        &LocalCaps {
            rtcp_mux: false,
            ..caps(&ALL)
        },
    )
    .expect("fits");
    assert!(!n.rtcp_mux && !text.text.contains("a=rtcp-mux") && n.remote_rtcp.port() == 4001);
    let (_, n) = answer(&sdp("m=audio 4000 RTP/AVP 0\r\na=rtcp:53020\r\n"), &caps(&ALL)).expect("fits");
    assert_eq!(n.remote_rtcp.port(), 53_020);
}

#[test]
fn our_offer_and_a_peer_that_renumbers() {
    let ours = caps(&ALL);
    let text = offer(&ours);
    let parsed = Sdp::parse(text.as_bytes()).expect("our offer parses");
    assert_eq!(
        parsed.audio().map(|m| m.formats.join(" ")),
        Some("111 9 8 0 101 110".into())
    );
    let peer = sdp(
        "m=audio 6000 RTP/AVP 120 121\r\na=rtpmap:120 opus/48000/2\r\na=rtpmap:121 telephone-event/48000\r\n",
    );
    let n = accept_answer(&ours, &peer).expect("fits");
    assert_eq!((n.codec, n.send_pt, n.recv_pt), (Codec::Opus, 120, 111));
    assert_eq!(n.dtmf.map(|d| (d.send_pt, d.recv_pt)), Some((121, 110)));
    assert_eq!(
        accept_answer(&ours, &sdp("m=audio 0 RTP/AVP 8\r\n")),
        Err(SdpError::NothingFits)
    );
}

#[test]
fn ipv6_and_versions() {
    let v6 = LocalCaps {
        addr: "2001:db8::5".parse().expect("v6"),
        origin: Origin::new(9).next(),
        ..caps(&ALL)
    };
    let text = offer(&v6);
    assert!(text.contains("o=biseo 9 2 IN IP6 2001:db8::5\r\n") && text.contains("c=IN IP6 2001:db8::5\r\n"));
}

#[test]
fn malformed_descriptions() {
    let many = "v=0\r\n".to_owned() + &"m=audio 1 RTP/AVP 0\r\n".repeat(40);
    let long = "v=0\r\n".to_owned() + &"a=x\r\n".repeat(10_000);
    for bad in [
        "",
        "v=1\r\n",
        "hello",
        "v=0\r\nm=audio\r\n",
        "v=0\r\nm=audio 99999 RTP/AVP 0\r\n",
        "v=0\r\nc=IN IP9 x\r\n",
        &many,
        &long,
    ] {
        assert!(
            matches!(Sdp::parse(bad.as_bytes()), Err(SdpError::Malformed(_))),
            "{:.40}",
            bad
        );
    }
}

proptest::proptest! {
    #[test]
    fn hostile_text_never_panics(text in "(v=0\r\n)?([a-z]=[ -~]{0,40}\r\n){0,20}") {
        if let Ok(s) = Sdp::parse(text.as_bytes()) {
            let _ = answer(&s, &caps(&ALL));
            let _ = accept_answer(&caps(&ALL), &s);
        }
    }

    #[test]
    fn an_answer_always_fits_its_offer(
        payload in 0_u8..128,
        order in proptest::sample::subsequence(vec![0_u8, 8, 9], 1..=3),
        dir in proptest::sample::select(vec!["sendrecv", "sendonly", "recvonly", "inactive"]),
    ) {
        let list: Vec<String> = order.iter().map(ToString::to_string).collect();
        let media = format!("m=audio 4000 RTP/AVP {} {payload}\r\na=rtpmap:{payload} opus/48000/2\r\na={dir}\r\n", list.join(" "));
        let offer = sdp(&media);
        let (text, n) = answer(&offer, &caps(&ALL)).expect("opus fits");
        let back = Sdp::parse(text.text.as_bytes()).expect("parses");
        let formats = &offer.audio().expect("audio").formats;
        proptest::prop_assert!(back.audio().expect("audio").formats.iter().all(|f| formats.contains(f)));
        proptest::prop_assert_eq!(n.codec, Codec::Opus);
        proptest::prop_assert!(!n.direction.sends() || offer.audio_direction().receives());
    }
}

fn drawn(protection: Protection, seed: u8) -> LocalCaps {
    let mut next = seed;
    LocalCaps {
        srtp: LocalSrtp::draw(protection, |octets| {
            next += 1;
            octets.fill(next);
        }),
        ..caps(&ALL)
    }
}

const INLINE: &str = "inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";

#[test]
fn what_is_encrypted_is_what_both_sides_allow() {
    use Protection::{Off, Optional, Required};
    let crypto = format!("a=crypto:7 AES_CM_128_HMAC_SHA1_80 {INLINE}\r\n");
    let strange = format!("a=crypto:1 F8_128_HMAC_SHA1_80 {INLINE}\r\n");
    let secure = format!("m=audio 4000 RTP/SAVP 0\r\n{crypto}");
    let opportunistic = format!("m=audio 4000 RTP/AVP 0\r\n{strange}{crypto}");
    let plain = "m=audio 4000 RTP/AVP 0\r\n".to_owned();
    let unknown = format!("m=audio 4000 RTP/SAVP 0\r\n{strange}");
    let both = format!("{plain}{secure}");
    for (protection, offer, want) in [
        (Off, &secure, Err(SdpError::OnlyProtected)),
        (Off, &opportunistic, Ok(false)),
        (Off, &plain, Ok(false)),
        (Off, &both, Ok(false)),
        (Optional, &secure, Ok(true)),
        (Optional, &opportunistic, Ok(true)),
        (Optional, &plain, Ok(false)),
        (Optional, &unknown, Err(SdpError::OnlyProtected)),
        (Optional, &both, Ok(true)),
        (Required, &secure, Ok(true)),
        (Required, &opportunistic, Ok(true)),
        (Required, &plain, Err(SdpError::NotProtected)),
        (Required, &unknown, Err(SdpError::OnlyProtected)),
        (Required, &both, Ok(true)),
    ] {
        let got = answer(&sdp(offer), &drawn(protection, 0));
        let encrypted = got.as_ref().map(|(_, n)| n.srtp.is_some()).map_err(Clone::clone);
        assert_eq!(encrypted, want, "{protection:?} {offer}");
        let Ok((text, n)) = got else { continue };
        assert_eq!(
            text.text.contains("a=crypto:7 AES_CM_128_HMAC_SHA1_80 inline:"),
            n.srtp.is_some()
        );
        // Ours is not theirs, and is nowhere shown.
        assert!(!text.text.contains(INLINE));
        // Of two streams one is taken; an opportunistic one keeps its protocol (RFC 8643).
        let savp = if *offer == both && n.srtp.is_none() {
            "m=audio 0 RTP/SAVP"
        } else {
            "m=audio 40000 RTP/SAVP"
        };
        assert_eq!(
            text.text.contains(savp),
            offer.contains("RTP/SAVP"),
            "{}",
            text.text
        );
    }
    let parsed = sdp(&secure);
    assert!(!format!("{parsed:?}").contains("WVNf"), "{parsed:?}");
}

#[test]
fn two_of_us_agree_on_keys() {
    use Protection::{Off, Optional, Required};
    for (ours, theirs, want) in [
        (Required, Optional, Some(true)),
        (Optional, Required, Some(true)),
        (Optional, Optional, Some(true)),
        (Optional, Off, Some(false)),
        (Off, Optional, Some(false)),
        (Required, Off, None),
        (Off, Required, None),
    ] {
        let (offering, answering) = (drawn(ours, 10), drawn(theirs, 50));
        let Ok((text, there)) = answer(&Sdp::parse(offer(&offering).as_bytes()).unwrap(), &answering) else {
            assert_eq!(want, None);
            continue;
        };
        let here = accept_answer(&offering, &Sdp::parse(text.text.as_bytes()).unwrap()).unwrap();
        assert_eq!(Some(here.srtp.is_some()), want);
        if let (Some(here), Some(there)) = (here.srtp, there.srtp) {
            assert_eq!((here.ours.key, here.theirs), (there.theirs, there.ours.key));
            assert_eq!(here.ours.suite, CryptoSuite::AeadAes256Gcm);
        }
    }
    // An answer without a key where one was wanted, or with a key to another tag.
    let caps = drawn(Required, 1);
    for text in [
        "m=audio 4000 RTP/AVP 8\r\n".to_owned(),
        format!("m=audio 4000 RTP/SAVP 8\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 {INLINE}\r\n"),
    ] {
        assert!(accept_answer(&caps, &sdp(&text)).is_err(), "{text}");
    }
}

#[test]
fn ice_is_answered_by_a_lite_agent_where_it_is_offered() {
    let with = LocalCaps {
        ice: Some(IceLogin::draw(|octets| octets.fill(0xab))),
        ..caps(&ALL)
    };
    let login = "a=ice-ufrag:8hhY\r\na=ice-pwd:asd88fgpdd777uzjYhagZg\r\n";
    let candidate = "a=candidate:1 1 UDP 2130706431 10.0.1.1 8998 typ host\r\n";
    let full = sdp(&format!("m=audio 4000 RTP/AVP 0\r\n{login}{candidate}"));
    let (text, n) = answer(&full, &with).unwrap();
    assert_eq!(n.ice.map(|i| i.their_name).as_deref(), Some("8hhY"));
    let (session, stream) = text.text.split_once("m=audio").unwrap();
    assert!(session.contains("a=ice-lite\r\n"), "{}", text.text);
    let ours = format!("a=ice-ufrag:abababab\r\na=ice-pwd:{}\r\n", "ab".repeat(16));
    assert!(stream.contains(&ours), "{}", text.text);
    assert!(
        stream.contains("a=candidate:1 1 UDP 2130706431 "),
        "{}",
        text.text
    );
    assert!(
        stream.contains("a=candidate:1 2 UDP 2130706430 "),
        "{}",
        text.text
    );
    // Names for the whole session, one port for both kinds of packets.
    let session = format!(
        "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n{login}m=audio 4000 RTP/AVP 0\r\na=rtcp-mux\r\n{candidate}"
    );
    let (text, n) = answer(&Sdp::parse(session.as_bytes()).unwrap(), &with).unwrap();
    assert!(
        n.ice.is_some() && !text.text.contains("a=candidate:1 2"),
        "{}",
        text.text
    );
    for without in [
        candidate.to_owned(),
        login.to_owned(),
        format!("a=ice-ufrag:8hh\r\na=ice-pwd:asd88fgpdd777uzjYhagZg\r\n{candidate}"),
        format!("a=ice-ufrag:8hhY\r\na=ice-pwd:short\r\n{candidate}"),
        format!("a=ice-ufrag:8 hY\r\na=ice-pwd:asd88fgpdd777uzjYhagZg\r\n{candidate}"),
    ] {
        let (text, n) = answer(&sdp(&format!("m=audio 4000 RTP/AVP 0\r\n{without}")), &with).unwrap();
        assert!(n.ice.is_none() && !text.text.contains("ice"), "{without}");
    }
    let (text, n) = answer(&full, &caps(&ALL)).unwrap();
    assert!(n.ice.is_none() && !text.text.contains("ice"));
}
