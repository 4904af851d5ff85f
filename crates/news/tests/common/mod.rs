//! The committed pages, and how an extraction is judged.
#![allow(dead_code)]

use std::collections::HashMap;
use std::path::PathBuf;

/// A page with what is to be found on it: `# title`, `## heading` of one of several stories, text.
pub struct Case {
    pub name: String,
    pub html: String,
    pub title: String,
    lines: Vec<String>,
}

impl Case {
    pub fn headings(&self) -> Vec<&str> {
        self.lines.iter().filter_map(|l| l.strip_prefix("## ")).collect()
    }

    pub fn body(&self) -> String {
        let plain = |l: &String| l.strip_prefix("## ").unwrap_or(l).to_string();
        self.lines.iter().map(plain).collect::<Vec<_>>().join("\n")
    }
}

pub fn cases(set: &str) -> Vec<Case> {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/pages")
        .join(set);
    let files = std::fs::read_dir(dir).unwrap().map(|f| f.unwrap().path());
    let mut pages: Vec<PathBuf> = files
        .filter(|p| p.extension().is_some_and(|e| e == "html"))
        .collect();
    pages.sort();
    pages.iter().map(case).collect()
}

fn case(path: &PathBuf) -> Case {
    let expected = std::fs::read_to_string(path.with_extension("txt")).unwrap();
    let mut lines = expected.lines().map(str::to_string);
    let title = lines.next().unwrap();
    Case {
        name: path.file_stem().unwrap().to_string_lossy().into_owned(),
        html: biseo_news::charset::decode(&std::fs::read(path).unwrap(), None),
        title: title.strip_prefix("# ").unwrap().to_string(),
        lines: lines.collect(),
    }
}

fn tokens(text: &str) -> Vec<String> {
    let words = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty());
    words.map(str::to_lowercase).collect()
}

/// Token F1: the harmonic mean of precision and recall over words, each counted as often as it stands in both.
pub fn f1(found: &str, expected: &str) -> f64 {
    let (found, expected) = (tokens(found), tokens(expected));
    let mut left: HashMap<&str, usize> = HashMap::new();
    for word in &expected {
        *left.entry(word).or_default() += 1;
    }
    let mut both = 0;
    for word in &found {
        if let Some(n) = left.get_mut(word.as_str()).filter(|n| **n > 0) {
            *n -= 1;
            both += 1;
        }
    }
    2.0 * both as f64 / (found.len() + expected.len()).max(1) as f64
}
