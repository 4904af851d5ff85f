//! Korean particles, which depend on how the word before them ends: 예약을, 메모를; 7시 30분으로, 7시로, 서울로.

/// How a word ends in speech.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Final {
    Vowel,
    /// ㄹ: 으로 becomes 로 after it.
    Rieul,
    Consonant,
}

/// Chooses from a pair written "after a consonant/after a vowel", such as `을/를`.
///
/// ```
/// # use biseo_conversation::particle;
/// assert_eq!(particle("예약", "을/를"), "을");
/// assert_eq!(particle("7시", "으로/로"), "로");
/// assert_eq!(particle("서울", "으로/로"), "로");
/// assert_eq!(particle("010-1234-5678", "으로/로"), "로");
/// ```
pub fn particle<'a>(word: &str, pair: &'a str) -> &'a str {
    let (closed, open) = pair.split_once('/').unwrap_or((pair, pair));
    match last_sound(word) {
        Final::Vowel => open,
        Final::Rieul if closed.starts_with("으로") => open,
        Final::Rieul | Final::Consonant => closed,
    }
}

fn last_sound(word: &str) -> Final {
    let mut spoken = word.chars().rev().filter(|c| c.is_alphanumeric());
    let Some(last) = spoken.next() else {
        return Final::Vowel;
    };
    match last {
        '가'..='힣' => match (last as u32 - 0xAC00) % 28 {
            0 => Final::Vowel,
            8 => Final::Rieul,
            _ => Final::Consonant,
        },
        // 영 일 이 삼 사 오 육 칠 팔 구
        '1' | '7' | '8' => Final::Rieul,
        '0' | '3' | '6' => Final::Consonant,
        '2' | '4' | '5' | '9' => Final::Vowel,
        // After a figure, L is 리터.
        'L' if spoken.next().is_some_and(|c| c.is_ascii_digit()) => Final::Vowel,
        // As letters are named: 엘, 알; 엠, 엔.
        'L' | 'R' | 'l' | 'r' => Final::Rieul,
        'M' | 'N' => Final::Consonant,
        'b' | 'c' | 'd' | 'g' | 'k' | 'm' | 'n' | 'p' | 't' => Final::Consonant,
        _ => Final::Vowel,
    }
}

#[cfg(test)]
mod tests {
    use super::particle;

    #[test]
    fn as_the_word_ends() {
        for (word, pair, right) in [
            ("주차", "은/는", "는"),
            ("김치찌개", "이/가", "가"),
            ("제육볶음", "이에요/예요", "이에요"),
            ("11,000원", "이에요/예요", "이에요"),
            ("11월 25일", "은/는", "은"),
            ("11월 25일", "으로/로", "로"),
            ("7시 30분", "으로/로", "으로"),
            ("룸", "으로/로", "으로"),
            ("콜라 1.25L", "와", "와"),
            ("콜라 1.25L", "을/를", "를"),
            ("행복식당(마포)", "이에요/예요", "예요"),
            ("Kim", "이/가", "이"),
            ("", "을/를", "를"),
        ] {
            assert_eq!(particle(word, pair), right, "{word} {pair}");
        }
    }
}
