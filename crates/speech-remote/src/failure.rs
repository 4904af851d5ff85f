//! Why a service brought nothing. Nothing of what was sent or received is repeated in it.

use std::time::Duration;

use biseo_speech::SpeechError;

/// One failure of one utterance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// No connection, or it broke off.
    Connection,
    /// Too late.
    Late(Duration),
    /// A status that is no success.
    Status(u16),
    /// It wants to be left alone, for so long if it said so.
    Busy(Option<Duration>),
    /// More octets than an answer could have.
    Large,
    /// Not what such a service answers.
    Form(&'static str),
    /// The service's own word for it, see [`code`].
    Service(String),
    /// It closed the connection before the text was whole.
    Closed,
    /// Sound came faster than the service took it.
    Overrun,
}

impl Failure {
    /// As the engine's error.
    pub(crate) fn of(self, engine: &'static str) -> SpeechError {
        let detail = match self {
            Failure::Late(after) => return SpeechError::Timeout { engine, after },
            Failure::Busy(retry_after) => return SpeechError::Busy { engine, retry_after },
            Failure::Connection => "no connection, or it broke off".into(),
            Failure::Status(status) => meaning(status),
            Failure::Large => "its answer is larger than any answer should be".into(),
            Failure::Form(what) => format!("its answer is not of the expected form: {what}"),
            Failure::Service(code) => format!("it reported {code}"),
            Failure::Closed => "it closed the connection in the middle of the utterance".into(),
            Failure::Overrun => "it takes sound too slowly".into(),
        };
        SpeechError::Engine { engine, detail }
    }
}

/// What an operator can do about a status.
fn meaning(status: u16) -> String {
    let hint = match status {
        300..=399 => "sends elsewhere, which is not followed: give the final address as endpoint",
        400 | 422 => "the request was not understood: look at model and voice",
        401 | 403 => "the key was refused: look at key_env or key_file",
        404 => "nothing is there: look at endpoint and model",
        413 => "the utterance is too long for it",
        500..=599 => "it has trouble of its own",
        _ => "unexpected",
    };
    format!("status {status}: {hint}")
}

/// A service's code for an error, if it looks like one: short, and of letters, digits and `_ - .` only. Its sentences are
/// never taken: they may repeat what a caller said.
pub(crate) fn code(text: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    (!text.is_empty() && text.len() <= 64 && text.chars().all(plain)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_a_word_and_never_a_sentence() {
        assert_eq!(
            code("rate_limit_exceeded").as_deref(),
            Some("rate_limit_exceeded")
        );
        for text in ["", "he said 내일 일곱 시", "a b", &"x".repeat(65), "line\nbreak"] {
            assert_eq!(code(text), None, "{text:?}");
        }
    }

    #[test]
    fn an_operator_is_told_what_to_do() {
        for (failure, words) in [
            (Failure::Status(401), "key_env"),
            (Failure::Status(307), "endpoint"),
            (Failure::Status(404), "model"),
            (Failure::Busy(Some(Duration::from_secs(7))), "7 s"),
        ] {
            let text = failure.of("openai").to_string();
            assert!(text.contains(words) && text.contains("openai"), "{text}");
        }
    }
}
