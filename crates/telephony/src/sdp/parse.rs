//! Text to description. Lenient in order and line ends, strict in size.

use std::net::IpAddr;

use super::{Direction, Media, Origin, Sdp, SdpError};

/// Longer descriptions are refused, octets.
pub const MAX_TEXT: usize = 16 * 1024;
/// More streams than this are refused.
pub const MAX_MEDIA: usize = 16;
/// Formats of one stream, and attributes of one section, that are looked at.
const MAX_ITEMS: usize = 128;

impl Sdp {
    /// Reads a description.
    ///
    /// # Errors
    /// [`SdpError::Malformed`] when it is none or is absurd in size.
    pub fn parse(bytes: &[u8]) -> Result<Self, SdpError> {
        if bytes.len() > MAX_TEXT {
            return Err(SdpError::Malformed("too long"));
        }
        let text = String::from_utf8_lossy(bytes).into_owned();
        let mut lines = text.lines().map(str::trim_end).filter(|l| !l.is_empty());
        if lines.next() != Some("v=0") {
            return Err(SdpError::Malformed("no v=0"));
        }
        let mut sdp = Self {
            origin: Origin { id: 0, version: 0 },
            connection: None,
            direction: None,
            attributes: Vec::new(),
            media: Vec::new(),
            text: String::new(),
        };
        for line in lines {
            let (kind, value) = line
                .split_once('=')
                .ok_or(SdpError::Malformed("a line without ="))?;
            sdp.line(kind, value)?;
        }
        sdp.text = text;
        Ok(sdp)
    }

    fn line(&mut self, kind: &str, value: &str) -> Result<(), SdpError> {
        if kind == "m" {
            return self.stream(value);
        }
        match (kind, self.media.last_mut()) {
            ("o", None) => self.origin = origin(value),
            ("c", None) => self.connection = connection(value)?,
            ("c", Some(m)) => {
                m.connection = connection(value)?;
                m.named_host = m.connection.is_none();
            }
            ("a", None) => attribute(&mut self.direction, &mut self.attributes, value),
            ("a", Some(m)) => attribute(&mut m.direction, &mut m.attributes, value),
            _ => {}
        }
        Ok(())
    }

    fn stream(&mut self, value: &str) -> Result<(), SdpError> {
        if self.media.len() >= MAX_MEDIA {
            return Err(SdpError::Malformed("too many streams"));
        }
        self.media.push(media(value)?);
        Ok(())
    }
}

fn attribute(direction: &mut Option<Direction>, attributes: &mut Vec<(String, String)>, value: &str) {
    if let Some(d) = Direction::parse(value) {
        *direction = Some(d);
    } else if attributes.len() < MAX_ITEMS {
        let (name, value) = value.split_once(':').unwrap_or((value, ""));
        attributes.push((name.to_owned(), value.to_owned()));
    }
}

fn origin(value: &str) -> Origin {
    let mut parts = value.split_whitespace().skip(1).map(|p| p.parse().unwrap_or(0));
    Origin {
        id: parts.next().unwrap_or(0),
        version: parts.next().unwrap_or(0),
    }
}

/// `IN IP4 192.0.2.1[/ttl]`. A host name is no error but no address either: media must not wait for the DNS.
fn connection(value: &str) -> Result<Option<IpAddr>, SdpError> {
    let mut parts = value.split_whitespace();
    let (Some("IN"), Some("IP4" | "IP6"), Some(addr)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(SdpError::Malformed("a bad c= line"));
    };
    Ok(addr.split('/').next().and_then(|a| a.parse().ok()))
}

fn media(value: &str) -> Result<Media, SdpError> {
    const BAD: SdpError = SdpError::Malformed("a bad m= line");
    let mut parts = value.split_whitespace();
    let (kind, port, proto) = (
        parts.next().ok_or(BAD)?,
        parts.next().ok_or(BAD)?,
        parts.next().ok_or(BAD)?,
    );
    let port = port.split('/').next().and_then(|p| p.parse().ok()).ok_or(BAD)?;
    let formats: Vec<String> = parts.take(MAX_ITEMS).map(str::to_owned).collect();
    if formats.is_empty() {
        return Err(BAD);
    }
    Ok(Media {
        kind: kind.to_ascii_lowercase(),
        port,
        proto: proto.to_owned(),
        formats,
        ..Media::default()
    })
}
