//! What can go wrong for the operator, said so that something can be done about it.

use std::io::ErrorKind;
use std::net::SocketAddr;

use crate::config::Proto;

/// Errors of the stack.
#[derive(Debug, thiserror::Error)]
pub enum SipError {
    /// A socket could not be opened.
    #[error("SIP cannot listen on {proto} {addr}: {source}. {}", advice(.source, .addr))]
    Bind {
        /// UDP or TCP.
        proto: Proto,
        /// Where.
        addr: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// Nothing to listen on was configured.
    #[error("SIP has no address to listen on: add one to `listen`, for example udp 0.0.0.0:5060")]
    NoListen,
    /// A host name of a trunk or a call has no address.
    #[error("the host {0:?} has no address: check the name and the DNS of this machine")]
    Resolve(String),
    /// Not an address that can be called.
    #[error("{0:?} is no SIP address (sip:user@host)")]
    Address(String),
    /// No socket of that kind and address family is open.
    #[error("no {0} socket is open that could reach {1}")]
    NoSocket(Proto, SocketAddr),
    /// A certificate, a key, or a list of issuers is not what it must be.
    #[error("{0}")]
    Tls(#[from] crate::tls::TlsError),
    /// TLS is to be listened on and there is no certificate.
    #[error("SIP cannot listen on TLS {0} without a certificate: name its file and that of its key")]
    NoCertificate(SocketAddr),
    /// The stack has been stopped.
    #[error("the SIP stack has stopped")]
    Stopped,
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    Random,
    /// No answer came in time.
    #[error("no answer from {0}")]
    NoAnswer(SocketAddr),
}

fn advice(source: &std::io::Error, addr: &SocketAddr) -> String {
    match source.kind() {
        ErrorKind::AddrInUse => format!(
            "Port {0} is taken by another program (find it with `ss -lunpt 'sport = :{0}'`); stop it or choose another port",
            addr.port()
        ),
        ErrorKind::AddrNotAvailable => {
            format!(
                "{} is no address of this machine; use one that `ip addr` lists, or 0.0.0.0",
                addr.ip()
            )
        }
        ErrorKind::PermissionDenied => "Ports below 1024 need a privilege; choose one above".to_owned(),
        _ => "Check the address and the machine's network".to_owned(),
    }
}
