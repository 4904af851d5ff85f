//! What can be told of markup without reading it into a tree: how deep it is, and the plain text of a short piece.

/// Elements that have no end, or whose end is often left out, so that they tell nothing of depth.
const ENDLESS: [&str; 31] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr", "p", "li", "dt", "dd", "td", "th", "tr", "option", "tbody", "thead", "tfoot", "colgroup", "html",
    "head", "body", "font", "center",
];

/// An upper guess of how deep elements lie in each other: what is opened less what is closed. `html`: elements without an end of their
/// own are not counted. Scripts and comments are not understood, which may make it more, seldom less.
pub(crate) fn deepest(text: &str, html: bool) -> usize {
    let (mut depth, mut most) = (0_usize, 0);
    for piece in text.split('<').skip(1) {
        if let Some(_end) = piece.strip_prefix('/') {
            let name = name(&piece[1..]);
            depth = depth.saturating_sub(usize::from(counts(name, html)));
            continue;
        }
        let own_end = !html && piece.split('>').next().is_some_and(|tag| tag.ends_with('/'));
        if counts(name(piece), html) && !own_end {
            depth += 1;
            most = most.max(depth);
        }
    }
    most
}

fn counts(name: &str, html: bool) -> bool {
    let element = name.starts_with(|c: char| c.is_ascii_alphabetic());
    element && !(html && ENDLESS.iter().any(|e| name.eq_ignore_ascii_case(e)))
}

fn name(tag: &str) -> &str {
    let end = tag
        .find(|c: char| !c.is_ascii_alphanumeric() && !"-_:.".contains(c))
        .unwrap_or(tag.len());
    &tag[..end]
}

/// Whether elements of a document that was read lie deeper in each other than `most`. [`deepest`] can be deceived, this cannot; but it needs
/// the document, which is costly to read if it is very deep.
pub(crate) fn deeper(document: &dom_query::Document, most: usize) -> bool {
    let root = document.root();
    let mut depth = std::collections::HashMap::from([(root.id, 0_usize)]);
    for node in root.descendants_it() {
        let above = node.parent().and_then(|p| depth.get(&p.id)).copied();
        let own = above.unwrap_or(0) + 1;
        if own > most {
            return true;
        }
        depth.insert(node.id, own);
    }
    false
}

/// The text of a short piece of HTML (a feed's title or summary), on one line.
pub(crate) fn plain(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return one_line(html);
    }
    if deepest(html, true) > crate::page::MOST_DEPTH {
        return String::new();
    }
    let document = dom_query::Document::from(html);
    if deeper(&document, crate::page::MOST_DEPTH) {
        return String::new();
    }
    document.select("script, style").remove();
    one_line(&document.text())
}

/// Spaces of all kinds to one, none at the ends; what has no width and what controls a terminal is dropped.
pub(crate) fn one_line(text: &str) -> String {
    let hidden = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let shown: String = text
        .chars()
        .filter(|c| !hidden(*c))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first so many letters.
pub(crate) fn clip(text: &str, most: usize) -> &str {
    text.char_indices()
        .nth(most)
        .map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_what_is_open_at_once() {
        assert_eq!(deepest("<div><b>a</b><i>b</i></div><p><p><p>", true), 2);
        assert_eq!(deepest(&"<div>".repeat(900), true), 900);
        assert_eq!(deepest("<a/><b/><c><d/></c>", false), 1);
        assert_eq!(deepest(&"<p>".repeat(50), false), 50);
        assert_eq!(deepest("a < b && c </x> </y>", true), 0);
    }

    #[test]
    fn text_of_a_piece_is_one_line() {
        assert_eq!(
            plain("<p>값이 <b>10%</b>\n올랐다 &amp; 내렸다</p><script>x()</script>"),
            "값이 10% 올랐다 & 내렸다"
        );
        assert_eq!(plain("a\u{202e}b\u{200b}c\u{7}d"), "abc d");
        assert_eq!(plain(&"<i>".repeat(100_000)), "");
        assert_eq!(clip("가나다", 2), "가나");
    }
}
