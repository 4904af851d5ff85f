//! SIP OPTIONS (RFC 3261 §11), as little of it as asking takes.

use std::net::SocketAddr;

/// A question with that number, from that address to that one.
pub(crate) fn options(number: u32, tag: u32, from: SocketAddr, to: SocketAddr) -> String {
    format!(
        "OPTIONS sip:{to} SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bKline{tag:08x}-{number};rport\r\n\
         From: <sip:line@{from}>;tag={tag:08x}\r\nTo: <sip:{to}>\r\nCall-ID: {tag:08x}-{number}\r\nCSeq: {number} OPTIONS\r\n\
         Contact: <sip:line@{from}>\r\nMax-Forwards: 70\r\nAccept: application/sdp\r\nContent-Length: 0\r\n\r\n"
    )
}

/// Status and number of a final answer to a question with that tag.
pub(crate) fn answer(octets: &[u8], tag: u32) -> Option<(u16, u32)> {
    let text = std::str::from_utf8(octets.get(..octets.len().min(4096))?).ok()?;
    let mut lines = text.split("\r\n");
    let status: u16 = lines.next()?.strip_prefix("SIP/2.0 ")?.get(..3)?.parse().ok()?;
    let mark = format!("branch=z9hG4bKline{tag:08x}-");
    // The first Via is the one on top; long and short names of the header (§7.3.3).
    let via =
        lines.find(|l| l.get(..4).is_some_and(|n| n.eq_ignore_ascii_case("via:")) || l.starts_with("v:"))?;
    let digits = via.split_once(&mark)?.1;
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    (200..=699)
        .contains(&status)
        .then_some((status, digits[..end].parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_finds_its_question() {
        let (a, b) = ("127.0.0.1:5", "127.0.0.2:6");
        let asked = options(42, 0xbeef, a.parse().unwrap(), b.parse().unwrap());
        let reply = asked.replacen("OPTIONS sip:127.0.0.2:6 SIP/2.0", "SIP/2.0 503 Busy", 1);
        assert_eq!(answer(reply.as_bytes(), 0xbeef), Some((503, 42)));
        assert_eq!(answer(reply.as_bytes(), 0xbeee), None);
        assert_eq!(answer(asked.as_bytes(), 0xbeef), None);
    }

    proptest::proptest! {
        #[test]
        fn no_octets_panic(octets: Vec<u8>, text in "SIP/2.0 [0-9]{1,4}.{0,30}") {
            let _ = (answer(&octets, 1), answer(text.as_bytes(), 1));
        }
    }
}
