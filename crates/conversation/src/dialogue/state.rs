//! Where a conversation stands, for programs and for people who test flows.

use biseo_model::understanding::Slot;
use serde::Serialize;

use super::Dialogue;
use super::frame::Frame;
use super::slots::Slots;

/// A flow that is under way.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlowState {
    /// Its name, that of its file.
    pub flow: String,
    /// The values that it has collected, in plain writing: days as `2026-11-25`, times as `19:00`.
    pub values: Vec<SlotState>,
    /// What it still has to ask for, in order. Only of the topmost flow.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Slot>,
    /// Second choices, each with the values in which it differs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Vec<SlotState>>,
    /// What the caller asks of those who serve, in the caller's words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<String>,
}

/// A value in plain writing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SlotState {
    /// The slot.
    pub slot: Slot,
    /// Its value.
    pub value: String,
}

impl Dialogue {
    /// The flows under way; the last is the one that is spoken about.
    pub fn under(&self) -> Vec<FlowState> {
        let last = self.stack.len().saturating_sub(1);
        let state = |(at, frame): (usize, &Frame)| FlowState {
            flow: frame.flow.name.clone(),
            values: written(&frame.all()),
            missing: if at == last { self.missing() } else { Vec::new() },
            choices: frame.choices.iter().map(written).collect(),
            requests: frame.all().requests,
        };
        self.stack.iter().enumerate().map(state).collect()
    }
}

fn written(slots: &Slots) -> Vec<SlotState> {
    let items: Vec<String> = slots
        .items
        .iter()
        .map(|i| format!("{}×{}", i.name, i.quantity))
        .collect();
    let list = |all: &[String]| (!all.is_empty()).then(|| all.join(", "));
    let values = [
        (Slot::Service, list(&slots.services)),
        (Slot::MenuItem, list(&items)),
        (Slot::Date, slots.date.map(|d| d.to_string())),
        (Slot::Time, slots.time.map(|t| t.strftime("%H:%M").to_string())),
        (
            Slot::PickupTime,
            slots.pickup_time.map(|t| t.strftime("%H:%M").to_string()),
        ),
        (Slot::PartySize, slots.party_size.map(|n| n.to_string())),
        (Slot::Staff, slots.staff.clone()),
        (Slot::Name, slots.name.clone()),
        (Slot::Phone, slots.phone.as_ref().map(|p| p.as_str().to_string())),
        (Slot::Address, slots.address.clone()),
        (Slot::Message, slots.message.clone()),
        (Slot::BookingRef, slots.reference.clone()),
    ];
    let filled = values
        .into_iter()
        .filter_map(|(slot, value)| Some(SlotState { slot, value: value? }));
    filled.collect()
}
