//! A shop's users, invitations and audit log.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::Role;

/// A user as seen by a shop.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Member {
    /// The user's id.
    pub user: String,
    /// The login name.
    pub login: String,
    /// How the user is called.
    pub name: String,
    /// What the user is at this shop.
    pub role: Role,
    /// Whether the user has a password; who has none signs in by passkeys.
    pub password: bool,
    /// Whether a second factor is enrolled.
    pub totp: bool,
    /// The last sign-in.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_seen: Option<Timestamp>,
}

/// A shop's users, at most 200, by login.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Members {
    /// The users.
    pub items: Vec<Member>,
}

/// Another role.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleChange {
    /// What the user is from now on.
    pub role: Role,
}

/// Somebody is invited.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Invite {
    /// What the user will be.
    pub role: Role,
    /// How the user is called.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
}

/// An invitation that nobody has taken yet.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Invitation {
    /// Its id.
    pub id: String,
    /// What the user will be.
    pub role: Role,
    /// How the user is called.
    pub name: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub made: Timestamp,
    /// Until when it can be taken.
    #[schema(value_type = String, format = DateTime)]
    pub expires: Timestamp,
}

/// A new invitation with its token, which is told this once.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InvitationMade {
    /// The invitation.
    #[serde(flatten)]
    pub invitation: Invitation,
    /// What the one-time link carries after `#`.
    pub token: String,
}

/// A shop's open invitations, newest first, at most 100.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Invitations {
    /// The invitations.
    pub items: Vec<Invitation>,
}

/// Something that somebody did.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AuditEntry {
    /// Its id.
    pub id: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who; none if nobody was signed in.
    pub user: Option<String>,
    /// The login at that time; of a program what its key is called.
    pub login: Option<String>,
    /// Whether it was a program, whose key may be called as somebody's login is.
    pub program: bool,
    /// What was done, a code such as `booking.moved`.
    pub action: String,
    /// To what: an id, never a telephone number.
    pub target: Option<String>,
    /// From which network address.
    pub address: Option<String>,
}

/// A page of the audit log, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AuditPage {
    /// The entries.
    pub items: Vec<AuditEntry>,
    /// Give this as `cursor` for the next page; none on the last.
    pub next: Option<String>,
}
