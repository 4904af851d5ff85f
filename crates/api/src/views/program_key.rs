//! Keys by which programs use the API.

use biseo_store::ProgramKey;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::{self, Right};

/// A program's key, without what the program holds.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProgramKeyView {
    /// Its id.
    pub id: String,
    /// What the owner calls the program.
    pub name: String,
    /// What it may do.
    pub rights: Vec<Right>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub made: Timestamp,
    /// The login of whoever made it.
    pub made_by: String,
    /// From when on it opens nothing; `null`: until it is taken away.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires: Option<Timestamp>,
    /// The last request by it, to the minute.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub used: Option<Timestamp>,
}

/// A shop's keys, oldest first; those that have run out among them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProgramKeys {
    /// The keys.
    pub items: Vec<ProgramKeyView>,
}

/// A key to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProgramKey {
    /// What the owner calls the program.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// What it may do: some of what whoever makes it may, and nothing that gives rights to others or erases people's data.
    #[schema(min_items = 1, max_items = 20)]
    pub rights: Vec<Right>,
    /// Days until it opens nothing any more; `null`: until it is taken away.
    #[schema(minimum = 1, maximum = 3660)]
    pub days: Option<u16>,
}

/// A key with what the program holds, which is told this once.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProgramKeyMade {
    /// The key.
    pub key: ProgramKeyView,
    /// What the program sends: `Authorization: Bearer` and this.
    pub token: String,
}

impl From<ProgramKey> for ProgramKeyView {
    fn from(key: ProgramKey) -> Self {
        Self {
            rights: auth::program::rights(&key),
            id: key.id,
            name: key.name,
            made: key.made,
            made_by: key.made_by,
            expires: key.expires,
            used: key.used,
        }
    }
}
