//! E-mail by SMTP (RFC 5321), by TLS from the start or by STARTTLS, never in the clear unless the operator says so.

use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentType, Date, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};

use super::{Channel, Outcome, Parcel, Sending, SetupError, setup};

const WITHIN: Duration = Duration::from_secs(20);

/// How the way to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// TLS from the first octet (port 465, RFC 8314).
    Tls,
    /// STARTTLS, or nothing is sent (port 587).
    StartTls,
    /// None: for a mail server on this machine only.
    None,
}

/// A mail account.
#[derive(Debug, Clone)]
pub struct Account {
    /// The mail server's name; by TLS its certificate must bear it.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The way there.
    pub protection: Protection,
    /// User name and password, if it wants them.
    pub login: Option<(String, SecretString)>,
    /// Who sends: `"행복식당" <shop@example.com>`.
    pub from: String,
    /// Certificates (PEM) that are believed beside the system's.
    pub ca: Option<Vec<u8>>,
}

/// The channel.
pub struct Email {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl std::fmt::Debug for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Email").finish_non_exhaustive()
    }
}

impl Email {
    /// Nothing is connected yet.
    ///
    /// # Errors
    /// [`SetupError`] for a sender that is no mailbox, certificates that cannot be read, or an unprotected way to another machine.
    pub fn new(account: &Account) -> Result<Self, SetupError> {
        let from: Mailbox = account
            .from
            .parse()
            .map_err(|_| setup("from", "write it as \"name\" <name@example.com>"))?;
        let hello = ClientId::Domain(from.email.domain().to_string());
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&account.host)
            .port(account.port)
            .tls(protection(account)?)
            .hello_name(hello)
            .timeout(Some(WITHIN));
        if let Some((user, password)) = &account.login {
            builder = builder.credentials(Credentials::new(
                user.clone(),
                password.expose_secret().to_string(),
            ));
        }
        Ok(Self {
            transport: builder.build(),
            from,
        })
    }

    async fn post(&self, parcel: &Parcel) -> Outcome {
        let Some(message) = self.message(parcel) else {
            return Outcome::never("the address is no e-mail address");
        };
        match self.transport.send(message).await {
            Ok(_) => Outcome::Sent,
            Err(e) => failure(&e),
        }
    }

    /// Text and HTML. `Message-ID` is the same in every try; no program answers it (RFC 3834).
    fn message(&self, parcel: &Parcel) -> Option<Message> {
        let to: Address = parcel.address.parse().ok()?;
        let id = format!("<{}@{}>", parcel.id, self.from.email.domain());
        let second = u64::try_from(parcel.made.as_second()).ok()?;
        let made = SystemTime::UNIX_EPOCH + Duration::from_secs(second);
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(&parcel.letter.title)
            .header(Date::from(made))
            .message_id(Some(id))
            .raw_header(HeaderValue::new(automatic, "auto-generated".into()));
        if parcel.letter.urgent {
            let importance = HeaderName::new_from_ascii_str("Importance");
            builder = builder.raw_header(HeaderValue::new(importance, "high".into()));
        }
        let text = lettre::message::SinglePart::builder()
            .header(ContentType::TEXT_PLAIN)
            .body(parcel.letter.text.clone());
        let html = lettre::message::SinglePart::builder()
            .header(ContentType::TEXT_HTML)
            .body(parcel.letter.html.clone());
        builder
            .multipart(MultiPart::alternative().singlepart(text).singlepart(html))
            .ok()
    }
}

impl Channel for Email {
    /// SMTP knows no request that is made once only: a repetition has the same `Message-ID`.
    fn send<'a>(&'a self, parcel: &'a Parcel) -> Sending<'a, Outcome> {
        Box::pin(self.post(parcel))
    }
}

fn protection(account: &Account) -> Result<Tls, SetupError> {
    let mut tls = TlsParameters::builder(account.host.clone());
    if let Some(pem) = &account.ca {
        let bad = |e: lettre::transport::smtp::Error| setup("ca_file", e.to_string());
        tls = tls.add_root_certificate(Certificate::from_pem(pem).map_err(bad)?);
    }
    let tls = || tls.build().map_err(|e| setup("ca_file", e.to_string()));
    match account.protection {
        Protection::Tls => Ok(Tls::Wrapper(tls()?)),
        Protection::StartTls => Ok(Tls::Required(tls()?)),
        Protection::None if is_here(&account.host) => Ok(Tls::None),
        Protection::None => Err(setup(
            "protection",
            "none is for a mail server on this machine only",
        )),
    }
}

fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// A server's words may repeat an address; its code (RFC 5321 §4.2) says enough.
fn failure(error: &lettre::transport::smtp::Error) -> Outcome {
    let Some(code) = error.status().map(|c| c.to_string()) else {
        return Outcome::again(if error.is_timeout() {
            "no answer in time"
        } else {
            "no connection, or it broke off"
        });
    };
    match code.as_str() {
        // Our account is refused, which is no fault of the letter's (RFC 4954 §6).
        "530" | "534" | "535" | "538" => {
            Outcome::again(format!("the mail server refuses the account ({code})"))
        }
        _ if error.is_permanent() => Outcome::never(format!("the mail server refuses the letter ({code})")),
        _ => Outcome::again(format!("the mail server says {code}")),
    }
}
