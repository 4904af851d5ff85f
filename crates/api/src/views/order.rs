//! Orders and messages.

use biseo_model::record::{Order, OrderState};
use biseo_store::LeftMessage;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Something that was ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderItemView {
    /// Its name on the menu.
    pub name: String,
    /// How many.
    pub quantity: u32,
}

/// An order.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrderView {
    /// Its id.
    pub id: String,
    /// The call in which it was made.
    pub call: Option<String>,
    /// What is ordered.
    pub items: Vec<OrderItemView>,
    /// The sum in won.
    pub won: u64,
    /// The day for which it is.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// When it is fetched; none: as soon as it is ready.
    #[schema(value_type = Option<String>)]
    pub pickup: Option<Time>,
    /// Where it is brought; none: it is fetched.
    pub address: Option<String>,
    /// Whose it is.
    pub name: String,
    /// The number to reach the guest.
    pub phone: String,
    /// Whether it was given up.
    pub cancelled: bool,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub made: Timestamp,
}

/// The orders of some days, in the order in which they were made, cancelled ones too.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrderList {
    /// The orders.
    pub items: Vec<OrderView>,
}

/// A message for the owner.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MessageView {
    /// Its id.
    pub id: String,
    /// The call in which it was left.
    pub call: Option<String>,
    /// Who left it.
    pub name: Option<String>,
    /// The words.
    pub text: String,
    /// Whom to call back.
    pub call_back: Option<String>,
    /// When it was left.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// When it was marked as done; none: it waits.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub done: Option<Timestamp>,
}

/// A page of messages, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MessagePage {
    /// The messages.
    pub items: Vec<MessageView>,
    /// Give this as `cursor` for the next page; none on the last.
    pub next: Option<String>,
}

/// Marks a message.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MessageChange {
    /// Whether it is done.
    pub done: bool,
}

impl From<Order> for OrderView {
    fn from(o: Order) -> Self {
        let item = |i: biseo_model::record::OrderItem| OrderItemView {
            name: i.name,
            quantity: i.quantity,
        };
        Self {
            id: o.id.into(),
            call: o.call.map(Into::into),
            items: o.items.into_iter().map(item).collect(),
            won: o.won,
            date: o.date,
            pickup: o.pickup,
            address: o.address,
            name: o.name,
            phone: o.phone.into(),
            cancelled: o.state == OrderState::Cancelled,
            made: o.made,
        }
    }
}

impl From<LeftMessage> for MessageView {
    fn from(left: LeftMessage) -> Self {
        let m = left.message;
        Self {
            id: m.id.into(),
            call: m.call.map(Into::into),
            name: m.name,
            text: m.text,
            call_back: m.call_back.map(Into::into),
            at: m.at,
            done: left.done,
        }
    }
}
