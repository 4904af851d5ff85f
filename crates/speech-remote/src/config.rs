//! What all engines' configurations share: their errors and the checks of fields.

#[cfg(feature = "_remote")]
use std::time::Duration;

/// A field of a configuration that cannot stand, and what to do about it. Secrets are never part of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct ConfigError {
    /// The field's name in its table, such as `endpoint`.
    pub field: &'static str,
    /// What is wrong and what to write instead.
    pub why: String,
}

pub(crate) fn fault(field: &'static str, why: impl Into<String>) -> ConfigError {
    ConfigError {
        field,
        why: why.into(),
    }
}

/// A number within bounds.
pub(crate) fn within(
    field: &'static str,
    value: u64,
    least: u64,
    most: u64,
    unit: &str,
) -> Result<(), ConfigError> {
    if (least..=most).contains(&value) {
        Ok(())
    } else {
        Err(fault(field, format!("{value}: give {least} to {most} {unit}")))
    }
}

/// A text that must be there and is short.
#[cfg(feature = "_remote")]
pub(crate) fn named(field: &'static str, text: &str, such: &str) -> Result<(), ConfigError> {
    if text.trim().is_empty() {
        return Err(fault(field, format!("is missing: give {such}")));
    }
    if text.len() > 200 || text.chars().any(char::is_control) {
        return Err(fault(
            field,
            "is longer than 200 octets or holds control characters",
        ));
    }
    Ok(())
}

/// A secret is named in one place at most.
#[cfg(feature = "_remote")]
pub(crate) fn once(
    env: &'static str,
    file: &'static str,
    in_env: bool,
    in_file: bool,
) -> Result<(), ConfigError> {
    if in_env && in_file {
        return Err(fault(env, format!("and {file} stand both: give one of them")));
    }
    Ok(())
}

/// The languages, by their codes; at least one and none twice.
#[cfg(feature = "_remote")]
pub(crate) fn languages(codes: &[String]) -> Result<Vec<biseo_speech::Language>, ConfigError> {
    const FIELD: &str = "languages";
    let mut found = Vec::new();
    for code in codes {
        let language = biseo_speech::Language::from_code(code)
            .ok_or_else(|| fault(FIELD, format!("{code:?} is unknown: give \"ko\", \"en\" or both")))?;
        if found.contains(&language) {
            return Err(fault(FIELD, format!("{code:?} stands twice")));
        }
        found.push(language);
    }
    if found.is_empty() {
        return Err(fault(FIELD, "is empty: give \"ko\", \"en\" or both"));
    }
    Ok(found)
}

#[cfg(feature = "_remote")]
pub(crate) fn ms(value: u64) -> Duration {
    Duration::from_millis(value)
}

#[cfg(all(test, feature = "openai", feature = "realtime", feature = "rtzr"))]
mod tests {
    use crate::openai::{OpenAiSttConfig, OpenAiTtsConfig};
    use crate::realtime::RealtimeConfig;
    use crate::rtzr::RtzrConfig;

    /// What is wrong with a table, or with the text that should be one.
    fn wrong<T: serde::de::DeserializeOwned>(
        table: &str,
        check: impl Fn(&T) -> Result<(), super::ConfigError>,
    ) -> String {
        match toml::from_str::<T>(table) {
            Ok(config) => check(&config).err().map(|e| e.to_string()).unwrap_or_default(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_what_to_do() {
        for (table, words) in [
            ("", ""),
            ("key = 'sk-1'", "unknown field `key`"),
            (
                "key_env = 'A'\nkey_file = 'b'",
                "key_env: and key_file stand both: give one",
            ),
            ("model = ''", "model: is missing: give the model's name"),
            ("languages = []", "give \"ko\", \"en\" or both"),
            ("languages = ['ko', 'ko-KR']", "stands twice"),
            ("languages = ['fr']", "\"fr\" is unknown"),
            ("connect_ms = 0", "connect_ms: 0: give 100 to 10000 milliseconds"),
            ("endpoint = 'api.openai.com'", "write it as https://host/v1"),
        ] {
            for found in [
                wrong(table, OpenAiSttConfig::check),
                wrong(table, OpenAiTtsConfig::check),
                wrong(table, RealtimeConfig::check),
            ] {
                assert!(
                    found.contains(words) && found.is_empty() == words.is_empty(),
                    "{table}: {found}"
                );
            }
        }
        for (table, words) in [
            ("", "client_id: is missing: give the one of RTZR's console"),
            ("client_id = 'x'", ""),
            (
                "client_id = 'x'\nclient_secret_env = 'A'\nclient_secret_file = 'b'",
                "give one of them",
            ),
            (
                "client_id = 'x'\nfinish_ms = 100",
                "finish_ms: 100: give 200 to 20000",
            ),
        ] {
            let found = wrong(table, RtzrConfig::check);
            assert!(
                found.contains(words) && found.is_empty() == words.is_empty(),
                "{table}: {found}"
            );
        }
        let beta = wrong("dialect = 'openai-beta'", RealtimeConfig::check);
        assert!(
            beta.starts_with("hints: ") && beta.contains("give \"prompt\""),
            "{beta}"
        );
        let ulaw = wrong("dialect = 'vllm'\nformat = 'ulaw'", RealtimeConfig::check);
        assert!(ulaw.contains("vLLM takes no µ-law"), "{ulaw}");
    }
}
