//! The digest as a web page: no script, readable without its style sheet, letters of five sizes.

use std::fmt::Write as _;

use crate::page::{Line, Page, Section, web};

/// The style sheet: light and dark, five sizes by the classes `size-1` to `size-5` of the root element.
pub const STYLE: &str = include_str!("style.css");

/// Where the page's style comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dress<'a> {
    /// From this address, under which [`STYLE`] is served.
    Linked(&'a str),
    /// From the page itself: for a file that stands alone.
    Within,
}

/// The page. `size` is 1 to 5, 3 the usual one; other values mean the nearest.
pub fn page(page: &Page, size: u8, dress: Dress<'_>) -> String {
    let mut out = String::with_capacity(16 * 1024);
    let (lang, size) = (page.language.tag(), size.clamp(1, 5));
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"{lang}\" class=\"size-{size}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"format-detection\" content=\"telephone=no\">\n\
         <title>{} · {}</title>\n",
        escape(&page.title),
        escape(&page.span)
    );
    match dress {
        Dress::Linked(address) => {
            let _ = writeln!(out, "<link rel=\"stylesheet\" href=\"{}\">", escape(address));
        }
        Dress::Within => {
            let _ = writeln!(out, "<style>\n{STYLE}</style>");
        }
    }
    out.push_str("</head>\n<body>\n<main class=\"digest\">\n");
    head(&mut out, page, size);
    body(&mut out, page);
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn head(out: &mut String, page: &Page, size: u8) {
    let _ = write!(
        out,
        "<header>\n<h1>{}</h1>\n<p class=\"span\">{} · {}</p>\n<nav class=\"sizes\" aria-label=\"{}\">",
        escape(&page.title),
        escape(&page.span),
        escape(&page.reading),
        escape(&page.labels.size)
    );
    for n in 1..=5 {
        let here = if n == size { " aria-current=\"true\"" } else { "" };
        let (label, letter) = (escape(&page.labels.size), escape(&page.labels.size_letter));
        let _ = write!(
            out,
            "<a class=\"s{n}\" href=\"?size={n}\" aria-label=\"{label} {n}\"{here}>{letter}</a> "
        );
    }
    out.push_str("</nav>\n</header>\n");
}

/// Glance card and sections, as they also stand in feeds.
pub(crate) fn body(out: &mut String, page: &Page) {
    out.push_str("<dl class=\"glance\">\n");
    for card in &page.cards {
        let _ = writeln!(
            out,
            "<div><dt>{}</dt><dd><b>{}</b> <span class=\"note\">{}</span></dd></div>",
            escape(&card.label),
            escape(&card.value),
            escape(&card.note)
        );
    }
    out.push_str("</dl>\n");
    for part in &page.sections {
        section(out, page, part);
    }
}

fn section(out: &mut String, page: &Page, section: &Section) {
    let (id, empty) = (section.kind.id(), section.lines.is_empty() && section.folded == 0);
    let class = if empty { " empty" } else { "" };
    let _ = write!(
        out,
        "<section id=\"{id}\" class=\"{id}{class}\">\n<h2>{}</h2>\n",
        escape(&section.title)
    );
    if !section.note.is_empty() {
        let _ = writeln!(out, "<p class=\"note\">{}</p>", escape(&section.note));
    }
    if !section.lines.is_empty() {
        out.push_str("<ul>\n");
        for each in &section.lines {
            line(out, page, each);
        }
        out.push_str("</ul>\n");
    }
    if let Some((text, address)) = &section.more {
        let _ = writeln!(
            out,
            "<p class=\"more\"><a href=\"{}\">{}</a></p>",
            escape(address),
            escape(text)
        );
    }
    out.push_str("</section>\n");
}

fn line(out: &mut String, page: &Page, line: &Line) {
    let _ = write!(out, "<li{}>", if line.grave { " class=\"grave\"" } else { "" });
    out.push_str("<div class=\"what\">");
    if let Some(due) = &line.due {
        let _ = write!(out, "<span class=\"due\">{}</span> ", escape(due));
    }
    if !line.lead.is_empty() {
        let _ = write!(out, "<b>{}</b> ", escape(&line.lead));
    }
    for span in &line.text {
        out.push_str(&linked(span.link.as_deref(), &span.text));
        out.push(' ');
    }
    record(out, page, line);
    if let Some(quote) = &line.quote {
        let _ = write!(out, "<q>{}</q> ", escape(quote));
    }
    out.push_str("</div>");
    if let Some(number) = &line.call {
        let (digits, shown) = (escape(number.as_str()), escape(&number.grouped()));
        let label = escape(&page.labels.call);
        let _ = write!(
            out,
            " <a class=\"call\" href=\"tel:{digits}\"><span>{label}</span> <span class=\"number\">{shown}</span></a>"
        );
    }
    out.push_str("</li>\n");
}

/// Links to the records; one whose label is a number is read aloud with what it is.
fn record(out: &mut String, page: &Page, line: &Line) {
    let what = escape(&page.labels.sources);
    for (n, (address, label)) in records(page, line).into_iter().enumerate() {
        let aloud = match n {
            0 => String::new(),
            _ => format!(" aria-label=\"{what} {label}\""),
        };
        let _ = write!(out, "<a class=\"source\" href=\"{address}\"{aloud}>{label}</a> ");
    }
}

/// Addresses and labels of a line's records, ready to be written; from the second on, the label is a number. None for news,
/// which link sentence by sentence.
pub(crate) fn records(page: &Page, line: &Line) -> Vec<(String, String)> {
    if line.text.iter().any(|s| s.link.is_some()) {
        return Vec::new();
    }
    let label = |n: usize| match n {
        0 => escape(&page.labels.sources),
        n => (n + 1).to_string(),
    };
    let all = page.links.of_all(&line.sources);
    all.iter()
        .enumerate()
        .map(|(n, address)| (escape(address), label(n)))
        .collect()
}

pub(crate) fn linked(address: Option<&str>, text: &str) -> String {
    match address.and_then(web) {
        Some(address) => {
            format!(
                "<a rel=\"noopener noreferrer\" href=\"{}\">{}</a>",
                escape(&address),
                escape(text)
            )
        }
        None => escape(text),
    }
}

/// Text as it may stand in HTML and XML, in elements and in quoted attributes. Characters that XML does not have are left out.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            // Marks that turn the direction of writing could show an address as another.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            c => out.push(c),
        }
    }
    out
}
