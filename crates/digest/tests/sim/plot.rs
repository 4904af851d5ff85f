//! What callers want and how it goes.

use biseo_digest::Trouble;
use biseo_model::record::CallEnd;

/// What a caller wants and how it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plot {
    Books,
    Orders,
    AskedAndTold,
    Unknown,
    WantsCallBack,
    LeavesWord,
    HangsUp,
    NoPerson,
    Person,
    CutOff,
    Complains,
    Emergency,
    RepeatedThenBooks,
    Silent,
    Sells,
    RingsOff,
    HangsUpThenBooks,
    HangsUpThenCancels,
    /// Hears the booking read back with a wish, and hangs up.
    HangsUpAtReadBack,
    /// Hears the message read back, and wants none any more.
    ChangesMind,
    Cancels,
    Moves,
    AddsWish,
    CancelsOrder,
    ChangesOrder,
    /// A message is promised because nobody answers; hangs up before it is taken down.
    HangsUpAfterPromise,
    /// Turns in a circle until Biseo ends the call.
    TooLong,
    /// Tells a day and a time, and takes leave without a booking.
    LeavesUnbooked,
    /// The booking cannot be stored.
    StoreFails,
    StoreFailsThenMessage,
    /// The message cannot be stored.
    MessageFails,
    ChecksIn,
    ChecksInSilent,
}

/// How often each happens in a hundred calls, roughly.
pub const PLOTS: [(Plot, u32); 33] = [
    (Plot::Books, 20),
    (Plot::Orders, 10),
    (Plot::AskedAndTold, 12),
    (Plot::Unknown, 6),
    (Plot::WantsCallBack, 5),
    (Plot::LeavesWord, 3),
    (Plot::HangsUp, 5),
    (Plot::NoPerson, 3),
    (Plot::Person, 3),
    (Plot::CutOff, 2),
    (Plot::Complains, 2),
    (Plot::Emergency, 1),
    (Plot::RepeatedThenBooks, 3),
    (Plot::Silent, 2),
    (Plot::Sells, 3),
    (Plot::RingsOff, 2),
    (Plot::HangsUpThenBooks, 2),
    (Plot::HangsUpThenCancels, 1),
    (Plot::HangsUpAtReadBack, 1),
    (Plot::ChangesMind, 1),
    (Plot::Cancels, 3),
    (Plot::Moves, 3),
    (Plot::AddsWish, 1),
    (Plot::CancelsOrder, 1),
    (Plot::ChangesOrder, 1),
    (Plot::HangsUpAfterPromise, 1),
    (Plot::TooLong, 1),
    (Plot::LeavesUnbooked, 1),
    (Plot::StoreFails, 1),
    (Plot::StoreFailsThenMessage, 1),
    (Plot::MessageFails, 1),
    (Plot::ChecksIn, 2),
    (Plot::ChecksInSilent, 1),
];

impl Plot {
    /// Whether the caller must be called tonight.
    pub fn owed(self) -> bool {
        self.trouble()
            .is_some_and(|t| !matches!(t, Trouble::Repeated | Trouble::Silent | Trouble::RangOff))
            && self.again().is_none()
            || matches!(self, Self::WantsCallBack | Self::ChecksInSilent)
    }

    /// What is worst in a call that goes badly.
    pub fn trouble(self) -> Option<Trouble> {
        Some(match self {
            Self::HangsUp | Self::HangsUpThenBooks | Self::HangsUpThenCancels | Self::HangsUpAtReadBack => {
                Trouble::HungUp
            }
            Self::NoPerson | Self::HangsUpAfterPromise => Trouble::NoPerson,
            Self::CutOff => Trouble::Failed,
            Self::TooLong
            | Self::LeavesUnbooked
            | Self::StoreFails
            | Self::StoreFailsThenMessage
            | Self::MessageFails => Trouble::Unfinished,
            Self::Complains => Trouble::Complaint,
            Self::Emergency => Trouble::Emergency,
            Self::RepeatedThenBooks => Trouble::Repeated,
            Self::Silent | Self::ChecksInSilent => Trouble::Silent,
            Self::RingsOff => Trouble::RangOff,
            _ => return None,
        })
    }

    /// What the same caller does in a second call.
    pub fn again(self) -> Option<Self> {
        match self {
            Self::HangsUpThenBooks => Some(Self::Books),
            Self::HangsUpThenCancels => Some(Self::Cancels),
            _ => None,
        }
    }

    /// How the call ends.
    pub fn end(self) -> CallEnd {
        match self {
            Self::CutOff => CallEnd::Failed,
            Self::Person => CallEnd::Transferred,
            Self::Silent | Self::ChecksInSilent => CallEnd::Silence,
            Self::Sells | Self::ChecksIn | Self::TooLong | Self::LeavesUnbooked => CallEnd::Biseo,
            _ => CallEnd::Caller,
        }
    }
}
