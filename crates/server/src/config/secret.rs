//! Secrets: the configuration names the environment variable or the file that holds one.

use std::path::Path;

use biseo_telephony::config::SecretString;

/// A field, and what is wrong with it.
pub(crate) type Fault = (String, String);

/// A fault of a field.
pub(crate) fn fault(field: &str, why: impl Into<String>) -> Fault {
    (field.to_string(), why.into())
}

/// Where a secret is: one of the two.
pub(crate) struct Secret<'a> {
    /// What it is called in the file: `password` of `password_env`.
    pub(crate) what: &'static str,
    /// The variable.
    pub(crate) env: Option<&'a str>,
    /// The file.
    pub(crate) file: Option<&'a Path>,
}

impl Secret<'_> {
    /// Whether exactly one place is named.
    pub(crate) fn check(&self, field: &str) -> Result<(), Fault> {
        if self.env.is_some() == self.file.is_some() {
            let what = self.what;
            return Err(fault(
                field,
                format!("give one of {what}_env (the name of a variable) and {what}_file"),
            ));
        }
        Ok(())
    }

    /// Fetches it.
    ///
    /// # Errors
    /// Where it is not, or that it is empty.
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
