//! `[understanding]`: rules, or rules with the help of a language model.

use std::path::PathBuf;
use std::time::Duration;

use biseo_llm::client::Client;
use biseo_llm::helper::Helper;
use serde::Deserialize;

use super::secret::{Fault, Secret, fault};

/// Who understands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub(crate) enum Mode {
    /// The rules alone; nothing leaves the machine.
    #[default]
    #[serde(rename = "rules")]
    Rules,
    /// Where the rules are unsure, a language model is asked.
    #[serde(rename = "rules+llm")]
    RulesAndLlm,
}

/// How callers are understood.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Understanding {
    /// Who understands.
    mode: Mode,
    /// An OpenAI-compatible endpoint, such as `http://127.0.0.1:8000/v1`.
    pub(crate) endpoint: String,
    /// The model's name there.
    model: String,
    /// The environment variable that holds the key.
    key_env: Option<String>,
    /// Or the file that holds it.
    pub(crate) key_file: Option<PathBuf>,
    /// An answer is waited for so long, in milliseconds, 100 to 5000.
    pub(crate) budget_ms: u64,
}

impl Default for Understanding {
    fn default() -> Self {
        Self {
            mode: Mode::Rules,
            endpoint: String::new(),
            model: String::new(),
            key_env: None,
            key_file: None,
            budget_ms: 700,
        }
    }
}

impl Understanding {
    /// Checks what can be checked without touching anything.
    pub(crate) fn check(&self) -> Result<(), Fault> {
        if !(100..=5000).contains(&self.budget_ms) {
            let why = format!("{}: give 100 to 5000 milliseconds", self.budget_ms);
            return Err(fault("understanding.budget_ms", why));
        }
        if self.mode == Mode::Rules {
            return Ok(());
        }
        for (field, text, such) in [
            (
                "understanding.endpoint",
                &self.endpoint,
                "http://127.0.0.1:8000/v1",
            ),
            (
                "understanding.model",
                &self.model,
                "the model's name at the endpoint",
            ),
        ] {
            if text.trim().is_empty() {
                return Err(fault(field, format!("mode = \"rules+llm\" needs it: {such}")));
            }
        }
        self.named_key().map_or(Ok(()), |key| key.check("understanding"))
    }

    /// The helper, if one is wished; nothing is connected yet.
    ///
    /// # Errors
    /// The field, and what is wrong with it.
    pub(crate) fn helper(&self) -> Result<Option<Helper>, Fault> {
        if self.mode == Mode::Rules {
            return Ok(None);
        }
        let key = self.named_key().map(|k| k.fetch("understanding")).transpose()?;
        let client = Client::new(&self.endpoint, key.as_ref())
            .map_err(|e| fault("understanding.endpoint", e.to_string()))?;
        let budget = Duration::from_millis(self.budget_ms);
        Ok(Some(Helper::new(client, &self.model, budget)))
    }

    /// A model in the house may need no key.
    fn named_key(&self) -> Option<Secret<'_>> {
        let key = Secret::new("key", self.key_env.as_deref(), self.key_file.as_deref());
        key.is_given().then_some(key)
    }
}
