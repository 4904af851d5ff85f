//! Cursors of lists as texts: opaque, checked, and of one list only.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use biseo_store::{Cursor, Page};
use jiff::Timestamp;

use crate::problem::{Code, Fault, Problem};

/// The cursor after a row of a list.
pub(crate) fn text(list: &str, at: Timestamp, id: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{list}:{}:{id}", at.as_millisecond()))
}

fn read(list: &str, text: &str) -> Option<Cursor> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (at, id) = text.strip_prefix(list)?.strip_prefix(':')?.split_once(':')?;
    let fine = |c: char| c.is_ascii_alphanumeric() || "-_+".contains(c);
    (id.len() <= 64 && id.chars().all(fine)).then_some(())?;
    Some(Cursor {
        at: Timestamp::from_millisecond(at.parse().ok()?).ok()?,
        id: id.into(),
    })
}

/// The page that a query asks for. It asks for one row more than is shown, so that the last page is known as such.
pub(crate) fn page(list: &str, cursor: Option<&str>, limit: Option<u32>) -> Result<(Page, usize), Problem> {
    let limit = limit.unwrap_or(50);
    if !(1..=200).contains(&limit) {
        let fault = if limit == 0 {
            Fault::TooSmall
        } else {
            Fault::TooLarge
        };
        return Err(Problem::new(Code::Malformed).with("limit", fault));
    }
    let after = match cursor {
        Some(text) => Some(read(list, text).ok_or(Code::BadCursor)?),
        None => None,
    };
    let page = Page {
        after,
        limit: limit + 1,
    };
    Ok((page, limit as usize))
}

/// Cuts the row more off; gives the cursor for the next page if there is one.
pub(crate) fn cut<T>(rows: &mut Vec<T>, shown: usize, after: impl Fn(&T) -> String) -> Option<String> {
    let more = rows.len() > shown;
    rows.truncate(shown);
    rows.last().filter(|_| more).map(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_of_one_list() {
        let at = Timestamp::from_millisecond(1_795_000_000_123).unwrap();
        let text = text("calls", at, "018f-Ab_9");
        let back = read("calls", &text).unwrap();
        assert_eq!((back.at, back.id.as_str()), (at, "018f-Ab_9"));
        assert_eq!(read("audit", &text), None);
        for bad in [
            "",
            "x",
            "Y2FsbHM6MTp4' OR 1",
            &URL_SAFE_NO_PAD.encode("calls:1:a'b"),
        ] {
            assert_eq!(read("calls", bad), None, "{bad}");
        }
    }
}
