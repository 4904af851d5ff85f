//! E-mail: to a mail server that speaks as much of RFC 5321 as a client needs.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use biseo_notify::channels::Channels;
use biseo_notify::channels::email::{Account, Email, Protection};
use biseo_notify::rules::ChannelKind;
use biseo_store::DeliveryState;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};

use crate::common::{Desk, WORDS};

const READER: &str = "by = [\"email\"]\nemail = \"owner@example.com\"";

/// A letter that was taken.
#[derive(Clone, Default)]
struct Taken {
    from: String,
    to: Vec<String>,
    data: String,
}

/// The mail server: what it says to each `RCPT`, and what it took.
#[derive(Clone)]
struct MailServer {
    address: SocketAddr,
    answers: Arc<Mutex<VecDeque<&'static str>>>,
    asked: Arc<Mutex<u32>>,
    taken: Arc<Mutex<Vec<Taken>>>,
}

impl MailServer {
    async fn answering(answers: &[&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            answers: Arc::new(Mutex::new(answers.iter().copied().collect())),
            asked: Arc::default(),
            taken: Arc::default(),
        };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serving.clone().talk(BufStream::new(stream)));
            }
        });
        server
    }

    async fn talk(self, mut stream: BufStream<TcpStream>) -> std::io::Result<()> {
        say(&mut stream, "220 mail.example.com ESMTP").await?;
        let mut letter = Taken::default();
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let line = line.trim_end();
            let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" => {
                    say(
                        &mut stream,
                        "250-mail.example.com\r\n250-8BITMIME\r\n250 SIZE 1000000",
                    )
                    .await?
                }
                "MAIL" => {
                    letter = Taken {
                        from: line.to_string(),
                        ..Taken::default()
                    };
                    say(&mut stream, "250 ok").await?;
                }
                "RCPT" => {
                    letter.to.push(line.to_string());
                    let answer = self.next();
                    say(&mut stream, answer).await?;
                }
                "DATA" => {
                    say(&mut stream, "354 go on").await?;
                    letter.data = data(&mut stream).await?;
                    self.taken.lock().unwrap().push(letter.clone());
                    say(&mut stream, "250 taken").await?;
                }
                "RSET" | "NOOP" => say(&mut stream, "250 ok").await?,
                // Whoever waits for a good-bye after a letter was taken waits for ever.
                "QUIT" if letter.data.is_empty() => return say(&mut stream, "221 bye").await,
                "QUIT" => std::future::pending().await,
                _ => say(&mut stream, "500 what?").await?,
            }
        }
    }

    fn next(&self) -> &'static str {
        *self.asked.lock().unwrap() += 1;
        self.answers.lock().unwrap().pop_front().unwrap_or("451 later")
    }

    fn channels(&self) -> Channels {
        let email = Email::new(&Account {
            host: self.address.ip().to_string(),
            port: self.address.port(),
            protection: Protection::None,
            login: None,
            from: "\"행복식당\" <shop@example.com>".into(),
            ca: None,
        });
        Channels::new().with(ChannelKind::Email, Arc::new(email.unwrap()))
    }
}

async fn say(stream: &mut BufStream<TcpStream>, line: &str) -> std::io::Result<()> {
    stream.write_all(format!("{line}\r\n").as_bytes()).await?;
    stream.flush().await
}

/// Until the line with a full stop alone.
async fn data(stream: &mut BufStream<TcpStream>) -> std::io::Result<String> {
    let mut all = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 || line == ".\r\n" {
            return Ok(all);
        }
        all.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

/// The value of a header of the letter, unfolded.
fn header(data: &str, name: &str) -> Option<String> {
    let head = data.split("\r\n\r\n").next()?.replace("\r\n ", " ");
    let line = head.lines().find(|l| l.starts_with(&format!("{name}: ")))?;
    Some(line[name.len() + 2..].to_string())
}

/// The parts as text, whichever of the two encodings they have (RFC 2045 §6.7, §6.8).
fn parts(data: &str) -> Vec<String> {
    let mut parts = Vec::new();
    for part in data.split("Content-Transfer-Encoding: ").skip(1) {
        let (head, body) = part.split_once("\r\n\r\n").unwrap();
        let body = body.split("\r\n--").next().unwrap();
        let octets = match head.lines().next().unwrap() {
            "base64" => STANDARD.decode(body.replace("\r\n", "")).unwrap(),
            "quoted-printable" => quoted(&body.replace("=\r\n", "")),
            other => panic!("{other}"),
        };
        parts.push(String::from_utf8(octets).unwrap());
    }
    parts
}

fn quoted(text: &str) -> Vec<u8> {
    let mut pieces = text.split('=');
    let mut out = pieces.next().unwrap().as_bytes().to_vec();
    for piece in pieces {
        out.push(u8::from_str_radix(&piece[..2], 16).unwrap());
        out.extend_from_slice(&piece.as_bytes()[2..]);
    }
    out
}

#[tokio::test]
async fn a_message_arrives_once_after_two_refusals() {
    let server = MailServer::answering(&["451 later", "450 busy", "250 ok"]).await;
    let desk = Desk::new(READER).await;
    let delivery = desk.third_try_arrives(&desk.worker(server.channels())).await;
    assert_eq!(*server.asked.lock().unwrap(), 3);
    let taken = server.taken.lock().unwrap().clone();
    assert_eq!(taken.len(), 1);
    let letter = &taken[0];
    assert!(letter.from.starts_with("MAIL FROM:<shop@example.com>"));
    assert_eq!(letter.to, ["RCPT TO:<owner@example.com>"]);
    let id = format!("<{}@example.com>", delivery.id);
    assert_eq!(header(&letter.data, "Message-ID"), Some(id));
    assert_eq!(
        header(&letter.data, "Auto-Submitted").as_deref(),
        Some("auto-generated")
    );
    let [text, html] = parts(&letter.data).try_into().unwrap();
    assert!(text.contains(WORDS) && !text.contains("<p>"));
    assert!(html.contains(WORDS) && html.contains("<p>"));
}

#[tokio::test]
async fn further_letters_arrive_once_each() {
    let server = MailServer::answering(&["250 ok"; 3]).await;
    let desk = Desk::new(READER).await;
    let worker = desk.worker(server.channels());
    for n in 0..3 {
        assert_eq!(desk.tell_of(&format!("m{n}")).await, 1);
        assert_eq!(worker.round().await.unwrap(), 1);
    }
    assert_eq!(worker.round().await.unwrap(), 0);
    assert_eq!(server.taken.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn a_mailbox_that_does_not_exist_is_given_up() {
    let server = MailServer::answering(&["550 no such mailbox"]).await;
    let desk = Desk::new(READER).await;
    let worker = desk.worker(server.channels());
    assert_eq!(desk.tell().await, 1);
    assert_eq!(worker.round().await.unwrap(), 1);
    let delivery = desk.delivery().await;
    assert_eq!(delivery.state, DeliveryState::GivenUp);
    // What the server says may name an address: only its code is kept.
    let fault = delivery.fault.unwrap();
    assert!(fault.contains("550") && !fault.contains("no such"), "{fault}");
    assert_eq!(worker.round().await.unwrap(), 0);
    assert!(server.taken.lock().unwrap().is_empty());
}

#[test]
fn an_unprotected_way_to_another_machine_is_refused() {
    let account = |host: &str, protection| Account {
        host: host.into(),
        port: 25,
        protection,
        login: None,
        from: "shop@example.com".into(),
        ca: None,
    };
    let refused = Email::new(&account("mail.example.com", Protection::None)).unwrap_err();
    assert_eq!(refused.field, "protection");
}
