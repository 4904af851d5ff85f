//! The example shops, and the instants of cases. Judging is `biseo_rehearse`'s.
#![allow(dead_code)]

use std::collections::BTreeMap;

use biseo_model::shop::ShopProfile;
use biseo_model::understanding::Context;
use biseo_nlu::Nlu;

/// The five example shops.
pub fn shops() -> BTreeMap<&'static str, Nlu> {
    [
        ("haengbok", include_str!("../../../../shops/haengbok.toml")),
        ("byeol", include_str!("../../../../shops/byeol.toml")),
        ("sotong", include_str!("../../../../shops/sotong.toml")),
        ("gugu", include_str!("../../../../shops/gugu.toml")),
        ("maeum", include_str!("../../../../shops/maeum.toml")),
    ]
    .into_iter()
    .map(|(id, text)| {
        (
            id,
            Nlu::new(&ShopProfile::from_toml(text).expect("an example shop")),
        )
    })
    .collect()
}

/// What an utterance is understood against; the offset of the time is the shop's own.
pub fn context(now: &str, asked: Option<&str>) -> Context {
    let now = now.split('+').next().unwrap_or(now);
    Context {
        now: now.parse().expect("a time"),
        awaiting: asked.map(|name| biseo_rehearse::awaiting(name).expect("a slot")),
    }
}
