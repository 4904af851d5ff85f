//! Articles out of web pages: furniture is taken away, what a library takes for the article is kept, what is Korean newspapers' own
//! furniture is taken out of that, and a page with several stories becomes several.

mod block;
mod bundle;
mod clean;
mod prune;

use dom_query::Document;
use dom_smoothie::{Config, Readability};

use crate::markup::{MOST_WIDTH, clip, deeper, deepest, one_line, tame, widest};
use block::Block;

/// Octets of a page at most (of text, after decompression).
pub const MOST_OCTETS: usize = 2 * 1024 * 1024;
/// Elements in each other at most: 100 are rare on pages that people wrote.
pub(crate) const MOST_DEPTH: usize = 400;
/// Elements of one page at most.
const MOST_ELEMENTS: usize = 20_000;
/// Letters of an article at most; more is no article.
const MOST_LETTERS: usize = 60_000;
const MOST_TITLE: usize = 300;
/// Fewer letters are no article.
const LEAST_LETTERS: usize = 15;

/// What a page tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its title without the site's name.
    pub title: String,
    /// The site's name, if the page tells it.
    pub site: Option<String>,
    /// What stands before the first of several stories.
    pub lead: Vec<String>,
    /// Its stories: one, with the page's title, or one for each heading with ◆, ■, ▶, ◇ or ●.
    pub stories: Vec<Part>,
}

/// A story of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its heading.
    pub title: String,
    /// Its text: paragraphs, items of lists, rows of tables (cells with a space between them).
    pub paragraphs: Vec<String>,
}

/// Why there is no article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// Longer, deeper or with more elements or attributes than is read.
    #[error("the page is larger than is read")]
    Large,
    /// Nothing on it reads like an article.
    #[error("no article on the page")]
    Empty,
}

impl Page {
    /// Finds the article of a page.
    ///
    /// # Errors
    /// [`PageError`].
    pub fn read(html: &str) -> Result<Self, PageError> {
        if html.len() > MOST_OCTETS
            || html.matches('<').count() > 2 * MOST_ELEMENTS
            || deepest(html, true) > MOST_DEPTH
            || widest(html) > MOST_WIDTH
        {
            return Err(PageError::Large);
        }
        let html = tame(html);
        let document = Document::from(html.as_str());
        if deeper(&document, MOST_DEPTH) {
            return Err(PageError::Large);
        }
        let (title, site) = names(&document);
        prune::prune(&document);
        let blocks = match prune::container(&document) {
            Some(known) => block::blocks(&known),
            None => readable(document, &html).ok_or(PageError::Empty)?,
        };
        let blocks = clean::clean(blocks, &title);
        let letters: usize = blocks.iter().map(|b| b.text.chars().count()).sum();
        match letters {
            0..LEAST_LETTERS => Err(PageError::Empty),
            _ => Ok(bundle::parts(title, site, within(blocks))),
        }
    }

    /// All its text, a paragraph a line, stories' headings included.
    #[must_use]
    pub fn text(&self) -> String {
        let mut lines: Vec<&str> = self.lead.iter().map(String::as_str).collect();
        for story in &self.stories {
            if self.stories.len() > 1 {
                lines.push(&story.title);
            }
            lines.extend(story.paragraphs.iter().map(String::as_str));
        }
        lines.join("\n")
    }
}

/// What the library finds; if it finds nothing, all that is left of the page's body. `html` is tame.
fn readable(document: Document, html: &str) -> Option<Vec<Block>> {
    let config = Config {
        char_threshold: 60,
        disable_json_ld: true,
        keep_classes: true,
        max_elements_to_parse: MOST_ELEMENTS,
        ..Config::default()
    };
    let found = Readability::with_document(document, None, Some(config))
        .ok()
        .and_then(|mut r| r.parse().ok());
    if let Some(article) = found {
        let content = Document::from(tame(&article.content));
        return Some(block::blocks(&content.body()?));
    }
    let whole = Document::from(html);
    prune::prune(&whole);
    Some(block::blocks(&whole.body()?))
}

fn within(blocks: Vec<Block>) -> Vec<Block> {
    let mut left = MOST_LETTERS;
    let keep = |b: &Block| {
        let letters = b.text.chars().count();
        left = left.saturating_sub(letters);
        left > 0
    };
    blocks.into_iter().take_while(keep).collect()
}

/// The title and the site's name. `og:title` is the plainest; `<title>` loses what stands behind the last separator if that is short.
fn names(document: &Document) -> (String, Option<String>) {
    let meta = |name: &str| {
        let found = document.select_single(&format!("meta[property='{name}']"));
        found
            .attr("content")
            .map(|v| one_line(&v))
            .filter(|v| !v.is_empty())
    };
    let site = meta("og:site_name").map(|s| clip(&s, 80).to_string());
    let written = || one_line(&document.select_single("title").text());
    let title = meta("og:title")
        .or_else(|| board_title(document))
        .unwrap_or_else(|| without_site(&written()));
    (clip(&title, MOST_TITLE).to_string(), site)
}

/// Old boards have the title in a table, beside the word for it; their `<title>` is the board's.
fn board_title(document: &Document) -> Option<String> {
    let is_word = |text: &str| text.split_whitespace().collect::<String>() == "제목";
    let cells = document.select("th, td");
    let word = cells.nodes().iter().find(|c| is_word(&c.text()))?;
    let title = one_line(&word.next_element_sibling()?.text());
    (!title.is_empty()).then_some(title)
}

fn without_site(title: &str) -> String {
    let cut = [" :: ", " | ", " - ", " < ", " – "]
        .iter()
        .filter_map(|s| title.rfind(s))
        .max();
    match cut {
        Some(at) if at > title.len() / 2 => title[..at].trim().to_string(),
        _ => title.to_string(),
    }
}
