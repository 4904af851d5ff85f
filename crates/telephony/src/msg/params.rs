//! `;name=value` parameters, as headers and URIs have them.

use super::headers::split_outside;

/// Parameters in order; names compare without case, quotes are taken off values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, Option<String>)>);

impl Params {
    /// Reads `a=1;b="x";c` (without the leading separator). Empty items are skipped.
    #[must_use]
    pub fn parse(text: &str, separator: char) -> Self {
        let one = |item: &str| {
            let item = item.trim();
            match item.split_once('=') {
                _ if item.is_empty() => None,
                Some((n, v)) => Some((n.trim().to_owned(), Some(unquote(v.trim())))),
                None => Some((item.to_owned(), None)),
            }
        };
        Self(
            split_outside(text, separator)
                .into_iter()
                .filter_map(one)
                .collect(),
        )
    }

    /// The value of a parameter; a parameter without value gives an empty string.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v.as_deref().unwrap_or(""))
    }

    /// Whether the parameter is there.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Name and value of every parameter.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.0.iter().map(|(n, v)| (n.as_str(), v.as_deref()))
    }
}

/// Takes quotes and backslash escapes off a quoted string; other text is returned as it is.
pub(crate) fn unquote(text: &str) -> String {
    let Some(inner) = text.strip_prefix('"').map(|t| t.strip_suffix('"').unwrap_or(t)) else {
        return text.to_owned();
    };
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        out.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    out
}
