//! Sign-in, and who is signed in.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::{Right, Role};

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The login name.
    #[schema(min_length = 1, max_length = 64)]
    pub login: String,
    /// The password.
    #[schema(min_length = 1, max_length = 256, format = Password)]
    pub password: String,
    /// The six digits of the authenticator, or a recovery code; asked for by the code `totp_required`.
    #[schema(max_length = 32)]
    pub totp: Option<String>,
}

/// What a session still lacks before it may do more than look at itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignInStep {
    /// A second factor has to be enrolled: `POST /session/totp`, then `POST /session/totp/confirm`.
    EnrolTotp,
}

/// One shop of a user's, and what the user is there.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Membership {
    /// The shop's id.
    pub shop: String,
    /// What the user is there.
    pub role: Role,
    /// What the user may do there.
    pub rights: Vec<Right>,
}

/// Who is signed in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SessionView {
    /// The user's id.
    pub user: String,
    /// The login name.
    pub login: String,
    /// How the user is called.
    pub name: String,
    /// Whether the account has a password; one that was made with a passkey has none until it sets one.
    pub password: bool,
    /// Whether a second factor is enrolled.
    pub totp: bool,
    /// How many recovery codes are left.
    pub recovery_codes: u32,
    /// Runs the installation.
    pub operator: bool,
    /// The shops, by id.
    pub memberships: Vec<Membership>,
    /// What is still to be done; with it, every other route answers 403 `enrolment_required`.
    pub pending: Option<SignInStep>,
    /// When the session ends if it is not used.
    #[schema(value_type = String, format = DateTime)]
    pub expires: Timestamp,
}

/// Another password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The present one; an account that has none sets its first, within ten minutes of signing in.
    #[schema(min_length = 1, max_length = 256, format = Password)]
    pub current: Option<String>,
    /// The new one, 10 characters at least.
    #[schema(min_length = 10, max_length = 256, format = Password)]
    pub new: String,
}

/// A second factor that is being enrolled. It counts once a code was confirmed.
#[derive(Serialize, ToSchema)]
pub struct TotpSecret {
    /// The secret in Base32 (RFC 4648), to be typed.
    pub secret: String,
    /// The same for a QR code: `otpauth://totp/…`.
    pub uri: String,
}

/// A code of the authenticator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TotpCode {
    /// Six digits.
    #[schema(pattern = "^[0-9]{6}$")]
    pub code: String,
}

/// Codes that stand in for a lost authenticator, each once. They are shown this once.
#[derive(Serialize, ToSchema)]
pub struct RecoveryCodes {
    /// Ten codes.
    pub codes: Vec<String>,
}

/// A one-time link's token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationToken {
    /// What follows `#` in the link.
    #[schema(min_length = 43, max_length = 43)]
    pub token: String,
}

/// What a one-time link is good for.
#[derive(Serialize, ToSchema)]
pub struct InvitationCheck {
    /// The shop; none for an operator.
    pub shop: Option<String>,
    /// The role.
    pub role: Role,
    /// The name that the inviter gave.
    pub name: String,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    pub expires: Timestamp,
}

/// Takes an invitation by a one-time link and makes an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Accept {
    /// What follows `#` in the link.
    #[schema(min_length = 43, max_length = 43)]
    pub token: String,
    /// The login name to be: letters of any script, digits, `.`, `_`, `-`, `@`.
    #[schema(min_length = 1, max_length = 64)]
    pub login: String,
    /// How the user is called.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// The password, 10 characters at least.
    #[schema(min_length = 10, max_length = 256, format = Password)]
    pub password: String,
    /// The second factor of an account that is there.
    #[schema(max_length = 32)]
    pub totp: Option<String>,
}

/// The password once more, for something that a stolen session shall not do.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reauth {
    /// The password; an account that has none has signed in within the last ten minutes.
    #[schema(min_length = 1, max_length = 256, format = Password)]
    pub password: Option<String>,
}
