//! Flows as people read them: what starts each, what is asked and done in it, step by step.

use biseo_model::shop::{BookingRules, ShopProfile};
use serde::Serialize;

use crate::flow::{Flow, Flows, Need, Step, StepKind, When};
use crate::rules::takes_orders;

/// A flow as a shop has it. Values, checks and deeds are named as in flow files (`flows/README.md`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// Its name.
    pub name: String,
    /// The intents that start it: `book`.
    pub intents: Vec<String>,
    /// Words that start it wherever they are said.
    pub words: Vec<String>,
    /// Whether it is what a call is about that Biseo makes to ask after somebody.
    pub check_in: bool,
    /// Whether the shop has what it needs: booking rules, a menu from which orders are taken.
    pub serves: bool,
    /// The steps that are taken in this shop, in their order; a step whose value is known already is passed.
    pub steps: Vec<OutlineStep>,
}

/// A step of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutlineStep {
    /// `collect`, `ask`, `check`, `find`, `confirm`, `tell` or `do`.
    pub does: &'static str,
    /// What: a value, the name of a question, a check, what is found, the key of a sentence, a deed.
    pub what: String,
    /// Asked for in the same question.
    pub together: Option<String>,
    /// Whether "no matter" is an answer.
    pub optional: bool,
}

impl Flows {
    /// The flows that a shop has, as they are in it.
    #[must_use]
    pub fn outlines(&self, shop: &ShopProfile) -> Vec<Outline> {
        let here = self.all().iter().filter(|f| f.is_of(shop.id.as_str()));
        here.map(|flow| outline(flow, shop)).collect()
    }
}

fn outline(flow: &Flow, shop: &ShopProfile) -> Outline {
    let staffed = matches!(shop.booking, Some(BookingRules::Staff(_)));
    let taken = |step: &&Step| match step.when {
        None => true,
        Some(When::Staff) => staffed,
        Some(When::Tables) => !staffed,
    };
    Outline {
        name: flow.name.clone(),
        intents: flow.intents.iter().map(code).collect(),
        words: flow.words.clone(),
        check_in: flow.check_in,
        serves: match flow.needs {
            None => true,
            Some(Need::Booking) => shop.booking.is_some(),
            Some(Need::Orders) => takes_orders(shop),
        },
        steps: flow.steps.iter().filter(taken).map(|s| step(&s.kind)).collect(),
    }
}

fn step(kind: &StepKind) -> OutlineStep {
    let plain = |does, what: String| OutlineStep {
        does,
        what,
        together: None,
        optional: false,
    };
    match kind {
        StepKind::Collect {
            slot,
            together,
            optional,
            ..
        } => OutlineStep {
            together: together.as_ref().map(code),
            optional: *optional,
            ..plain("collect", code(slot))
        },
        StepKind::Ask { name, .. } => plain("ask", name.clone()),
        StepKind::Check(check) => plain("check", code(check)),
        StepKind::Find { what, .. } => plain("find", code(what)),
        StepKind::Confirm(key) => plain("confirm", key.clone()),
        StepKind::Tell(key) => plain("tell", key.clone()),
        StepKind::Do(deed) => plain("do", code(deed)),
    }
}

/// A name as files have it.
fn code(named: &impl Serialize) -> String {
    match toml::Value::try_from(named) {
        Ok(toml::Value::String(name)) => name,
        // Nothing but names is given; one that had more to it would be called nothing.
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shop(id: &str) -> ShopProfile {
        let path = format!("{}/../../shops/{id}.toml", env!("CARGO_MANIFEST_DIR"));
        ShopProfile::from_toml(&std::fs::read_to_string(path).unwrap()).unwrap()
    }

    fn of(shop_id: &str, name: &str) -> Outline {
        let all = Flows::built_in().outlines(&shop(shop_id));
        all.into_iter().find(|f| f.name == name).unwrap()
    }

    fn whats(outline: &Outline, does: &str) -> Vec<String> {
        let steps = outline.steps.iter().filter(|s| s.does == does);
        steps.map(|s| s.what.clone()).collect()
    }

    #[test]
    fn a_booking_is_outlined_as_the_shop_takes_it() {
        let (table, chair) = (of("haengbok", "book"), of("byeol", "book"));
        assert_eq!(
            whats(&table, "collect"),
            ["date", "time", "party_size", "name", "phone"]
        );
        assert_eq!(
            whats(&chair, "collect"),
            ["service", "date", "time", "staff", "name", "phone"]
        );
        assert_eq!(table.intents, ["book"]);
        assert_eq!(table.steps[0].together.as_deref(), Some("time"));
        assert!(chair.steps.iter().any(|s| s.what == "staff" && s.optional));
        assert_eq!(whats(&table, "check"), ["day", "bookable"]);
        assert_eq!(whats(&table, "do"), ["book"]);
    }

    #[test]
    fn what_a_shop_has_not_is_told_and_no_name_is_missing() {
        let shops = ["haengbok", "byeol", "gugu", "maeum", "sotong"];
        for shop in shops.map(shop) {
            for flow in Flows::built_in().outlines(&shop) {
                let needs_booking = ["book", "change", "cancel"].contains(&flow.name.as_str());
                assert!(
                    !needs_booking || flow.serves == shop.booking.is_some(),
                    "{flow:?}"
                );
                assert!(flow.steps.iter().all(|s| !s.what.is_empty()), "{flow:?}");
                assert!(flow.intents.iter().all(|i| !i.is_empty()), "{flow:?}");
            }
        }
    }
}
