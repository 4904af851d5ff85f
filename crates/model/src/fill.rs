//! Texts with placeholders, filled in.

/// Fills in what stands in braces, from left to right, so that braces within a value stay as they are. A name for which there is no value
/// stays as well, braces included.
///
/// ```
/// use biseo_model::fill::fill;
/// let value = |name: &str| (name == "count").then_some("{4}");
/// assert_eq!(fill("{count}명, {other} {", value), "{4}명, {other} {");
/// ```
#[must_use]
pub fn fill<'a>(pattern: &str, value: impl Fn(&str) -> Option<&'a str>) -> String {
    let (mut out, mut rest) = (String::with_capacity(pattern.len() * 2), pattern);
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, behind)) = after.split_once('}') else {
            break;
        };
        out.push_str(before);
        match value(name) {
            Some(value) => out.push_str(value),
            None => out.extend(["{", name, "}"]),
        }
        rest = behind;
    }
    out + rest
}
