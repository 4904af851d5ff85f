//! Programs that are told of events, and what was sent to them.

use biseo_notify::channels::webhook::Fault as Wrong;
use biseo_notify::rules::About;
use biseo_store::{Delivery, DeliveryState, Webhook};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A program that is told.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookView {
    /// Its id.
    pub id: String,
    /// What the owner calls it.
    pub name: String,
    /// Where it listens.
    pub url: String,
    /// Of what it is told; of what is urgent always.
    pub events: Vec<About>,
    /// Whether it is told anything.
    pub on: bool,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    pub made: Timestamp,
}

/// A shop's programs, oldest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Webhooks {
    /// The programs.
    pub items: Vec<WebhookView>,
}

/// A program to be told.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// What the owner calls it.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// Where it listens: `https://`, on a public address or in a network that the operator allows.
    #[schema(min_length = 9, max_length = 1024, pattern = "^https?://")]
    pub url: String,
    /// Of what it is told.
    #[schema(min_items = 1, max_items = 20)]
    pub events: Vec<About>,
}

/// A program with what signs its requests (Standard Webhooks: `whsec_` and base64), which is told this once.
#[derive(Serialize, ToSchema)]
pub struct WebhookMade {
    /// The program.
    pub webhook: WebhookView,
    /// The secret.
    pub secret: String,
}

/// What of a program changes; what is left out stays.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookChange {
    /// Another name.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 64)]
    pub name: Option<String>,
    /// Another address.
    #[serde(default)]
    #[schema(min_length = 9, max_length = 1024, pattern = "^https?://")]
    pub url: Option<String>,
    /// Of what it is told.
    #[serde(default)]
    #[schema(min_items = 1, max_items = 20)]
    pub events: Option<Vec<About>>,
    /// Whether it is told anything.
    #[serde(default)]
    pub on: Option<bool>,
}

/// What has become of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HookState {
    /// Not tried yet, or being sent.
    Due,
    /// Tried in vain; tried again at `due`.
    Failed,
    /// The other side has it.
    Sent,
    /// Tried in vain too often, or refused for good.
    GivenUp,
}

/// What was wrong at the last try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HookFault {
    /// It answered, by the status in `answer`.
    Status,
    /// No connection came about, or its address may not be reached.
    Unreachable,
    /// No answer in time, or the connection broke off.
    Silent,
    /// It was switched off.
    Off,
    /// It was taken away.
    Gone,
    /// Something else, which the log tells.
    Other,
}

/// One sending.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HookDelivery {
    /// Its id.
    pub id: String,
    /// Its `webhook-id`, by which the receiver knows repetitions.
    pub message: String,
    /// Whether it repeats another one.
    pub again: bool,
    /// What it tells of, by the names that its body uses; nothing once that is forgotten.
    pub events: Vec<String>,
    /// What has become of it.
    pub state: HookState,
    /// When it was put together.
    #[schema(value_type = String, format = DateTime)]
    pub made: Timestamp,
    /// When it is, or was, to be tried next.
    #[schema(value_type = String, format = DateTime)]
    pub due: Timestamp,
    /// When it was sent or given up.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub settled: Option<Timestamp>,
    /// Tries begun.
    pub tries: u32,
    /// The status that the other side answered at the last try, if it did.
    pub answer: Option<u16>,
    /// What was wrong at the last try.
    pub fault: Option<HookFault>,
}

/// Deliveries of one program, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HookDeliveryPage {
    /// The deliveries.
    pub items: Vec<HookDelivery>,
    /// The cursor of the next page.
    pub next: Option<String>,
}

/// One sending with what it says.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HookDeliveryDetail {
    /// The sending.
    pub delivery: HookDelivery,
    /// The body of its requests, as it is or was sent; none once what it tells is forgotten.
    pub body: Option<String>,
}

impl From<Webhook> for WebhookView {
    fn from(hook: Webhook) -> Self {
        let about = |name: String| serde_json::from_value(name.into()).ok();
        Self {
            id: hook.id,
            name: hook.name,
            url: hook.url,
            // What another version of the program wrote is not shown.
            events: hook.events.into_iter().filter_map(about).collect(),
            on: hook.on,
            made: hook.made,
        }
    }
}

impl HookDelivery {
    /// A delivery with the keys of the events that it tells.
    #[must_use]
    pub fn of(delivery: Delivery, keys: &[String]) -> Self {
        let wrong = delivery.fault.as_deref().map(Wrong::of);
        let kind = |key: &String| key.split(':').next().unwrap_or_default().to_string();
        Self {
            message: delivery.told_as().into(),
            again: delivery.origin.is_some(),
            events: keys.iter().map(kind).collect(),
            state: delivery.state.into(),
            made: delivery.made,
            due: delivery.due,
            settled: delivery.settled,
            tries: delivery.tries,
            answer: match wrong {
                Some(Wrong::Status(status)) => Some(status),
                _ => delivery.answer,
            },
            fault: wrong.map(Into::into),
            id: delivery.id,
        }
    }
}

impl From<DeliveryState> for HookState {
    fn from(state: DeliveryState) -> Self {
        match state {
            DeliveryState::Due | DeliveryState::Sending => Self::Due,
            DeliveryState::Failed => Self::Failed,
            DeliveryState::Sent => Self::Sent,
            DeliveryState::GivenUp => Self::GivenUp,
        }
    }
}

impl From<Wrong> for HookFault {
    fn from(wrong: Wrong) -> Self {
        match wrong {
            Wrong::Status(_) => Self::Status,
            Wrong::Unreachable => Self::Unreachable,
            Wrong::Silent => Self::Silent,
            Wrong::Off => Self::Off,
            Wrong::Gone => Self::Gone,
            Wrong::Other => Self::Other,
        }
    }
}
