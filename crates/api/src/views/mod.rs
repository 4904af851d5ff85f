//! What goes over the wire: JSON with English codes, never prose. Unknown fields of a request are refused.
//!
//! Instants are RFC 3339 in UTC, dates `2026-11-25` and times `19:00:00` are the shop's own. Telephone numbers are the digits of
//! the Korean national form (`01023456789`) or `+` and digits.

mod account;
mod answering;
mod bank;
mod booking;
mod calendar;
mod call;
mod caller;
mod care;
mod choices;
mod correction;
mod digest;
mod digest_feed;
mod flow;
mod incident;
mod line;
mod notice;
mod order;
mod passkey;
mod profile;
mod program_key;
mod question;
mod rehearsal;
mod session;
mod setup;
mod shop;
mod special;
mod topic;
mod tryout;
mod webhook;
mod wording;

pub use account::{
    AuditEntry, AuditPage, Invitation, InvitationMade, Invitations, Invite, Member, Members, RoleChange,
};
pub use answering::{AnswerTimesView, AnswerView, AnsweringView, NotTakenView};
pub use bank::{BankAccountChange, BankAccountView};
pub use booking::{
    Availability, BookingChange, BookingConflict, BookingList, BookingView, ConflictReason, FreeTime,
    NewBooking,
};
pub use calendar::{FeedMade, FeedView, Feeds, ImportView, Imports, NewFeed, NewImport};
pub use call::{CallDetail, CallPage, CallView, LatencyView, Outcome, TurnView};
pub use caller::{CallerChange, CallerDetail, CallerPage, CallerView};
pub use care::{CallerExport, Care, ErasureView, ExportedCall};
pub use choices::{BrowserList, BrowserView, Choices, ChoicesView, DigestChoice, FeedChoice, NewBrowser};
pub use correction::{CorrectionView, Corrections, Meant, NewCorrection};
pub use digest::{
    DigestCard, DigestEntry, DigestLine, DigestList, DigestSection, DigestSpan, DigestView, Digests,
};
pub use digest_feed::{DigestFeedMade, DigestFeedView, DigestFeeds, NewDigestFeed};
pub use flow::{FlowStepView, FlowView, Flows};
pub use incident::{IncidentPage, IncidentSource, IncidentView, LineEvidence, NewIncident, ShopIncident};
pub(crate) use line::subject_of;
pub use line::{
    LineBy, LineExercise, LineFault, LinePlace, LineResolver, LineStatus, LineSubject, LineTarget,
    LineTimeline, LineTrunk, LineWatch, TimelineFault, TrunkState,
};
pub use notice::{OwnNotices, OwnNoticesView, ToldFault, ToldNotice, ToldPage, ToldState, ToldWhom};
pub use order::{MessageChange, MessagePage, MessageView, OrderItemView, OrderList, OrderView};
pub use passkey::{
    NewPasskey, PasskeyAccept, PasskeyChallenge, PasskeyInvited, PasskeyList, PasskeyName, PasskeySignIn,
    PasskeyView,
};
pub use profile::{
    BookingRulesView, DayView, FactChange, HolidayView, HoursView, MenuItemView, NthView, ProfileChange,
    ProfileView, QueueView, ServiceView, StaffView, TableView, Text, VoiceView,
};
pub use program_key::{NewProgramKey, ProgramKeyMade, ProgramKeyView, ProgramKeys};
pub use question::{Answer, QuestionPage, QuestionState, QuestionView};
pub use rehearsal::{
    FailureCode, PlayedCall, PlayedFailure, PlayedLine, RehearsalCall, RehearsalCallState, Run, RunDetail,
    RunState, Runs, Speaker,
};
pub use session::{
    Accept, InvitationCheck, InvitationToken, Membership, PasswordChange, Reauth, RecoveryCodes, SessionView,
    SignIn, SignInStep, TotpCode, TotpSecret,
};
pub use setup::{
    BookingMode, SetupBooking, SetupBusiness, SetupDone, SetupItem, SetupService, SetupStaff, SetupStep,
    SetupTable, SetupView, ShopKind,
};
pub use shop::{Counts, Health, ShopList, ShopView};
pub use special::SpecialDayView;
pub use topic::{LearntTopic, StoryRead, StoryTold, TopicChange, TopicWish, TopicsView};
pub use tryout::{Tried, TriedTurn, Tryout};
pub use webhook::{
    HookDelivery, HookDeliveryDetail, HookDeliveryPage, HookFault, HookState, NewWebhook, WebhookChange,
    WebhookMade, WebhookView, Webhooks,
};
pub(crate) use wording::with_changes;
pub use wording::{SentenceView, Sentences, WordingChange};
