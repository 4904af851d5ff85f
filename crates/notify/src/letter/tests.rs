use super::*;

fn content(fact: Fact, language: Language) -> Content {
    Content {
        event: "e".into(),
        at: "2026-11-26T03:00:00Z".parse().unwrap(),
        fact,
        language,
        link: Some("https://shop.example/?a=1&b=\"2\"".into()),
        caller: false,
    }
}

fn sender() -> Sender {
    Sender {
        name_ko: "행복 <식당>".into(),
        name_en: Some("Happy & Co".into()),
        zone: TimeZone::get("Asia/Seoul").unwrap(),
    }
}

fn written(contents: &[Content]) -> Letter {
    write(contents, &sender(), "2026-11-26T05:00:00Z".parse().unwrap())
}

fn alert(language: Language) -> Content {
    let fact = Fact::CheckInAlert {
        name: "김<b>순자".into(),
        text: "넘어지셨대요\r\nBcc: x@example.com".into(),
        call_back: PhoneNumber::parse("01023456789").ok(),
    };
    content(fact, language)
}

#[test]
fn one_notice_in_both_languages() {
    let letter = written(&[alert(Language::Ko)]);
    assert_eq!(letter.title, "행복 <식당>: 안부 확인이 필요합니다");
    assert!(letter.urgent);
    let line = "김<b>순자 님: 넘어지셨대요  Bcc: x@example.com 전화 바람: 010-2345-6789";
    assert!(letter.text.contains(line), "{}", letter.text);
    assert!(letter.short.starts_with("[행복 <식당>] 안부 확인이 필요합니다: "));
    let letter = written(&[alert(Language::En)]);
    assert_eq!(letter.title, "Happy & Co: Check-in: please look after");
    assert!(letter.text.contains("Call back: 010-2345-6789"));
}

#[test]
fn nothing_of_a_caller_is_markup_or_a_header() {
    let letter = written(&[alert(Language::Ko)]);
    assert!(letter.html.contains("김&lt;b&gt;순자") && !letter.html.contains("<b>"));
    assert!(letter.html.contains("행복 &lt;식당&gt;"));
    assert!(
        letter
            .html
            .contains("href=\"https://shop.example/?a=1&amp;b=&quot;2&quot;\"")
    );
    assert!(!letter.title.contains(['\r', '\n']) && !letter.text.contains("\nBcc"));
}

#[test]
fn several_are_counted_and_the_short_form_is_short() {
    let line = |n: usize| {
        let fact = Fact::LineIncident {
            text: format!("{n}"),
            over: n == 0,
        };
        content(fact, Language::Ko)
    };
    let letter = written(&(0..5).map(line).collect::<Vec<_>>());
    assert_eq!(letter.title, "행복 <식당>: 알림 5건");
    assert!(
        letter
            .text
            .starts_with("회선 알림: 복구: 0\n회선 알림: 이상: 1\n")
    );
    assert!(letter.short.ends_with("외 2건"), "{}", letter.short);
    assert_eq!((letter.data.len(), letter.urgent), (5, false));
}

#[test]
fn a_digest_alone_is_mailed_as_its_page_and_its_short_form_stays() {
    let fact = Fact::DigestReady {
        date: "2026-11-26".parse().unwrap(),
        text: "오늘 챙길 일 2가지".into(),
        link: Some("https://a.example/digests/2026-11-26".into()),
        page: Some(Box::new(Written {
            subject: "행복식당 하루 정리".into(),
            text: "전화: 3통".into(),
            html: "<h1>하루 정리</h1>".into(),
        })),
    };
    let digest = content(fact, Language::Ko);
    let letter = written(std::slice::from_ref(&digest));
    assert_eq!(
        (letter.title.as_str(), letter.text.as_str()),
        ("행복식당 하루 정리", "전화: 3통")
    );
    assert_eq!(letter.html, "<h1>하루 정리</h1>");
    assert!(letter.short.contains("오늘 챙길 일 2가지") && !letter.short.contains("3통"));
    // Beside others it is one line of several.
    let several = written(&[digest, alert(Language::Ko)]);
    assert!(!several.text.contains("전화: 3통") && several.text.contains("오늘 챙길 일 2가지"));
}

#[test]
fn days_are_told_as_seen_from_the_day_of_sending() {
    let of = |date: &str| {
        let fact = Fact::DigestReady {
            date: date.parse().unwrap(),
            text: "예약 3건".into(),
            link: None,
            page: None,
        };
        written(&[content(fact, Language::Ko)]).text
    };
    assert!(of("2026-11-26").contains("오늘(11월 26일 목): 예약 3건"));
    assert!(of("2026-11-27").contains("내일(11월 27일 금)"));
    assert!(of("2026-12-01").contains("12월 1일(화)"));
}

#[test]
fn what_is_too_long_ends_in_an_ellipsis() {
    assert_eq!(clipped("가나다", 3), "가나다");
    assert_eq!(clipped("가나다라", 3), "가나…");
    assert_eq!(grouped(0) + &grouped(999) + &grouped(1_234_567), "09991,234,567");
}

#[test]
fn an_order_that_is_given_up_is_told_with_what_it_was() {
    let order = Order {
        id: biseo_model::ids::OrderId::new("o1").unwrap(),
        shop: biseo_model::ids::ShopId::new("haengbok").unwrap(),
        call: None,
        items: vec![biseo_model::record::OrderItem {
            name: "김밥".into(),
            quantity: 2,
        }],
        won: 9_000,
        date: jiff::civil::date(2026, 11, 26),
        pickup: None,
        address: None,
        name: "김민수".into(),
        phone: PhoneNumber::parse("010-2345-6789").unwrap(),
        state: biseo_model::record::OrderState::Cancelled,
        made: Timestamp::UNIX_EPOCH,
    };
    let event = crate::Event::order_cancelled(&order, Timestamp::UNIX_EPOCH);
    assert_eq!(event.key, "order_cancelled:o1");
    let reader = written(&[content(event.fact.clone(), Language::Ko)]);
    assert!(reader.title.contains("주문 취소"), "{}", reader.title);
    assert!(
        reader.text.contains("김밥 2개") && reader.text.contains("010-2345-6789"),
        "{}",
        reader.text
    );
    let to_caller = Content {
        caller: true,
        ..content(event.fact, Language::Ko)
    };
    let caller = written(&[to_caller]);
    assert!(
        caller.text.ends_with("김밥 2개 주문이 취소되었습니다."),
        "{}",
        caller.text
    );
    assert_eq!(caller.template.map(|t| t.name), Some("order_cancelled"));
}
