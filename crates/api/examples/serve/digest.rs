//! Yesterday's evening digest, with a call to make and two stories of the news.

use biseo_api::views::Digests;
use biseo_digest::{Card, Labels, Language, Line, Links, Page, Section, SectionKind, Source, Span};
use biseo_model::ids::{CallId, ShopId};
use biseo_model::phone::PhoneNumber;
use biseo_store::{KeptDigest, Store};
use jiff::{SignedDuration, Timestamp};

use super::Failed;

fn section(kind: SectionKind, title: &str, lines: Vec<Line>) -> Section {
    Section {
        kind,
        title: title.into(),
        note: String::new(),
        lines,
        folded: 0,
        more: None,
    }
}

fn words(text: &str, link: Option<&str>) -> Span {
    Span {
        text: text.into(),
        link: link.map(Into::into),
    }
}

fn story(headline: &str, sentence: &str, link: &str) -> Line {
    Line {
        lead: headline.into(),
        text: vec![words(sentence, Some(link)), words(" 한빛일보", None)],
        sources: [Source::Page(link.into())].into(),
        ..Line::default()
    }
}

fn call() -> Result<Line, Failed> {
    Ok(Line {
        lead: "이서연".into(),
        text: vec![words("단체 예약을 물었고, 전화를 부탁했어요.", None)],
        quote: Some("단체 예약 문의드려요. 전화 부탁드립니다.".into()),
        due: Some("오늘 21:00까지".into()),
        call: Some(PhoneNumber::parse("010-2345-6701")?),
        grave: true,
        sources: [Source::Call(CallId::new("call-of-yesterday")?)].into(),
    })
}

/// Keeps it.
pub(super) async fn yesterday(store: &Store) -> Result<(), Failed> {
    let now = Timestamp::now();
    let seoul = jiff::tz::TimeZone::get("Asia/Seoul")?;
    let date = now.to_zoned_datetime(seoul).date().yesterday()?;
    let text = |text: &str| text.to_string();
    let page = Page {
        language: Language::Ko,
        title: text("행복식당 하루 정리"),
        subject: text("전화 12통, 예약 4건, 오늘 밤 전화할 곳 1곳"),
        span: text("어제 05:00부터 21:00까지"),
        cards: vec![Card {
            label: text("전화"),
            value: text("12통"),
            note: text("비서가 11통"),
        }],
        sections: vec![
            section(SectionKind::Tonight, "오늘 밤 할 일", vec![call()?]),
            section(
                SectionKind::News,
                "소식",
                vec![
                    story(
                        "김장 배추값이 내렸다",
                        "연남동 시장의 배추 한 포기가 2,900원으로 내렸다.",
                        "https://paper.example/cabbage",
                    ),
                    story(
                        "축구 결승전에 거리 응원",
                        "토요일 저녁 광장에서 거리 응원이 열린다.",
                        "https://paper.example/match",
                    ),
                ],
            ),
        ],
        reading: text("읽는 데 30초"),
        seconds: 30,
        made: now,
        links: Links {
            page: String::new(),
            all: String::new(),
            console: String::new(),
            query: String::new(),
        },
        labels: Labels {
            sources: text("근거"),
            call: text("전화하기"),
            size: text("글자 크기"),
            size_letter: text("가"),
        },
    };
    let pages = Digests {
        short: page.clone(),
        whole: page,
    };
    let kept = KeptDigest {
        date,
        span: biseo_store::Span {
            from: now - SignedDuration::from_hours(40),
            until: now - SignedDuration::from_hours(24),
        },
        content: serde_json::to_value(pages)?,
    };
    store.keep_digest(&ShopId::new("haengbok")?, &kept).await?;
    Ok(())
}
