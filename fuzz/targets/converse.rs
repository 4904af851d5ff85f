//! Any lines, said one after another to any shop: every reply ends in one way, the call ends within its bound, and nothing
//! is stored that overlaps.
#![no_main]

use std::sync::{Arc, LazyLock};

use biseo_conversation::{Action, Dialogue, Input, Opening, Output};
use biseo_model::phone::PhoneNumber;
use biseo_model::shop::ShopProfile;
use biseo_model::understanding::Context;
use biseo_nlu::Nlu;
use biseo_rehearse::MemoryShop;
use jiff::civil::{DateTime, date};
use libfuzzer_sys::fuzz_target;

/// More turns than a call may have.
const MOST_TURNS: usize = 130;
const NOW: DateTime = date(2026, 11, 24).at(10, 12, 0, 0);

struct Shop {
    profile: Arc<ShopProfile>,
    nlu: Nlu,
}

static SHOPS: LazyLock<Vec<Shop>> = LazyLock::new(|| {
    let texts = [
        include_str!("../../shops/haengbok.toml"),
        include_str!("../../shops/byeol.toml"),
        include_str!("../../shops/sotong.toml"),
        include_str!("../../shops/gugu.toml"),
        include_str!("../../shops/maeum.toml"),
    ];
    let shop = |text: &str| {
        let profile = Arc::new(ShopProfile::from_toml(text).expect("an example shop"));
        Shop { nlu: Nlu::new(&profile), profile }
    };
    texts.into_iter().map(shop).collect()
});

/// Feeds an input and does what comes of it; false when the call is over.
fn feed(dialogue: &mut Dialogue, books: &mut MemoryShop, input: Input) -> bool {
    let mut next = Some(input);
    while let Some(input) = next.take() {
        let reply = dialogue.handle(NOW, input);
        let ends = |o: &Output| matches!(o, Output::Do(_) | Output::Listen(_) | Output::HangUp { .. });
        assert_eq!(reply.iter().filter(|o| ends(o)).count(), 1, "{reply:?}");
        for output in reply {
            match output {
                Output::Say(prompt) => assert!(!prompt.text.trim().is_empty(), "{}", prompt.key),
                Output::Do(action) => {
                    if let Action::Book(new) = &action {
                        assert!(new.wish.at > NOW, "booked in the past");
                    }
                    next = Some(Input::Done(books.perform(&action)));
                }
                Output::HangUp { .. } => return false,
                _ => {}
            }
        }
    }
    true
}

fuzz_target!(|data: &[u8]| {
    let [shop, text @ ..] = data else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let Shop { profile, nlu } = &SHOPS[usize::from(*shop) % SHOPS.len()];
    let opening = Opening {
        caller: (shop & 0x80 == 0).then(|| PhoneNumber::parse("01012345678").expect("a number")),
        ..Opening::default()
    };
    let mut dialogue = Dialogue::new(profile.clone(), opening);
    let mut books = MemoryShop::new(profile.clone(), NOW);
    let mut open = feed(&mut dialogue, &mut books, Input::Started);
    // What is said last is said again until the call ends: it must.
    let last = text.lines().last().unwrap_or_default();
    let lines = text.lines().chain(std::iter::repeat(last)).take(MOST_TURNS);
    for line in lines {
        if !open {
            return;
        }
        let context = Context { now: NOW, awaiting: dialogue.awaiting() };
        let input = match line {
            "" => Input::Silence,
            "~" => Input::Unclear,
            line => Input::heard(line, nlu.understand(line, &context)),
        };
        open = feed(&mut dialogue, &mut books, input);
    }
    assert!(!open, "after {MOST_TURNS} turns the call goes on");
});
