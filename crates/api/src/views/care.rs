//! How long a shop keeps what it knows of callers, and what it hands out and erases.

use biseo_model::ids::ShopId;
use biseo_model::phone::PhoneNumber;
use biseo_store::{Dossier, Erased};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{BookingView, CallView, CallerView, MessageView, OrderView, QuestionView, TurnView};

/// For how many days what is kept. What is older is removed within an hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Care {
    /// Recordings of calls.
    #[schema(minimum = 1, maximum = 3650)]
    pub recordings_days: u16,
    /// What was said in them, questions without an answer, and digests.
    #[schema(minimum = 1, maximum = 3650)]
    pub words_days: u16,
    /// Whose it was: numbers of calls, bookings and orders for past days, messages, callers.
    #[schema(minimum = 1, maximum = 3650)]
    pub people_days: u16,
}

impl Care {
    /// The name under which the store keeps it.
    pub const NAME: &'static str = "care";
    /// The longest time, in days.
    pub const MOST_DAYS: u16 = 3650;
}

impl Default for Care {
    /// Recordings for three months, words for six, people for three years, the time for which a trader keeps records of complaints
    /// and disputes (전자상거래법 시행령 제6조).
    fn default() -> Self {
        Self {
            recordings_days: 90,
            words_days: 180,
            people_days: 1095,
        }
    }
}

/// A call with all that was said.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExportedCall {
    /// The call. Its recording, if there is one, is had by its own route.
    pub call: CallView,
    /// Its turns, in order.
    pub turns: Vec<TurnView>,
}

/// Everything that a shop knows under a number (개인정보 보호법 제35조).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallerExport {
    /// The shop.
    pub shop: String,
    /// The number.
    pub phone: String,
    /// When it was put together.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What is noted.
    pub caller: Option<CallerView>,
    /// Calls from there, and those in which the number was left, in order.
    pub calls: Vec<ExportedCall>,
    /// Bookings, in order.
    pub bookings: Vec<BookingView>,
    /// Orders, in order.
    pub orders: Vec<OrderView>,
    /// Messages, in order.
    pub messages: Vec<MessageView>,
    /// Questions that could not be answered, in order.
    pub questions: Vec<QuestionView>,
}

impl CallerExport {
    pub(crate) fn of((shop, phone): (&ShopId, &PhoneNumber), all: Dossier, at: Timestamp) -> Self {
        let call = |(call, turns): (biseo_model::record::CallRecord, Vec<_>)| {
            let answered = call.answered;
            let turn = |turn| TurnView::of(turn, answered);
            ExportedCall {
                turns: turns.into_iter().map(turn).collect(),
                call: CallView::begun(call),
            }
        };
        Self {
            shop: shop.as_str().into(),
            phone: phone.as_str().into(),
            at,
            caller: all.caller.map(Into::into),
            calls: all.calls.into_iter().map(call).collect(),
            bookings: all.bookings.into_iter().map(Into::into).collect(),
            orders: all.orders.into_iter().map(Into::into).collect(),
            messages: all.messages.into_iter().map(Into::into).collect(),
            questions: all.questions.into_iter().map(Into::into).collect(),
        }
    }
}

/// What was erased, and what is still needed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ErasureView {
    /// Calls of which nothing but their times is left.
    pub calls: usize,
    /// Bookings that are gone.
    pub bookings: usize,
    /// Orders that are gone.
    pub orders: usize,
    /// Messages that are gone.
    pub messages: usize,
    /// Bookings that stand for today or later. They stay; erase again when they are over, or cancel them first.
    pub kept_bookings: u32,
    /// Orders that are open for today or later.
    pub kept_orders: u32,
    /// Calls that are under way.
    pub kept_calls: u32,
    /// The number stays blocked, without a name.
    pub kept_block: bool,
}

impl From<&Erased> for ErasureView {
    fn from(erased: &Erased) -> Self {
        Self {
            calls: erased.calls.len(),
            bookings: erased.bookings.len(),
            orders: erased.orders.len(),
            messages: erased.messages.len(),
            kept_bookings: erased.kept_bookings,
            kept_orders: erased.kept_orders,
            kept_calls: erased.kept_calls,
            kept_block: erased.kept_block,
        }
    }
}
