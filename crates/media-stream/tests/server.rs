//! The server over real sockets: who comes in, what ends a connection, and that others do not notice.

use std::time::Duration;

use biseo_media_stream::Event;
use biseo_media_stream::server::{Arrived, Gone, Goodbye, ServerConfig, StreamServer};
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{self, Receiver};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};

const TOKEN: &str = "a-token-for-the-tests";
const START: &str = r#"{"event":"start","streamSid":"MZ1","start":{"streamSid":"MZ1"}}"#;
const PATIENCE: Duration = Duration::from_secs(20);

type Client = WebSocketStream<TcpStream>;

struct Server {
    address: String,
    calls: Receiver<Arrived>,
}

impl Server {
    async fn start(change: impl FnOnce(&mut ServerConfig)) -> Self {
        let mut config = ServerConfig::new("127.0.0.1:0".parse().unwrap(), TOKEN.into(), 4);
        change(&mut config);
        let server = StreamServer::bind(config).await.unwrap();
        let address = server.local_addr().unwrap().to_string();
        let (told, calls) = mpsc::channel(4);
        tokio::spawn(server.run(told));
        Self { address, calls }
    }

    async fn connect(&self, path: &str) -> Result<Client, Error> {
        let stream = TcpStream::connect(&self.address).await.unwrap();
        let url = format!("ws://{}{path}", self.address);
        Ok(tokio_tungstenite::client_async(url, stream).await?.0)
    }

    async fn client(&self) -> Client {
        self.connect(&format!("/media-stream/{TOKEN}")).await.unwrap()
    }

    async fn arrived(&mut self) -> Arrived {
        tokio::time::timeout(PATIENCE, self.calls.recv())
            .await
            .unwrap()
            .unwrap()
    }

    /// A call may still be brought.
    async fn stands(&mut self) {
        let mut client = self.client().await;
        client.send(Message::text(START)).await.unwrap();
        assert_eq!(self.arrived().await.start.stream, "MZ1");
    }
}

/// How the server ended the connection.
async fn ended(mut client: Client) -> Option<CloseCode> {
    let end = async {
        loop {
            match client.next().await {
                Some(Ok(Message::Close(frame))) => return frame.map(|f| f.code),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    };
    tokio::time::timeout(PATIENCE, end).await.unwrap()
}

#[tokio::test]
async fn a_call_comes_through_both_ways() {
    let mut server = Server::start(|_| {}).await;
    let path = format!("/media-stream?token={TOKEN}&from=01055554444&to=0227001001");
    let mut client = server.connect(&path).await.unwrap();
    client
        .send(Message::text(
            r#"{"event":"connected","protocol":"Call","version":"1.0.0"}"#,
        ))
        .await
        .unwrap();
    client.send(Message::text(START)).await.unwrap();
    let Arrived {
        start,
        mut connection,
    } = server.arrived().await;
    assert_eq!(start.caller.as_deref(), Some("01055554444"));
    assert_eq!(start.dialled.as_deref(), Some("0227001001"));
    let payload = "f".repeat(212) + "fw==";
    let media = format!(
        r#"{{"event":"media","streamSid":"MZ1","media":{{"chunk":"1","timestamp":"0","payload":"{payload}"}}}}"#
    );
    client.send(Message::text(media)).await.unwrap();
    assert!(matches!(connection.next().await, Ok(Event::Sound(frames)) if frames.len() == 1));
    connection.media(&[255; 160]).await.unwrap();
    connection.mark("1").await.unwrap();
    connection.clear().await.unwrap();
    for event in ["media", "mark", "clear"] {
        let text = client.next().await.unwrap().unwrap().into_text().unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (&value["event"], &value["streamSid"]),
            (&event.into(), &"MZ1".into())
        );
    }
    let end = tokio::spawn(ended(client));
    connection.close(Goodbye::Over).await;
    assert_eq!(end.await.unwrap(), Some(CloseCode::Normal));
}

#[tokio::test]
async fn strangers_are_sent_away_with_a_status() {
    let mut server = Server::start(|_| {}).await;
    for (path, status) in [("/media-stream/wrong", 401), ("/media-stream", 401), ("/", 404)] {
        match server.connect(path).await {
            Err(Error::Http(response)) => assert_eq!(response.status().as_u16(), status, "{path}"),
            other => panic!("{path}: {other:?}"),
        }
    }
    server.stands().await;
}

#[tokio::test]
async fn jambonz_is_answered_in_its_subprotocol() {
    use tokio_tungstenite::tungstenite::client::IntoClientRequest;
    let server = Server::start(|_| {}).await;
    let stream = TcpStream::connect(&server.address).await.unwrap();
    let mut request = format!("ws://{}/media-stream/{TOKEN}", server.address)
        .into_client_request()
        .unwrap();
    let name = "audio.jambonz.org".parse().unwrap();
    request.headers_mut().insert("Sec-WebSocket-Protocol", name);
    let (_, response) = tokio_tungstenite::client_async(request, stream).await.unwrap();
    assert_eq!(response.headers()["Sec-WebSocket-Protocol"], "audio.jambonz.org");
}

#[tokio::test]
async fn who_breaks_the_protocol_is_told_so_and_others_do_not_notice() {
    let mut server = Server::start(|_| {}).await;
    let media = r#"{"event":"media","media":{"payload":"AAAA"}}"#;
    for first in [media.to_string(), "no JSON".into(), "[".repeat(30_000)] {
        let mut client = server.client().await;
        client.send(Message::text(first)).await.unwrap();
        assert_eq!(ended(client).await, Some(CloseCode::Policy));
    }
    let mut client = server.client().await;
    client.send(Message::binary(vec![0; 320])).await.unwrap();
    assert_eq!(ended(client).await, Some(CloseCode::Policy));
    // Too large: refused from the frame's header on, before it is in memory.
    let mut client = server.client().await;
    let _ = client.send(Message::text("x".repeat(1 << 20))).await;
    ended(client).await;
    server.stands().await;
}

#[tokio::test]
async fn a_call_ends_however_the_other_side_goes() {
    let mut server = Server::start(|_| {}).await;
    let mut client = server.client().await;
    client.send(Message::text(START)).await.unwrap();
    let mut arrived = server.arrived().await;
    drop(client); // without a word
    assert!(matches!(
        arrived.connection.next().await,
        Err(Gone::Closed | Gone::Socket(_))
    ));
    let mut client = server.client().await;
    client.send(Message::text(START)).await.unwrap();
    let mut arrived = server.arrived().await;
    client.send(Message::text(r#"{"event":"stop"}"#)).await.unwrap();
    assert!(matches!(arrived.connection.next().await, Ok(Event::Stopped)));
    let mut client = server.client().await;
    client.send(Message::text(START)).await.unwrap();
    let mut arrived = server.arrived().await;
    tokio::spawn(async move {
        while client
            .send(Message::text(r#"{"event":"mark","mark":{"name":"m"}}"#))
            .await
            .is_ok()
        {}
    });
    let end = async { while arrived.connection.next().await.is_ok() {} };
    tokio::time::timeout(PATIENCE, end)
        .await
        .expect("a flood is ended");
}

#[tokio::test]
async fn who_says_nothing_is_not_waited_for() {
    let short = Duration::from_millis(50);
    let mut server = Server::start(|c| (c.handshake, c.start) = (short, short)).await;
    let mut silent = TcpStream::connect(&server.address).await.unwrap();
    silent.write_all(b"GET /media-stream HTTP/1.1\r\n").await.unwrap();
    let mut rest = Vec::new();
    tokio::time::timeout(PATIENCE, silent.read_to_end(&mut rest))
        .await
        .unwrap()
        .unwrap();
    assert!(rest.is_empty());
    assert_eq!(ended(server.client().await).await, Some(CloseCode::Policy));
    let mut idle = Server::start(|c| c.idle = short).await;
    let mut client = idle.client().await;
    client.send(Message::text(START)).await.unwrap();
    let mut arrived = idle.arrived().await;
    assert!(matches!(arrived.connection.next().await, Err(Gone::Idle)));
    server.calls.close();
}

#[tokio::test]
async fn there_are_so_many_places_and_a_place_is_free_again() {
    let mut server = Server::start(|c| c.connections = 1).await;
    let mut client = server.client().await;
    client.send(Message::text(START)).await.unwrap();
    let arrived = server.arrived().await;
    assert!(server.connect(&format!("/media-stream/{TOKEN}")).await.is_err());
    drop(arrived);
    assert_eq!(ended(client).await, None);
    server.stands().await;
}

#[tokio::test]
async fn who_does_not_read_is_given_up() {
    let mut server = Server::start(|c| c.stuck = Duration::from_millis(200)).await;
    let mut client = server.client().await;
    client.send(Message::text(START)).await.unwrap();
    let mut arrived = server.arrived().await;
    let fills = async {
        loop {
            if let Err(gone) = arrived.connection.media(&[255; 160]).await {
                return gone;
            }
        }
    };
    let gone = tokio::time::timeout(PATIENCE, fills).await.unwrap();
    assert!(matches!(gone, Gone::Stuck), "{gone:?}");
    drop(client);
}

#[tokio::test]
async fn who_is_turned_away_is_told_when_to_try_again() {
    let server = Server::start(|c| c.connections = 0).await;
    for _ in 0..200 {
        match server.connect(&format!("/media-stream/{TOKEN}")).await {
            Err(Error::Http(response)) => {
                assert_eq!(response.status().as_u16(), 503);
                assert_eq!(response.headers()["Retry-After"], "30");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_simulated_platform_brings_a_call() {
    use biseo_media_stream::client::{Client, ClientError, Wish};
    let mut server = Server::start(|_| {}).await;
    let address = server.address.clone();
    let url = |token: &str| format!("ws://{address}/media-stream/{token}?to=haengbok");
    assert!(matches!(
        Client::dial(&url("wrong"), "x").await,
        Err(ClientError::Refused(401))
    ));
    for bad in ["wss://127.0.0.1/", "127.0.0.1:80", "sip:haengbok@127.0.0.1"] {
        assert!(
            matches!(Client::dial(bad, "x").await, Err(ClientError::Address)),
            "{bad}"
        );
    }
    let mut client = Client::dial(&url(TOKEN), "01055554444").await.unwrap();
    let Arrived {
        start,
        mut connection,
    } = server.arrived().await;
    assert_eq!(start.caller.as_deref(), Some("01055554444"));
    assert_eq!(start.dialled.as_deref(), Some("haengbok"));
    for number in 0..3 {
        client.media(&[7; 160]).await.unwrap();
        let heard = connection.next().await.unwrap();
        assert!(matches!(heard, Event::Sound(f) if f[0].number == number && f[0].octets == [7; 160]));
    }
    connection.media(&[9; 320]).await.unwrap();
    connection.mark("m").await.unwrap();
    connection.clear().await.unwrap();
    for wish in [Wish::Play(vec![9; 320]), Wish::Mark("m".into()), Wish::Clear] {
        assert_eq!(client.next().await.unwrap(), wish);
    }
    client.mark("m").await.unwrap();
    assert_eq!(connection.next().await.unwrap(), Event::Mark("m".into()));
    client.stop().await;
    assert_eq!(connection.next().await.unwrap(), Event::Stopped);

    let mut client = Client::dial(&url(TOKEN), "01055554444").await.unwrap();
    let connection = server.arrived().await.connection;
    let (_, end) = tokio::join!(connection.close(Goodbye::NoRoom), client.next());
    assert_eq!(end.unwrap(), Wish::End(1013));
}
