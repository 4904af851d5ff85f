//! Lines of an input that may be anything: limited first, then taken for text.

use std::io::{BufRead, Read};

/// Longest line, in octets.
pub(crate) const LONGEST: usize = 1 << 20;

/// One line: its text without the line's end, or what is wrong with it.
pub(crate) type Line = Result<String, String>;

/// The next line; `None` at the end. Of a line that is too long the rest is passed over.
///
/// # Errors
/// When the input cannot be read.
pub(crate) fn next(input: &mut impl BufRead) -> std::io::Result<Option<Line>> {
    let mut octets = Vec::new();
    let limit = LONGEST as u64 + 1;
    if input.by_ref().take(limit).read_until(b'\n', &mut octets)? == 0 {
        return Ok(None);
    }
    if octets.last() == Some(&b'\n') {
        octets.pop();
        octets.pop_if(|c| *c == b'\r');
    } else if octets.len() > LONGEST {
        input.skip_until(b'\n')?;
        return Ok(Some(Err(format!("longer than {LONGEST} octets"))));
    }
    Ok(Some(
        String::from_utf8(octets).map_err(|_| "not UTF-8".to_string()),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_comes_is_told_line_by_line() {
        let long = "가".repeat(LONGEST / 3 + 1);
        let text = [b"a\r\n\n\xff\n".as_slice(), long.as_bytes(), b"\nlast"].concat();
        let mut input = text.as_slice();
        let mut all = Vec::new();
        while let Some(line) = next(&mut input).unwrap() {
            all.push(line);
        }
        let good: Vec<_> = all.iter().filter_map(|l| l.as_deref().ok()).collect();
        assert_eq!(good, ["a", "", "last"]);
        assert!(all[2].as_ref().unwrap_err().contains("UTF-8"));
        assert!(all[3].as_ref().unwrap_err().contains("longer"));
        assert_eq!(all.len(), 5);
    }
}
