//! A final that moves: 곳이 is said 고시, so a network may hear either. The search reads the one as the other, at a cost, and
//! leaves the choice to the language model.

use super::tokens::{TokenKind, Tokens};

/// Finals and the initials they become before a vowel.
const MOVING: [(char, char); 14] = [
    ('ᆨ', 'ᄀ'),
    ('ᆩ', 'ᄁ'),
    ('ᆫ', 'ᄂ'),
    ('ᆮ', 'ᄃ'),
    ('ᆯ', 'ᄅ'),
    ('ᆷ', 'ᄆ'),
    ('ᆸ', 'ᄇ'),
    ('ᆺ', 'ᄉ'),
    ('ᆻ', 'ᄊ'),
    ('ᆽ', 'ᄌ'),
    ('ᆾ', 'ᄎ'),
    ('ᆿ', 'ᄏ'),
    ('ᇀ', 'ᄐ'),
    ('ᇁ', 'ᄑ'),
];
/// The initial that is not heard.
const SILENT: char = 'ᄋ';

/// The consonants of an alphabet that move.
pub(super) struct Liaison {
    /// For each final the initial it becomes, for each initial the final it comes from.
    moved: Vec<Option<u8>>,
    /// The silent initial and the space, where the alphabet has them.
    silent: Option<u8>,
    space: Option<u8>,
}

impl Liaison {
    pub(super) fn new(tokens: &Tokens) -> Self {
        let find = |c: char| tokens.find(c).and_then(|token| u8::try_from(token).ok());
        let mut moved = vec![None; tokens.len()];
        for (last, first) in MOVING {
            if let (Some(last), Some(first)) = (find(last), find(first)) {
                moved[usize::from(last)] = Some(first);
                moved[usize::from(first)] = Some(last);
            }
        }
        Self {
            moved,
            silent: find(SILENT),
            space: find(' '),
        }
    }

    /// The other ways to write a consonant that is heard after a vowel.
    pub(super) fn spellings(&self, token: u8, kind: TokenKind) -> [[Option<u8>; 3]; 2] {
        let moved = self.moved.get(usize::from(token)).copied().flatten();
        match (moved, kind) {
            (None, _) => [[None; 3]; 2],
            // 고시 for 곳이: the silent initial that is heard next is passed over.
            (Some(_), TokenKind::Final) => [[moved, None, None], [None; 3]],
            // 곳이 for 고시, 직 안 for 지간.
            (Some(_), _) => [[moved, self.silent, None], [moved, self.space, self.silent]],
        }
    }

    /// What may be passed over after an initial.
    pub(super) fn silent(&self) -> Option<u8> {
        self.silent
    }
}
