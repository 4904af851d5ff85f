//! The labels of the classifier, in the order of its table, and the values that stand for themselves in its corpus.
//! Read by the build script as well.

/// What an utterance can be, besides its values: intents, questions by topic, acts.
pub const LABELS: [&str; 43] = [
    "book",
    "change_booking",
    "cancel_booking",
    "find_booking",
    "order",
    "change_order",
    "cancel_order",
    "leave_message",
    "request_callback",
    "transfer",
    "complain",
    "sales_pitch",
    "chitchat",
    "emergency",
    "ask:hours",
    "ask:location",
    "ask:parking",
    "ask:price",
    "ask:menu",
    "ask:wifi",
    "ask:pets",
    "ask:delivery",
    "ask:pickup",
    "ask:payment",
    "ask:staff",
    "ask:duration",
    "ask:cancellation",
    "ask:capacity",
    "ask:availability",
    "ask:screening",
    "ask:programs",
    "ask:volunteer",
    "ask:wait",
    "ask:other",
    "greet",
    "affirm",
    "deny",
    "stop",
    "wait",
    "repeat",
    "unsure",
    "thank",
    "goodbye",
];

/// What had been asked, as the corpus writes it; its place is the classifier's context.
pub const CONTEXTS: [&str; 6] = ["-", "slot", "confirm", "alternative", "offer", "else"];

/// Values as the corpus writes them, `{date}`; their place is the kind of the piece.
pub const VALUES: [&str; 12] = [
    "date", "time", "people", "count", "item", "service", "staff", "name", "phone", "queue", "money",
    "duration",
];
