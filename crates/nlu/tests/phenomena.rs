//! The phenomena of spoken Korean and English, one by one (tests/data/phenomena.tsv; docs/understanding.md tells them).

mod common;

use std::collections::{BTreeMap, BTreeSet};

use biseo_model::hint::{Choice, Hint, PhonePlace};
use biseo_model::understanding::{Filled, Understanding, Value};

/// How many phenomena there are.
const PHENOMENA: usize = 110;
/// Of the own utterances, so many in a hundred must be read rightly.
const OWN_IN_A_HUNDRED: usize = 95;
/// Of the utterances in other ways, so many must be read rightly.
const WAYS: usize = 369;
/// What the scanners of values do not read yet, by number and words; a test fails when one of them is read.
const GAPS: &[(usize, &str)] = &[
    (3, "다섯인데 하나는 갓난아기예요"),
    (3, "간장 하나를 순살로 튀겨 주세요"),
    (5, "댓 명이요"),
    (5, "열댓 명이요"),
    (17, "어른 셋 초등학생 둘이요"),
    (18, "아들 내외랑 저희 부부요"),
    (36, "여섯 시 오 분 전까지 갈게요"),
];

/// One row of the file.
struct Row<'a> {
    number: usize,
    page: bool,
    shop: &'a str,
    asked: Option<&'a str>,
    text: &'a str,
    intents: &'a str,
    acts: &'a str,
    values: &'a str,
    tag: &'a str,
}

impl Row<'_> {
    fn gap(&self) -> bool {
        GAPS.contains(&(self.number, self.text))
    }
}

fn rows() -> Vec<Row<'static>> {
    include_str!("data/phenomena.tsv")
        .lines()
        .filter_map(row)
        .collect()
}

fn row(line: &'static str) -> Option<Row<'static>> {
    let mut cells = line.split('\t');
    let number = cells.next()?.parse().ok()?;
    let said = |cell: Option<&'static str>| cell.unwrap_or("");
    let whose = said(cells.next());
    let named = |cell: &'static str| (cell != "-").then_some(cell);
    Some(Row {
        number,
        page: whose == "page",
        shop: named(said(cells.next())).unwrap_or("haengbok"),
        asked: named(said(cells.next())),
        text: said(cells.next()),
        intents: said(cells.next()),
        acts: said(cells.next()),
        values: said(cells.next()),
        tag: said(cells.next()),
    })
}

#[test]
fn every_phenomenon_is_read() {
    let shops = common::shops();
    let mut table: BTreeMap<usize, [usize; 4]> = BTreeMap::new();
    let (mut wrong_pages, mut gaps, mut closed) = (Vec::new(), 0, Vec::new());
    for row in &rows() {
        let context = common::context("2026-03-11T15:00:00", row.asked);
        let faults = faults(&shops[row.shop].understand(row.text, &context), row);
        let count = table.entry(row.number).or_default();
        if row.gap() {
            gaps += 1;
            closed.extend(faults.is_empty().then_some(row.text));
            continue;
        }
        let at = if row.page { 0 } else { 2 };
        count[at] += usize::from(faults.is_empty());
        count[at + 1] += 1;
        if !faults.is_empty() {
            let whose = if row.page { "page" } else { "own" };
            println!(
                "{} {whose} [{}] {}: {faults}",
                row.number,
                row.asked.unwrap_or(""),
                row.text
            );
            wrong_pages.extend(row.page.then_some(row.text));
        }
    }
    let sum = |at: usize| table.values().map(|c| c[at]).sum::<usize>();
    for (number, [page, pages, own, owns]) in &table {
        println!("#{number}: the page's {page}/{pages}, own {own}/{owns}");
    }
    let (own, owns) = (sum(2), sum(3));
    println!(
        "the page's {}/{}, own {own}/{owns}, known gaps {gaps}",
        sum(0),
        sum(1)
    );
    assert!(wrong_pages.is_empty(), "not read: {wrong_pages:?}");
    assert!(own * 100 >= owns * OWN_IN_A_HUNDRED, "own cases: {own} of {owns}");
    assert!(
        closed.is_empty(),
        "no gaps any more, strike them from the list: {closed:?}"
    );
}

/// Utterances in many manners (tests/data/ways.tsv). The floor only rises.
#[test]
fn other_ways() {
    let shops = common::shops();
    let rows: Vec<&str> = include_str!("data/ways.tsv")
        .lines()
        .filter(|l| !l.starts_with('#'))
        .collect();
    let mut right = 0;
    for line in &rows {
        let mut cells = line.split('\t').map(|cell| if cell == "-" { "" } else { cell });
        let mut next = || cells.next().unwrap_or("");
        let (shop, asked, text) = (next(), next(), next());
        let row = Row {
            number: 0,
            page: false,
            shop,
            asked: (!asked.is_empty()).then_some(asked),
            text,
            intents: next(),
            acts: next(),
            values: next(),
            tag: "",
        };
        let context = common::context("2026-03-11T15:00:00", row.asked);
        let faults = faults(&shops[row.shop].understand(row.text, &context), &row);
        right += usize::from(faults.is_empty());
        if !faults.is_empty() {
            println!("{shop} [{asked}] {text}: {faults}");
        }
    }
    println!("in other ways {right}/{}", rows.len());
    assert!(
        right >= WAYS,
        "{right} of {}, at least {WAYS} must be",
        rows.len()
    );
}

#[test]
fn every_phenomenon_has_its_cases() {
    let rows = rows();
    for number in 1..=PHENOMENA {
        let of = |page: bool| {
            rows.iter()
                .filter(|r| r.number == number && r.page == page)
                .count()
        };
        assert_eq!(of(true), 2, "#{number}: the page's");
        assert!(of(false) >= 2, "#{number}: own");
    }
    let known = |gap: &(usize, &str)| {
        rows.iter()
            .any(|r| (r.number, r.text) == *gap && r.tag == "entity")
    };
    assert!(GAPS.iter().all(known), "a gap is a row with the tag entity");
}

/// Phenomenon 61: 네 would be a no where Biseo asked 예약 없으시죠?, so it asks nothing of the kind.
#[test]
fn no_negative_question_is_asked() {
    let flows = concat!(env!("CARGO_MANIFEST_DIR"), "/../../flows");
    let mut files = 0;
    for entry in std::fs::read_dir(flows).expect("the flows") {
        let path = entry.expect("a file").path();
        if path.extension().is_none_or(|e| e != "toml") {
            continue;
        }
        files += 1;
        let text = std::fs::read_to_string(&path).expect("text");
        for negative in [
            "없으시죠",
            "없으신가요?",
            "않으시죠",
            "아니시죠",
            "안 하시죠",
            "isn't it?",
            "don't you?",
        ] {
            assert!(!text.contains(negative), "{}: {negative}", path.display());
        }
    }
    assert!(files > 0, "no flows are there");
}

/// The document has each phenomenon once, tells where it is handled or why not, and argues for what is argued.
#[test]
fn the_document_tells_all_of_them() {
    let document = include_str!("../../../docs/understanding.md");
    let mut told: BTreeMap<usize, &str> = BTreeMap::new();
    for line in document.lines().filter_map(|l| l.strip_prefix("- **")) {
        let Some((number, rest)) = line.split_once(". ") else {
            continue;
        };
        let Ok(number) = number.parse() else { continue };
        assert!(told.insert(number, rest).is_none(), "#{number} stands twice");
    }
    let numbers: BTreeSet<usize> = told.keys().copied().collect();
    assert_eq!(numbers, (1..=PHENOMENA).collect());
    for (number, text) in told {
        let has = |tag: &str| rows().iter().any(|r| r.number == number && r.tag == tag);
        assert!(
            text.contains("In: ") || text.contains("Limit: "),
            "#{number}: where?"
        );
        assert!(!has("argued") || text.contains("Limit: "), "#{number}: argue");
    }
}

fn faults(u: &Understanding, row: &Row<'_>) -> String {
    let json = serde_json::to_value(u).expect("JSON");
    let names = |key: &str| -> Vec<String> {
        let all = json[key].as_array().cloned().unwrap_or_default();
        all.iter()
            .filter_map(|v| v.as_str().map(str::to_string))
            .collect()
    };
    let mut faults = Vec::new();
    let mut got = names("intents");
    got.sort();
    let fits = row.intents.split('|').any(|wanted| {
        let mut wanted: Vec<&str> = wanted.split(',').filter(|w| !w.is_empty()).collect();
        wanted.sort_unstable();
        wanted == got
    });
    if !fits {
        faults.push(format!("intents {got:?}"));
    }
    let acts = names("acts");
    if !fit(row.acts, &acts) {
        faults.push(format!("acts {acts:?}"));
    }
    let second = u.fallbacks.iter().flatten().map(|f| format!("else.{}", slot(f)));
    let out = u.excluded.iter().map(|f| {
        format!(
            "not.{}",
            slot(&Filled {
                was: false,
                ..f.clone()
            })
        )
    });
    let beside = second.chain(out).chain(u.hints.iter().map(hint));
    let values: Vec<String> = u.slots.iter().map(slot).chain(beside).collect();
    let values: Vec<String> = values.iter().map(|v| v.replace(' ', "_")).collect();
    if !fit(row.values, &values) {
        faults.push(format!("values {values:?}"));
    }
    faults.join(", ")
}

/// Whether all that is wanted was got and nothing else: `x?` may be missing, `a|b` is one of them; what was may be told.
fn fit(wanted: &str, got: &[String]) -> bool {
    let mut left: Vec<&String> = got.iter().collect();
    for one in wanted.split_whitespace() {
        let (one, may) = one.strip_suffix('?').map_or((one, false), |one| (one, true));
        let at = left.iter().position(|g| alike(one, g));
        match at {
            Some(at) => drop(left.remove(at)),
            None if may => {}
            None => return false,
        }
    }
    left.iter().all(|g| g.starts_with("was."))
}

fn alike(wanted: &str, got: &str) -> bool {
    let (key, values) = wanted.split_once('=').map_or(("", wanted), |(k, v)| (k, v));
    values.split('|').any(|value| match key {
        "" => value == got,
        "message" | "request" | "without" => got
            .split_once('=')
            .is_some_and(|(k, v)| k == key && v.contains(value)),
        _ => got == format!("{key}={value}"),
    })
}

fn slot(f: &Filled) -> String {
    let shown = match &f.value {
        Value::Date(d) => format!("date={d}"),
        Value::Time { at, .. } => format!("time={}", at.strftime("%H:%M")),
        Value::PartySize(n) => format!("party_size={n}"),
        Value::Name(n) => format!("name={n}"),
        Value::Phone(p) => format!("phone={}", p.as_str()),
        Value::ThisNumber => "phone=caller".into(),
        Value::Service(s) => format!("service={s}"),
        Value::Staff(s) => format!("staff={s}"),
        Value::MenuItem { name, quantity } => match quantity {
            Some(n) => format!("menu_item={name}:{n}"),
            None => format!("menu_item={name}"),
        },
        Value::Quantity(n) => format!("quantity={n}"),
        Value::PickupTime(t) => format!("pickup_time={}", t.strftime("%H:%M")),
        Value::Address(a) => format!("address={a}"),
        Value::Message(m) => format!("message={m}"),
        Value::Topic(t) => format!("topic={}", t.key()),
        Value::BookingRef(r) => format!("booking_ref={r}"),
        Value::Queue(q) => format!("queue={q}"),
    };
    if f.was { format!("was.{shown}") } else { shown }
}

fn hint(hint: &Hint) -> String {
    let clock =
        |t: &Option<jiff::civil::Time>| t.map_or_else(String::new, |t| t.strftime("%H:%M").to_string());
    match hint {
        Hint::Between { from, to } => format!("between={}..{}", clock(from), clock(to)),
        Hint::Usual => "usual".into(),
        Hint::Days { from, to } => format!("days={from}..{to}"),
        Hint::Any { of } => {
            let name = serde_json::to_value(of).expect("JSON");
            format!("any={}", name.as_str().unwrap_or_default())
        }
        Hint::LaterDays { days } => format!("later_days={days}"),
        Hint::LaterMinutes { minutes } => format!("later_minutes={minutes}"),
        Hint::MorePeople { people } => format!("more_people={people}"),
        Hint::PhonePart(part) => {
            let place = match part.place {
                None => "",
                Some(PhonePlace::First) => "first:",
                Some(PhonePlace::Middle) => "middle:",
                Some(PhonePlace::Last) => "last:",
            };
            format!("phone_part={place}{}", part.digits)
        }
        Hint::Choice { which } => match which {
            Choice::Nth(n) => format!("choice={n}"),
            Choice::Last => "choice=last".into(),
            Choice::Earliest => "choice=earliest".into(),
            Choice::Latest => "choice=latest".into(),
        },
        Hint::Request { words } => format!("request={words}"),
        Hint::Without { words } => format!("without={words}"),
    }
}
