//! Trains the classifier of intents and acts from the corpus, so that the corpus is reviewed like code and no table is
//! kept in the repository.

use std::path::Path;
use std::{env, fs};

use biseo_classifier::{Example, Piece, Row, train};

#[path = "src/labels.rs"]
mod labels;

use labels::{CONTEXTS, LABELS, VALUES};

fn main() {
    println!("cargo::rerun-if-changed=corpus");
    println!("cargo::rerun-if-changed=src/labels.rs");
    let mut files: Vec<_> = fs::read_dir("corpus")
        .expect("the folder corpus")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "tsv"))
        .collect();
    files.sort();
    let examples: Vec<Example> = files.iter().flat_map(|path| read(path)).collect();
    let out = Path::new(&env::var("OUT_DIR").expect("OUT_DIR")).join("labels.bin");
    fs::write(out, train(&examples, LABELS.len()).to_bytes()).expect("the table can be written");
}

/// The examples of a file; a line that is wrong stops the build with its place.
fn read(path: &Path) -> Vec<Example> {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let lines = text.lines().enumerate();
    lines
        .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
        .map(|(n, line)| example(line).unwrap_or_else(|why| panic!("{}:{}: {why}", path.display(), n + 1)))
        .collect()
}

/// `labels TAB context TAB text`.
fn example(line: &str) -> Result<Example, String> {
    let mut cells = line.split('\t');
    let (Some(names), Some(context), Some(text), None) =
        (cells.next(), cells.next(), cells.next(), cells.next())
    else {
        return Err("three cells are wanted: labels, context, text".into());
    };
    let place = |all: &[&str], name: &str| {
        let found = all.iter().position(|known| *known == name);
        found.ok_or_else(|| format!("unknown: {name:?}"))
    };
    let labels = names
        .split(',')
        .filter(|name| *name != "none")
        .map(|name| place(&LABELS, name.trim()))
        .collect::<Result<_, _>>()?;
    let context = u8::try_from(place(&CONTEXTS, context)?).unwrap_or(0);
    Ok(Example {
        row: Row::new(context, pieces(text)?),
        labels,
    })
}

/// Characters, and `{date}` and the like as values.
fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, tail) = after
            .split_once('}')
            .ok_or_else(|| format!("an open brace: {text:?}"))?;
        let kind = VALUES.iter().position(|v| *v == name);
        let kind = kind.ok_or_else(|| format!("unknown value {name:?}"))?;
        all.extend(before.chars().map(Piece::Char));
        all.push(Piece::Value(u8::try_from(kind).unwrap_or(0)));
        rest = tail;
    }
    all.extend(rest.chars().map(Piece::Char));
    Ok(all)
}
