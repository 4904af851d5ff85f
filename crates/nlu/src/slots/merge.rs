//! Values that belong together: guests, services, what was said twice.

use std::collections::BTreeSet;

use biseo_model::understanding::{Intent, Value};
use jiff::civil::Date;

use super::{Draft, same};
use crate::intents::Wishes;
use crate::reading::Reading;
use crate::things::What;
use crate::vocabulary::Vocabulary;

/// 어른 둘 아이 하나: three.
pub(super) fn merge_people(reading: &Reading<'_>, drafts: &mut Vec<Draft>) {
    let guests: Vec<usize> = (0..drafts.len())
        .filter(|i| {
            matches!(drafts[*i].value, Value::PartySize(_))
                && !drafts[*i].was
                && crate::counts::guest_before(&scan_of(reading), drafts[*i].start)
        })
        .collect();
    let all: Vec<usize> = (0..drafts.len())
        .filter(|i| matches!(drafts[*i].value, Value::PartySize(_)) && !drafts[*i].was)
        .collect();
    subset(reading, drafts, &all);
    let all: Vec<usize> = all.into_iter().filter(|i| !drafts[*i].was).collect();
    with_me(reading, drafts, &all);
    let total = total(reading, drafts, &all);
    // 우리 식구 다섯에다가 사돈네 둘
    let joined = all.len() == 2
        && !["아니", "말고"]
            .iter()
            .any(|w| (drafts[all[0]].end..drafts[all[1]].start).any(|i| reading.line.has(i, w)))
        && ["에다가", "에다", "하고", "이랑"]
            .iter()
            .any(|w| reading.line.has(drafts[all[0]].end, w));
    if (guests.is_empty() && total.is_none() && !joined) || all.len() < 2 || apart(drafts, &all) {
        return;
    }
    let sum = all.iter().map(|i| party(&drafts[*i].value)).sum();
    let sum = total.unwrap_or(sum);
    let (first, last) = (all[0], all[all.len() - 1]);
    drafts[first].value = Value::PartySize(sum);
    drafts[first].end = drafts[last].end;
    let gone: BTreeSet<usize> = all[1..].iter().copied().collect();
    let mut index = 0;
    drafts.retain(|_| {
        index += 1;
        !gone.contains(&(index - 1))
    });
}

/// 금요일 일곱 시에 세 명하고요 화요일 열두 시에 다섯 명: another day or hour between two numbers keeps them apart.
fn apart(drafts: &[Draft], all: &[usize]) -> bool {
    all.windows(2).any(|pair| {
        drafts[pair[0]..pair[1]]
            .iter()
            .any(|d| matches!(d.value, Value::Date(_) | Value::Time { .. }))
    })
}

/// 다섯인데 하나는 갓난아기예요: one of the five.
fn subset(reading: &Reading<'_>, drafts: &mut [Draft], all: &[usize]) {
    for pair in all.windows(2) {
        let (whole, part) = (party(&drafts[pair[0]].value), party(&drafts[pair[1]].value));
        let topic = reading
            .line
            .after_any(drafts[pair[1]].end, &["은", "는", "명은", "명은요"]);
        drafts[pair[1]].was |= part < whole && topic.is_some_and(|end| reading.line.gap(end));
    }
}

/// 어른 다섯에 애 셋 해서 여덟이요: the last one is the sum of the others.
fn total(reading: &Reading<'_>, drafts: &[Draft], all: &[usize]) -> Option<u32> {
    const SUMS: [&str; 9] = [
        "해서",
        "모두",
        "다해서",
        "합해서",
        "합쳐서",
        "합치면",
        "총",
        "전부",
        "이렇게",
    ];
    let (last, others) = all.split_last()?;
    let sum: u32 = others.iter().map(|i| party(&drafts[*i].value)).sum();
    let said = SUMS.iter().any(|w| reading.line.ends(drafts[*last].start, w));
    let whole = party(&drafts[*last].value);
    (others.len() > 1 && whole == sum || said && !others.is_empty()).then_some(whole)
}

/// 저랑 친구 셋이요: the caller comes on top.
fn with_me(reading: &Reading<'_>, drafts: &mut [Draft], all: &[usize]) {
    const ME: [&str; 8] = [
        "저랑",
        "나랑",
        "저하고",
        "나하고",
        "저와",
        "저캉",
        "나캉",
        "저 말고",
    ];
    const OTHERS: [&str; 14] = [
        "친구",
        "친구들",
        "애들",
        "아이들",
        "애",
        "아이",
        "동생",
        "동료",
        "직원",
        "후배",
        "선배",
        "손주",
        "손자",
        "자식",
    ];
    let [only] = all else {
        return;
    };
    let line = reading.line;
    let draft = &mut drafts[*only];
    let me = (0..draft.start).any(|i| line.gap(i) && ME.iter().any(|w| line.has(i, w)));
    let others = OTHERS.iter().any(|w| line.ends(draft.start, w));
    if let (true, Value::PartySize(n)) = (me && others, &mut draft.value) {
        *n += 1;
    }
}

pub(super) fn scan_of<'a>(reading: &'a Reading<'_>) -> crate::scan::Scan<'a> {
    crate::scan::Scan::bare(reading.line, reading.context.now)
}

pub(super) fn party(value: &Value) -> u32 {
    match value {
        Value::PartySize(n) => *n,
        _ => 0,
    }
}

/// 커트하고 파마하고 다요: one service that is both, if the shop has it.
pub(super) fn combine_services(
    reading: &Reading<'_>,
    vocabulary: &Vocabulary,
    drafts: &mut Vec<Draft>,
) -> bool {
    had_elsewhere(reading, drafts);
    let names: BTreeSet<String> = drafts
        .iter()
        .filter(|d| !d.was)
        .filter_map(|d| match &d.value {
            Value::Service(name) => Some(name.clone()),
            _ => None,
        })
        .collect();
    if only_last(reading, drafts) {
        return true;
    }
    part_of_other(reading, drafts);
    let parts: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    let Some(both) = vocabulary.combined(&parts).map(str::to_string) else {
        return false;
    };
    let mut first = true;
    drafts.retain_mut(|d| {
        if !matches!(d.value, Value::Service(_)) || d.was {
            return true;
        }
        let keep = first;
        first = false;
        d.value = Value::Service(both.clone());
        keep
    });
    false
}

/// 펌이라 했는데 그냥 커트만 할래요: the last one alone; the others were.
pub(super) fn only_last(reading: &Reading<'_>, drafts: &mut [Draft]) -> bool {
    let service = |d: &Draft| matches!(d.value, Value::Service(_)) && !d.was;
    let Some(last) = drafts.iter().rposition(service) else {
        return false;
    };
    let others = drafts[..last].iter().any(service);
    let only = others && reading.line.has(drafts[last].end, "만") && reading.in_task();
    if only {
        for d in drafts[..last].iter_mut().filter(|d| service(d)) {
            d.was = true;
        }
    }
    only
}

/// 염색은 다른 데서 했고요 드라이만: beside another service, one that was had before is not asked for.
fn had_elsewhere(reading: &Reading<'_>, drafts: &mut Vec<Draft>) {
    let line = reading.line;
    let service = |d: &Draft| matches!(d.value, Value::Service(_)) && !d.was;
    if drafts.iter().filter(|d| service(d)).count() < 2 {
        return;
    }
    drafts.retain(|d| {
        let topic = line.after_any(d.end, &["은", "는"]);
        let had = topic.is_some_and(|at| {
            ["했", "지난번에", "저번에", "다른 데", "다른 곳", "집에서", "어제"]
                .iter()
                .any(|w| line.has(at, w))
        });
        !(had && service(d))
    });
}

/// 치즈볼은 빼고요 후라이드 둘: of an order, what is left out is not ordered.
pub(super) fn left_out(reading: &Reading<'_>, wishes: &Wishes, drafts: &mut Vec<Draft>) {
    let items = drafts
        .iter()
        .filter(|d| matches!(d.value, Value::MenuItem { .. }))
        .count();
    if items < 2 || wishes.has(Intent::ChangeOrder) {
        return;
    }
    let line = reading.line;
    drafts.retain(|d| {
        let at = line.after_any(d.end, &["은", "는", "을", "를"]).unwrap_or(d.end);
        let out = ["빼고", "빼 주", "빼요", "됐고", "필요 없"]
            .iter()
            .any(|w| line.has(at, w));
        !(out && matches!(d.value, Value::MenuItem { .. }))
    });
}

/// 일월 삼일 그러니까 일요일이요: the weekday of a day that was said is no day of its own.
pub(super) fn weekday_beside(reading: &Reading<'_>, drafts: &mut Vec<Draft>) {
    let bare = |d: &Draft| {
        reading
            .things
            .iter()
            .any(|t| t.start == d.start && matches!(&t.what, What::Day(day) if day.weekday))
    };
    let days: Vec<(usize, Date)> = drafts
        .iter()
        .filter(|d| !d.was && !bare(d))
        .filter_map(|d| match d.value {
            Value::Date(date) => Some((d.start, date)),
            _ => None,
        })
        .collect();
    drafts.retain(|d| match d.value {
        Value::Date(date) if !d.was && bare(d) => !days
            .iter()
            .any(|(at, day)| *at < d.start && *day != date && day.weekday() == date.weekday()),
        _ => true,
    });
}

/// One value said twice is one value.
pub(super) fn dedupe(drafts: &mut Vec<Draft>) {
    let mut kept: Vec<Draft> = Vec::with_capacity(drafts.len());
    for d in drafts.drain(..) {
        let known = kept
            .iter_mut()
            .find(|k| k.was == d.was && (same(&k.value, &d.value) || same_item(&k.value, &d.value)));
        match known {
            Some(k) => {
                if let Value::MenuItem {
                    quantity: Some(_), ..
                } = d.value
                {
                    k.value = d.value;
                }
            }
            None => kept.push(d),
        }
    }
    *drafts = kept;
}

pub(super) fn same_item(a: &Value, b: &Value) -> bool {
    matches!((a, b), (Value::MenuItem { name: a, .. }, Value::MenuItem { name: b, .. }) if a == b)
}

/// 앞머리만 살짝 다듬을게요: 다듬다 is said of the fringe, and is no cut of its own unless the two are joined.
fn part_of_other(reading: &Reading<'_>, drafts: &mut Vec<Draft>) {
    let joined = ["하고", "랑", "이랑", "과", "와", "도"];
    let name = |d: &Draft| match &d.value {
        Value::Service(name) if !d.was => Some(name.clone()),
        _ => None,
    };
    let all: Vec<(usize, String)> = drafts.iter().filter_map(|d| Some((d.end, name(d)?))).collect();
    drafts.retain(|d| {
        let Some(own) = name(d) else { return true };
        !all.iter().any(|(end, other)| {
            let part = *other != own && other.ends_with(own.as_str());
            part && !joined.iter().any(|w| reading.line.has(*end, w))
        })
    });
}
