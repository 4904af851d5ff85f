//! The bank account into which callers may pay.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Wording;

/// The longest name of a bank or of a holder, in characters.
pub const LONGEST_ACCOUNT_NAME: usize = 30;
/// Digits of an account number.
const DIGITS: std::ops::RangeInclusive<usize> = 6..=20;

/// A bank account. `{:?}` shows its number masked.
///
/// ```
/// # use biseo_model::shop::BankAccount;
/// let account: BankAccount = toml::from_str(r#"
///     bank = { ko = "국민은행", en = "KB Kookmin Bank" }
///     number = "123-45-678901"
///     holder = { ko = "행복식당" }
/// "#).unwrap();
/// assert_eq!(account.told(false), "국민은행 123-45-678901 행복식당");
/// assert!(!format!("{account:?}").contains("678901"));
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BankAccount {
    /// The bank: "국민은행".
    pub bank: Wording,
    /// Its number, in groups as the bank writes it: "123-45-678901". It is said digit by digit.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^[0-9]+(-[0-9]+)*$")))]
    pub number: String,
    /// Whose it is, as the payer sees it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<Wording>,
}

impl BankAccount {
    /// The account as callers are told of it.
    pub fn told(&self, english: bool) -> String {
        let of = |text: &Wording| match (english, &text.en) {
            (true, Some(en)) => en.clone(),
            _ => text.ko.clone(),
        };
        let holder = self.holder.as_ref().map(of);
        let parts = [Some(of(&self.bank)), Some(self.in_groups()), holder];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// The number in three groups at least: so many digits with hyphens are always told digit by digit, and never taken for an amount, a
    /// date or a house number.
    fn in_groups(&self) -> String {
        let digits: Vec<char> = self.number.chars().filter(char::is_ascii_digit).collect();
        if self.number.matches('-').count() >= 2 && digits.len() > 8 {
            return self.number.clone();
        }
        let groups = if digits.len() > 12 { 4 } else { 3 };
        // The later groups are the longer ones.
        let end = |n: usize| digits.len() * n / groups;
        let group = |n: usize| {
            digits
                .get(end(n)..end(n + 1))
                .unwrap_or_default()
                .iter()
                .collect::<String>()
        };
        (0..groups).map(group).collect::<Vec<_>>().join("-")
    }

    /// Whether it can be an account.
    ///
    /// # Errors
    /// What cannot be, in words for the owner, without the number.
    pub fn check(&self) -> Result<(), String> {
        let groups: Vec<&str> = self.number.split('-').collect();
        let whole = |g: &&str| !g.is_empty() && g.bytes().all(|b| b.is_ascii_digit());
        let digits = self.number.bytes().filter(u8::is_ascii_digit).count();
        if !groups.iter().all(whole) || !DIGITS.contains(&digits) {
            return Err(format!(
                "the number has {} to {} digits, with hyphens between them",
                DIGITS.start(),
                DIGITS.end()
            ));
        }
        let names = [Some(&self.bank), self.holder.as_ref()].into_iter().flatten();
        let texts = names.flat_map(|n| [Some(&n.ko), n.en.as_ref()]).flatten();
        let unfit = |t: &String| t.trim().is_empty() || t.chars().count() > LONGEST_ACCOUNT_NAME;
        match texts.into_iter().any(unfit) {
            true => Err(format!(
                "bank and holder have 1 to {LONGEST_ACCOUNT_NAME} characters"
            )),
            false => Ok(()),
        }
    }
}

impl fmt::Debug for BankAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let masked: String = self.number.chars().take(3).collect();
        f.debug_struct("BankAccount")
            .field("bank", &self.bank.ko)
            .field("number", &format_args!("{masked}…"))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_an_account() {
        for (number, possible) in [
            ("123-45-678901", true),
            ("3333012345678", true),
            ("12345", false),
            ("123-45-6789012345678901", false),
            ("123--45678", false),
            ("-12345678", false),
            ("123 45 678901", false),
            ("１２３４５６７", false),
            ("123-45-67890a", false),
            ("", false),
        ] {
            let account = BankAccount {
                bank: Wording {
                    ko: "국민은행".into(),
                    en: None,
                },
                number: number.into(),
                holder: None,
            };
            assert_eq!(account.check().is_ok(), possible, "{number}");
            let refused = account.check().err().unwrap_or_default();
            assert!(number.is_empty() || !refused.contains(number), "{refused}");
        }
    }

    #[test]
    fn callers_of_both_languages_are_told() {
        let account = BankAccount {
            bank: Wording {
                ko: "국민은행".into(),
                en: Some("KB".into()),
            },
            number: "1234567".into(),
            holder: Some(Wording {
                ko: "홍길동".into(),
                en: None,
            }),
        };
        assert_eq!(account.told(false), "국민은행 12-34-567 홍길동");
        assert_eq!(account.told(true), "KB 12-34-567 홍길동");
        for (number, told) in [
            ("123-45-678901", "123-45-678901"),
            ("110-123-456789", "110-123-456789"),
            // Two groups could be a house number, no group an amount, and these three a date.
            ("12-345678", "12-345-678"),
            ("3333012345678", "333-301-234-5678"),
            ("2026-11-25", "20-261-125"),
            ("123456", "12-34-56"),
            ("12345678901234567890", "12345-67890-12345-67890"),
        ] {
            let account = BankAccount {
                number: number.into(),
                holder: None,
                ..account.clone()
            };
            assert_eq!(account.told(false), format!("국민은행 {told}"));
        }
    }
}
