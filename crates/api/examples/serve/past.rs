//! What was: two weeks of calls and what came of them.

use std::path::Path;

use biseo_model::ids::{BookingId, CallId, MessageId, OrderId, ShopId};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::*;
use biseo_store::{Question, Store};
use jiff::{SignedDuration, Timestamp};

use super::Failed;

pub(super) fn call(n: i64, shop: &ShopId, started: Timestamp) -> Result<CallRecord, Failed> {
    Ok(CallRecord {
        id: CallId::new(format!("call-{}-{n}", started.as_second()))?,
        shop: shop.clone(),
        caller: (n % 9 != 8)
            .then(|| PhoneNumber::parse(&format!("010-2345-{:04}", 6700 + n % 37)))
            .transpose()?,
        dialled: Some(PhoneNumber::parse("02-700-1001")?),
        forwarded: (n % 3 == 0).then_some(ForwardReason::NoAnswer),
        started,
        answered: None,
        ended: None,
        end: None,
        recording: None,
    })
}

fn ago(minutes: i64) -> Timestamp {
    Timestamp::now() - SignedDuration::from_mins(minutes)
}

pub(super) const TALK: [(&str, &str); 4] = [
    (
        "",
        "안녕하세요, 행복식당 AI 비서입니다. 통화는 녹음돼요. 무엇을 도와드릴까요?",
    ),
    (
        "내일 저녁 일곱 시에 네 명 예약하고 싶은데요",
        "네, 내일 저녁 7시 네 분 자리가 있어요. 성함이 어떻게 되세요?",
    ),
    ("김민수요", "김민수 님, 내일 저녁 7시 네 분으로 예약할까요?"),
    ("네 그렇게 해 주세요", "예약되었습니다. 감사합니다."),
];

pub(super) fn turn(id: &CallId, number: u32, at: Timestamp) -> TurnRecord {
    let (heard, said) = TALK[number as usize % TALK.len()];
    TurnRecord {
        call: id.clone(),
        number,
        at,
        heard: heard.into(),
        understood: serde_json::json!({"confidence": 0.93, "trace": ["예약을 원한다고 들었어요", "인원은 4명"]}),
        said: said.into(),
        latency: Latency {
            end_of_turn_ms: Some(180.0),
            stt_ms: Some(95.0),
            tts_first_audio_ms: Some(60.0),
            total_ms: Some(402.5),
            ..Latency::default()
        },
    }
}

/// Two weeks of calls with what came of them.
pub(super) async fn history(store: &Store, data: &Path) -> Result<(), Failed> {
    let shop = ShopId::new("haengbok")?;
    let ends = [
        CallEnd::Biseo,
        CallEnd::Caller,
        CallEnd::Biseo,
        CallEnd::Silence,
        CallEnd::Transferred,
        CallEnd::Failed,
    ];
    for n in 0..300_i64 {
        let started = ago(20 + n * 67);
        let call = call(n, &shop, started)?;
        store.begin_call(&call).await?;
        let end = ends[usize::try_from(n)? % ends.len()];
        if n % 11 == 10 {
            store
                .end_call(&call.id, started + SignedDuration::from_secs(9), CallEnd::Caller)
                .await?;
            continue;
        }
        let answered = started + SignedDuration::from_secs(3);
        let path = format!("recordings/haengbok/{}.wav", call.id);
        if n < 20 {
            wav(&data.join(&path))?;
        }
        store
            .answer_call(&call.id, answered, (n < 20).then_some(path.as_str()))
            .await?;
        for number in 0..4 {
            let at = answered + SignedDuration::from_secs(i64::from(number) * 6);
            store.add_turn(&turn(&call.id, number, at)).await?;
        }
        came_of(store, n, &call).await?;
        store
            .end_call(&call.id, started + SignedDuration::from_secs(40), end)
            .await?;
    }
    Ok(())
}

async fn came_of(store: &Store, n: i64, call: &CallRecord) -> Result<(), Failed> {
    let (shop, at) = (&call.shop, call.started);
    let phone = call.caller.clone().unwrap_or(PhoneNumber::parse("02-555-1234")?);
    let day = |days: i64| {
        Timestamp::now()
            .to_zoned_datetime(jiff::tz::TimeZone::get("Asia/Seoul").unwrap_or(jiff::tz::TimeZone::UTC))
            .date()
            + jiff::Span::new().days(days)
    };
    match n % 5 {
        0 => {
            let booking = Booking {
                id: BookingId::new(format!("b{n}"))?,
                shop: shop.clone(),
                call: Some(call.id.clone()),
                date: day(n / 20 - 2),
                time: jiff::civil::time(18 + i8::try_from(n % 3)?, 30, 0, 0),
                minutes: 90,
                party_size: u32::try_from(2 + n % 4)?,
                name: ["김민수", "이서연", "박지훈", "최유진"][usize::try_from(n / 5 % 4)?].into(),
                phone,
                resource: String::new(),
                services: Vec::new(),
                requests: if n % 2 == 0 {
                    vec!["창가 자리".into()]
                } else {
                    Vec::new()
                },
                state: BookingState::Confirmed,
                made: at,
            };
            store
                .book(&booking, &["4인석-1", "4인석-2", "4인석-3", "4인석-4"])
                .await?;
        }
        1 => {
            let message = Message {
                id: MessageId::new(format!("m{n}"))?,
                shop: shop.clone(),
                call: Some(call.id.clone()),
                name: Some("이서연".into()),
                text: "단체 예약 문의드려요. 전화 부탁드립니다.".into(),
                call_back: Some(phone),
                at,
            };
            store.leave_message(&message).await?;
            if n > 60 {
                store.mark_message(shop, &message.id, Some(at)).await?;
            }
        }
        2 => {
            let question = Question {
                id: format!("q{n}"),
                call: Some(call.id.clone()),
                text: "유모차 가지고 들어갈 수 있어요?".into(),
                at,
                state: if n > 40 { "dismissed".into() } else { "open".into() },
                topic: None,
            };
            store.add_question(shop, &question).await?;
        }
        3 => {
            let order = Order {
                id: OrderId::new(format!("o{n}"))?,
                shop: shop.clone(),
                call: Some(call.id.clone()),
                items: vec![OrderItem {
                    name: "김치찌개".into(),
                    quantity: 2,
                }],
                won: 18_000,
                date: day(-n / 20),
                pickup: Some(jiff::civil::time(18, 0, 0, 0)),
                address: None,
                name: "박지훈".into(),
                phone,
                state: OrderState::Open,
                made: at,
            };
            store.place_order(&order).await?;
        }
        _ => {}
    }
    Ok(())
}

/// Thirty seconds of two tones, 8 kHz, two channels.
fn wav(path: &Path) -> Result<(), Failed> {
    let (rate, seconds) = (8000_u32, 30_u32);
    let size = rate * seconds * 4;
    let mut bytes = Vec::with_capacity(44 + size as usize);
    bytes.extend(b"RIFF");
    bytes.extend((size + 36).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
    bytes.extend(rate.to_le_bytes());
    bytes.extend((rate * 4).to_le_bytes());
    bytes.extend(b"\x04\0\x10\0data");
    bytes.extend(size.to_le_bytes());
    for n in 0..rate * seconds {
        let speaks = n / (rate * 3) % 2;
        let tone =
            |hertz: f64| (f64::from(n) / f64::from(rate) * hertz * std::f64::consts::TAU).sin() * 6000.0;
        #[expect(clippy::cast_possible_truncation, reason = "within 6000")]
        for (side, hertz) in [(0, 220.0), (1, 330.0)] {
            let sample = if side == speaks { tone(hertz) as i16 } else { 0 };
            bytes.extend(sample.to_le_bytes());
        }
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    Ok(std::fs::write(path, bytes)?)
}
