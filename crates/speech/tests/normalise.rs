//! What a clerk on the telephone would say.

use biseo_speech::Language::{self, English, Korean};
use biseo_speech::normalise::speakable;
use proptest::prelude::*;

fn check(language: Language, table: &[(&str, &str)]) {
    let wrong: Vec<_> = table
        .iter()
        .map(|(written, said)| (written, said, speakable(written, language)))
        .filter(|(_, said, found)| found != *said)
        .map(|(written, said, found)| format!("{written:?}: should be {said:?}, is {found:?}"))
        .collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn times() {
    check(
        Korean,
        &[
            ("19시 30분", "저녁 일곱 시 반"),
            ("19:30", "저녁 일곱 시 반"),
            ("12:00", "낮 열두 시"),
            ("09:00", "오전 아홉 시"),
            ("7시", "일곱 시"),
            ("7시 반", "일곱 시 반"),
            ("7시 15분", "일곱 시 십오 분"),
            ("오후 3시", "오후 세 시"),
            ("11:00~22:00", "오전 열한 시부터 밤 열 시까지"),
        ],
    );
}

#[test]
fn money() {
    check(
        Korean,
        &[
            ("18,000원", "만 팔천 원"),
            ("9,000원", "구천 원"),
            ("1,000원", "천 원"),
            ("500원", "오백 원"),
            ("100,000원", "십만 원"),
            ("123,450원", "십이만 삼천사백오십 원"),
            ("15000원입니다", "만 오천 원입니다"),
        ],
    );
}

#[test]
fn telephone_and_account_numbers() {
    check(
        Korean,
        &[
            ("010-1234-5678", "공일공 일이삼사 오육칠팔"),
            ("02-123-4567", "공이 일이삼 사오육칠"),
            ("1588-1234", "일오팔팔 일이삼사"),
            ("123-45-678901", "일이삼 사오 육칠팔구공일"),
            (
                "계좌는 국민은행 123-45-678901 행복식당이에요.",
                "계좌는 국민은행 일이삼 사오 육칠팔구공일 행복식당이에요.",
            ),
            (
                "카카오뱅크 333-301-234-5678이에요.",
                "카카오뱅크 삼삼삼 삼공일 이삼사 오육칠팔이에요.",
            ),
            (
                "국민은행 12-345-678 행복식당",
                "국민은행 일이 삼사오 육칠팔 행복식당",
            ),
            ("국민은행 20-261-125", "국민은행 이공 이육일 일이오"),
            ("국민은행 12-34-56 분식집", "국민은행 일이 삼사 오육 분식집"),
        ],
    );
}

#[test]
fn dates() {
    check(
        Korean,
        &[
            ("2026-11-25", "십일월 이십오일"),
            ("2026년 11월 25일", "이천이십육년 십일월 이십오일"),
            ("6월 6일", "유월 육일"),
            ("10월 3일", "시월 삼일"),
            ("12월 25일", "십이월 이십오일"),
        ],
    );
}

#[test]
fn counters() {
    check(
        Korean,
        &[
            ("1명", "한 명"),
            ("4명", "네 명"),
            ("20명", "스무 명"),
            ("21명", "스물한 명"),
            ("6대", "여섯 대"),
            ("2시간", "두 시간"),
            ("30분", "삼십 분"),
            ("1층", "일 층"),
            ("3번 출구", "삼 번 출구"),
            ("2개", "두 개"),
            ("3마리", "세 마리"),
            ("5살", "다섯 살"),
            ("1.25L", "일 점 이오 리터"),
            ("50%", "오십 퍼센트"),
            ("100m", "백 미터"),
            ("Wi-Fi", "와이파이"),
        ],
    );
}

#[test]
fn whole_sentences() {
    check(
        Korean,
        &[
            (
                "내일 19:30에 4명 예약되었습니다.",
                "내일 저녁 일곱 시 반에 네 명 예약되었습니다.",
            ),
            ("김치찌개는 9,000원이에요.", "김치찌개는 구천 원이에요."),
            (
                "건물 뒤에 6대까지, 2시간 무료로 주차하실 수 있어요.",
                "건물 뒤에 여섯 대까지, 두 시간 무료로 주차하실 수 있어요.",
            ),
            (
                "마포역 3번 출구에서 걸어서 5분이에요.",
                "마포역 삼 번 출구에서 걸어서 오 분이에요.",
            ),
            ("예약되었습니다.", "예약되었습니다."),
        ],
    );
}

#[test]
fn english() {
    check(
        English,
        &[
            ("a table for 4 at 19:30", "a table for four at seven thirty p.m."),
            ("21 people", "twenty-one people"),
        ],
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(biseo_testkit::cases(512)))]

    #[test]
    fn no_digit_is_left_and_again_changes_nothing(text in "[0-9a-zA-Z가-힣 .,:~%원시분명월일층번개대L\\-]{0,40}") {
        for language in [Korean, English] {
            let said = speakable(&text, language);
            prop_assert!(!said.chars().any(|c| c.is_ascii_digit()), "{text:?} -> {said:?}");
            prop_assert_eq!(&speakable(&said, language), &said, "{:?}", text);
        }
    }

    #[test]
    fn any_text_is_taken(text in "\\PC{0,60}") {
        for language in [Korean, English] {
            let said = speakable(&text, language);
            prop_assert!(!said.chars().any(|c| c.is_ascii_digit()));
        }
    }
}
