//! Signs between words.

use super::number::sino;
use crate::normalise::scan::{Here, Said};

/// "1+1" on a price tag.
pub(super) fn offer(here: &Here) -> Option<Said> {
    let (first, length) = here.small(9).filter(|_| here.number_starts())?;
    if here.char(length) != Some('+') {
        return None;
    }
    let (second, more) = here.skip(length + 1).small(9)?;
    let name = |n: u32| {
        ["제로", "원", "투", "쓰리"]
            .get(n as usize)
            .map_or_else(|| sino(n.into()), |name| (*name).to_owned())
    };
    Some(Said::new(
        length + 1 + more,
        format!("{} 플러스 {}", name(first), name(second)),
    ))
}

/// Signs that have a name, and marks that no voice should read.
pub(super) fn sign(here: &Here) -> Option<Said> {
    let c = here.char(0)?;
    let next = here.char(1);
    let between = here.before().is_some_and(char::is_alphanumeric) && next.is_some_and(char::is_alphanumeric);
    let latin = here.before().is_some_and(|c| c.is_ascii_alphanumeric())
        && next.is_some_and(|c| c.is_ascii_alphabetic());
    let words = match c {
        '%' => " 퍼센트",
        '~' if between => "에서 ",
        '~' => "",
        '&' => " 앤드 ",
        '@' => " 골뱅이 ",
        '+' => " 플러스 ",
        '×' | '✕' => " 곱하기 ",
        ':' if between => " 대 ",
        '.' if latin => " 점 ",
        '/' | '·' | '•' | '|' if between => ", ",
        '/' | '•' | '|' | '_' | '=' | '^' | '`' | '\\' => " ",
        '#' => " 우물 정자 ",
        '*' => " 별표 ",
        '°' => " 도",
        '₩' => "원 ",
        '$' => "달러 ",
        '€' => "유로 ",
        '¥' => "엔 ",
        c if is_picture(c) => " ",
        _ => return None,
    };
    Some(Said::new(1, words))
}

/// Arrows, stars, boxes and emoji: everything from U+2000 on that is neither a letter nor a mark of speech.
fn is_picture(c: char) -> bool {
    c >= '\u{2000}' && !c.is_alphanumeric() && !c.is_whitespace() && !"…‘’“”·、。「」『』〈〉《》".contains(c)
}
