//! An element's text as lines: one for each paragraph, item, row or piece between line breaks.

use dom_query::NodeRef;

use crate::markup::one_line;

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// What it says.
    pub text: String,
    /// Whether it all stands in links.
    pub linked: bool,
}

/// Elements within a line.
const INLINE: [&str; 23] = [
    "a", "b", "strong", "i", "em", "u", "s", "span", "font", "mark", "small", "sub", "sup", "abbr", "cite",
    "code", "q", "time", "ins", "del", "kbd", "ruby", "label",
];

#[derive(Default)]
struct Lines {
    out: Vec<Block>,
    text: String,
    plain: bool,
    link: usize,
}

impl Lines {
    fn flush(&mut self) {
        let text = one_line(&self.text);
        if !text.is_empty() {
            self.out.push(Block {
                text,
                linked: !self.plain,
            });
        }
        self.text.clear();
        self.plain = false;
    }

    /// An empty line within a text is one that is shown as such (`white-space: pre-line`): a new paragraph.
    fn say(&mut self, text: &str) {
        for (i, piece) in text.split("\n\n").enumerate() {
            if i > 0 {
                self.flush();
            }
            self.text.push_str(piece);
            self.plain |= self.link == 0 && piece.chars().any(char::is_alphanumeric);
        }
    }
}

enum Step<'a> {
    Enter(NodeRef<'a>),
    Leave(Ends),
}

/// What is to be done behind an element.
#[derive(Clone, Copy, PartialEq)]
enum Ends {
    Line,
    Space,
    Link,
}

/// The lines of an element. Without recursion: pages may be deep.
pub(super) fn blocks(root: &NodeRef) -> Vec<Block> {
    let mut lines = Lines::default();
    let mut steps = vec![Step::Enter(*root)];
    while let Some(step) = steps.pop() {
        match step {
            Step::Enter(node) if node.is_text() => lines.say(&node.text()),
            Step::Enter(node) => enter(node, &mut lines, &mut steps),
            Step::Leave(Ends::Line) => lines.flush(),
            Step::Leave(Ends::Space) => lines.text.push(' '),
            Step::Leave(Ends::Link) => lines.link -= 1,
        }
    }
    lines.flush();
    lines.out
}

fn enter<'a>(node: NodeRef<'a>, lines: &mut Lines, steps: &mut Vec<Step<'a>>) {
    let name = node.node_name().unwrap_or_default();
    match &*name {
        "br" | "hr" => return lines.flush(),
        // A row is one line; cells with blocks of their own (tables for layout) are not.
        "td" | "th" if single(&node) => steps.push(Step::Leave(Ends::Space)),
        "a" => {
            lines.link += 1;
            steps.push(Step::Leave(Ends::Link));
        }
        inline if INLINE.contains(&inline) => {}
        _ => {
            if node.is_element() {
                lines.flush();
                steps.push(Step::Leave(Ends::Line));
            }
        }
    }
    steps.extend(node.children_it(true).map(Step::Enter));
}

/// Whether a cell holds one line.
fn single(cell: &NodeRef) -> bool {
    let inline = |n: &NodeRef| n.is_text() || n.node_name().is_some_and(|name| INLINE.contains(&&*name));
    cell.descendants_it().all(|n| !n.is_element() || inline(&n))
}
