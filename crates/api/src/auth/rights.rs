//! Roles, and the one table of what each may do.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What somebody is. All but the operator are of one shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 사장님: everything of the shop.
    Owner,
    /// 직원: the day's work.
    Staff,
    /// 상담원: the day's work without recordings of others.
    Agent,
    /// 상담 관리자: the day's work, recordings, and who does what.
    Supervisor,
    /// 운영자: runs the installation; sees no calls and no customers.
    Operator,
}

/// The rights, as values and as types.
macro_rules! rights {
    ($($(#[$doc:meta])* $right:ident),+ $(,)?) => {
        /// Something that may be allowed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Right {
            $($(#[$doc])* $right,)+
        }

        /// The rights as types, so that a handler's arguments say what it needs.
        pub(crate) mod needs {
            use super::{Needs, Right};

            $(
                $(#[$doc])*
                pub(crate) struct $right;
                impl Needs for $right {
                    const RIGHT: Right = Right::$right;
                }
            )+
        }
    };
}

rights! {
    /// Sees the profile, and what waits today.
    ReadShop,
    /// Changes the profile, answers questions.
    WriteShop,
    /// Sees calls, turns and live events, with numbers in full.
    ReadCalls,
    /// Hears recordings.
    HearRecordings,
    /// Says what callers meant where they were understood otherwise.
    CorrectCalls,
    /// Sees bookings and what is free.
    ReadBookings,
    /// Makes, moves and cancels bookings.
    WriteBookings,
    /// Sees orders and messages.
    ReadTasks,
    /// Cancels orders, marks messages.
    WriteTasks,
    /// Sees callers with their history.
    ReadCallers,
    /// Notes something of a caller, blocks one.
    WriteCallers,
    /// Sees the shop's users.
    ReadUsers,
    /// Invites, changes and removes users.
    WriteUsers,
    /// Reads the audit log.
    ReadAudit,
    /// Chooses how long data is kept, hands a caller's data out and erases it.
    CareForData,
    /// Lets programs be told of what happens, customers' names and numbers among it.
    ManageWebhooks,
    /// Gives programs keys to the API.
    ManagePrograms,
}

/// A right as a type.
pub(crate) trait Needs: Send {
    /// The right.
    const RIGHT: Right;
}

use Right as R;

const DAY: [Right; 10] = [
    R::ReadShop,
    R::ReadCalls,
    R::CorrectCalls,
    R::ReadBookings,
    R::WriteBookings,
    R::ReadTasks,
    R::WriteTasks,
    R::ReadCallers,
    R::WriteCallers,
    R::ReadUsers,
];

/// The table.
#[rustfmt::skip]
const TABLE: [(Role, &[&[Right]]); 5] = [
    (Role::Owner,      &[&DAY, &[R::WriteShop, R::HearRecordings, R::WriteUsers, R::ReadAudit, R::CareForData, R::ManageWebhooks, R::ManagePrograms]]),
    (Role::Staff,      &[&DAY, &[R::HearRecordings]]),
    (Role::Agent,      &[&DAY]),
    (Role::Supervisor, &[&DAY, &[R::HearRecordings, R::ReadAudit]]),
    // For any shop: to hand one over and to find out what was done, not to look at customers.
    (Role::Operator,   &[&[R::ReadShop, R::ReadUsers, R::WriteUsers, R::ReadAudit]]),
];

impl Right {
    /// Whether a program may have it. What gives rights to others or erases people's data is a person's to do, and so is whatever a
    /// new right opens, until it is named here.
    #[must_use]
    pub fn is_for_programs(self) -> bool {
        matches!(
            self,
            R::ReadShop
                | R::WriteShop
                | R::ReadCalls
                | R::HearRecordings
                | R::CorrectCalls
                | R::ReadBookings
                | R::WriteBookings
                | R::ReadTasks
                | R::WriteTasks
                | R::ReadCallers
                | R::WriteCallers
                | R::ReadUsers
                | R::ReadAudit
        )
    }
}

impl Role {
    /// What it may do, in the table's order.
    pub fn rights(self) -> impl Iterator<Item = Right> {
        let own = TABLE.iter().filter(move |(role, _)| *role == self);
        own.flat_map(|(_, sets)| sets.iter().flat_map(|set| set.iter().copied()))
    }

    /// Whether it may do something.
    #[must_use]
    pub fn may(self, right: Right) -> bool {
        self.rights().any(|r| r == right)
    }

    /// Whether somebody of this role may give or take that one: an owner any but operator, an operator any.
    #[must_use]
    pub fn may_grant(self, role: Role) -> bool {
        self.may(Right::WriteUsers) && (self == Role::Operator || role != Role::Operator)
    }

    /// Its code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Staff => "staff",
            Self::Agent => "agent",
            Self::Supervisor => "supervisor",
            Self::Operator => "operator",
        }
    }

    /// The role of a code.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        TABLE.iter().map(|(role, _)| *role).find(|r| r.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operator_sees_no_customer() {
        for right in [
            R::ReadCalls,
            R::HearRecordings,
            R::ReadBookings,
            R::ReadTasks,
            R::ReadCallers,
            R::CareForData,
            R::ManageWebhooks,
            R::ManagePrograms,
        ] {
            assert!(!Role::Operator.may(right), "{right:?}");
            assert!(Role::Owner.may(right), "{right:?}");
        }
    }

    #[test]
    fn only_owner_and_operator_have_users() {
        let who: Vec<Role> = TABLE
            .iter()
            .map(|t| t.0)
            .filter(|r| r.may(R::WriteUsers))
            .collect();
        assert_eq!(who, [Role::Owner, Role::Operator]);
        assert!(!Role::Owner.may_grant(Role::Operator));
        assert!(!Role::Staff.may_grant(Role::Agent));
    }

    #[test]
    fn codes_are_what_is_serialised() {
        for (role, _) in TABLE {
            assert_eq!(serde_json::to_value(role).unwrap(), role.code());
            assert_eq!(Role::of_code(role.code()), Some(role));
        }
    }
}
