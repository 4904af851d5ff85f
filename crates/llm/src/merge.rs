//! The rules' reading and the model's, joined. What the rules found stands.

use biseo_model::understanding::{Act, Filled, Intent, Topic, Understanding, Value};

use crate::check::{Checked, MOST_SURE};

/// What the rules alone tell if they tell any of them.
const FIRM: [Act; 4] = [Act::Affirm, Act::Deny, Act::Stop, Act::Goodbye];

/// Joins the two readings; whether anything of the model's is in it. Danger that the rules heard is not touched; a yes,
/// no, stop or good-bye of theirs has none of the model's beside it; a slot that they filled keeps their value; and their
/// intents stand, but for a mere question or small talk.
pub fn merge(rules: &Understanding, model: &Checked) -> (Understanding, bool) {
    if rules.emergency {
        return (rules.clone(), false);
    }
    let mut joined = rules.clone();
    join_acts(&mut joined, &model.understanding);
    join_intents(&mut joined, &model.understanding);
    join_slots(&mut joined, model);
    let helped = joined != *rules || model.fact.is_some();
    if helped {
        joined.confidence = MOST_SURE;
    }
    (joined, helped)
}

fn join_acts(joined: &mut Understanding, model: &Understanding) {
    let firm = FIRM.iter().any(|a| joined.has(*a));
    for act in &model.acts {
        let barred = firm && (FIRM.contains(act) || *act == Act::Correct);
        if !barred && !joined.has(*act) {
            joined.acts.push(*act);
        }
    }
}

fn join_intents(joined: &mut Understanding, model: &Understanding) {
    let light = |i: &Intent| matches!(i, Intent::Ask | Intent::Chitchat);
    if !joined.intents.iter().all(light) {
        // A question beside a wish is not in its way.
        let asks = model.wants(Intent::Ask) && !joined.wants(Intent::Ask);
        joined.intents.extend(asks.then_some(Intent::Ask));
        return;
    }
    if !model.intents.is_empty() {
        joined.intents.retain(|i| *i != Intent::Chitchat);
    }
    for intent in &model.intents {
        if !joined.wants(*intent) {
            joined.intents.push(*intent);
        }
    }
}

fn join_slots(joined: &mut Understanding, model: &Checked) {
    let only_other = joined.topics().all(|t| t == Topic::Other);
    let topical = |f: &Filled| matches!(f.value, Value::Topic(t) if t != Topic::Other);
    if only_other && model.understanding.slots.iter().any(topical) {
        joined.slots.retain(|f| !matches!(f.value, Value::Topic(_)));
    }
    let rules = joined.slots.clone();
    for filled in &model.understanding.slots {
        let slot = filled.value.slot();
        let topic = matches!(filled.value, Value::Topic(_));
        let taken = rules.iter().any(|f| {
            let over = f.start < filled.end && filled.start < f.end;
            let f_topic = matches!(f.value, Value::Topic(_));
            f.value.slot() == slot && f.was == filled.was || over && !topic && !f_topic
        });
        if !taken {
            joined.slots.push(filled.clone());
        }
    }
    joined.slots.sort_by_key(|f| f.start);
}
