//! Texts and how they end.

use super::*;

#[test]
fn endings() {
    for (text, ending) in [
        ("네, 네.", Ending::Backchannel),
        ("아 네 그렇군요", Ending::Backchannel),
        ("Okay", Ending::Backchannel),
        ("yeah, uh-huh", Ending::Backchannel),
        ("내일 하고", Ending::More),
        ("내일 예약하고 싶은데", Ending::More),
        ("좀 급한데", Ending::More),
        ("차가 막히니까", Ending::More),
        ("그러니까", Ending::More),
        ("내일 음…", Ending::More),
        ("12월", Ending::More),
        ("다음 주", Ending::More),
        ("이번주", Ending::More),
        ("다음 주 금요일", Ending::Usual),
        ("음… 어", Ending::More),
        ("음 네", Ending::Backchannel),
        ("저는", Ending::More),
        ("내일 저녁", Ending::More),
        ("주차 됩니까?", Ending::Complete),
        ("김민수입니다", Ending::Complete),
        ("내일 가능할까", Ending::Complete),
        ("예약하고 싶다", Ending::Complete),
        ("그거죠", Ending::Complete),
        ("예약하려고요", Ending::Complete),
        ("전부 다", Ending::Usual),
        ("냉면", Ending::Usual),
        ("내일 일곱 시", Ending::Usual),
        ("공일공 이삼사오", Ending::Digits),
        ("010 2345", Ending::Digits),
        ("oh one oh two three", Ending::Digits),
        ("전화번호는 공일공", Ending::Digits),
        ("방은 공일", Ending::Digits),
        ("오 육", Ending::Usual),
        ("01023456789", Ending::Usual),
        ("…", Ending::Nothing),
        ("", Ending::Nothing),
    ] {
        assert_eq!(Ending::of(text, false, None), ending, "{text}");
    }
}

#[test]
fn endings_by_what_was_asked() {
    let phone = Some(Awaiting::Slot(Slot::Phone));
    let confirm = Some(Awaiting::Confirm);
    for (awaiting, text, filled, ending) in [
        (confirm, "네", true, Ending::Answer),
        (confirm, "아니요", true, Ending::Answer),
        (confirm, "네 맞습니다", true, Ending::Answer),
        (confirm, "네 근데", true, Ending::More),
        (confirm, "네 그걸로 해 주시면 되겠어요", true, Ending::Complete),
        (confirm, "음", false, Ending::More),
        (phone, "이삼사오", false, Ending::Digits),
        (phone, "공일공 이삼사오 육칠팔구", true, Ending::Complete),
        (Some(Awaiting::Slot(Slot::Time)), "저녁", false, Ending::More),
        (
            Some(Awaiting::Slot(Slot::Time)),
            "일곱 시",
            true,
            Ending::Complete,
        ),
        (Some(Awaiting::Slot(Slot::Date)), "십이월", false, Ending::More),
        (Some(Awaiting::Slot(Slot::Name)), "최다은", true, Ending::Complete),
    ] {
        assert_eq!(Ending::of(text, filled, awaiting), ending, "{text}");
    }
}
