//! The engines over TLS: nothing is said to a service whose certificate nobody vouches for, and everything to one whose
//! issuer the system knows.

mod service;

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;

use biseo_speech::{SpeechToText, SttOptions, TextToSpeech, Utterance, Voice};
use biseo_speech_remote::openai::{OpenAiStt, OpenAiSttConfig, OpenAiTts, OpenAiTtsConfig};
use biseo_speech_remote::realtime::{Realtime, RealtimeConfig};
use biseo_speech_remote::rtzr::{Rtzr, RtzrConfig};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use secrecy::SecretString;
use service::Server;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// An issuer's certificate (PEM), and what a server at `localhost` needs that it vouches for.
fn certificates() -> (String, TlsAcceptor) {
    let (issuer_key, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let mut issuer = CertificateParams::default();
    issuer.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer_certificate = issuer.self_signed(&issuer_key).unwrap();
    let issuer = Issuer::new(issuer, issuer_key);
    let own = CertificateParams::new(vec!["localhost".into()]).unwrap();
    let certificate = own.signed_by(&key, &issuer).unwrap();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    (issuer_certificate.pem(), TlsAcceptor::from(Arc::new(config)))
}

/// TLS in front of services, as a load balancer does it.
struct Front {
    runtime: tokio::runtime::Runtime,
}

impl Front {
    fn new() -> Self {
        Self {
            runtime: tokio::runtime::Runtime::new().unwrap(),
        }
    }

    /// `https://localhost:PORT/v1`, which leads to the server.
    fn before(&self, server: &Server, acceptor: &TlsAcceptor) -> String {
        let (target, acceptor) = (server.address(), acceptor.clone());
        let listener = self.runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        self.runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(pass_on(stream, acceptor.clone(), target));
            }
        });
        format!("https://localhost:{port}/v1")
    }
}

async fn pass_on(stream: TcpStream, acceptor: TlsAcceptor, target: SocketAddr) {
    let Ok(mut outer) = acceptor.accept(stream).await else {
        return;
    };
    if let Ok(mut inner) = TcpStream::connect(target).await {
        let _ = tokio::io::copy_bidirectional(&mut outer, &mut inner).await;
    }
}

fn key() -> SecretString {
    SecretString::from("sk-test")
}

/// The recognisers at three addresses: OpenAI's REST interface, Realtime, RTZR.
fn recognisers(openai: &str, realtime: &str, rtzr: &str) -> [Box<dyn SpeechToText>; 3] {
    let rest = OpenAiSttConfig {
        endpoint: openai.into(),
        model: "whisper-1".into(),
        finish_ms: 20_000,
        ..OpenAiSttConfig::default()
    };
    let live = RealtimeConfig {
        endpoint: realtime.replacen("https", "wss", 1),
        finish_ms: 20_000,
        ..RealtimeConfig::default()
    };
    let korean = RtzrConfig {
        endpoint: rtzr.into(),
        client_id: "shop".into(),
        finish_ms: 20_000,
        ..RtzrConfig::default()
    };
    [
        Box::new(OpenAiStt::new(rest, Some(&key())).unwrap()),
        Box::new(Realtime::new(live, Some(&key())).unwrap()),
        Box::new(Rtzr::new(korean, "s3cret&more".into()).unwrap()),
    ]
}

fn heard(engine: &dyn SpeechToText, clip: &[i16]) -> biseo_speech::Result<String> {
    let mut session = engine.session(&SttOptions::default())?;
    session.accept(clip)?;
    session.finish().map(|found| found.text)
}

struct Services {
    servers: [Server; 3],
    front: Front,
}

impl Services {
    fn start() -> Self {
        Self {
            servers: [
                service::openai::start(),
                service::realtime::start(),
                service::rtzr::start().0,
            ],
            front: Front::new(),
        }
    }

    fn addresses(&self, acceptor: &TlsAcceptor) -> [String; 3] {
        self.servers
            .each_ref()
            .map(|server| self.front.before(server, acceptor))
    }
}

#[test]
fn nothing_is_said_to_a_service_that_nobody_vouches_for() {
    let services = Services::start();
    let (_issuer, acceptor) = certificates();
    let [openai, realtime, rtzr] = services.addresses(&acceptor);
    for engine in recognisers(&openai, &realtime, &rtzr) {
        let error = heard(engine.as_ref(), &[900; 8_000]).expect_err(engine.name());
        assert!(error.to_string().contains("no connection"), "{error}");
    }
    assert!(services.servers.iter().all(|server| server.connections() == 0));
}

/// What the system trusts is told to a process by `SSL_CERT_FILE`, so this is done in one of its own.
#[test]
fn services_are_spoken_to_over_tls() {
    let services = Services::start();
    let (issuer, acceptor) = certificates();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(issuer.as_bytes()).unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "speaks_over_tls"])
        .env("SSL_CERT_FILE", file.path())
        .env("SERVICES", services.addresses(&acceptor).join(" "))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
    assert!(services.servers.iter().all(|server| server.connections() > 0));
}

#[test]
#[ignore = "run by services_are_spoken_to_over_tls, in an environment of its own"]
fn speaks_over_tls() {
    let services = std::env::var("SERVICES").unwrap();
    let [openai, realtime, rtzr] = services.split(' ').collect::<Vec<_>>()[..] else {
        panic!("{services}")
    };
    let clip = service::sentence();
    let expected = service::heard_here(&clip);
    for engine in recognisers(openai, realtime, rtzr) {
        assert_eq!(
            heard(engine.as_ref(), &clip).unwrap(),
            expected,
            "{}",
            engine.name()
        );
    }
    let config = OpenAiTtsConfig {
        endpoint: openai.into(),
        first_ms: 20_000,
        ..OpenAiTtsConfig::default()
    };
    let voice = OpenAiTts::new(config, Some(&key())).unwrap();
    let said = voice
        .speak(&Utterance::new("여보세요", Voice::default()))
        .unwrap();
    assert!(said.collect().unwrap().len() > 2_000);
}
