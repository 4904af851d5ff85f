//! Any text, at any shop, after any question: understanding and entities end, and every span lies within the text.
#![no_main]

use std::sync::LazyLock;

use biseo_model::shop::ShopProfile;
use biseo_model::understanding::{Awaiting, Context, Slot};
use biseo_nlu::Nlu;
use jiff::civil::date;
use libfuzzer_sys::fuzz_target;

static SHOPS: LazyLock<Vec<Nlu>> = LazyLock::new(|| {
    let texts = [
        include_str!("../../shops/haengbok.toml"),
        include_str!("../../shops/byeol.toml"),
        include_str!("../../shops/sotong.toml"),
        include_str!("../../shops/gugu.toml"),
        include_str!("../../shops/maeum.toml"),
    ];
    texts.into_iter().map(|t| Nlu::new(&ShopProfile::from_toml(t).expect("an example shop"))).collect()
});

const ASKED: [Option<Awaiting>; 12] = [
    None,
    Some(Awaiting::Confirm),
    Some(Awaiting::Alternative),
    Some(Awaiting::Offer),
    Some(Awaiting::AnythingElse),
    Some(Awaiting::Slot(Slot::Date)),
    Some(Awaiting::Slot(Slot::Time)),
    Some(Awaiting::Slot(Slot::Name)),
    Some(Awaiting::Slot(Slot::Phone)),
    Some(Awaiting::Slot(Slot::PartySize)),
    Some(Awaiting::Slot(Slot::Message)),
    Some(Awaiting::Slot(Slot::MenuItem)),
];

fuzz_target!(|data: &[u8]| {
    let [shop, asked, text @ ..] = data else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let now = date(2026, 11, 24).at(10, 12, 0, 0);
    let context = Context {
        now,
        awaiting: ASKED[usize::from(*asked) % ASKED.len()],
    };
    let length = text.chars().count();
    let u = SHOPS[usize::from(*shop) % SHOPS.len()].understand(text, &context);
    for filled in &u.slots {
        assert!(filled.start <= filled.end && filled.end <= length, "{filled:?} of {length}");
    }
    assert!((0.0..=1.0).contains(&u.confidence));
});
