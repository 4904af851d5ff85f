//! The digest as the program writes it out of a real database, each of its numbers against what SQL counts in that database: a road
//! of its own, which shares nothing with the one that is tested but the tables.

use std::collections::BTreeSet;

use biseo_digest::{Line, SectionKind, Source};
use biseo_model::shop::{BookingRules, ShopProfile};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::*;

mod kept;

#[allow(dead_code, reason = "shared with the digest's own tests, which use all of it")]
#[path = "../../../../digest/tests/sim/mod.rs"]
mod sim;
use kept::Kept;
use sim::{Sim, TODAY, signs};

/// The digest that the program writes of it.
async fn written(kept: &Kept, sim: &Sim, language: Language) -> (Facts, Page) {
    let span = Span {
        from: sim.from,
        until: sim.now,
    };
    let local = TimeZone::get(&sim.shop.zone).unwrap().to_datetime(sim.now);
    let day = day::day(&kept.store, &sim.shop, (span, local), language)
        .await
        .unwrap();
    let facts = compile(&day, &signs()).unwrap();
    let links = Links {
        page: String::new(),
        all: String::new(),
        console: String::new(),
        query: String::new(),
    };
    let words = Wording::of(language);
    let page = Page::write(&facts, &sim.shop.name.ko, sim.now, &words, &links, false);
    (facts, page)
}

/// The numbers of a text, in their order; a comma within one is none.
fn numbers(text: &str) -> Vec<u64> {
    let text = text.replace(',', "");
    let runs = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|run| !run.is_empty());
    runs.map(|run| run.parse().unwrap()).collect()
}

fn without_zeros(all: &[u64]) -> Vec<u64> {
    all.iter().copied().filter(|n| *n > 0).collect()
}

/// Milliseconds since 1970 as the minute of Seoul's day.
const MINUTE: &str = "(started / 60000 + 540) % 1440";
/// Thursday's hours: 11 to 22, a break from 15 to 17.
fn closed() -> String {
    format!("NOT (({MINUTE} >= 660 AND {MINUTE} < 900) OR ({MINUTE} >= 1020 AND {MINUTE} < 1320))")
}

/// The numbers of the cards and their notes, counted by SQL.
async fn cards(kept: &mut Kept, span: &str) -> Vec<(Vec<u64>, Vec<u64>)> {
    let calls = format!(
        "SELECT COUNT(*) FROM call WHERE {} AND ending <> 'blocked'",
        span.replace("AT", "started")
    );
    let made = span.replace("AT", "made");
    let late = format!("call IN (SELECT id FROM call WHERE {})", closed());
    let bookings = format!("FROM booking WHERE {made} AND state = 'confirmed'");
    let orders = format!("FROM food_order WHERE {made} AND state = 'open'");
    let mut n = Vec::new();
    for query in [
        calls.clone(),
        format!("{calls} AND answered IS NOT NULL AND ending <> 'transferred'"),
        format!("{calls} AND answered IS NOT NULL AND ending = 'transferred'"),
        format!("{calls} AND answered IS NULL"),
        format!("SELECT COUNT(*) {bookings}"),
        format!("SELECT COALESCE(SUM(party_size), 0) {bookings}"),
        format!("SELECT COUNT(*) FROM booking WHERE {made} AND state = 'cancelled'"),
        format!("SELECT COUNT(*) {orders}"),
        format!("SELECT COALESCE(SUM(won), 0) {orders}"),
        format!("SELECT (SELECT COUNT(*) {bookings} AND {late}) + (SELECT COUNT(*) {orders} AND {late})"),
        format!("{calls} AND {}", closed()),
        format!("SELECT COUNT(*) FROM message WHERE {}", span.replace("AT", "at")),
    ] {
        n.push(kept.number(query).await);
    }
    let mut calls_note = vec![n[1]];
    calls_note.extend(without_zeros(&n[2..4]));
    vec![
        (vec![n[0]], calls_note),
        (vec![n[4]], without_zeros(&n[5..7])),
        (vec![n[7]], without_zeros(&n[8..9])),
        (vec![n[9]], without_zeros(&n[10..11])),
        (vec![n[11]], Vec::new()),
    ]
}

fn tables(shop: &ShopProfile) -> u64 {
    match &shop.booking {
        Some(BookingRules::Tables(rules)) => rules.tables.iter().map(|t| u64::from(t.count)).sum(),
        _ => panic!("a restaurant"),
    }
}

/// The note of tomorrow: bookings, guests, and the fullest moment.
async fn tomorrow(kept: &mut Kept, shop: &ShopProfile) -> Vec<u64> {
    let day = TODAY.tomorrow().unwrap();
    let standing = format!("date = '{day}' AND state = 'confirmed'");
    let n = kept
        .number(format!("SELECT COUNT(*) FROM booking WHERE {standing}"))
        .await;
    if n == 0 {
        return Vec::new();
    }
    let guests = kept
        .number(format!("SELECT SUM(party_size) FROM booking WHERE {standing}"))
        .await;
    let peak = format!(
        "SELECT SUBSTR(b.time, 1, 5) || ' ' || (SELECT COUNT(*) FROM booking AS o WHERE o.date = '{day}' AND o.state = 'confirmed'
            AND o.starts <= b.starts AND b.starts < o.ends) AS taken
         FROM booking AS b WHERE {standing}
         ORDER BY CAST(SUBSTR(taken, 7) AS INTEGER) DESC, b.time LIMIT 1"
    );
    let peak = numbers(&kept.one(peak).await);
    [vec![n, guests], peak, vec![tables(shop)]].concat()
}

/// What the numbers of a line must be, by the records on which it stands. `None` if it has none of its own.
async fn of_line(kept: &mut Kept, kind: SectionKind, line: &Line) -> Vec<u64> {
    let mut expected = Vec::new();
    let local = "strftime('%H:%M', started / 1000 + 32400, 'unixepoch')";
    match (kind, line.sources.first().unwrap()) {
        (SectionKind::Tomorrow, Source::Booking(id)) => {
            let query =
                format!("SELECT SUBSTR(time, 1, 5) || ' ' || party_size FROM booking WHERE id = '{id}'");
            expected.extend(numbers(&kept.one(query).await));
        }
        (SectionKind::Tomorrow, Source::Order(id)) => {
            let items = "(SELECT GROUP_CONCAT(json_extract(value, '$.quantity'), ' ') FROM json_each(items))";
            let query =
                format!("SELECT SUBSTR(pickup, 1, 5) || ' ' || {items} FROM food_order WHERE id = '{id}'");
            expected.extend(numbers(&kept.one(query).await));
        }
        (SectionKind::Unanswered, _) => {
            for source in &line.sources {
                let Source::Turn(call, n) = source else {
                    panic!("{source:?}")
                };
                let query = format!(
                    "SELECT COUNT(*) FROM turn WHERE call = '{call}' AND number = {n} AND heard <> ''"
                );
                assert_eq!(kept.number(query).await, 1, "{source:?}");
            }
            let times = line.sources.len() as u64;
            expected.extend((times > 1).then_some(times));
        }
        (SectionKind::Badly, _) => {
            let call = line.sources.iter().find_map(|s| match s {
                Source::Call(id) => Some(id),
                _ => None,
            });
            let query = format!(
                "SELECT {local} || ' ' || COALESCE(caller, '') FROM call WHERE id = '{}'",
                call.unwrap()
            );
            let (time, caller) = kept
                .one(query)
                .await
                .split_once(' ')
                .map(|(t, c)| (t.to_string(), c.to_string()))
                .unwrap();
            expected.extend(numbers(&time));
            let caller = biseo_model::phone::PhoneNumber::parse(&caller).map(|c| c.grouped());
            expected.extend(caller.iter().flat_map(|c| numbers(c)));
        }
        (SectionKind::Line, Source::Outage(_)) => {
            let clock = |column: &str| format!("strftime('%H:%M', {column} / 1000 + 32400, 'unixepoch')");
            let query = format!(
                "SELECT {} || ' ' || {} FROM incident",
                clock("began"),
                clock("ended")
            );
            expected.extend(numbers(&kept.one(query).await));
        }
        (SectionKind::Blocked, Source::Blocked(_)) => {
            let caller = numbers(&line.lead);
            let digits: String = line.lead.chars().filter(char::is_ascii_digit).collect();
            let who = match digits.is_empty() {
                true => "caller IS NULL".into(),
                false => format!("caller = '{digits}'"),
            };
            let n = kept
                .number(format!(
                    "SELECT COUNT(*) FROM call WHERE ending = 'blocked' AND {who}"
                ))
                .await;
            expected.extend(caller);
            expected.push(n);
        }
        (SectionKind::Blocked, _) => {
            let query = "SELECT COUNT(DISTINCT call) FROM turn WHERE understood LIKE '%sales_pitch%'";
            expected.push(kept.number(query.into()).await);
        }
        (SectionKind::Promises, Source::Message(_)) if line.lead.is_empty() => {
            expected.push(line.sources.len() as u64);
            for source in &line.sources {
                let Source::Message(id) = source else {
                    panic!("{source:?}")
                };
                let query =
                    format!("SELECT COUNT(*) FROM message WHERE id = '{id}' AND call_back IS NOT NULL");
                assert_eq!(kept.number(query).await, 1);
            }
        }
        (SectionKind::Promises, Source::Booking(id)) => {
            let query = format!(
                "SELECT CAST(SUBSTR(date, 6, 2) AS INTEGER) || ' ' || CAST(SUBSTR(date, 9, 2) AS INTEGER) || ' ' || SUBSTR(time, 1, 5)
                 FROM booking WHERE id = '{id}'"
            );
            expected.extend(numbers(&kept.one(query).await));
        }
        (SectionKind::Tonight, Source::Order(id)) => {
            let items = "(SELECT GROUP_CONCAT(json_extract(value, '$.quantity'), ' ') FROM json_each(items))";
            let query =
                format!("SELECT {items} || ' ' || SUBSTR(pickup, 1, 5) FROM food_order WHERE id = '{id}'");
            expected.extend(numbers(&kept.one(query).await));
        }
        _ => {}
    }
    expected
}

/// The numbers that a line shows, without what callers said and without whom to call.
fn shown(kind: SectionKind, line: &Line) -> Vec<u64> {
    let text: String = line.text.iter().map(|s| format!("{} ", s.text)).collect();
    let due = line.due.as_deref().unwrap_or_default();
    match kind {
        // Whom: a name, or the number that the button calls.
        SectionKind::Tonight | SectionKind::Promises => numbers(&format!("{text} {due}")),
        _ => numbers(&format!("{} {text}", line.lead)),
    }
}

async fn checked(sim: &Sim, language: Language) -> (Facts, usize) {
    let mut kept = Kept::of(sim).await;
    let (facts, page) = written(&kept, sim, language).await;
    let span = format!(
        "AT >= {} AND AT < {}",
        sim.from.as_millisecond(),
        sim.now.as_millisecond()
    );
    let mut compared = 0;
    for (card, (value, note)) in page.cards.iter().zip(cards(&mut kept, &span).await) {
        assert_eq!(
            (numbers(&card.value), numbers(&card.note)),
            (value, note),
            "{card:?}"
        );
        compared += numbers(&card.value).len() + numbers(&card.note).len();
    }
    let lines = |kind| page.sections.iter().find(|s| s.kind == kind).unwrap();
    assert_eq!(
        numbers(&page.subject).last(),
        Some(&(lines(SectionKind::Tonight).lines.len() as u64)),
        "{}",
        page.subject
    );
    let wanted = tomorrow(&mut kept, &sim.shop).await;
    assert_eq!(numbers(&lines(SectionKind::Tomorrow).note), wanted);
    compared += wanted.len() + 1;
    for section in &page.sections {
        for line in &section.lines {
            let shown = shown(section.kind, line);
            let expected = of_line(&mut kept, section.kind, line).await;
            match section.kind {
                // How often was asked again is the last number where it is told; by when somebody is called is a rule, not a record.
                SectionKind::Badly => {
                    assert_eq!(&shown[..expected.len()], &expected[..], "{line:?}");
                    let unclear = line
                        .sources
                        .iter()
                        .filter(|s| matches!(s, Source::Turn(..)))
                        .count() as u64;
                    assert!(
                        shown[expected.len()..].iter().all(|n| *n >= 2 && *n <= unclear),
                        "{line:?}"
                    );
                }
                SectionKind::Tonight if expected.is_empty() => {
                    assert!(shown.len() <= 4 && line.due.is_some(), "{line:?}");
                    continue;
                }
                _ => assert_eq!(shown, expected, "{:?} {line:?}", section.kind),
            }
            compared += shown.len();
        }
    }
    assert_counts(&mut kept, &page, &span).await;
    (facts, compared)
}

/// Sections that tell all of a kind have as many lines as there are records.
async fn assert_counts(kept: &mut Kept, page: &Page, span: &str) {
    let day = TODAY.tomorrow().unwrap();
    let queries = [
        (
            SectionKind::Tomorrow,
            format!(
                "SELECT (SELECT COUNT(*) FROM booking WHERE date = '{day}' AND state = 'confirmed')
                 + (SELECT COUNT(*) FROM food_order WHERE date = '{day}' AND state = 'open')"
            ),
        ),
        (SectionKind::Line, "SELECT COUNT(*) FROM incident".into()),
        (
            SectionKind::Blocked,
            "SELECT (SELECT COUNT(DISTINCT COALESCE(caller, '')) FROM call WHERE ending = 'blocked')
             + (SELECT COUNT(*) > 0 FROM turn WHERE understood LIKE '%sales_pitch%')"
                .into(),
        ),
    ];
    for (kind, query) in queries {
        let section = page.sections.iter().find(|s| s.kind == kind).unwrap();
        assert_eq!(section.lines.len() as u64, kept.number(query).await, "{kind:?}");
    }
    // Every call is in one of the numbers, and none of another day's.
    let all = format!(
        "SELECT COUNT(*) FROM call WHERE NOT ({})",
        span.replace("AT", "started")
    );
    assert_eq!(kept.number(all).await, 0);
}

#[test]
fn every_number_of_the_digest_is_the_stores() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let config = ProptestConfig {
        source_file: Some(file!()),
        failure_persistence: None,
        ..ProptestConfig::with_cases(biseo_testkit::cases(8))
    };
    let compared = std::cell::Cell::new(0);
    let days = (any::<u64>(), 0_u32..200, any::<bool>());
    let tried = TestRunner::new(config).run(&days, |(seed, calls, english)| {
        let language = if english { Language::En } else { Language::Ko };
        let sim = Sim::spoken(language, seed, calls);
        compared.set(compared.get() + runtime.block_on(checked(&sim, Language::Ko)).1);
        Ok(())
    });
    tried.unwrap_or_else(|e| panic!("{e}"));
    let compared = compared.get();
    println!("{compared} numbers compared");
    assert!(compared > 100);
}

#[tokio::test]
async fn of_a_stored_day_of_200_calls_everybody_is_told_who_must_be_called() {
    let sim = Sim::spoken(Language::Ko, 200, 200);
    let (facts, _) = checked(&sim, Language::Ko).await;
    let calls = facts
        .tonight
        .iter()
        .filter(|a| !a.sources.iter().any(|s| matches!(s, Source::Order(_))));
    let told: BTreeSet<_> = calls.filter_map(|a| a.call.clone()).collect();
    let owed: BTreeSet<_> = sim.truth.owed.iter().cloned().collect();
    assert!(owed.len() > 20);
    assert_eq!(told, owed);
}

/// Also where the operator's screen speaks another language.
#[tokio::test]
async fn an_outage_is_told_in_the_digests_language() {
    let mut sim = Sim::new(1, 0);
    sim.outages = vec![biseo_digest::Outage {
        from: sim.from,
        until: Some(sim.now),
        what: String::new(),
    }];
    let kept = Kept::of(&sim).await;
    for (language, words) in [
        (Language::Ko, "카드 결제가 안 됨"),
        (Language::En, "card payments"),
    ] {
        let (_, page) = written(&kept, &sim, language).await;
        let section = page
            .sections
            .iter()
            .find(|s| s.kind == SectionKind::Line)
            .unwrap();
        let text = section.lines[0].text[0].text.to_lowercase();
        assert!(text.contains(words), "{text}");
    }
}
