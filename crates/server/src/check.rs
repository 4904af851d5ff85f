//! `biseo check`: are the shops, the database and the machine fit to answer a telephone?
//!
//! Every check runs to its end, so that all that is wrong is told at once.

use std::path::Path;
use std::process::{ExitCode, Stdio};

use biseo_model::shop::ShopProfile;
use biseo_store::Store;

use crate::cli::CheckOptions;
use crate::wording::Wording;

/// One finding: whether it is good, and its words.
struct Finding {
    good: bool,
    text: String,
}

/// Runs all checks, prints the findings, and ends in 1 if one is bad.
pub(crate) async fn run(options: &CheckOptions) -> ExitCode {
    let wording = Wording::of_check(options.lang);
    let mut findings = shops(&options.shops, &wording);
    findings.push(database(&options.data, &wording).await);
    findings.push(voice(&wording).await);
    for finding in &findings {
        println!("{} {}", if finding.good { "✓" } else { "✗" }, finding.text);
    }
    match findings.iter().filter(|f| !f.good).count() {
        0 => {
            println!("{}", wording.say("all_good", "", ""));
            ExitCode::SUCCESS
        }
        bad => {
            println!("{}", wording.say("some_bad", &bad.to_string(), ""));
            ExitCode::FAILURE
        }
    }
}

fn shops(folder: &Path, wording: &Wording) -> Vec<Finding> {
    let shown = folder.display().to_string();
    let bad = |key, why: &str| {
        vec![Finding {
            good: false,
            text: wording.say(key, &shown, why),
        }]
    };
    let mut files: Vec<_> = match std::fs::read_dir(folder) {
        Ok(entries) => entries.flatten().map(|e| e.path()).collect(),
        Err(e) => return bad("shops_unreadable", &e.to_string()),
    };
    files.retain(|f| f.extension().is_some_and(|x| x == "toml"));
    files.sort();
    if files.is_empty() {
        return bad("shops_none", "");
    }
    files.iter().map(|f| shop(f, wording)).collect()
}

fn shop(file: &Path, wording: &Wording) -> Finding {
    let shown = file.display().to_string();
    let profile = std::fs::read_to_string(file)
        .map_err(|e| e.to_string())
        .and_then(|text| ShopProfile::from_toml(&text).map_err(|e| e.to_string()));
    match profile {
        Ok(p) if file.file_stem().is_none_or(|stem| stem != p.id.as_str()) => Finding {
            good: false,
            text: wording.say("shop_misnamed", &shown, p.id.as_str()),
        },
        Ok(p) => Finding {
            good: true,
            text: wording.say("shop_good", &p.name.ko, ""),
        },
        Err(why) => Finding {
            good: false,
            text: wording.say("shop_bad", &shown, why.trim_end()),
        },
    }
}

async fn database(folder: &Path, wording: &Wording) -> Finding {
    let path = folder.join("biseo.db");
    match Store::open(&path).await {
        Ok(store) => {
            store.close().await;
            Finding {
                good: true,
                text: wording.say("store_good", &path.display().to_string(), ""),
            }
        }
        Err(e) => Finding {
            good: false,
            text: wording.say("store_bad", "", &e.to_string()),
        },
    }
}

async fn voice(wording: &Wording) -> Finding {
    let mut espeak = tokio::process::Command::new("espeak-ng");
    let ran = espeak
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .await;
    let why = match ran {
        Ok(status) if status.success() => {
            return Finding {
                good: true,
                text: wording.say("voice_good", "", ""),
            };
        }
        Ok(status) => status.to_string(),
        Err(e) => e.to_string(),
    };
    Finding {
        good: false,
        text: wording.say("voice_bad", "", &why),
    }
}
