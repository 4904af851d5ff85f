//! `biseo check`: are the configuration, the shops, the database and the machine fit to answer a telephone?
//!
//! Every check runs to its end, so that all that is wrong is told at once.

mod flows;
mod line;
mod machine;
mod model;
mod seal;
mod shops;
mod tls;

use std::process::ExitCode;

use crate::cli::CheckOptions;
use crate::config::Config;
use crate::wording::{Lang, Wording};

/// How a finding is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Good,
    /// Works, but probably not as meant.
    Odd,
    Bad,
}

impl Mark {
    fn sign(self) -> char {
        match self {
            Self::Good => '✓',
            Self::Odd => '!',
            Self::Bad => '✗',
        }
    }
}

/// One finding in words.
struct Finding {
    mark: Mark,
    text: String,
}

impl Finding {
    fn new(mark: Mark, text: String) -> Self {
        Self { mark, text }
    }
}

/// Runs all checks, prints the findings, and ends in 1 if one is bad.
pub(crate) async fn run(options: &CheckOptions) -> ExitCode {
    let config = Config::read(&options.config);
    let lang = options
        .lang
        .or(config.as_ref().ok().map(|c| c.lang))
        .unwrap_or(Lang::Ko);
    let wording = Wording::of("check", lang);
    let findings = match config {
        Ok(config) => {
            let shown = options.config.display().to_string();
            let mut all = vec![Finding::new(Mark::Good, wording.say("config_good", &shown, ""))];
            all.extend(shops::check(&config, &wording));
            all.extend(flows::check(&config, &wording));
            all.extend(seal::check(&config, &wording).await);
            all.extend(line::check(&config, &wording));
            all.extend(machine::check(&config, &wording).await);
            all
        }
        Err(e) => vec![Finding::new(
            Mark::Bad,
            wording.say("config_bad", "", &e.to_string()),
        )],
    };
    report(&findings, &wording)
}

fn report(findings: &[Finding], wording: &Wording) -> ExitCode {
    for finding in findings {
        crate::out::line!("{} {}", finding.mark.sign(), finding.text);
    }
    match findings.iter().filter(|f| f.mark == Mark::Bad).count() {
        0 => {
            crate::out::line!("{}", wording.say("all_good", "", ""));
            ExitCode::SUCCESS
        }
        bad => {
            crate::out::line!("{}", wording.say("some_bad", &bad.to_string(), ""));
            ExitCode::FAILURE
        }
    }
}
