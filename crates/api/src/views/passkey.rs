//! Passkeys.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A passkey of one's own.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PasskeyView {
    /// Its id.
    pub id: String,
    /// How its owner calls it.
    pub name: String,
    /// Whether one signs in by it here: one that was made for another address of the console is of no use.
    pub usable: bool,
    /// Whether it is kept by a service that copies it to its owner's other devices.
    pub backed_up: bool,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    pub made: Timestamp,
    /// The last sign-in by it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub used: Option<Timestamp>,
}

/// One's own passkeys, the oldest first, at most 20.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PasskeyList {
    /// The passkeys.
    pub items: Vec<PasskeyView>,
}

/// A challenge for a browser. It is good once, for five minutes, for who asked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PasskeyChallenge {
    /// To be given back with the answer.
    pub ceremony: String,
    /// `PublicKeyCredentialCreationOptionsJSON` or `PublicKeyCredentialRequestOptionsJSON` (W3C Web Authentication level 3 §5.1.8 and
    /// §5.1.9), for `PublicKeyCredential.parseCreationOptionsFromJSON()` and its sister.
    #[schema(value_type = Object)]
    pub options: Value,
}

/// Signs in by a passkey.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeySignIn {
    /// From the challenge.
    #[schema(min_length = 1, max_length = 64)]
    pub ceremony: String,
    /// `AuthenticationResponseJSON`: what `PublicKeyCredential.toJSON()` gives.
    #[schema(value_type = Object)]
    pub credential: Value,
}

/// Adds a passkey.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPasskey {
    /// From the challenge.
    #[schema(min_length = 1, max_length = 64)]
    pub ceremony: String,
    /// How its owner calls it.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// `RegistrationResponseJSON`: what `PublicKeyCredential.toJSON()` gives.
    #[schema(value_type = Object)]
    pub credential: Value,
}

/// Another name for a passkey.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyName {
    /// How its owner calls it.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
}

/// Begins to make an account that is entered by a passkey.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyInvited {
    /// What follows `#` in the link.
    #[schema(min_length = 43, max_length = 43)]
    pub token: String,
    /// The login name to be: letters of any script, digits, `.`, `_`, `-`, `@`.
    #[schema(min_length = 1, max_length = 64)]
    pub login: String,
    /// How the user is called.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
}

/// Takes an invitation by a one-time link and makes an account that is entered by a passkey.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyAccept {
    /// What follows `#` in the link.
    #[schema(min_length = 43, max_length = 43)]
    pub token: String,
    /// From the challenge.
    #[schema(min_length = 1, max_length = 64)]
    pub ceremony: String,
    /// How its owner calls the passkey.
    #[schema(min_length = 1, max_length = 64)]
    pub passkey: String,
    /// `RegistrationResponseJSON`: what `PublicKeyCredential.toJSON()` gives.
    #[schema(value_type = Object)]
    pub credential: Value,
}
