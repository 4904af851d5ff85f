//! `biseo entities`: the values in texts, line by line.

use std::io::{BufRead, Write};
use std::process::ExitCode;

use biseo_nlu::entities::{Reference, entities};
use jiff::fmt::temporal::Pieces;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cli::EntitiesOptions;
use crate::clock::{Clock, civil};
use crate::lines;
use crate::wording::Wording;

/// One text with the instant it is read against, if it has one.
struct Row {
    id: Value,
    text: String,
    reference: Option<Reference>,
}

/// A row as it is written in a file; other fields are not heeded.
#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    id: Value,
    text: String,
    #[serde(default)]
    reference_time: Option<String>,
}

/// Reads standard input to its end; ends in 1 if a row could not be read.
pub(crate) fn run(options: &EntitiesOptions) -> ExitCode {
    let wording = Wording::of("entities", options.lang);
    let (input, output) = (std::io::stdin().lock(), std::io::stdout().lock());
    match find_all(input, output, options, &wording) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // Whoever reads the output has seen enough.
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("✗ {}", wording.say("bad_input", "", &e.to_string()));
            ExitCode::FAILURE
        }
    }
}

/// Whether every row could be read.
fn find_all(
    mut input: impl BufRead,
    mut output: impl Write,
    options: &EntitiesOptions,
    wording: &Wording,
) -> std::io::Result<bool> {
    // A row of a file says itself when it was written; a text from the keyboard is of now.
    let now = match options.now {
        Some(now) => Some(now.into()),
        None if options.jsonl => None,
        None => Some(in_korea()),
    };
    let mut all_good = true;
    let mut number: u64 = 0;
    while let Some(line) = lines::next(&mut input)? {
        number += 1;
        let row = line.and_then(|text| row(text, number, now, options.jsonl));
        match row {
            Ok(None) => {}
            Ok(Some(row)) => {
                let found = json!({"id": row.id, "entities": entities(&row.text, row.reference)});
                writeln!(output, "{found}")?;
                output.flush()?;
            }
            Err(why) => {
                eprintln!("✗ {}", wording.say("bad_row", &number.to_string(), &why));
                all_good = false;
            }
        }
    }
    Ok(all_good)
}

fn in_korea() -> Reference {
    let zone = TimeZone::get("Asia/Seoul").unwrap_or(TimeZone::UTC);
    Clock::default().shop_time(&zone).into()
}

/// An instant with its distance from UTC, if that is written behind it.
fn reference(text: &str) -> Result<Reference, String> {
    let now = civil(text).map_err(|e| format!("reference_time: {e}"))?;
    let offset = Pieces::parse(text.trim())
        .ok()
        .and_then(|p| p.to_numeric_offset());
    Ok(Reference { now, offset })
}

/// A line taken for what it is said to be; an empty line between rows of JSON is nothing.
fn row(text: String, number: u64, now: Option<Reference>, jsonl: bool) -> Result<Option<Row>, String> {
    if !jsonl {
        let id = number.into();
        let reference = now;
        return Ok(Some(Row { id, text, reference }));
    }
    if text.trim().is_empty() {
        return Ok(None);
    }
    let written: Written = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    let said = written.reference_time.as_deref();
    Ok(Some(Row {
        id: if written.id.is_null() {
            number.into()
        } else {
            written.id
        },
        text: written.text,
        reference: said.map(reference).transpose()?.or(now),
    }))
}
