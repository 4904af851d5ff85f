//! The digest as an e-mail: HTML without tables or a style sheet, and the same as text.

use std::fmt::Write as _;

use crate::html::{escape, linked, records};
use crate::page::{Line, Page, web};

/// A mail's parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The subject, on one line.
    pub subject: String,
    /// The text alternative.
    pub text: String,
    /// The HTML alternative.
    pub html: String,
}

const BODY: &str = "margin:0;padding:16px;font-family:-apple-system,'Apple SD Gothic Neo','Malgun Gothic',sans-serif;\
                    font-size:17px;line-height:1.55;color:#1c2126;background:#ffffff";
const CALL: &str = "display:inline-block;padding:6px 14px;border-radius:18px;background:#0b6e4f;color:#ffffff;\
                    text-decoration:none;font-weight:bold";

/// The mail.
pub fn mail(page: &Page) -> Mail {
    Mail {
        subject: escape_line(&page.subject),
        text: text(page),
        html: html(page),
    }
}

/// A header's line: no line breaks or control characters.
fn escape_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

fn text(page: &Page) -> String {
    let mut out = format!("{}\n{} · {}\n", page.title, page.span, page.reading);
    if let Some(address) = web(&page.links.page) {
        let _ = writeln!(out, "{address}");
    }
    out.push('\n');
    for card in &page.cards {
        let note = if card.note.is_empty() {
            String::new()
        } else {
            format!(" ({})", card.note)
        };
        let _ = writeln!(out, "{}: {}{note}", card.label, card.value);
    }
    for section in &page.sections {
        let _ = write!(out, "\n■ {}\n", section.title);
        if !section.note.is_empty() {
            let _ = writeln!(out, "{}", section.note);
        }
        for line in &section.lines {
            let _ = writeln!(out, "- {}", text_line(page, line));
        }
        if let Some((more, address)) = &section.more {
            let address = web(address).map(|address| format!(": {address}"));
            let _ = writeln!(out, "  {more}{}", address.unwrap_or_default());
        }
    }
    out
}

fn text_line(page: &Page, line: &Line) -> String {
    let due = line.due.as_ref().map(|d| format!("[{d}]"));
    let lead = (!line.lead.is_empty()).then(|| line.lead.clone());
    let words = line.text.iter().map(|s| match s.link.as_deref().and_then(web) {
        Some(address) => format!("{} <{address}>", s.text),
        None => s.text.clone(),
    });
    let quote = line.quote.as_ref().map(|q| format!("“{q}”"));
    let call = line
        .call
        .as_ref()
        .map(|n| format!("{} {}", page.labels.call, n.grouped()));
    let parts: Vec<String> = due
        .into_iter()
        .chain(lead)
        .chain(words)
        .chain(quote)
        .chain(call)
        .collect();
    parts.join(" ").replace(['\r', '\n'], " ")
}

fn html(page: &Page) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{}</title></head>\n<body style=\"{BODY}\">\n\
         <h1 style=\"font-size:22px;margin:0\">{}</h1>\n<p style=\"margin:4px 0 16px;color:#5b6670\">{} · {}{}</p>\n",
        page.language.tag(),
        escape(&page.subject),
        escape(&page.title),
        escape(&page.span),
        escape(&page.reading),
        sources(page)
    );
    for card in &page.cards {
        let _ = writeln!(
            out,
            "<p style=\"margin:2px 0\">{} <b>{}</b> <span style=\"color:#5b6670\">{}</span></p>",
            escape(&card.label),
            escape(&card.value),
            escape(&card.note)
        );
    }
    sections(&mut out, page);
    out.push_str("</body></html>\n");
    out
}

/// The link to the page itself, if it has an address.
fn sources(page: &Page) -> String {
    let address = web(&page.links.page);
    let link = |address: String| {
        let (address, words) = (escape(&address), escape(&page.labels.sources));
        format!(" · <a href=\"{address}\">{words}</a>")
    };
    address.map_or_else(String::new, link)
}

fn sections(out: &mut String, page: &Page) {
    for section in &page.sections {
        let title = escape(&section.title);
        let _ = writeln!(out, "<h2 style=\"font-size:18px;margin:22px 0 6px\">{title}</h2>");
        if !section.note.is_empty() {
            let _ = writeln!(
                out,
                "<p style=\"margin:0 0 6px;color:#5b6670\">{}</p>",
                escape(&section.note)
            );
        }
        for line in &section.lines {
            html_line(out, page, line);
        }
        if let Some((more, address)) = &section.more {
            let more = linked(Some(address), more);
            let _ = writeln!(out, "<p style=\"margin:6px 0\">{more}</p>");
        }
    }
}

fn html_line(out: &mut String, page: &Page, line: &Line) {
    out.push_str("<p style=\"margin:6px 0\">");
    if let Some(due) = &line.due {
        let _ = write!(out, "<span style=\"color:#b3261e\">{}</span> ", escape(due));
    }
    let _ = write!(out, "<b>{}</b> ", escape(&line.lead));
    for span in &line.text {
        out.push_str(&linked(span.link.as_deref(), &span.text));
        out.push(' ');
    }
    if let Some(quote) = &line.quote {
        let _ = write!(out, "“{}” ", escape(quote));
    }
    for (address, label) in records(page, line) {
        let _ = write!(out, "<a style=\"color:#5b6670\" href=\"{address}\">{label}</a> ");
    }
    if let Some(number) = &line.call {
        let label = escape(&page.labels.call);
        let (digits, shown) = (escape(number.as_str()), escape(&number.grouped()));
        let _ = write!(
            out,
            "<a style=\"{CALL}\" href=\"tel:{digits}\">{label} {shown}</a>"
        );
    }
    out.push_str("</p>\n");
}
