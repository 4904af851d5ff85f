//! Times that the shop's hours give, and now: 문 열자마자 갈게요, 마지막 타임으로요, 지금 바로 가도 돼요?

use biseo_model::shop::{BookingRules, OpenOn, ShopProfile};
use jiff::civil::{Date, Time};

use crate::text::Line;

/// Such a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// When the shop opens.
    Opening,
    /// The last time at which one may come.
    Last,
    /// At once.
    Now,
}

const WORDS: [(&str, Anchor); 38] = [
    ("오픈 시간에", Anchor::Opening),
    ("오픈 시간으로", Anchor::Opening),
    ("오픈 시간 맞춰", Anchor::Opening),
    ("오픈에 맞춰", Anchor::Opening),
    ("오픈하자마자", Anchor::Opening),
    ("오픈하면 바로", Anchor::Opening),
    ("오픈 때", Anchor::Opening),
    ("문 열 때", Anchor::Opening),
    ("문 여실 때", Anchor::Opening),
    ("문 열자마자", Anchor::Opening),
    ("문 여는 시간에", Anchor::Opening),
    ("문 열면 바로", Anchor::Opening),
    ("여는 시간에 맞춰", Anchor::Opening),
    ("첫 타임", Anchor::Opening),
    ("첫 시간으로", Anchor::Opening),
    ("첫 번째 타임", Anchor::Opening),
    ("as soon as you open", Anchor::Opening),
    ("when you open", Anchor::Opening),
    ("opening time", Anchor::Opening),
    ("the first slot", Anchor::Opening),
    ("마지막 타임", Anchor::Last),
    ("마지막 시간으로", Anchor::Last),
    ("마지막 시간대", Anchor::Last),
    ("막 타임", Anchor::Last),
    ("제일 늦은 시간으로", Anchor::Last),
    ("제일 늦은 타임", Anchor::Last),
    ("the last slot", Anchor::Last),
    ("the latest slot", Anchor::Last),
    ("지금 바로 가", Anchor::Now),
    ("지금 바로 갈", Anchor::Now),
    ("지금 당장", Anchor::Now),
    ("지금 가도", Anchor::Now),
    ("지금 가면", Anchor::Now),
    ("지금 갈", Anchor::Now),
    ("지금 들어가", Anchor::Now),
    ("바로 가도 되", Anchor::Now),
    ("바로 가도 돼", Anchor::Now),
    ("come right now", Anchor::Now),
];

/// The first one that is meant as a time to come, with its place. Who asks when the shop opens means none.
pub fn find(line: &Line) -> Option<(Anchor, usize, usize)> {
    let (anchor, start, end) = (0..line.len()).filter(|i| line.gap(*i)).find_map(|i| {
        let &(word, anchor) = WORDS.iter().find(|(word, _)| line.has(i, word))?;
        Some((anchor, i, line.after(i, word)?))
    })?;
    let asks = |words: &[&str]| {
        words
            .iter()
            .any(|w| (0..line.len()).any(|i| line.gap(i) && line.has(i, w)))
    };
    let asked = anchor != Anchor::Now && (line.question || asks(&["몇", "언제", "what time", "when do"]));
    (!asked).then_some((anchor, start, end))
}

/// The time that an anchor is, on a day if one is known. The last slot of a shop of services depends on how long the
/// service takes, and is not known here.
pub fn time(anchor: Anchor, shop: &ShopProfile, date: Option<Date>, now: Time) -> Option<Time> {
    match anchor {
        Anchor::Opening => opening(shop, date),
        Anchor::Last => match &shop.booking {
            Some(BookingRules::Tables(rules)) => rules.windows.iter().map(|(_, to)| *to).max(),
            _ => None,
        },
        Anchor::Now => now.with().second(0).subsec_nanosecond(0).build().ok(),
    }
}

/// Of no day in particular: the hour at which the shop opens on most days, the earliest of several.
fn opening(shop: &ShopProfile, date: Option<Date>) -> Option<Time> {
    if let Some(OpenOn::Open(hours)) = date.map(|d| shop.hours.open_on(d)) {
        return Some(hours.open);
    }
    let mut all: Vec<Time> = shop.hours.week.values().map(|h| h.open).collect();
    all.sort_unstable();
    let often = |t: &Time| all.iter().filter(|o| *o == t).count();
    all.iter().copied().rev().max_by_key(often)
}
