//! What is taken off a page before the article is looked for.

use std::collections::HashMap;
use std::sync::LazyLock;

use dom_query::{Document, NodeId, NodeRef};

const CONTAINERS: &str = include_str!("../../data/containers.txt");
const FURNITURE: &str = include_str!("../../data/furniture.txt");
/// Elements that never hold an article's text.
const NEVER: &str = "script, style, noscript, template, svg, nav, footer, form, button, iframe, object, textarea, select, figcaption, aside, \
    [hidden], [aria-hidden=true], [role=navigation], [role=contentinfo], [role=banner], [role=search], [role=complementary]";
/// An element with more than this part of the page's letters is no furniture, whatever it is called.
const PART: f64 = 0.4;
/// Fewer letters are no article's container.
const LEAST: usize = 30;

static NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| lines(FURNITURE));
static KNOWN: LazyLock<Vec<&'static str>> = LazyLock::new(|| lines(CONTAINERS));

/// The lines of a list without its comments: those begin with `# `, as a selector may begin with `#`.
pub(super) fn lines(list: &'static str) -> Vec<&'static str> {
    let said = |line: &&str| !line.trim().is_empty() && !line.starts_with("# ");
    list.lines().filter(said).collect()
}

/// Takes furniture away: by element, and by the words in classes and ids.
pub(super) fn prune(document: &Document) {
    document.select("script, style, noscript, template").remove();
    let Some(body) = document.body() else { return };
    let letters = letters(&body);
    let of = |node: &NodeRef| letters.get(&node.id).copied().unwrap_or(0) as f64;
    let most = of(&body) * PART;
    for node in document.select(NEVER).nodes() {
        if of(node) <= most {
            node.remove_from_parent();
        }
    }
    for node in document.select("body [class], body [id]").nodes() {
        if named(node) && of(node) <= most {
            node.remove_from_parent();
        }
    }
}

/// The letters of each element, counted in one pass: to count each by itself would take as many passes as the page is deep.
fn letters(body: &NodeRef) -> HashMap<NodeId, usize> {
    let mut all: HashMap<NodeId, usize> = HashMap::new();
    let nodes: Vec<NodeRef> = std::iter::once(*body).chain(body.descendants_it()).collect();
    for node in nodes.iter().rev() {
        if node.is_text() {
            let own = node.text().chars().filter(|c| !c.is_whitespace()).count();
            all.insert(node.id, own);
        }
        let held = all.get(&node.id).copied().unwrap_or(0);
        if let Some(parent) = node.parent() {
            *all.entry(parent.id).or_default() += held;
        }
    }
    all
}

fn named(node: &NodeRef) -> bool {
    let words = |name: &str| {
        let given = node.attr(name).unwrap_or_default().to_lowercase();
        given.split(|c: char| !c.is_alphanumeric()).any(is_furniture)
    };
    words("class") || words("id")
}

fn is_furniture(word: &str) -> bool {
    let fits = |name: &&str| match name.strip_suffix('*') {
        Some(start) => word.starts_with(start),
        None => word == *name,
    };
    !word.is_empty() && NAMES.iter().any(fits)
}

/// The element in which a system that is known keeps the article, if the page is of such a system.
pub(super) fn container(document: &Document) -> Option<NodeRef<'_>> {
    let fits = |selector: &&str| {
        let found = document.select_single(selector);
        let node = found.nodes().first()?;
        (node.text().chars().count() > LEAST).then_some(*node)
    };
    KNOWN.iter().find_map(fits)
}
