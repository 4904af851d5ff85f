//! What was wrong at a try to tell somebody, as a code: a delivery's fault is a sentence for the operator's log.

/// What was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TellingFault {
    /// No connection came about.
    Unreachable,
    /// No answer came in time, or the connection broke off: it may have arrived.
    Silent,
    /// The other side refuses the installation's account.
    Account,
    /// There is no such mailbox or mobile, or the letter was refused.
    Address,
    /// The browser wants no notices any more.
    Browser,
    /// It was no longer wanted, or too late.
    Unwanted,
    /// Nothing is set up to send by it, or the shop is not there.
    NotSetUp,
    /// Something else, which the log tells.
    Other,
}

impl TellingFault {
    /// The code of a delivery's fault.
    #[must_use]
    pub fn of(fault: &str) -> Self {
        let begins = |words: &[&str]| words.iter().any(|w| fault.starts_with(w));
        match fault {
            _ if begins(&["no connection"]) => Self::Unreachable,
            _ if begins(&["no answer", "the connection broke off", "no try came to an end"]) => Self::Silent,
            f if f.contains("refuses the account") => Self::Account,
            _ if begins(&[
                "the number is no",
                "the address is no e-mail",
                "the mail server refuses the letter",
            ]) =>
            {
                Self::Address
            }
            "the browser no longer wants notices" | "status 404" | "status 410" => Self::Browser,
            "it is not wanted any more, or too late" | "there is nothing in it" => Self::Unwanted,
            f if f.ends_with("is not set up") || f.starts_with("the shop is not there") => Self::NotSetUp,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::TellingFault as F;

    /// The sentences are those that channels and worker write; a test of theirs would not notice a new wording, so they stand here too.
    #[test]
    fn what_channels_and_worker_say_has_a_code() {
        let sources = [
            include_str!("channels/email.rs"),
            include_str!("channels/text/mod.rs"),
            include_str!("channels/push/mod.rs"),
            include_str!("channels/http.rs"),
            include_str!("worker.rs"),
        ]
        .concat();
        for (said, code) in [
            ("no connection, or it broke off", F::Unreachable),
            ("no connection", F::Unreachable),
            ("no answer in time", F::Silent),
            ("no answer in time; whether it arrived is not known", F::Silent),
            ("the connection broke off", F::Silent),
            ("no try came to an end", F::Silent),
            ("the mail server refuses the account (", F::Account),
            ("the provider refuses the account (", F::Account),
            ("the mail server refuses the letter (", F::Address),
            ("the number is no Korean mobile number", F::Address),
            ("the address is no e-mail address", F::Address),
            ("the browser no longer wants notices", F::Browser),
            ("it is not wanted any more, or too late", F::Unwanted),
            ("there is nothing in it", F::Unwanted),
            (" is not set up", F::NotSetUp),
            ("the shop is not there at present", F::NotSetUp),
        ] {
            assert_eq!(F::of(said), code, "{said}");
            assert!(sources.contains(said), "nobody says {said:?} any more");
        }
        assert_eq!((F::of("status 410"), F::of("status 500")), (F::Browser, F::Other));
    }
}
