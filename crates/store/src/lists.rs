//! Lists by page: newest first, from where the page before ended.

use jiff::Timestamp;

use crate::StoreError;

/// The last row of a page: the next one begins after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// Its instant.
    pub at: Timestamp,
    /// Its id.
    pub id: String,
}

/// A page that is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Where the page before ended; none for the first.
    pub after: Option<Cursor>,
    /// How many rows at most, 1 to 201.
    pub limit: u32,
}

impl Page {
    /// The bounds as they stand in a query: rows before this one, and how many.
    pub(crate) fn bounds(&self) -> (i64, &str, i64) {
        let (at, id) = match &self.after {
            Some(c) => (c.at.as_millisecond(), c.id.as_str()),
            None => (i64::MAX, ""),
        };
        (at, id, i64::from(self.limit.clamp(1, 201)))
    }
}

/// What of a text that came from outside is stored: so many characters at most.
pub(crate) fn cut(text: &str, characters: usize) -> &str {
    text.char_indices()
        .nth(characters)
        .map_or(text, |(end, _)| &text[..end])
}

/// That a change met its row.
pub(crate) fn met(rows: u64, what: &str) -> Result<(), StoreError> {
    match rows {
        0 => Err(StoreError::Conflict(format!("there is no such {what}"))),
        _ => Ok(()),
    }
}
