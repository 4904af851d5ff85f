//! A name that is put right keeps its surname: where two names sound alike, the one with the surname that stood is meant.
//!
//! A final consonant before a vowel is spoken with the next syllable (연음, Standard Pronunciation art. 13), so 백이철 and 배기철
//! cannot be told apart by ear. Whoever corrects "배기태" seldom changes the family.

/// Finals with the initial that each becomes before a vowel, by their places in Unicode's table of syllables.
const LINKED: [(u32, u32); 12] = [
    (1, 0),
    (4, 2),
    (7, 3),
    (8, 5),
    (16, 6),
    (17, 7),
    (19, 9),
    (22, 12),
    (23, 14),
    (24, 15),
    (25, 16),
    (26, 17),
];
/// The mute initial ㅇ.
const MUTE: u32 = 11;
const FIRST: u32 = 0xAC00;

/// The name that was meant: as heard, or what sounds the same and has the surname of the name that it replaces.
pub(super) fn kept(before: &str, heard: &str) -> String {
    let surname = before.chars().next();
    if heard.chars().next() == surname {
        return heard.to_string();
    }
    let other = linked(heard)
        .into_iter()
        .find(|name| name.chars().next() == surname);
    other.unwrap_or_else(|| heard.to_string())
}

/// What sounds like a name, the final of the first syllable in the next one or the other way round.
fn linked(name: &str) -> Option<String> {
    let mut syllables = name.chars();
    let (a, b) = (split(syllables.next()?)?, split(syllables.next()?)?);
    let moved = if a.2 != 0 && b.0 == MUTE {
        let (_, initial) = LINKED.iter().find(|(last, _)| *last == a.2)?;
        [(a.0, a.1, 0), (*initial, b.1, b.2)]
    } else if a.2 == 0 {
        let (last, _) = LINKED.iter().find(|(_, initial)| *initial == b.0)?;
        [(a.0, a.1, *last), (MUTE, b.1, b.2)]
    } else {
        return None;
    };
    let rest = syllables.as_str();
    let joined: Option<String> = moved.into_iter().map(join).collect();
    Some(joined? + rest)
}

/// Initial, vowel and final of a Hangul syllable.
fn split(c: char) -> Option<(u32, u32, u32)> {
    let n = u32::from(c).checked_sub(FIRST).filter(|n| *n < 11_172)?;
    Some((n / 588, n % 588 / 28, n % 28))
}

fn join((initial, vowel, last): (u32, u32, u32)) -> Option<char> {
    char::from_u32(FIRST + initial * 588 + vowel * 28 + last)
}

#[cfg(test)]
mod tests {
    use super::kept;

    #[test]
    fn the_surname_stays() {
        for (before, heard, meant) in [
            ("배기태", "백이철", "배기철"),
            ("백이태", "배기철", "백이철"),
            ("김민수", "김민서", "김민서"),
            ("김민수", "박민수", "박민수"),
            ("배기태", "백희철", "백희철"),
            ("안아람", "아나영", "안아영"),
            ("배기태", "백", "백"),
            ("배기태", "", ""),
            ("Kim", "백이철", "백이철"),
        ] {
            assert_eq!(kept(before, heard), meant, "{before} {heard}");
        }
    }
}
