//! The header fields of a message, in the order they came.

/// Header fields. Names are kept in their long, canonical spelling, so look-ups need no case folding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

/// Long names by compact form (RFC 3261 §7.3.3 and the IANA registry).
const COMPACT: [(&str, &str); 15] = [
    ("a", "Accept-Contact"),
    ("b", "Referred-By"),
    ("c", "Content-Type"),
    ("e", "Content-Encoding"),
    ("f", "From"),
    ("i", "Call-ID"),
    ("k", "Supported"),
    ("l", "Content-Length"),
    ("m", "Contact"),
    ("o", "Event"),
    ("r", "Refer-To"),
    ("s", "Subject"),
    ("t", "To"),
    ("v", "Via"),
    ("x", "Session-Expires"),
];

/// Names whose spelling is not "each word with a capital".
const SPELLED: [&str; 7] = [
    "Call-ID",
    "CSeq",
    "MIME-Version",
    "Min-SE",
    "RAck",
    "RSeq",
    "WWW-Authenticate",
];

fn canonical(name: &str) -> String {
    if let Some((_, long)) = COMPACT.iter().find(|(c, _)| name.eq_ignore_ascii_case(c)) {
        return (*long).to_owned();
    }
    if let Some(s) = SPELLED.iter().find(|s| name.eq_ignore_ascii_case(s)) {
        return (*s).to_owned();
    }
    let mut upper = true;
    let fold = |c: char| {
        let out = if upper {
            c.to_ascii_uppercase()
        } else {
            c.to_ascii_lowercase()
        };
        upper = c == '-';
        out
    };
    name.chars().map(fold).collect()
}

impl Headers {
    /// Adds a field at the end.
    pub fn push(&mut self, name: &str, value: &str) {
        self.0.push((canonical(name), value.to_owned()));
    }

    /// Adds a field before all others: where a Via belongs.
    pub fn prepend(&mut self, name: &str, value: &str) {
        self.0.insert(0, (canonical(name), value.to_owned()));
    }

    /// Replaces every field of that name by one.
    pub fn set(&mut self, name: &str, value: &str) {
        self.remove(name);
        self.push(name, value);
    }

    /// Removes every field of that name.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(n, _)| n != name);
    }

    /// Replaces the first field of that name where it stands.
    pub fn replace_first(&mut self, name: &str, value: String) {
        if let Some(slot) = self.0.iter_mut().find(|(n, _)| n == name) {
            slot.1 = value;
        }
    }

    /// The first field of that (canonical) name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Every field line of that (canonical) name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }

    /// How many field lines have that name.
    #[must_use]
    pub fn count(&self, name: &str) -> usize {
        self.all(name).count()
    }

    /// Every value of a comma-separated header (RFC 3261 §7.3.1), over all its lines.
    #[must_use]
    pub fn list(&self, name: &str) -> Vec<String> {
        self.all(name).flat_map(split_list).collect()
    }

    /// Whether a comma-separated header names this token, in any case.
    #[must_use]
    pub fn has_token(&self, name: &str, token: &str) -> bool {
        self.list(name).iter().any(|v| v.eq_ignore_ascii_case(token))
    }

    /// Name and value of every field, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(n, v)| (n.as_str(), v.as_str()))
    }

    /// How many fields there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Splits at commas that stand neither in quotes nor in `<>`; empty items are left out.
#[must_use]
pub fn split_list(value: &str) -> Vec<String> {
    split_outside(value, ',')
        .into_iter()
        .map(str::trim)
        .filter(|s| !s.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Splits at a separator that stands neither in quotes nor in `<>`.
pub(crate) fn split_outside(value: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut start) = (Vec::new(), 0);
    let (mut quoted, mut escaped, mut angle) = (false, false, false);
    for (at, c) in value.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '<' if !quoted => angle = true,
            '>' if !quoted => angle = false,
            c if c == separator && !quoted && !angle => {
                parts.push(value.get(start..at).unwrap_or(""));
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(value.get(start..).unwrap_or(""));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_canonical() {
        for (given, want) in [
            ("i", "Call-ID"),
            ("cseq", "CSeq"),
            ("MaX-fOrWaRdS", "Max-Forwards"),
            ("v", "Via"),
        ] {
            assert_eq!(canonical(given), want);
        }
    }

    #[test]
    fn commas_in_quotes_and_angles_do_not_split() {
        assert_eq!(split_list(r#""a, b" <sip:x,y@h>, <sip:z@h>,, "#).len(), 2);
    }
}
