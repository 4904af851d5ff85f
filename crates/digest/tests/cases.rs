//! The digest in single cases: at the edges of its span, at night, with several messages, with news.

#[allow(dead_code)]
mod sim;

use biseo_digest::html::Dress;
use biseo_digest::{Blocked, Deadline, Facts, Language, Links, News, Outage, Page, Quoted, Trouble, Wording};
use biseo_digest::{compile, feed, html, mail, next_date};
use biseo_model::record::Booking;
use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time, date, time};
use proptest::prelude::*;
use sim::{Plot, Sim, TODAY, seoul, signs};

const FRIDAY: Date = date(2026, 11, 27);

/// A day on which nothing happened.
fn quiet() -> Sim {
    let mut sim = Sim::new(11, 0);
    sim.outages.clear();
    sim.blocked.clear();
    sim
}

fn facts(sim: &Sim) -> Facts {
    compile(&sim.day(), &signs()).unwrap()
}

fn page(sim: &Sim) -> Page {
    page_with(sim, &facts(sim))
}

fn page_with(sim: &Sim, facts: &Facts) -> Page {
    let links = Links {
        page: "https://biseo.example/digest/1".into(),
        all: "https://biseo.example/digest/1/all".into(),
        console: "https://biseo.example".into(),
        query: "?shop=s1".into(),
    };
    let words = Wording::of(Language::Ko);
    Page::write(facts, &sim.shop.name.ko, sim.now, &words, &links, true)
}

fn web(page: &Page) -> String {
    html::page(page, 3, Dress::Linked("/digest.css"))
}

#[test]
fn outages_of_other_spans_are_left_out_and_those_of_another_day_tell_theirs() {
    let mut sim = quiet();
    let hours = SignedDuration::from_hours;
    let outage = |from, until| Outage {
        from,
        until,
        what: "회선".into(),
    };
    sim.outages = vec![
        outage(sim.from - hours(2), Some(sim.from)),
        outage(sim.from - hours(1), Some(sim.from + hours(1))),
        outage(sim.now, None),
        outage(sim.now - hours(1), Some(sim.now + hours(1))),
    ];
    let facts = facts(&sim);
    let told: Vec<(usize, bool)> = facts
        .line
        .iter()
        .map(|(_, until, n, _)| (*n, until.is_some()))
        .collect();
    assert_eq!(
        told,
        [(1, true), (3, false)],
        "which of them, and whether it is over"
    );
    let text = mail::mail(&page(&sim)).text;
    assert!(text.contains("- 11월 25일 수요일 23:00–01:00 회선"), "{text}");
    assert!(text.contains("- 19:30부터 지금까지 회선"), "{text}");
}

#[test]
fn blocked_calls_of_other_spans_are_left_out() {
    let mut sim = quiet();
    let second = SignedDuration::from_secs(1);
    for at in [sim.from - second, sim.from, sim.now - second, sim.now] {
        sim.blocked.push(Blocked { at, number: None });
    }
    let facts = facts(&sim);
    assert_eq!(facts.glance.blocked, 2);
    assert_eq!(facts.blocked, [(None, vec![1, 2])]);
}

#[test]
fn a_bad_call_of_the_evening_before_tells_its_day() {
    let mut sim = quiet();
    sim.from -= SignedDuration::from_hours(4);
    sim.play(Plot::HangsUp);
    sim.calls[0].record.started = sim.from;
    assert!(
        mail::mail(&page(&sim))
            .text
            .contains("- 11월 25일 수요일 20:00 010")
    );
}

/// A caller's messages with these words, one for each call.
fn messages(words: &[&str]) -> Sim {
    let mut sim = quiet();
    for text in words {
        sim.play(Plot::WantsCallBack);
        sim.messages.last_mut().unwrap().text = (*text).into();
    }
    let number = sim.messages[0].call_back.clone();
    for message in &mut sim.messages {
        message.call_back.clone_from(&number);
    }
    sim
}

#[test]
fn every_message_of_a_caller_is_told() {
    let sim = messages(&["전화 부탁드려요.", "아이가 땅콩을 못 먹어요.", "전화 부탁드려요."]);
    let page = page(&sim);
    let mail = mail::mail(&page);
    for out in [web(&page), mail.html] {
        assert!(
            out.contains("전화 부탁드려요. / 아이가 땅콩을 못 먹어요."),
            "{out}"
        );
        for message in &sim.messages {
            assert!(
                out.contains(&format!("/messages/{}?shop=s1\"", message.id)),
                "{out}"
            );
        }
    }
    assert!(
        mail.text
            .contains("“전화 부탁드려요. / 아이가 땅콩을 못 먹어요.”")
    );
}

#[test]
fn many_messages_of_a_caller_are_counted() {
    let words: Vec<String> = (0..50).map(|n| format!("{n}번째 {}", "말".repeat(100))).collect();
    let sim = messages(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let text = mail::mail(&page(&sim)).text;
    assert!(text.contains("3번째") && !text.contains("4번째"), "{text}");
    assert!(text.contains(" / 외 46건"), "{text}");
}

/// When a guest who left a message and comes on Friday is to be called, as of a moment.
fn called_by(now: DateTime, comes: Time) -> DateTime {
    let mut sim = quiet();
    sim.play(Plot::WantsCallBack);
    sim.play(Plot::Books);
    sim.now = seoul(now.date(), now.time());
    sim.messages[0].at = sim.now - SignedDuration::from_mins(1);
    let phone = sim.messages[0].call_back.clone().unwrap();
    let was = sim.bookings.remove(0);
    let made = sim.from - SignedDuration::from_hours(24);
    let state = biseo_model::record::BookingState::Confirmed;
    sim.earlier.push(Booking {
        date: FRIDAY,
        time: comes,
        phone: phone.clone(),
        made,
        state,
        ..was
    });
    let facts = facts(&sim);
    let action = facts.tonight.iter().find(|a| a.call.as_ref() == Some(&phone));
    match action.map(|a| a.deadline) {
        Some(Deadline::By(at)) => at,
        other => panic!("{other:?}"),
    }
}

#[test]
fn who_comes_early_is_called_the_evening_before() {
    let on = |date: Date, hour, minute| date.at(hour, minute, 0, 0);
    let cases = [
        (on(TODAY, 15, 0), time(9, 0, 0, 0), on(TODAY, 21, 0)),
        (on(TODAY, 22, 0), time(9, 0, 0, 0), on(TODAY, 22, 0)),
        (on(TODAY, 22, 0), time(11, 59, 0, 0), on(TODAY, 22, 0)),
        (on(TODAY, 22, 0), time(12, 0, 0, 0), on(FRIDAY, 10, 0)),
        (on(TODAY, 22, 0), time(19, 0, 0, 0), on(FRIDAY, 11, 0)),
        (on(FRIDAY, 2, 0), time(9, 0, 0, 0), on(FRIDAY, 9, 0)),
    ];
    for (now, comes, by) in cases {
        assert_eq!(called_by(now, comes), by, "now {now}, comes {comes}");
    }
}

#[test]
fn at_night_the_next_day_is_the_one_that_comes() {
    let mut sim = quiet();
    sim.play(Plot::WantsCallBack);
    sim.play(Plot::Books);
    sim.play(Plot::Orders);
    sim.now = seoul(FRIDAY, time(2, 0, 0, 0));
    sim.bookings[0].date = FRIDAY;
    sim.bookings[0].state = biseo_model::record::BookingState::Confirmed;
    sim.orders[0].date = FRIDAY;
    sim.orders[0].pickup = Some(time(3, 0, 0, 0));
    sim.orders[0].state = biseo_model::record::OrderState::Open;
    let mut noon = sim.orders[0].clone();
    noon.pickup = Some(time(12, 0, 0, 0));
    noon.id = biseo_model::ids::OrderId::new("noon").unwrap();
    sim.orders.push(noon);
    let facts = facts(&sim);
    assert_eq!(next_date(&sim.shop, sim.now), Ok(FRIDAY));
    assert_eq!((facts.today, facts.tomorrow.date), (TODAY, FRIDAY));
    assert_eq!(facts.tomorrow.bookings.len(), 1);
    assert_eq!(facts.tomorrow.orders.len(), 1, "the one at noon");
    let page = page_with(&sim, &facts);
    let due: Vec<_> = page.sections[0]
        .lines
        .iter()
        .filter_map(|l| l.due.as_deref())
        .collect();
    assert_eq!(due, ["오늘 03:00까지", "내일 11:00까지"]);
    assert_eq!(page.span, "11월 27일 금요일 02:00까지");
    assert!(page.subject.contains("11월 26일 목요일"), "{}", page.subject);
}

#[test]
fn a_day_ends_when_the_night_does() {
    let mut sim = quiet();
    let at = |hour, minute| seoul(FRIDAY, time(hour, minute, 0, 0));
    let saturday = FRIDAY.tomorrow().unwrap();
    assert_eq!(next_date(&sim.shop, at(4, 59)), Ok(FRIDAY));
    assert_eq!(next_date(&sim.shop, at(5, 0)), Ok(saturday));
    // A bar that is open until six.
    let thursday = biseo_model::shop::Day::Thu;
    sim.shop.hours.week.get_mut(&thursday).unwrap().close = time(6, 0, 0, 0);
    assert_eq!(next_date(&sim.shop, at(5, 59)), Ok(FRIDAY));
    assert_eq!(next_date(&sim.shop, at(6, 0)), Ok(saturday));
}

#[test]
fn what_was_left_undone_is_not_called_hung_up_or_cut_off() {
    for plot in [
        Plot::TooLong,
        Plot::LeavesUnbooked,
        Plot::StoreFails,
        Plot::MessageFails,
    ] {
        let mut sim = quiet();
        sim.play(plot);
        assert_eq!(facts(&sim).badly[0].troubles, [Trouble::Unfinished]);
        let text = mail::mail(&page(&sim)).text;
        assert!(text.contains("일을 마치지 못함"), "{plot:?}: {text}");
        let wrong = ["먼저 끊음", "끊으셨", "끊김", "끊겨"];
        assert!(!wrong.iter().any(|w| text.contains(w)), "{plot:?}: {text}");
    }
}

#[test]
fn who_hangs_up_while_biseo_takes_leave_has_not_hung_up_first() {
    let mut sim = quiet();
    sim.play(Plot::TooLong);
    sim.calls[0].record.end = Some(biseo_model::record::CallEnd::Caller);
    assert_eq!(facts(&sim).badly[0].troubles, [Trouble::Unfinished]);
}

#[test]
fn news_tell_their_source_and_link_only_to_the_web() {
    let sim = quiet();
    let mut day = sim.day();
    let quoted = |text: &str, link: &str, source: &str| Quoted {
        text: text.into(),
        link: link.into(),
        source: source.into(),
    };
    day.news = vec![News {
        title: "도로 공사".into(),
        sentences: vec![
            quoted("밤에 막는다.", "https://news.example/1?a=1&b=2", "마포소식"),
            quoted("닷새 동안이다.", "https://news.example/1?a=1&b=2", "마포소식"),
            quoted("눌러 보세요.", "javascript:alert(1)", "<b>나쁜 곳</b>"),
            quoted("빈칸이 있다.", "https://a.example/ onclick=x", "이상한 곳"),
            quoted("http로 시작한다.", "httpjavascript:alert(2)", "또 나쁜 곳"),
        ],
    }];
    let facts = compile(&day, &signs()).unwrap();
    let page = page_with(&sim, &facts);
    let mail = mail::mail(&page);
    let head = feed::Head {
        id: "https://biseo.example/digest.atom".into(),
        address: "https://biseo.example/digest.atom".into(),
        title: "하루 정리".into(),
        author: "행복식당".into(),
    };
    let feed = feed::atom(&head, &[&page]);
    for out in [web(&page), mail.html, mail.text.clone(), feed] {
        assert!(!out.contains("javascript:") && !out.contains("onclick"), "{out}");
        assert!(out.contains("눌러 보세요."), "the words stay: {out}");
        assert_eq!(
            out.matches("마포소식").count(),
            1,
            "once for its sentences: {out}"
        );
        assert!(out.contains("나쁜 곳"), "{out}");
    }
    assert!(web(&page).contains("href=\"https://news.example/1?a=1&amp;b=2\">밤에 막는다.</a>"));
    assert!(!web(&page).contains("<b>나쁜"));
    assert!(
        mail.text
            .contains("밤에 막는다. <https://news.example/1?a=1&b=2>"),
        "{}",
        mail.text
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nobody_is_called_at_night_but_who_is_here_before_the_morning(hour in 0_i8..24, comes in 0_i8..24) {
        let date = if hour < 5 { FRIDAY } else { TODAY };
        let (now, comes) = (date.at(hour, 0, 0, 0), time(comes, 30, 0, 0));
        let by = called_by(now, comes);
        let day = (10..=21).contains(&by.hour());
        prop_assert!(by >= now);
        prop_assert!(day || by == now || by == FRIDAY.to_datetime(comes), "now {now}, comes {comes}: {by}");
    }
}
