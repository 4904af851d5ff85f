//! `biseo data`: what is kept sealed.

mod seal;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use biseo_vault::{Keys, key_file, unseal};

use crate::cli::{DataCommand, DataKeyOptions, DataOpenOptions, DataOptions};
use crate::config::Config;
use crate::wording::{Lang, Wording};

/// A recording was cut off: what there is of it was written.
const CUT_OFF: u8 = 2;

/// A key of the wording file, and what fills it.
type Failed = (&'static str, String);

/// Does what is asked for.
pub(crate) async fn run(options: &DataOptions) -> ExitCode {
    match &options.command {
        DataCommand::Key(options) => key(options),
        DataCommand::Seal(options) => seal::run(options).await,
        DataCommand::Open(options) => open(options).await,
    }
}

/// Makes a key file, or adds to one.
fn key(options: &DataKeyOptions) -> ExitCode {
    let wording = Wording::of("data", options.lang);
    let made = match options.add {
        true => key_file::add(&options.file),
        false => key_file::make(&options.file),
    };
    let keys = match made {
        Ok(keys) => keys,
        Err(e) => return failed(&wording, &("failed", e.to_string())),
    };
    let file = std::path::absolute(&options.file).unwrap_or_else(|_| options.file.clone());
    let shown = file.display().to_string();
    let id = keys.current().id().to_string();
    crate::out::line!("{}", wording.say("key_made", &shown, &id));
    crate::out::line!("{}", wording.say("key_copy", &shown, ""));
    let next = if options.add { "key_added" } else { "key_next" };
    crate::out::line!("{}", wording.say(next, &shown, ""));
    ExitCode::SUCCESS
}

fn failed(wording: &Wording, (key, why): &Failed) -> ExitCode {
    eprintln!("✗ {}", wording.say(key, "", why));
    ExitCode::FAILURE
}

/// The configuration, the wording and the keys.
async fn begin(file: &Path, lang: Option<Lang>) -> (Wording, Result<(Config, Option<Arc<Keys>>), Failed>) {
    let config = Config::read(file);
    let lang = lang.or(config.as_ref().ok().map(|c| c.lang));
    let wording = Wording::of("data", lang.unwrap_or(Lang::Ko));
    let config = match config {
        Ok(config) => config,
        Err(e) => return (wording, Err(("config_bad", e.to_string()))),
    };
    let keys = config.seal.keys().await;
    let keys = keys.map_err(|(field, why)| ("key_bad", format!("{field}: {why}")));
    (wording, keys.map(|keys| (config, keys)))
}

/// Writes a recording out.
async fn open(options: &DataOpenOptions) -> ExitCode {
    let (wording, begun) = begin(&options.config, options.lang).await;
    let keys = match begun {
        Ok((_, keys)) => keys,
        Err(e) => return failed(&wording, &e),
    };
    let out = options.out.clone().unwrap_or_else(|| beside(&options.file));
    let shown = out.display().to_string();
    match unseal(&options.file, keys.as_deref(), &out) {
        Ok(true) => {
            crate::out::line!("✓ {}", wording.say("opened", &shown, ""));
            ExitCode::SUCCESS
        }
        Ok(false) => {
            crate::out::line!("! {}", wording.say("opened_cut", &shown, ""));
            ExitCode::from(CUT_OFF)
        }
        Err(e) => failed(&wording, &("open_failed", e.to_string())),
    }
}

fn beside(file: &Path) -> PathBuf {
    file.with_extension("open.wav")
}
