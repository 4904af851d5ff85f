//! The digest against simulated days whose truth is known, and against counts made another way.

#[allow(dead_code)]
mod sim;

use std::collections::BTreeSet;

use biseo_digest::html::Dress;
use biseo_digest::{
    Facts, Language, Links, MOST_SECONDS, Page, SectionKind, Source, Vow, Wording, compile, feed, html, mail,
};
use biseo_model::record::{BookingState, CallEnd, OrderState};
use proptest::prelude::*;
use sim::{Plot, Sim, signs};

fn links() -> Links {
    Links {
        page: "https://biseo.example/digest/2026-11-26".into(),
        all: "https://biseo.example/digest/2026-11-26/all".into(),
        console: "https://biseo.example".into(),
        query: "?shop=s1".into(),
    }
}

fn korean() -> Wording {
    Wording::of(Language::Ko)
}

fn facts(sim: &Sim) -> Facts {
    compile(&sim.day(), &signs()).unwrap()
}

fn page(sim: &Sim, facts: &Facts, fold: bool) -> Page {
    Page::write(facts, &sim.shop.name.ko, sim.now, &korean(), &links(), fold)
}

/// Days in both languages, each with the facts of its records.
fn days() -> impl Iterator<Item = (Sim, Facts)> {
    let each = |seed| [(Language::Ko, seed), (Language::En, seed)];
    (0..20).flat_map(each).map(|(language, seed)| {
        let sim = Sim::spoken(language, seed, 200);
        let facts = compile(&sim.day(), &signs()).unwrap();
        (sim, facts)
    })
}

#[test]
fn of_what_must_be_done_nothing_is_missed() {
    let (mut owed, mut told, mut extra) = (0, 0, 0);
    for (sim, facts) in days() {
        let calls = facts
            .tonight
            .iter()
            .filter(|a| !a.sources.iter().any(|s| matches!(s, Source::Order(_))));
        let called: BTreeSet<_> = calls.filter_map(|a| a.call.clone()).collect();
        let truth: BTreeSet<_> = sim.truth.owed.iter().cloned().collect();
        owed += truth.len();
        told += truth.intersection(&called).count();
        extra += called.difference(&truth).count();
    }
    println!("owed {owed}, told {told}, told without need {extra}");
    assert_eq!((told, extra), (owed, 0));
}

#[test]
fn promises_without_a_record_are_those_that_have_none() {
    for (sim, facts) in days() {
        let unrecorded = facts
            .promises
            .iter()
            .filter(|p| matches!(p.vow, Vow::Unrecorded(_)));
        let told: BTreeSet<Source> = unrecorded.flat_map(|p| p.sources.clone()).collect();
        let told: BTreeSet<_> = told
            .into_iter()
            .filter(|s| matches!(s, Source::Call(_)))
            .collect();
        let truth: BTreeSet<_> = sim.truth.unkept.iter().cloned().map(Source::Call).collect();
        assert_eq!(told, truth);
    }
}

#[test]
fn no_bad_call_is_hidden() {
    for (sim, facts) in days() {
        for (call, trouble) in &sim.truth.badly {
            let told = facts
                .badly
                .iter()
                .find(|b| b.sources.contains(&Source::Call(call.clone())));
            assert_eq!(told.map(|b| b.troubles[0]), Some(*trouble), "{call}");
        }
        assert_eq!(facts.badly.len(), sim.truth.badly.len());
        let page = page(&sim, &facts, true);
        let section = page
            .sections
            .iter()
            .find(|s| s.kind == SectionKind::Badly)
            .unwrap();
        assert_eq!(section.lines.len() + section.folded, sim.truth.badly.len());
        assert!(section.folded == 0 || html::page(&page, 3, Dress::Within).contains("/all#badly"));
    }
}

#[test]
fn questions_without_an_answer_are_counted() {
    let sim = Sim::new(7, 200);
    let asked: usize = facts(&sim).unanswered.iter().map(|q| q.times).sum();
    assert_eq!(asked, sim.truth.unknown);
}

#[test]
fn another_shops_record_is_refused() {
    let mut sim = Sim::new(1, 20);
    sim.play(Plot::Books);
    let other = biseo_model::ids::ShopId::new("byeol").unwrap();
    sim.bookings.last_mut().unwrap().shop = other;
    assert!(compile(&sim.day(), &signs()).is_err());
}

#[test]
fn hostile_words_stay_words() {
    let mut sim = Sim::new(3, 0);
    sim.play(Plot::WantsCallBack);
    let evil = "<script>alert(1)</script>\"'&]]>\u{0}\u{202e}";
    sim.messages[0].text = evil.into();
    sim.messages[0].name = Some("<img src=x onerror=y>".into());
    let facts = facts(&sim);
    let page = page(&sim, &facts, true);
    let mail = mail::mail(&page);
    for out in [html::page(&page, 3, Dress::Linked("/digest.css")), mail.html] {
        assert!(
            out.contains("&lt;script&gt;") && !out.contains("<script") && !out.contains("<img"),
            "{out}"
        );
    }
    assert!(!mail.subject.contains(['\r', '\n']));
    assert!(mail.text.contains("<script>"), "plain text is as it was said");
}

#[test]
fn a_quiet_day_says_so() {
    let sim = Sim::new(11, 0);
    let facts = facts(&sim);
    let page = page(&sim, &facts, true);
    let text = mail::mail(&page).text;
    assert!(
        text.contains("오늘 더 챙길 일이 없습니다.") && text.contains("전화: 0통"),
        "{text}"
    );
}

/// The numbers of the card as they are written.
fn written(page: &Page) -> Vec<u64> {
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    page.cards
        .iter()
        .map(|c| digits(&c.value).parse().unwrap())
        .collect()
}

/// The same, counted from the records by a plain walk.
fn counted(sim: &Sim) -> Vec<u64> {
    let mut n = [0_u64; 5];
    let mut closed = Vec::new();
    for call in &sim.calls {
        n[0] += 1;
        let local = call.record.started.in_tz("Asia/Seoul").unwrap();
        let minute = i32::from(local.hour()) * 60 + i32::from(local.minute());
        // Thursday: 11 to 22, break from 15 to 17.
        if !(660..900).contains(&minute) && !(1020..1320).contains(&minute) {
            closed.push(call.record.id.clone());
        }
    }
    for booking in &sim.bookings {
        if booking.state == BookingState::Confirmed {
            n[1] += 1;
            n[3] += u64::from(closed.contains(booking.call.as_ref().unwrap()));
        }
    }
    for order in &sim.orders {
        if order.state == OrderState::Open {
            n[2] += 1;
            n[3] += u64::from(closed.contains(order.call.as_ref().unwrap()));
        }
    }
    n[4] = sim.messages.len() as u64;
    n.to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_number_is_exact(seed: u64, calls in 0_u32..260) {
        let sim = Sim::new(seed, calls);
        let facts = facts(&sim);
        let page = page(&sim, &facts, true);
        prop_assert_eq!(written(&page), counted(&sim));
        let g = &facts.glance;
        prop_assert_eq!(g.by_biseo + g.by_person + g.unanswered, sim.calls.len());
        let persons = sim.calls.iter().filter(|c| c.record.end == Some(CallEnd::Transferred)).count();
        prop_assert_eq!(g.by_person, persons);
        let standing = sim.bookings.iter().filter(|b| b.state == BookingState::Confirmed);
        prop_assert_eq!(g.guests, standing.map(|b| u64::from(b.party_size)).sum::<u64>());
        let won = sim.orders.iter().filter(|o| o.state == OrderState::Open).map(|o| o.won).sum::<u64>();
        prop_assert_eq!(g.won, won);
    }

    #[test]
    fn every_line_stands_on_records_that_exist(seed: u64, calls in 0_u32..120) {
        let sim = Sim::new(seed, calls);
        let facts = facts(&sim);
        for line in page(&sim, &facts, false).sections.iter().flat_map(|s| &s.lines) {
            prop_assert!(!line.sources.is_empty());
            for source in &line.sources {
                let exists = match source {
                    Source::Call(id) => sim.calls.iter().any(|c| c.record.id == *id),
                    Source::Turn(id, n) => sim.calls.iter().any(|c| c.record.id == *id && c.turns.len() > *n as usize),
                    Source::Booking(id) => sim.bookings.iter().chain(&sim.earlier).any(|b| b.id == *id && b.state == BookingState::Confirmed),
                    Source::Order(id) => sim.orders.iter().chain(&sim.earlier_orders).any(|o| o.id == *id && o.state == OrderState::Open),
                    Source::Message(id) => sim.messages.iter().any(|m| m.id == *id),
                    Source::Outage(n) => *n < sim.outages.len(),
                    Source::Blocked(n) => *n < sim.blocked.len(),
                    Source::Page(_) => false,
                };
                prop_assert!(exists, "{:?}", source);
            }
        }
    }

    #[test]
    fn it_is_read_in_two_minutes_and_folding_loses_nothing(seed: u64, calls in 0_u32..400) {
        let sim = Sim::new(seed, calls);
        let facts = facts(&sim);
        let (short, whole) = (page(&sim, &facts, true), page(&sim, &facts, false));
        prop_assert!(short.seconds <= MOST_SECONDS, "{} s", short.seconds);
        for (a, b) in short.sections.iter().zip(&whole.sections) {
            prop_assert_eq!(a.lines.len() + a.folded, b.lines.len());
            prop_assert_eq!(&a.lines[..], &b.lines[..a.lines.len()]);
            prop_assert_eq!(a.more.is_some(), a.folded > 0);
        }
    }
}

#[test]
fn the_feed_is_atom() {
    let sim = Sim::new(5, 60);
    let facts = facts(&sim);
    let page = page(&sim, &facts, true);
    let head = feed::Head {
        id: "https://biseo.example/digest.atom".into(),
        address: "https://biseo.example/digest.atom".into(),
        title: "하루 정리 & <소식>".into(),
        author: "행복식당".into(),
    };
    let atom = feed::atom(&head, &[&page]);
    let read = feed_rs::parser::parse(atom.as_bytes()).unwrap();
    assert_eq!(read.feed_type, feed_rs::model::FeedType::Atom);
    assert_eq!(read.title.unwrap().content, "하루 정리 & <소식>");
    let entry = &read.entries[0];
    assert_eq!(
        (entry.id.as_str(), entry.updated.is_some()),
        ("https://biseo.example/digest/2026-11-26", true)
    );
    assert!(
        entry
            .content
            .as_ref()
            .unwrap()
            .body
            .as_ref()
            .unwrap()
            .contains("<h2>오늘 챙길 일</h2>")
    );
    assert_eq!(read.authors[0].name.as_deref(), Some("행복식당"));
}

#[test]
fn without_a_console_a_mail_links_nowhere() {
    let sim = Sim::new(3, 4);
    let links = Links {
        page: String::new(),
        all: "&all=1".into(),
        console: String::new(),
        query: String::new(),
    };
    let page = Page::write(&facts(&sim), &sim.shop.name.ko, sim.now, &korean(), &links, true);
    let mail = mail::mail(&page);
    assert!(
        !mail.html.contains("href=\"/") && !mail.html.contains("href=\"\"") && !mail.html.contains("all=1"),
        "{}",
        mail.html
    );
    assert!(!mail.text.contains("all=1"), "{}", mail.text);
}
