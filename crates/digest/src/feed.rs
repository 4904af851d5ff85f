//! Digests as an Atom feed (RFC 4287).

use std::fmt::Write as _;

use crate::html::{self, escape};
use crate::page::Page;

/// What a feed says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// A permanent IRI, such as the feed's own address (RFC 4287 §4.2.6).
    pub id: String,
    /// The feed's address.
    pub address: String,
    /// Its title.
    pub title: String,
    /// Who writes: the shop's name (§4.1.1 asks for an author).
    pub author: String,
}

/// The feed, the newest page first whatever their order. Without pages it was last changed in 1970.
pub fn atom(head: &Head, pages: &[&Page]) -> String {
    let mut pages = pages.to_vec();
    pages.sort_by_key(|p| std::cmp::Reverse(p.made));
    let updated = pages.first().map(|p| p.made).unwrap_or_default();
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<id>{}</id>\n\
         <title>{}</title>\n<updated>{updated}</updated>\n<link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/>\n\
         <author><name>{}</name></author>\n",
        escape(&head.id),
        escape(&head.title),
        escape(&head.address),
        escape(&head.author)
    );
    for page in pages {
        entry(&mut out, page);
    }
    out.push_str("</feed>\n");
    out
}

/// An entry's id is the page's own address, which does not change.
fn entry(out: &mut String, page: &Page) {
    let mut body = String::new();
    html::body(&mut body, page);
    let address = escape(&page.links.page);
    let _ = write!(
        out,
        "<entry xml:lang=\"{}\">\n<id>{address}</id>\n<title>{}</title>\n<updated>{}</updated>\n\
         <link rel=\"alternate\" type=\"text/html\" href=\"{address}\"/>\n<summary>{}</summary>\n<content type=\"html\">{}</content>\n</entry>\n",
        page.language.tag(),
        escape(&page.subject),
        page.made,
        escape(&format!("{} · {}", page.span, page.reading)),
        escape(&body)
    );
}
