//! Offer and answer, by table and by property.

use biseo_telephony::sdp::{
    Codec, Direction, LocalCaps, Origin, Sdp, SdpError, accept_answer, answer, offer,
};

fn caps(codecs: &[Codec]) -> LocalCaps {
    LocalCaps {
        codecs: codecs.to_vec(),
        addr: [192, 0, 2, 10].into(),
        port: 40_000,
        dtmf: true,
        ptime_ms: 20,
        rtcp_mux: true,
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
        ("m=audio 4000 RTP/SAVP 0\r\n", SdpError::NothingFits),
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
    assert_eq!(accept_answer(&caps(&ALL), &answer), Err(SdpError::NothingFits));
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
