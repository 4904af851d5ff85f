//! `biseo openapi`: the contract of the API.

use std::process::ExitCode;

/// Prints the document.
pub(crate) fn run() -> ExitCode {
    match serde_json::to_string_pretty(&biseo_api::document()) {
        Ok(document) => {
            crate::out::line!("{document}");
            ExitCode::SUCCESS
        }
        Err(e) => {
            eprintln!("✗ {e}");
            ExitCode::FAILURE
        }
    }
}
