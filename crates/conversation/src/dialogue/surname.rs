//! A name that is put right keeps its surname: where two names sound alike, the one with the surname that stood is meant.
//!
//! A final consonant before a vowel is spoken with the next syllable (연음, Standard Pronunciation art. 13), so 백이철 and 배기철
//! cannot be told apart by ear. Whoever corrects "배기태" seldom changes the family.

use biseo_model::hangul::{SILENT, Syllable, carried, carries, join, split};

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
    let (first, next) = (split(syllables.next()?)?, split(syllables.next()?)?);
    let (last, initial) = if first.last != 0 && next.initial == SILENT {
        (0, carried(first.last)?)
    } else if first.last == 0 {
        (carries(next.initial)?, SILENT)
    } else {
        return None;
    };
    let (first, next) = (
        join(Syllable { last, ..first })?,
        join(Syllable { initial, ..next })?,
    );
    Some([first, next].into_iter().chain(syllables).collect())
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
