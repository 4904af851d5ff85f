//! A mail server that speaks as much of RFC 5321 as a client needs, with STARTTLS (RFC 3207), TLS from the start (RFC 8314) and a login
//! (RFC 4954) where a test wants them.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use biseo_notify::channels::Channels;
use biseo_notify::channels::email::{Account, Email, Protection};
use biseo_notify::rules::ChannelKind;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::{ServerConfig, crypto};

pub const USER: &str = "shop@example.com";
pub const PASSWORD: &str = "비밀 pass";

/// A letter that was taken.
#[derive(Clone, Default)]
pub struct Taken {
    pub from: String,
    pub to: Vec<String>,
    pub data: String,
    /// It came by TLS, and after a login.
    pub by_tls: bool,
    pub signed_in: bool,
}

/// How a connection is protected; a server that has TLS takes letters by it only.
#[derive(Clone)]
enum Door {
    Open,
    Tls(TlsAcceptor),
    StartTls(TlsAcceptor),
}

/// The mail server: what it says to each `RCPT`, and what it took.
#[derive(Clone)]
pub struct MailServer {
    pub address: SocketAddr,
    door: Door,
    /// Letters are taken after a login only.
    login: bool,
    /// The issuer of its certificate, in PEM.
    pub issuer: Option<String>,
    answers: Arc<Mutex<VecDeque<&'static str>>>,
    pub asked: Arc<Mutex<u32>>,
    pub taken: Arc<Mutex<Vec<Taken>>>,
    /// Commands as they came in the clear.
    pub clear: Arc<Mutex<Vec<String>>>,
}

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}
type Stream = BufStream<Box<dyn Wire>>;

/// An issuer of a test's own and what a server of this name needs that it vouches for.
fn certificates(name: &str) -> (String, TlsAcceptor) {
    let (issuer_key, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let mut issuer = CertificateParams::default();
    issuer.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let pem = issuer.self_signed(&issuer_key).unwrap().pem();
    let own = CertificateParams::new(vec![name.into()]).unwrap();
    let certificate = own.signed_by(&key, &Issuer::new(issuer, issuer_key)).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    (pem, TlsAcceptor::from(Arc::new(config)))
}

impl MailServer {
    /// In the clear, without a login.
    pub async fn answering(answers: &[&'static str]) -> Self {
        Self::behind(Door::Open, None, answers).await
    }

    /// By TLS with a certificate for `name`, and after a login only.
    pub async fn secure(protection: Protection, name: &str, answers: &[&'static str]) -> Self {
        let (issuer, acceptor) = certificates(name);
        let door = match protection {
            Protection::Tls => Door::Tls(acceptor),
            Protection::StartTls => Door::StartTls(acceptor),
            Protection::None => Door::Open,
        };
        Self::behind(door, Some(issuer), answers).await
    }

    async fn behind(door: Door, issuer: Option<String>, answers: &[&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            login: issuer.is_some(),
            door,
            issuer,
            answers: Arc::new(Mutex::new(answers.iter().copied().collect())),
            asked: Arc::default(),
            taken: Arc::default(),
            clear: Arc::default(),
        };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serving.clone().welcome(stream));
            }
        });
        server
    }

    async fn welcome(self, stream: TcpStream) -> std::io::Result<()> {
        match self.door.clone() {
            Door::Tls(acceptor) => {
                let stream = acceptor.accept(stream).await?;
                self.talk(BufStream::new(Box::new(stream)), true).await
            }
            _ => self.talk(BufStream::new(Box::new(stream)), false).await,
        }
    }

    async fn talk(self, mut stream: Stream, mut by_tls: bool) -> std::io::Result<()> {
        say(&mut stream, "220 mail.example.com ESMTP").await?;
        let (mut letter, mut signed_in) = (Taken::default(), false);
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let line = line.trim_end();
            if !by_tls {
                self.clear.lock().unwrap().push(line.to_string());
            }
            let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" => self.hello(&mut stream, by_tls).await?,
                "STAR" => {
                    let Door::StartTls(acceptor) = &self.door else {
                        say(&mut stream, "502 not here").await?;
                        continue;
                    };
                    say(&mut stream, "220 go on").await?;
                    let secure = acceptor.accept(stream.into_inner()).await?;
                    stream = BufStream::new(Box::new(secure));
                    by_tls = true;
                }
                "AUTH" => {
                    signed_in = by_tls && knows(line);
                    let answer = if signed_in {
                        "235 welcome"
                    } else {
                        "535 5.7.8 who are you?"
                    };
                    say(&mut stream, answer).await?;
                }
                "MAIL" if self.login && !signed_in => say(&mut stream, "530 5.7.0 sign in first").await?,
                "MAIL" => {
                    letter = Taken {
                        from: line.to_string(),
                        by_tls,
                        signed_in,
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

    async fn hello(&self, stream: &mut Stream, by_tls: bool) -> std::io::Result<()> {
        let mut lines = vec!["250-mail.example.com", "250-8BITMIME"];
        if matches!(self.door, Door::StartTls(_)) && !by_tls {
            lines.push("250-STARTTLS");
        }
        if self.login && by_tls {
            lines.push("250-AUTH PLAIN");
        }
        lines.push("250 SIZE 1000000");
        say(stream, &lines.join("\r\n")).await
    }

    fn next(&self) -> &'static str {
        *self.asked.lock().unwrap() += 1;
        self.answers.lock().unwrap().pop_front().unwrap_or("451 later")
    }

    /// In the clear.
    pub fn channels(&self) -> Channels {
        self.channels_by(&self.address.ip().to_string(), Protection::None, None)
    }

    /// As the account says: by this name, with this password.
    pub fn channels_by(&self, host: &str, protection: Protection, password: Option<&str>) -> Channels {
        let email = Email::new(&Account {
            host: host.into(),
            port: self.address.port(),
            protection,
            login: password.map(|password| (USER.to_string(), password.to_string().into())),
            from: "\"행복식당\" <shop@example.com>".into(),
            ca: self.issuer.as_ref().map(|pem| pem.clone().into_bytes()),
        });
        Channels::new().with(ChannelKind::Email, Arc::new(email.unwrap()))
    }
}

/// `AUTH PLAIN` with its initial response (RFC 4616): nobody, user, password, each apart by a zero.
fn knows(line: &str) -> bool {
    let given = line
        .strip_prefix("AUTH PLAIN ")
        .and_then(|given| STANDARD.decode(given).ok());
    given == Some(format!("\0{USER}\0{PASSWORD}").into_bytes())
}

async fn say(stream: &mut Stream, line: &str) -> std::io::Result<()> {
    stream.write_all(format!("{line}\r\n").as_bytes()).await?;
    stream.flush().await
}

/// Until the line with a full stop alone.
async fn data(stream: &mut Stream) -> std::io::Result<String> {
    let mut all = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 || line == ".\r\n" {
            return Ok(all);
        }
        all.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
