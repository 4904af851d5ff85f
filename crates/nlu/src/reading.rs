//! An utterance read once: its values, its cues and its clauses, on which the rules work.

use biseo_model::understanding::{Awaiting, Context, Slot, Topic};

use crate::cues::{self, Concept, Cue, Tells};
use crate::names::{self, Name};
use crate::scan::Scan;
use crate::text::Line;
use crate::things::{self, Thing, What};
use crate::vocabulary::{Term, Vocabulary};

/// All that the rules look at.
#[derive(Debug)]
pub struct Reading<'a> {
    /// The compact text.
    pub line: &'a Line,
    /// When, and what was asked.
    pub context: &'a Context,
    /// The values, in order.
    pub things: Vec<Thing>,
    /// The cues, in order.
    pub cues: Vec<Cue>,
    /// The clauses, as spans of the compact text.
    pub clauses: Vec<(usize, usize)>,
}

impl<'a> Reading<'a> {
    /// Reads a line.
    pub fn new(line: &'a Line, vocabulary: &Vocabulary, context: &'a Context) -> Self {
        let scan = Scan::new(line, context.now);
        let heard = vocabulary.find(line);
        let mut things = things::things(&scan, &heard, context.awaiting);
        let mut cues = cues::cues(line);
        cues.retain(|c| !hidden(line, c, &things));
        // 끊지 말고: "don't", not "instead".
        cues.retain(|c| c.tells != Tells::Concept(Concept::Instead) || !line.ends(c.start, "지"));
        let name = name(line, context, &things, &cues);
        if let Some(name) = name {
            things.retain(|t| t.end <= name.start || t.start >= name.end);
            cues.retain(|c| c.end <= name.start || c.start >= name.end);
            things.push(Thing {
                what: What::Name(name.name),
                start: name.start,
                end: name.end,
            });
            things.sort_by_key(|t| t.start);
        }
        Self {
            line,
            context,
            things,
            cues,
            clauses: clauses(line),
        }
    }

    /// Whether a concept was heard anywhere.
    pub fn says(&self, concept: Concept) -> bool {
        self.within(concept, 0, usize::MAX).is_some()
    }

    /// Whether any of these was heard.
    pub fn says_any(&self, concepts: &[Concept]) -> bool {
        concepts.iter().any(|c| self.says(*c))
    }

    /// The first cue of a concept that begins in a span.
    pub fn within(&self, concept: Concept, start: usize, end: usize) -> Option<&Cue> {
        self.cues
            .iter()
            .find(|c| c.tells == Tells::Concept(concept) && c.start >= start && c.start < end)
    }

    /// The topics heard in a span.
    pub fn topics(&self, start: usize, end: usize) -> impl Iterator<Item = (Topic, &Cue)> {
        self.cues.iter().filter_map(move |c| match c.tells {
            Tells::Topic(topic) if c.start >= start && c.start < end => Some((topic, c)),
            _ => None,
        })
    }

    /// Whether a value of some kind was heard in a span.
    pub fn any_thing(&self, start: usize, end: usize, is: impl Fn(&What) -> bool) -> bool {
        self.things
            .iter()
            .any(|t| t.start >= start && t.start < end && is(&t.what))
    }

    /// Whether a slot, a confirmation or an offer is open, so that a bare value is an answer.
    pub fn in_task(&self) -> bool {
        !matches!(self.context.awaiting, None | Some(Awaiting::AnythingElse))
    }

    /// Whether this slot was asked for.
    pub fn asked(&self, slot: Slot) -> bool {
        self.context.awaiting == Some(Awaiting::Slot(slot))
    }
}

/// A cue within a value is part of it (무 추가); 네 of 네 명 is no yes.
fn hidden(line: &Line, cue: &Cue, things: &[Thing]) -> bool {
    things.iter().any(|t| {
        if !line.is_korean() && !matches!(t.what, What::Term(_) | What::Phone(..)) {
            return false;
        }
        let inside = t.start <= cue.start && cue.end <= t.end;
        let strong = matches!(cue.tells, Tells::Topic(_))
            && matches!(t.what, What::Term(Term::Service(_)) | What::Term(Term::Item(_)));
        let yes = cue.tells == Tells::Concept(Concept::Yes) && cue.start < t.end && t.start < cue.end;
        (inside && !(strong && cue.start == t.start && cue.end == t.end))
            || yes && !matches!(t.what, What::Term(_))
    })
}

/// The name said, if one was.
fn name(line: &Line, context: &Context, things: &[Thing], cues: &[Cue]) -> Option<Name> {
    let asked = context.awaiting == Some(Awaiting::Slot(Slot::Name));
    let free = |n: &Name| {
        let cue = cues.iter().any(|c| {
            let real = !matches!(
                c.tells,
                Tells::Concept(
                    Concept::Instead
                        | Concept::Repair
                        | Concept::ReplaceVerb
                        | Concept::Q
                        | Concept::QStrong
                        | Concept::Want
                )
            );
            let given = c.start > n.start && asked;
            real && !given && c.start < n.end && n.start < c.end && c.end - c.start >= 2
        });
        let thing = things.iter().any(|t| {
            // 박 원장님으로: what begins with one of the staff is no caller's name. 김지은 beside 지은 is.
            let staff = matches!(t.what, What::Term(Term::Staff(_))) && t.start >= n.start;
            let other = !staff && !matches!(t.what, What::Pieces(_) | What::Duration(_) | What::Part(_));
            let whole = asked && n.start <= t.start && t.end <= n.end && t.end - t.start < n.end - n.start;
            other && !whole && t.start < n.end && n.start < t.end
        });
        !cue && !thing
    };
    let contrast = replaced_name(line).filter(free);
    if contrast.is_some() {
        return contrast;
    }
    if let Some(at) = names::lead_end(line) {
        let name = if line.is_korean() {
            names::led(line, at)
        } else {
            names::english_answer(line, at)
        };
        if let Some(name) = name.filter(free) {
            return Some(name);
        }
    }
    if asked {
        let spelled = (0..line.len()).find_map(|i| names::spelled_at(line, i));
        let said = spelled.or_else(|| said_name(line)).filter(free);
        if said.is_some() {
            return said;
        }
        let busy = things.iter().any(|t| {
            matches!(
                t.what,
                What::Day(_) | What::Clock(_) | What::People(_) | What::Phone(..)
            )
        });
        return names::answered(line, 0)
            .filter(|n| free(n) && (!busy || names::full_at(line, n.start, names::Hint::None).is_some()));
    }
    framed_name(line, context).filter(free)
}

/// 저는 성당에서 같이 봉사하던 사람이고요 채은주라고 합니다: what stands before 라고 하- is the name.
fn said_name(line: &Line) -> Option<Name> {
    if !line.is_korean() {
        return None;
    }
    (1..line.len()).filter(|i| line.gap(*i)).find_map(|i| {
        let name = names::full_at(line, i, names::Hint::Led).filter(|n| n.end - n.start >= 3)?;
        let said = [
            "라고 합",
            "라고 해",
            "라고 하",
            "이라고 합",
            "이라고 해",
            "이라고 하",
        ]
        .iter()
        .any(|w| line.has(name.end, w));
        (said && !names::is_word(line, i)).then_some(name)
    })
}

/// 김민수가 아니라 김민서예요; 기태가 아니라 기철이에요 배기철.
fn replaced_name(line: &Line) -> Option<Name> {
    let about_name = line.is_korean()
        && ["이름", "성함"]
            .iter()
            .any(|w| (0..line.len()).any(|i| line.has(i, w)));
    let not = (0..line.len()).find_map(|i| line.after_any(i, &["아니라", "아니고", "말고", "아니구"]))?;
    let later: Vec<Name> = (not..line.len())
        .filter_map(|i| names::full_at(line, i, names::Hint::Led))
        .filter(|n| n.end - n.start >= 3 && !names::is_word(line, n.start))
        .collect();
    let before =
        (0..not).any(|i| names::full_at(line, i, names::Hint::None).is_some_and(|n| n.end - n.start >= 3));
    if about_name || before {
        return later.into_iter().next_back().filter(|_| true);
    }
    None
}

/// A name with nothing but its ending to tell: 배기태라고 해 주세요, 저 김민수인데요, 김민수 이름으로.
fn framed_name(line: &Line, context: &Context) -> Option<Name> {
    let confirm = matches!(context.awaiting, Some(Awaiting::Confirm));
    (0..line.len()).filter(|i| line.gap(*i)).find_map(|i| {
        let name = names::full_at(line, i, names::Hint::None)?;
        // 용봉동인데 거기까지 배달되나요: a quarter of a town.
        let place =
            line.ends(name.end, "동") && (0..line.len()).any(|k| line.has(k, "배달") || line.has(k, "까지"));
        if place {
            return None;
        }
        let ending = |words: &[&str]| words.iter().any(|w| line.has(name.end, w));
        let said = ending(&[
            "이라고합",
            "라고합",
            "이라고해",
            "라고해",
            "이라고하",
            "라고하",
            "이름으로",
            "라고예약",
            "이라고예약",
            "으로예약했",
            "로예약했",
            "라는사람",
            "이라고요",
            "라고요",
            "이라꼬",
            "이라예",
            "라고전",
            "이라고전",
        ]);
        let before = ["저", "저는", "전", "예약한", "예약했던", "여기"]
            .iter()
            .any(|w| line.ends(i, w));
        let copula = ending(&[
            "인데",
            "입니다",
            "이에요",
            "예요",
            "이고요",
            "고요",
            "이요",
            "요",
            "이라",
        ]);
        let alone = (confirm || i == 0)
            && ending(&["인데", "입니다", "이에요", "예요", "고요", "이고요"])
            && name.end - name.start >= 3;
        // 취소할게요 김민수요: the name comes last, after a whole sentence.
        let last = name.after == line.len() && name.after > name.end && line.ends(i, "요");
        (said || (before && copula) || alone || last).then_some(name)
    })
}

/// Splits at marks and after words that end a clause.
fn clauses(line: &Line) -> Vec<(usize, usize)> {
    const ENDINGS: &[&str] = &[
        "요", "고요", "구요", "고", "데", "니까", "줘", "까", "죠", "다", "서", "면", "지", "디", "소", "교",
        "여", "예", "구", "제", "려고", "러", "유", "할께",
    ];
    const KEEP: &[&str] = &[
        "싶",
        "돼요",
        "되나",
        "되는",
        "있",
        "나서",
        "말",
        "통화",
        "연결",
        "이야기",
        "얘기",
        "같이",
        "해서",
        "계",
        "할",
        "합",
        "하는",
        "해",
        "싶은",
        "하",
        "안되",
        "안돼",
    ];
    let korean = line.is_korean();
    let mut all = Vec::new();
    let mut start = 0;
    for at in 1..line.len() {
        if !line.gap(at) {
            continue;
        }
        let ends = if korean {
            let sure = ["고요", "구요", "데요", "세요", "니다", "까요", "나요"]
                .iter()
                .any(|e| line.ends(at, e));
            let ending = ENDINGS.iter().any(|e| line.ends(at, e)) && at - start >= 3;
            let quote = line.ends(at, "라고") || line.ends(at, "다고");
            let kept = KEEP.iter().any(|k| line.has(at, k)) && !sure;
            ending && !kept && !quote && !short_word(line, at)
        } else {
            ["and", "but", "so", "also", "then"]
                .iter()
                .any(|w| line.after(at, w).is_some_and(|e| line.gap(e)))
        };
        if ends || line.stop(at) {
            all.push((start, at));
            start = at;
        }
    }
    all.push((start, line.len()));
    all
}

/// 네, 만, 다, 면 as words or endings of nouns do not end a clause.
fn short_word(line: &Line, end: usize) -> bool {
    let first = (0..end).rev().find(|i| line.gap(*i)).unwrap_or(0);
    let word: String = (first..end).map(|i| line.at(i)).collect();
    let noun = [
        "하나만",
        "시간만",
        "날짜만",
        "인원만",
        "둘만",
        "만",
        "네",
        "예",
        "다",
        "면",
        "그리고",
        "그런데",
        "근데",
        "하고",
        "말고",
        "이제",
        "어제",
        "언제",
        "그제",
    ];
    word.chars().count() < 2
        || noun.contains(&word.as_str())
        || (word.ends_with('만') && !word.ends_with("지만"))
        || word.ends_with("시간만")
        || (word.ends_with('네') && word.chars().count() < 3)
        || word.ends_with("시서")
}
