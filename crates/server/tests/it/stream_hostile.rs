//! Platforms that do everything wrong, against a running `biseo serve` with a call under way: it stands, the call goes on, and
//! whoever goes too far is answered as docs/operating.md says.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::support::stream::{CALLER, Caller, DIALLED, STREAM, Socket, TOKEN, connect, opening};
use crate::support::{PATIENCE, Place, Server, until};

/// Calls at once in these tests.
const AT_ONCE: usize = 4;
/// Connections at once that this allows (docs/operating.md).
const CONNECTIONS: usize = AT_ONCE + 16;

/// A good call among bad ones.
struct Good {
    caller: Caller,
}

impl Good {
    async fn begin(server: &Server) -> Self {
        let caller = Caller::dial(&server.streams, CALLER, DIALLED);
        caller.until("the greeting's end", |l| l.finished(0)).await;
        Self { caller }
    }

    /// It is as alive as ever: what is asked is answered.
    async fn goes_on(self) {
        let before = self.caller.line().loud.len();
        self.caller.say("주차 되나요?");
        let line = self.caller.until("an answer", |l| l.finished(before)).await;
        assert_eq!(line.closed, None);
        self.caller.hang_up();
    }
}

fn place() -> Place {
    let place = Place::new().with_streams();
    place.change("at_once = 100", &format!("at_once = {AT_ONCE}"));
    place
}

/// How Biseo ended the connection; 0 without a word.
async fn ended(mut socket: Socket) -> u16 {
    let end = async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Close(frame))) => return frame.map_or(1005, |f| f.code.into()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return 0,
            }
        }
    };
    tokio::time::timeout(PATIENCE, end).await.expect("it is ended")
}

async fn guest(server: &Server) -> Socket {
    connect(&format!("{}/{TOKEN}", server.streams)).await.unwrap()
}

/// A guest whose call has begun. The sound of one before it may still be closing, which takes its place for a moment.
async fn begun(server: &Server) -> Socket {
    until("a call that is taken", PATIENCE, || async {
        let mut socket = guest(server).await;
        for message in opening(CALLER, DIALLED) {
            socket.send(Message::text(message)).await.unwrap();
        }
        match socket.next().await {
            // Its greeting begins.
            Some(Ok(Message::Text(_))) => Some(socket),
            Some(Ok(Message::Close(Some(frame)))) if u16::from(frame.code) == 1013 => None,
            other => panic!("{other:?}"),
        }
    })
    .await
}

async fn sends(mut socket: Socket, messages: &[Message]) -> u16 {
    for message in messages {
        // It may have ended the connection by then.
        let _ = socket.send(message.clone()).await;
    }
    ended(socket).await
}

fn media(payload: &str) -> Message {
    let media =
        json!({ "event": "media", "streamSid": STREAM, "media": { "track": "inbound", "payload": payload } });
    Message::text(media.to_string())
}

fn text(value: serde_json::Value) -> Message {
    Message::text(value.to_string())
}

#[tokio::test]
async fn who_breaks_the_protocol_is_ended_and_nobody_else() {
    let place = place();
    let server = place.serve();
    let good = Good::begin(&server).await;
    let [connected, start] = opening(CALLER, DIALLED);
    let silence = "/".repeat(212) + "/w==";
    let policy = 1008;
    for (what, messages) in [
        (
            "sound without a start",
            vec![Message::text(connected.clone()), media(&silence)],
        ),
        (
            "a key without a start",
            vec![text(json!({ "event": "dtmf", "dtmf": { "digit": "1" } }))],
        ),
        ("stop without a start", vec![text(json!({ "event": "stop" }))]),
        ("no JSON", vec![Message::text("{\"event\":")]),
        ("no object", vec![Message::text("[".repeat(60_000))]),
        (
            "nothing that is UTF-8",
            vec![Message::Frame(Frame::message(
                vec![0xff, 0xfe, 0x00],
                OpCode::Data(Data::Text),
                true,
            ))],
        ),
        (
            "a start without a stream",
            vec![text(json!({ "event": "start", "start": {} }))],
        ),
        (
            "a form of sound that nobody speaks here",
            vec![text(json!({
                "event": "start", "streamSid": "MZ1",
                "start": { "streamSid": "MZ1", "mediaFormat": { "encoding": "audio/x-mulaw", "sampleRate": 16000 } },
            }))],
        ),
    ] {
        let code = sends(guest(&server).await, &messages).await;
        // The library ends what is no UTF-8 with 1007, or without a word.
        assert!(code == policy || what.contains("UTF-8"), "{what}: {code}");
    }
    for (what, message) in [
        ("garbage for sound", media("!!! no base64 !!!")),
        ("more sound than a second", media(&"/".repeat(12_000))),
        ("a second start", Message::text(start.clone())),
        (
            "sound of another stream",
            text(json!({ "event": "media", "streamSid": "MZ0", "media": { "payload": "" } })),
        ),
        ("binary", Message::binary(vec![0; 320])),
        (
            "a key that is on no telephone",
            text(json!({ "event": "dtmf", "dtmf": { "digit": "12" } })),
        ),
    ] {
        assert_eq!(sends(begun(&server).await, &[message]).await, policy, "{what}");
    }
    let stop = text(json!({ "event": "stop", "streamSid": STREAM }));
    assert_eq!(
        sends(begun(&server).await, &[stop, media(&silence)]).await,
        1000,
        "sound after stop"
    );
    good.goes_on().await;
    server.stop();
}

#[tokio::test]
async fn who_sends_too_much_is_cut_off() {
    let place = place();
    let server = place.serve();
    let good = Good::begin(&server).await;
    // More than a message may hold: refused from the frame's header on.
    let code = sends(begun(&server).await, &[Message::text("x".repeat(4 << 20))]).await;
    assert_eq!(code, 0, "cut off");
    // The same in pieces, each of which would be allowed.
    let mut socket = begun(&server).await;
    for n in 0..40 {
        let code = if n == 0 { Data::Text } else { Data::Continue };
        let piece = Frame::message(vec![b' '; 8 * 1024], OpCode::Data(code), false);
        if socket.send(Message::Frame(piece)).await.is_err() {
            break;
        }
    }
    assert_eq!(ended(socket).await, 0, "cut off");
    // More messages than any call brings. The farewell may be lost in what is still on its way.
    let mut socket = begun(&server).await;
    let mark = text(json!({ "event": "mark", "streamSid": STREAM, "mark": { "name": "biseo-1" } }));
    for _ in 0..3000 {
        if socket.send(mark.clone()).await.is_err() {
            break;
        }
    }
    let code = ended(socket).await;
    assert!([1008, 0].contains(&code), "cut off: {code}");
    // No WebSocket at all.
    let address = server
        .streams
        .strip_prefix("ws://")
        .unwrap()
        .split('/')
        .next()
        .unwrap()
        .to_string();
    for octets in [
        b"\x16\x03\x01\x02\x00".repeat(4),
        b"GET / HTTP/1.1\r\n".repeat(5000),
        vec![0; 300_000],
    ] {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        let _ = stream.write_all(&octets).await;
        let _ = stream.shutdown().await;
        let mut rest = Vec::new();
        let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
        assert!(read.is_ok(), "it is ended");
        assert!(!rest.starts_with(b"HTTP/1.1 101"));
    }
    good.goes_on().await;
    server.stop();
}

#[tokio::test]
async fn strangers_stay_outside() {
    let place = place();
    let server = place.serve();
    let url = &server.streams;
    let root = url.strip_suffix("/media-stream").unwrap();
    for (url, header, status) in [
        (url.clone(), None, 401),
        (format!("{url}/{TOKEN}x"), None, 401),
        (format!("{url}/a-token-for-the-testS"), None, 401),
        (format!("{url}?token=wrong"), None, 401),
        (url.clone(), Some("Bearer wrong"), 401),
        (format!("{root}/other/{TOKEN}"), None, 404),
    ] {
        let mut request = url.as_str().into_client_request().unwrap();
        if let Some(value) = header {
            request
                .headers_mut()
                .insert("Authorization", value.parse().unwrap());
        }
        let address = root.strip_prefix("ws://").unwrap();
        let stream = TcpStream::connect(address).await.unwrap();
        match tokio_tungstenite::client_async(request, stream).await {
            Err(Error::Http(response)) => assert_eq!(response.status().as_u16(), status, "{url}"),
            other => panic!("{url}: {:?}", other.map(|_| ())),
        }
    }
    // A number that is no shop's: the token is right, the call is not taken.
    let mut socket = guest(&server).await;
    for message in opening(CALLER, "+82212345678") {
        socket.send(Message::text(message)).await.unwrap();
    }
    assert_eq!(ended(socket).await, 1008);
    let store = place.store().await;
    assert!(store.calls(&crate::support::shop(), 10).await.unwrap().is_empty());
    store.close().await;
    Good::begin(&server).await.goes_on().await;
    server.stop();
}

#[tokio::test]
async fn thousands_of_connections_leave_the_calls_alone() {
    let place = place();
    let server = place.serve();
    let good = Good::begin(&server).await;
    // As many calls as are allowed; who comes next is told to try later.
    let mut calls = Vec::new();
    for _ in 1..AT_ONCE {
        let caller = Caller::dial(&server.streams, CALLER, DIALLED);
        caller.until("its greeting", |l| !l.loud.is_empty()).await;
        calls.push(caller);
    }
    let mut socket = guest(&server).await;
    for message in opening(CALLER, DIALLED) {
        socket.send(Message::text(message)).await.unwrap();
    }
    assert_eq!(ended(socket).await, 1013);
    // As many connections as are allowed; the place of the one before may not be free yet.
    let mut idle = Vec::new();
    while idle.len() < CONNECTIONS - AT_ONCE {
        match connect(&format!("{}/{TOKEN}", server.streams)).await {
            Ok(socket) => idle.push(socket),
            Err(Error::Http(response)) => assert_eq!(response.status().as_u16(), 503),
            Err(e) => panic!("{e}"),
        }
    }
    let mut refused = 0;
    for _ in 0..3000 {
        match connect(&format!("{}/{TOKEN}", server.streams)).await {
            Err(Error::Http(response)) => {
                assert_eq!(response.status().as_u16(), 503);
                assert_eq!(response.headers()["Retry-After"], "30");
                refused += 1;
            }
            // One that had waited for its start too long may have made room.
            Ok(socket) => idle.push(socket),
            Err(e) => panic!("after {refused}: {e}"),
        }
    }
    assert!(refused > 2000, "{refused}");
    drop((calls, idle));
    good.goes_on().await;
    // And there is room again.
    until("room for a call", PATIENCE, || async {
        let mut socket = connect(&format!("{}/{TOKEN}", server.streams)).await.ok()?;
        for message in opening(CALLER, DIALLED) {
            socket.send(Message::text(message)).await.ok()?;
        }
        matches!(socket.next().await, Some(Ok(Message::Text(_)))).then_some(())
    })
    .await;
    server.stop();
}

#[tokio::test]
async fn who_never_reads_and_never_speaks_is_hung_up_on() {
    let place = place();
    let server = place.serve();
    let store = place.store().await;
    let url = format!("{}/{TOKEN}", server.streams);
    let address = server
        .streams
        .strip_prefix("ws://")
        .unwrap()
        .split('/')
        .next()
        .unwrap();
    let tcp = TcpSocket::new_v4().unwrap();
    tcp.set_recv_buffer_size(1024).unwrap();
    let stream = tcp.connect(address.parse().unwrap()).await.unwrap();
    let (mut deaf, _) = tokio_tungstenite::client_async(url, stream).await.unwrap();
    for message in opening("01099998888", DIALLED) {
        deaf.send(Message::text(message)).await.unwrap();
    }
    place
        .turns(&store, "its greeting", |_, turns| !turns.is_empty())
        .await;
    let good = Good::begin(&server).await;
    until("the end of the deaf call", PATIENCE, || async {
        let calls = store.calls(&crate::support::shop(), 10).await.unwrap();
        let deaf = calls
            .iter()
            .find(|c| c.caller.as_ref().is_some_and(|n| n.as_str() == "01099998888"));
        deaf.and_then(|c| c.end)
    })
    .await;
    good.goes_on().await;
    tokio::time::timeout(Duration::from_secs(1), async { drop(deaf) })
        .await
        .unwrap();
    store.close().await;
    server.stop();
}
