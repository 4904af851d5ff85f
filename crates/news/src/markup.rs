//! What can be told of markup without reading it into a tree: how deep it is, and the plain text of a short piece.

/// Elements that have no end, or whose end is often left out, so that they tell nothing of depth.
const ENDLESS: [&str; 31] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr", "p", "li", "dt", "dd", "td", "th", "tr", "option", "tbody", "thead", "tfoot", "colgroup", "html",
    "head", "body", "font", "center",
];
/// Elements that a parser opens again in each later paragraph until they are closed (WHATWG HTML, 13.2.4.3), but for `a`.
const FORMATTING: [&str; 13] = [
    "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
];
/// What is kept of a link: enough to tell furniture by. Each is copied into every later paragraph if the link is not closed.
const OF_LINKS: [&str; 3] = ["href", "class", "id"];
/// Longer values of a link are left out.
const MOST_VALUE: usize = 2048;
/// Attributes of one tag at most.
pub(crate) const MOST_WIDTH: usize = 10_000;
/// Tags of a short piece at most.
const MOST_TAGS: usize = 2000;

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

/// At least as many as the most attributes of one tag: parsers compare each with all before it. What comes behind a quote is counted both
/// as if it were within a value and as if it were not, wherever that cannot be told without reading comments and scripts.
pub(crate) fn widest(text: &str) -> usize {
    // Attributes of a tag that may be open here: outside of quotes, within ", within '.
    let (mut bare, mut quoted) = (None::<usize>, [None::<usize>; 2]);
    let (mut most, mut last, mut apart) = (0, b' ', false);
    for octet in text.bytes() {
        let space = octet.is_ascii_whitespace();
        match octet {
            b'<' => bare = bare.or(Some(0)),
            b'>' => bare = None,
            b'"' | b'\'' => {
                let value = &mut quoted[usize::from(octet == b'\'')];
                let ended = value.map(|n| n + 1);
                *value = bare.filter(|_| last == b'=');
                bare = bare.max(ended);
            }
            _ if (space || octet == b'/') && !apart => bare = bare.map(|n| n + 1),
            _ => {}
        }
        apart = space || octet == b'/';
        last = if space { last } else { octet };
        most = most.max(bare.unwrap_or(0));
    }
    most
}

/// HTML that cannot grow while it is parsed. Each distinct formatting element that is never closed comes again in every later paragraph:
/// a thousand of them and a thousand paragraphs make a million elements. So they become `q`, which is the same to whoever wants the text,
/// is never opened again, and has no longer name where a `<b>` is text, as in a title. Links stay, as a parser keeps one open at most, with few attributes.
pub(crate) fn tame(html: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(html.len()), html);
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..=at]);
        rest = tamed(&rest[at + 1..], &mut out);
    }
    out.push_str(rest);
    out
}

/// Writes what a tag's name is to be, of a link its attributes too; gives what comes behind. Only names change, and only where they
/// begin a tag, so that nothing that was none becomes a tag.
fn tamed<'a>(tag: &'a str, out: &mut String) -> &'a str {
    let (slash, inner) = tag.strip_prefix('/').map_or(("", tag), |inner| ("/", inner));
    // What goes on behind a `<` is looked at again: the first may begin nothing.
    let ends = |c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>' | '<');
    let (name, rest) = inner.split_at(inner.find(ends).unwrap_or(inner.len()));
    out.push_str(slash);
    if FORMATTING.iter().any(|f| name.eq_ignore_ascii_case(f)) {
        out.push('q');
        return rest;
    }
    out.push_str(name);
    match slash.is_empty() && name.eq_ignore_ascii_case("a") {
        true => link(rest, out),
        false => rest,
    }
}

/// Writes a link's attributes as far as they are kept, and its end.
fn link<'a>(mut rest: &'a str, out: &mut String) -> &'a str {
    let mut kept = [false; OF_LINKS.len()];
    loop {
        let start = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if start.is_empty() {
            return start;
        }
        if let Some(behind) = start.strip_prefix('>') {
            let closed = rest[..rest.len() - start.len()].ends_with('/');
            out.push_str(if closed { "/>" } else { ">" });
            return behind;
        }
        let (name, value, behind) = attribute(start);
        let known = OF_LINKS.iter().position(|k| name.eq_ignore_ascii_case(k));
        let known = known.filter(|_| value.len() <= MOST_VALUE);
        if let Some(i) = known.filter(|i| !std::mem::replace(&mut kept[*i], true)) {
            let quote = if value.contains('"') { '\'' } else { '"' };
            // This may stand in a comment that ends within the value.
            let value = value.replace('<', "&lt;");
            out.push_str(&format!(" {}={quote}{value}{quote}", OF_LINKS[i]));
        }
        rest = behind;
    }
}

/// The first attribute (WHATWG HTML, 13.2.5.32 to 13.2.5.39): its name, its value and what comes behind. A value with both quotes,
/// which only one without quotes of its own can have, is none.
fn attribute(text: &str) -> (&str, &str, &str) {
    let space = |c: char| c.is_ascii_whitespace();
    // Its first letter is of the name whatever it is.
    let first = text.chars().next().map_or(0, char::len_utf8);
    let ends = |c: char| space(c) || matches!(c, '/' | '>' | '=');
    let end = text[first..].find(ends).map_or(text.len(), |i| first + i);
    let (name, rest) = text.split_at(end);
    let Some(given) = rest.trim_start_matches(space).strip_prefix('=') else {
        return (name, "", rest);
    };
    let given = given.trim_start_matches(space);
    for quote in ['"', '\''] {
        if let Some(value) = given.strip_prefix(quote) {
            let end = value.find(quote).unwrap_or(value.len());
            return (name, &value[..end], value.get(end + 1..).unwrap_or_default());
        }
    }
    let end = given.find(|c: char| space(c) || c == '>').unwrap_or(given.len());
    let value = &given[..end];
    let both = value.contains('"') && value.contains('\'');
    (name, if both { "" } else { value }, &given[end..])
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

/// The text of a short piece of HTML (a feed's title or summary), on one line. Nothing if it has more tags than a short piece has.
pub(crate) fn plain(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return one_line(html);
    }
    if html.matches('<').count() > MOST_TAGS
        || widest(html) > MOST_WIDTH
        || deepest(html, true) > crate::page::MOST_DEPTH
    {
        return String::new();
    }
    let document = dom_query::Document::from(tame(html));
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
    fn what_is_never_closed_does_not_come_again_in_each_paragraph() {
        let many = |tag: &str| {
            (0..300)
                .map(|i| tag.replace('#', &i.to_string()))
                .collect::<String>()
        };
        let names = ["font", "FONT", "b", "code", "nobr", "tt"].map(|f| many(&format!("<{f} a=#>")));
        let links = [
            "<a a# href=x>",
            "<a/b=# class=\"a>b\">",
            "<A\thref=# id='<a \">'>",
        ]
        .map(many);
        let wide = format!("<a {}>", many("a# "));
        for opened in names.iter().chain(&links).chain([&wide]) {
            let html = format!("<p>{opened}</p>{}", "<p>x</p>".repeat(300));
            let document = dom_query::Document::from(tame(&html));
            let root = document.root();
            let all: usize = root.descendants_it().map(|n| 1 + n.attrs().len()).sum();
            assert!(all <= 3 * html.matches('<').count(), "{all} of {opened:.30}");
        }
    }

    #[test]
    fn what_is_tamed_says_the_same() {
        for (html, tamed) in [
            (
                "<p>a<B class=x>b</B><br/><strong\n>c</strong></p>",
                "<p>a<q class=x>b</q><br/><q\n>c</q></p>",
            ),
            (
                "<a target=_blank HREF='/a?b=\"c\"' onclick=\"x>y\" >z</a>",
                "<a href='/a?b=\"c\"'>z</a>",
            ),
            (
                "<a href=/1/ class = 'b c' class=d/>",
                "<a href=\"/1/\" class=\"b c\">",
            ),
            ("<a href=\"&amp;>\" id/>", "<a href=\"&amp;>\" id=\"\"/>"),
            (&format!("<a id={} id=b>", "x".repeat(2049)), "<a id=\"b\">"),
            ("<a", "<a"),
            ("<a href=\"x", "<a href=\"x\""),
            (
                "a < b <abbr> <blockquote> <fo<font>",
                "a < b <abbr> <blockquote> <fo<q>",
            ),
        ] {
            assert_eq!(tame(html), tamed);
        }
    }

    #[test]
    fn nothing_hides_how_many_attributes_a_tag_has() {
        let many = |one: &str| {
            (0..500)
                .map(|i| one.replace('#', &i.to_string()))
                .collect::<String>()
        };
        for (before, one, behind) in [
            ("<p ", "a# ", ">"),
            ("<p", "/a#", ">"),
            ("<p ", "a#='>'b#=\">\"", ">"),
            ("<!-- <x a=\" --><p ", "a# ", ">"),
            ("<p v=\"<b=\" ", "a# ", ">"),
            ("<p =\" ", "a# ", "\">"),
            ("<title><x y='</title><p v = '<z w= \"' ", "a# ", ">"),
        ] {
            let html = format!("{before}{}{behind}", many(one));
            assert!(widest(&html) >= 500, "{before}");
        }
        let said = format!(
            "<p class=\"a b\" alt='c'>{}</p>",
            "\"말\" / 'b' = \"c d\" ".repeat(500)
        );
        assert!(widest(&said) <= 4);
        assert_eq!(plain(&format!("<p {}>a", "b ".repeat(MOST_WIDTH + 1))), "");
    }

    proptest::proptest! {
        /// No element has more attributes than are counted before it is read. (Those of `html` and `body` come from several tags.)
        #[test]
        fn a_tag_has_no_more_attributes_than_are_counted(pieces in proptest::collection::vec(proptest::sample::select(vec![
            "<p ", "<x", " a", " b=c", "/d", " e=\"", " f='", "\"", "'", "=", ">", "<", "<!--", "-->", "g", " h = ", "i", "<title>", "</title>", " j", " k='l'",
            "<script ", "</script>", "\n", " m=\"n\"o", "<textarea ", "</textarea>",
        ]), 0..60)) {
            let html = pieces.concat();
            let (counted, document) = (widest(&html), dom_query::Document::from(html.as_str()));
            for node in document.root().descendants_it() {
                let name = node.node_name().unwrap_or_default().to_string();
                let merged = matches!(name.as_str(), "html" | "body");
                proptest::prop_assert!(merged || node.attrs().len() <= counted, "{name} of {html}");
            }
        }

        /// Whatever hides them, a parser finds no formatting elements, and no link with more than is kept.
        #[test]
        fn nothing_hides_from_taming(pieces in proptest::collection::vec(proptest::sample::select(vec![
            "<font a=1>", "<<b c>", "<!--", "-->", "<a href=\"", "<a href='x'y", "'", "\"", ">", "<", "/", "=", "<i", "<FONT\n", "x", " ", "<svg>", "</b>",
            "<title>", "</title>", "<p>", "<table>", "<?", "</", "<a", "<a b c d href=1 e>", "<3", "\u{0}", "&lt;b 1&gt;", "<![CDATA[", "]]>", "<code/>",
        ]), 0..40)) {
            let html = pieces.concat();
            let document = dom_query::Document::from(tame(&html));
            for node in document.root().descendants_it() {
                let name = node.node_name().unwrap_or_default().to_string();
                proptest::prop_assert!(!FORMATTING.contains(&name.as_str()), "{name} of {html}");
                proptest::prop_assert!(name != "a" || node.attrs().len() <= OF_LINKS.len(), "{html}");
            }
        }
    }

    #[test]
    fn text_of_a_piece_is_one_line() {
        assert_eq!(
            plain("<p>값이 <b>10%</b>\n올랐다 &amp; 내렸다</p><script>x()</script>"),
            "값이 10% 올랐다 & 내렸다"
        );
        assert_eq!(plain("a\u{202e}b\u{200b}c\u{7}d"), "abc d");
        assert_eq!(plain(&"<i>".repeat(100_000)), "");
        assert_eq!(plain(&format!("{}a", "<br>".repeat(2000))), "a");
        assert_eq!(plain(&format!("{}a", "<br>".repeat(2001))), "");
        assert_eq!(clip("가나다", 2), "가나");
    }
}
