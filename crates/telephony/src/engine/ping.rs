//! OPTIONS to others (RFC 3261 §11.1): are they there?

use tokio::sync::oneshot;

use super::Engine;
use super::client::{Login, Owner};
use crate::msg::{Headers, Method, Request};
use crate::stack::OptionsReply;
use crate::transport::Flow;

impl Engine {
    /// OPTIONS to somebody.
    pub(super) fn ping(&mut self, flow: Flow, uri: &str, reply: oneshot::Sender<OptionsReply>) {
        let req = self.options_to(flow, uri);
        self.send_request(req, flow, Owner::Ping(Some(reply)), Login::default());
    }

    pub(super) fn options_to(&mut self, flow: Flow, uri: &str) -> Request {
        let mut headers = Headers::default();
        headers.push("Max-Forwards", "70");
        let own = format!("<sip:biseo@{}>", self.host_port(flow));
        headers.push("From", &format!("{own};tag={}", self.ids.token()));
        headers.push("To", &format!("<{uri}>"));
        headers.push("Call-ID", &self.ids.token());
        headers.push("CSeq", "1 OPTIONS");
        headers.push("Accept", "application/sdp");
        headers.push("User-Agent", &self.cfg.user_agent);
        Request {
            method: Method::Options,
            uri: uri.to_owned(),
            headers,
            body: Vec::new(),
        }
    }
}
