//! The bank account of which callers are told, as JSON.

use std::fmt;

use biseo_model::shop::BankAccount;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Text;

/// A bank account.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BankAccountView {
    /// The bank: "국민은행"; 30 characters at most.
    pub bank: Text,
    /// Its number: 6 to 20 digits, with hyphens between them if it has any.
    #[schema(pattern = "^[0-9]+(-[0-9]+)*$", max_length = 40)]
    pub number: String,
    /// Whose it is, as the payer sees it; 30 characters at most.
    #[serde(default)]
    pub holder: Option<Text>,
}

/// Another bank account.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BankAccountChange {
    /// The account; none: callers are told of none any more.
    #[serde(default)]
    pub to: Option<BankAccountView>,
}

impl fmt::Debug for BankAccountView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BankAccountView")
            .field("bank", &self.bank)
            .finish_non_exhaustive()
    }
}

impl From<&BankAccount> for BankAccountView {
    fn from(account: &BankAccount) -> Self {
        Self {
            bank: (&account.bank).into(),
            number: account.number.clone(),
            holder: account.holder.as_ref().map(Into::into),
        }
    }
}
