//! Secrets are named in the configuration, never written in it.

use std::path::Path;

use biseo_telephony::config::SecretString;

/// A field, and what is wrong with it.
pub(crate) type Fault = (String, String);

pub(crate) fn fault(field: &str, why: impl Into<String>) -> Fault {
    (field.to_string(), why.into())
}

/// Where a secret is: in an environment variable or in a file.
pub(crate) struct Secret<'a> {
    what: &'static str,
    env: Option<&'a str>,
    file: Option<&'a Path>,
}

impl<'a> Secret<'a> {
    /// `what` is what it is called in the fields `..._env` and `..._file`.
    pub(crate) fn new(what: &'static str, env: Option<&'a str>, file: Option<&'a Path>) -> Self {
        Self { what, env, file }
    }

    /// Whether it is named anywhere.
    pub(crate) fn is_given(&self) -> bool {
        self.env.is_some() || self.file.is_some()
    }

    /// It must be named once.
    pub(crate) fn check(&self, field: &str) -> Result<(), Fault> {
        if self.env.is_some() == self.file.is_some() {
            let what = self.what;
            let why = format!("give one of {what}_env (the name of a variable) and {what}_file");
            return Err(fault(field, why));
        }
        Ok(())
    }

    /// Fetches it, without the end of its line.
    pub(crate) fn fetch(&self, field: &str) -> Result<SecretString, Fault> {
        let found = match (self.env, self.file) {
            (Some(name), _) => {
                std::env::var(name).map_err(|_| format!("the environment variable {name} is not set"))
            }
            (None, Some(file)) => {
                std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))
            }
            (None, None) => Err(format!("there is no {}", self.what)),
        };
        let text = found.map_err(|why| fault(field, why))?;
        match text.trim_end_matches(['\r', '\n']) {
            "" => Err(fault(field, format!("the {} is empty", self.what))),
            secret => Ok(SecretString::from(secret)),
        }
    }
}
