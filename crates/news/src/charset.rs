//! Octets to text: byte order mark, what the server says, what the document says of itself, and a guess between UTF-8 and EUC-KR.

use encoding_rs::{EUC_KR, Encoding, UTF_8};

/// In so many octets a document says what its letters are (HTML's own limit is 1024; old pages have scripts first).
const LOOK: usize = 4096;

/// Reads text. What cannot be read becomes U+FFFD; nothing is refused.
///
/// ```
/// // "한글" in EUC-KR, without a word about it.
/// assert_eq!(biseo_news::charset::decode(&[0xc7, 0xd1, 0xb1, 0xdb], None), "한글");
/// ```
pub fn decode(octets: &[u8], content_type: Option<&str>) -> String {
    if let Some((encoding, mark)) = Encoding::for_bom(octets) {
        return encoding
            .decode_without_bom_handling(&octets[mark..])
            .0
            .into_owned();
    }
    // Much of what is labelled otherwise is UTF-8: if it reads as such and has other than ASCII in it, it is.
    if std::str::from_utf8(octets).is_ok() && !octets.is_ascii() {
        return UTF_8.decode(octets).0.into_owned();
    }
    let said = content_type.and_then(label).or_else(|| declared(octets));
    let encoding = said.filter(|e| *e != UTF_8).unwrap_or_else(|| guess(octets));
    encoding.decode_without_bom_handling(octets).0.into_owned()
}

/// Of octets that are no UTF-8: EUC-KR if most of them read as such, else UTF-8 with some broken letters.
fn guess(octets: &[u8]) -> &'static Encoding {
    let broken = |e: &'static Encoding| {
        e.decode_without_bom_handling(octets)
            .0
            .matches('\u{fffd}')
            .count()
    };
    match broken(EUC_KR) < broken(UTF_8) {
        true => EUC_KR,
        false => UTF_8,
    }
}

/// `charset=…` of a header.
fn label(content_type: &str) -> Option<&'static Encoding> {
    let lower = content_type.to_ascii_lowercase();
    let (_, after) = lower.split_once("charset=")?;
    named(after)
}

/// `charset=` in a `meta`, `encoding=` in an XML declaration.
fn declared(octets: &[u8]) -> Option<&'static Encoding> {
    let start = String::from_utf8_lossy(&octets[..octets.len().min(LOOK)]).to_ascii_lowercase();
    let after = |word: &str| start.split_once(word).and_then(|(_, after)| named(after));
    let xml = start.starts_with("<?xml").then(|| after("encoding=")).flatten();
    xml.or_else(|| after("charset="))
}

fn named(after: &str) -> Option<&'static Encoding> {
    let name = after.trim_start_matches(['"', '\'', ' ']);
    let end = name
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
        .unwrap_or(name.len());
    Encoding::for_label(&name.as_bytes()[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn korean_is_read_however_it_is_written_and_labelled() {
        let text = "<html><meta charset=euc-kr><p>김치찌개 샵 똠방각하</p>";
        let old = EUC_KR.encode(text).0;
        for said in [
            None,
            Some("text/html"),
            Some("text/html; charset=\"EUC-KR\""),
            Some("text/html; charset=ks_c_5601-1987"),
            Some("text/html; charset=utf-8"),
            Some("text/html; charset=nonsense"),
        ] {
            assert_eq!(decode(&old, said), text, "{said:?}");
            assert_eq!(decode(text.as_bytes(), said), text, "{said:?}");
        }
        let unlabelled = EUC_KR.encode("<p>두 시에 문을 닫습니다</p>").0;
        assert_eq!(decode(&unlabelled, None), "<p>두 시에 문을 닫습니다</p>");
        let xml = "<?xml version=\"1.0\" encoding=\"euc-kr\"?><a>값</a>";
        assert_eq!(decode(&EUC_KR.encode(xml).0, None), xml);
    }

    #[test]
    fn marks_count_first_and_broken_utf8_stays_utf8() {
        assert_eq!(
            decode(b"\xef\xbb\xbf\xea\xb0\x80", Some("x; charset=euc-kr")),
            "가"
        );
        assert_eq!(decode(&[0xff, 0xfe, 0x00, 0xac], None), "가");
        let mut cut = "가격이 올랐다. 내렸다.".as_bytes().to_vec();
        cut.truncate(cut.len() - 3);
        assert!(decode(&cut, None).starts_with("가격이 올랐다."));
        assert_eq!(decode(b"", None), "");
    }
}
