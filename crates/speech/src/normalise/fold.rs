//! Before: one form for what is written in several. After: one space between words, and no digit of any script.

/// Full-width letters, circled digits, superscripts and unit signs as the plain characters they stand for.
pub(super) fn fold(text: &str) -> Vec<char> {
    let mut folded = Vec::with_capacity(text.len());
    for c in text.chars() {
        match sign(c) {
            Some(plain) => folded.extend(plain.chars()),
            None => folded.extend(letter(c)),
        }
    }
    folded
}

fn letter(c: char) -> Option<char> {
    let shifted = |base: u32, first: u32| char::from_u32(u32::from(c) - first + base);
    match c {
        '\u{ff01}'..='\u{ff5e}' => shifted(0x21, 0xff01),
        '①'..='⑨' => shifted(0x31, 0x2460),
        '₀'..='₉' => shifted(0x30, 0x2080),
        '\u{3000}' | '\u{a0}' => Some(' '),
        // Invisible, or a control: would hide a number from the rules.
        '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}' => None,
        c if c.is_control() && c != '\n' => Some(' '),
        c => Some(c),
    }
}

fn sign(c: char) -> Option<&'static str> {
    Some(match c {
        '⑩' => "10",
        '½' => "1/2",
        '⅓' => "1/3",
        '⅔' => "2/3",
        '¼' => "1/4",
        '¾' => "3/4",
        '㎏' => "kg",
        '㎎' => "mg",
        '㎞' => "km",
        '㎝' => "cm",
        '㎜' => "mm",
        '㎖' => "ml",
        'ℓ' => "L",
        '㎡' => "m²",
        '℃' => "°C",
        '₩' | '￦' => "₩",
        'Ⅰ' => "1",
        'Ⅱ' => "2",
        'Ⅲ' => "3",
        'Ⅳ' => "4",
        'Ⅴ' => "5",
        '〜' | '～' | '∼' => "~",
        '‐' | '‑' | '−' | '–' | '—' => "-",
        _ => return None,
    })
}

/// Single spaces, none before a comma or full stop, none at the ends; whatever is still a digit, of whatever script, goes.
pub(super) fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars() {
        if c.is_numeric() || c.is_whitespace() {
            gap = true;
            continue;
        }
        if gap && !tidy.is_empty() && !matches!(c, ',' | '.' | '?' | '!') {
            tidy.push(' ');
        }
        gap = false;
        tidy.push(c);
    }
    tidy
}
