//! Pages that bundle several stories under marked headings.

use super::block::Block;
use super::{Page, Part};

const MARKS: [char; 7] = ['◆', '■', '▶', '◇', '●', '▣', '□'];
/// Longer lines are no headings.
const MOST_HEADING: usize = 60;
/// Fewer headings are those of one story.
const LEAST: usize = 2;

/// The page's stories. Headings count if there are at least two with the same mark, each with text below it.
pub(super) fn parts(title: String, site: Option<String>, blocks: Vec<Block>) -> Page {
    let lines: Vec<String> = blocks.into_iter().map(|b| b.text).collect();
    let Some(mark) = mark(&lines) else {
        let stories = vec![Part {
            title: title.clone(),
            paragraphs: lines,
        }];
        return Page {
            title,
            site,
            lead: Vec::new(),
            stories,
        };
    };
    let (mut lead, mut stories) = (Vec::new(), Vec::<Part>::new());
    for line in lines {
        match (heading(&line, mark), stories.last_mut()) {
            (Some(title), _) => stories.push(Part {
                title,
                paragraphs: Vec::new(),
            }),
            (None, Some(story)) => story.paragraphs.push(line),
            (None, None) => lead.push(line),
        }
    }
    Page {
        title,
        site,
        lead,
        stories,
    }
}

/// The mark by which the page is divided.
fn mark(lines: &[String]) -> Option<char> {
    MARKS.into_iter().find(|mark| {
        let at: Vec<usize> = (0..lines.len())
            .filter(|i| heading(&lines[*i], *mark).is_some())
            .collect();
        let followed = |i: &usize| {
            lines
                .get(i + 1)
                .is_some_and(|next| heading(next, *mark).is_none())
        };
        at.len() >= LEAST && at.iter().all(followed)
    })
}

/// A heading's words: short, marked, and no sentence.
fn heading(line: &str, mark: char) -> Option<String> {
    let words = line.trim_start_matches(['[', ' ']).strip_prefix(mark)?.trim();
    let sentence = words.ends_with('.') && !words.ends_with("m.");
    (!words.is_empty() && words.chars().count() <= MOST_HEADING && !sentence).then(|| words.to_string())
}
