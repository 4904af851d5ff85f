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
        ("일요일에도", Ending::More),
        ("집에서도", Ending::More),
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
        assert_eq!(Ending::of(text, Grasp::Wish, None), ending, "{text}");
    }
}

#[test]
fn endings_by_what_was_asked() {
    let phone = Some(Awaiting::Slot(Slot::Phone));
    let confirm = Some(Awaiting::Confirm);
    for (awaiting, text, filled, ending) in [
        (confirm, "네", true, Ending::Answer),
        (confirm, "아니요", true, Ending::Open),
        (confirm, "네 맞습니다", true, Ending::Answer),
        (confirm, "아니요 됐어요", true, Ending::Answer),
        (confirm, "네 근데", true, Ending::More),
        (confirm, "네 그걸로 해 주시면 되겠어요", true, Ending::Complete),
        (confirm, "음", false, Ending::More),
        (phone, "이삼사오", false, Ending::Digits),
        (phone, "공일공 이삼사오 육칠팔구", true, Ending::Complete),
        (Some(Awaiting::Slot(Slot::Time)), "저녁", false, Ending::More),
        (Some(Awaiting::Slot(Slot::Time)), "일곱 시", true, Ending::Open),
        (Some(Awaiting::Slot(Slot::Date)), "십이월", false, Ending::More),
        (Some(Awaiting::Slot(Slot::Name)), "최다은", true, Ending::Open),
    ] {
        assert_eq!(
            Ending::of(text, if filled { Grasp::Filled } else { Grasp::Wish }, awaiting),
            ending,
            "{text}"
        );
    }
}

#[test]
fn what_cannot_be_answered_is_waited_for() {
    let message = Some(Awaiting::Slot(Slot::Message));
    let name = Some(Awaiting::Slot(Slot::Name));
    for (awaiting, text, grasp, ending) in [
        (Some(Awaiting::AnythingElse), "아", Grasp::Filled, Ending::More),
        (None, "안녕하세요", Grasp::Nothing, Ending::Usual),
        (None, "여쭤볼 게 있는데요", Grasp::Nothing, Ending::More),
        (None, "주차 되나요", Grasp::Wish, Ending::Complete),
        (None, "예약하고 싶은데요", Grasp::Wish, Ending::Usual),
        (None, "애가 열이 나서요", Grasp::Nothing, Ending::Usual),
        (None, "진료 예약은", Grasp::Wish, Ending::More),
        (None, "다름이 아니라", Grasp::Nothing, Ending::More),
        (None, "잠깐만요", Grasp::Wish, Ending::More),
        (name, "제 이름은", Grasp::Filled, Ending::More),
        (name, "김가은", Grasp::Filled, Ending::Open),
        (name, "김민수입니다", Grasp::Filled, Ending::Complete),
        (message, "어제 맡긴 노트북이요", Grasp::Wish, Ending::Usual),
        (message, "전화 달라고 전해 주세요", Grasp::Wish, Ending::Complete),
    ] {
        assert_eq!(Ending::of(text, grasp, awaiting), ending, "{text}");
    }
}
