//! A question of DNS (RFC 1035 §4.1) for an address, and what became of it.

/// A question for A of that name; `None` if the name has a label that is empty or longer than 63 octets.
pub(crate) fn question(id: u16, name: &str) -> Option<Vec<u8>> {
    let mut out = id.to_be_bytes().to_vec();
    // Recursion desired, one question.
    out.extend([1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    for label in name.trim_end_matches('.').split('.') {
        let length = u8::try_from(label.len()).ok().filter(|n| (1..=63).contains(n))?;
        out.push(length);
        out.extend(label.as_bytes());
    }
    out.extend([0, 0, 1, 0, 1]);
    (out.len() <= 512).then_some(out)
}

/// Id and response code of an answer.
pub(crate) fn answer(octets: &[u8]) -> Option<(u16, u8)> {
    let head = octets.get(..12)?;
    (head[2] & 0x80 != 0).then(|| (u16::from_be_bytes([head[0], head[1]]), head[3] & 0x0f))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_written_as_the_rfc_has_it() {
        let octets = question(0x1234, "kt.example.").unwrap();
        assert_eq!(&octets[..12], &[0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
        assert_eq!(&octets[12..], b"\x02kt\x07example\0\0\x01\0\x01");
        assert_eq!(question(1, "a..b"), None);
        assert_eq!(answer(&octets), None);
        let mut reply = octets;
        (reply[2], reply[3]) = (0x81, 0x82);
        assert_eq!(answer(&reply), Some((0x1234, 2)));
    }
}
