//! `biseo entities`: the values in texts, line by line.

use std::io::{BufRead, Write};
use std::process::ExitCode;

use biseo_nlu::entities::entities;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cli::EntitiesOptions;
use crate::clock::{Clock, civil};
use crate::lines;
use crate::wording::Wording;

/// One text with the instant it is read against.
struct Row {
    id: Value,
    text: String,
    now: DateTime,
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
    let now = options.now.unwrap_or_else(in_korea);
    let mut all_good = true;
    let mut number: u64 = 0;
    while let Some(line) = lines::next(&mut input)? {
        number += 1;
        let row = line.and_then(|text| row(text, number, now, options.jsonl));
        match row {
            Ok(None) => {}
            Ok(Some(row)) => {
                let found = json!({"id": row.id, "entities": entities(&row.text, row.now)});
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

fn in_korea() -> DateTime {
    let zone = TimeZone::get("Asia/Seoul").unwrap_or(TimeZone::UTC);
    Clock::default().shop_time(&zone)
}

/// A line taken for what it is said to be; an empty line between rows of JSON is nothing.
fn row(text: String, number: u64, now: DateTime, jsonl: bool) -> Result<Option<Row>, String> {
    if !jsonl {
        let id = number.into();
        return Ok(Some(Row { id, text, now }));
    }
    if text.trim().is_empty() {
        return Ok(None);
    }
    let written: Written = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    let said = written.reference_time.as_deref();
    // Without an instant a bare 8시 is no more the coming one than another: read from the day's beginning.
    let now = now.date().to_datetime(jiff::civil::Time::midnight());
    Ok(Some(Row {
        id: if written.id.is_null() {
            number.into()
        } else {
            written.id
        },
        text: written.text,
        now: said.map_or(Ok(now), |t| civil(t).map_err(|e| format!("reference_time: {e}")))?,
    }))
}
