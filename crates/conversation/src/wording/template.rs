//! A sentence with places for values: `{name|을/를} 취소할까요?`, `[{party} ]예약`.

use std::collections::BTreeMap;

use super::particle::particle;

/// The values for a template's places.
pub type Values = BTreeMap<&'static str, String>;

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Text(String),
    /// A value, and the particle after it.
    Place {
        name: String,
        particle: Option<String>,
    },
    /// Left out if one of its values is missing or empty.
    Optional(Vec<Part>),
}

/// A sentence with places for values.
#[derive(Debug, Clone, PartialEq)]
pub struct Template(Vec<Part>);

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut rest = text;
        let parts = parse_parts(&mut rest, false)?;
        Ok(Self(parts))
    }

    /// The sentence. A missing value leaves nothing.
    pub fn fill(&self, values: &Values) -> String {
        let mut out = String::new();
        fill(&self.0, values, &mut out);
        out
    }

    /// The names of its places.
    pub fn places(&self) -> Vec<&str> {
        let mut names = Vec::new();
        places(&self.0, &mut names);
        names
    }
}

/// As it was written.
impl std::fmt::Display for Template {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        show(&self.0, f)
    }
}

fn show(parts: &[Part], f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    parts.iter().try_for_each(|part| match part {
        Part::Text(text) => f.write_str(text),
        Part::Place { name, particle: None } => write!(f, "{{{name}}}"),
        Part::Place {
            name,
            particle: Some(pair),
        } => write!(f, "{{{name}|{pair}}}"),
        Part::Optional(inner) => {
            f.write_str("[")?;
            show(inner, f)?;
            f.write_str("]")
        }
    })
}

fn parse_parts(rest: &mut &str, nested: bool) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    while let Some(at) = rest.find(['{', '[', ']']) {
        if at > 0 {
            parts.push(Part::Text(rest[..at].to_string()));
        }
        let sign = rest.as_bytes()[at];
        *rest = &rest[at + 1..];
        match sign {
            b'{' => parts.push(parse_place(rest)?),
            b'[' if !nested => parts.push(Part::Optional(parse_parts(rest, true)?)),
            b']' if nested => return Ok(parts),
            _ => return Err("a [ or ] without its other half".into()),
        }
    }
    if nested {
        return Err("a [ without ]".into());
    }
    if !rest.is_empty() {
        parts.push(Part::Text((*rest).to_string()));
    }
    Ok(parts)
}

fn parse_place(rest: &mut &str) -> Result<Part, String> {
    let (inside, after) = rest.split_once('}').ok_or("a { without }")?;
    *rest = after;
    let (name, particle) = match inside.split_once('|') {
        Some((name, pair)) => (name, Some(pair.to_string())),
        None => (inside, None),
    };
    if name.is_empty()
        || !name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b == b'_' || b.is_ascii_digit())
    {
        return Err(format!(
            "{{{inside}}} is no place: write {{name}} or {{name|을/를}}"
        ));
    }
    Ok(Part::Place {
        name: name.to_string(),
        particle,
    })
}

fn value<'a>(values: &'a Values, name: &str) -> Option<&'a str> {
    values.get(name).map(String::as_str).filter(|v| !v.is_empty())
}

fn fill(parts: &[Part], values: &Values, out: &mut String) {
    for part in parts {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Place { name, particle: pair } => {
                let word = value(values, name).unwrap_or_default();
                out.push_str(word);
                out.push_str(pair.as_deref().map_or("", |pair| particle(word, pair)));
            }
            Part::Optional(inner) => {
                let mut needed = Vec::new();
                places(inner, &mut needed);
                if needed.iter().all(|n| value(values, n).is_some()) {
                    fill(inner, values, out);
                }
            }
        }
    }
}

fn places<'a>(parts: &'a [Part], names: &mut Vec<&'a str>) {
    for part in parts {
        match part {
            Part::Text(_) => {}
            Part::Place { name, .. } => names.push(name),
            Part::Optional(inner) => places(inner, names),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_and_leaves_out() {
        let t = Template::parse("{when}[ {party}], {name|으로/로} 할게요").unwrap();
        let mut v = Values::from([("when", "내일".into()), ("name", "김민수".into())]);
        assert_eq!(t.fill(&v), "내일, 김민수로 할게요");
        v.insert("party", "4명".into());
        assert_eq!(t.fill(&v), "내일 4명, 김민수로 할게요");
        assert_eq!(t.places(), ["when", "party", "name"]);
        assert_eq!(t.to_string(), "{when}[ {party}], {name|으로/로} 할게요");
    }

    #[test]
    fn refuses_what_is_open() {
        for bad in ["{a", "[a", "a]", "{A}", "{}", "[[a]]"] {
            assert!(Template::parse(bad).is_err(), "{bad}");
        }
    }
}
