//! What can be booked at a shop, by name.

use biseo_model::shop::BookingRules;

/// Tables (`name-1`, `name-2`, …) or staff, in the profile's order.
#[must_use]
pub(crate) fn all(rules: &BookingRules) -> Vec<String> {
    match rules {
        BookingRules::Tables(t) => {
            let each = |k: &biseo_model::shop::TableKind| {
                let name = k.name.clone();
                (1..=k.count).map(move |n| format!("{name}-{n}"))
            };
            t.tables.iter().flat_map(each).collect()
        }
        BookingRules::Staff(s) => s.staff.iter().map(|m| m.name.clone()).collect(),
    }
}
