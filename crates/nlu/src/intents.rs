//! What the caller wants of the shop, clause by clause.

use biseo_model::understanding::{Awaiting, Intent, Topic};

use crate::cues::{Concept, Tells};
use crate::reading::Reading;
use crate::things::What;
use crate::vocabulary::Term;

/// What kind of shop it is, for words that mean different things.
#[derive(Debug, Clone, Copy, Default)]
pub struct Kind {
    /// Has a menu.
    pub menu: bool,
    /// Takes bookings.
    pub bookings: bool,
}

/// The wishes of an utterance.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    /// The intents with the clause of each, in order.
    pub intents: Vec<(Intent, (usize, usize))>,
    /// The topics with the place of the cue.
    pub topics: Vec<(Topic, (usize, usize))>,
}

impl Wishes {
    /// Whether an intent was found.
    pub fn has(&self, intent: Intent) -> bool {
        self.intents.iter().any(|(i, _)| *i == intent)
    }

    /// The clauses of an intent.
    pub fn clauses(&self, intent: Intent) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.intents
            .iter()
            .filter(move |(i, _)| *i == intent)
            .map(|(_, c)| *c)
    }

    /// Adds an intent of a clause.
    pub fn add(&mut self, intent: Intent, clause: (usize, usize)) {
        self.intents.push((intent, clause));
    }
}

/// One clause with what was heard in it.
struct Clause<'r, 'a> {
    reading: &'r Reading<'a>,
    kind: Kind,
    span: (usize, usize),
}

impl Clause<'_, '_> {
    fn says(&self, concept: Concept) -> bool {
        self.reading.within(concept, self.span.0, self.span.1).is_some()
    }

    fn any(&self, concepts: &[Concept]) -> bool {
        concepts.iter().any(|c| self.says(*c))
    }

    fn thing(&self, is: impl Fn(&What) -> bool) -> bool {
        self.reading.any_thing(self.span.0, self.span.1, is)
    }

    fn has_item(&self) -> bool {
        self.thing(|w| matches!(w, What::Term(Term::Item(_))))
    }

    fn about_order(&self) -> bool {
        self.says(Concept::DoneOrder) || self.says(Concept::OrderNoun) || self.has_item()
    }

    fn asks(&self, topic: Topic) -> bool {
        self.reading
            .topics(self.span.0, self.span.1)
            .any(|(t, _)| t == topic)
    }

    fn asks_any(&self) -> bool {
        self.reading.topics(self.span.0, self.span.1).next().is_some()
    }
}

/// Finds the wishes.
pub fn wishes(reading: &Reading<'_>, kind: Kind) -> Wishes {
    let mut wishes = Wishes::default();
    if sales(reading) {
        wishes.add(Intent::SalesPitch, (0, reading.line.len()));
        return wishes;
    }
    for &span in &reading.clauses {
        let clause = Clause { reading, kind, span };
        speak_with(&clause, &mut wishes);
        orders(&clause, &mut wishes);
        bookings(&clause, &mut wishes);
        questions(&clause, &mut wishes);
    }
    whole(reading, kind, &mut wishes);
    settle(reading, &mut wishes);
    not_meant(reading, &mut wishes);
    wishes
}

/// 바꿔 달라는 게 아니고요, 봉사하겠단 건 아니고: what stands before is not wished.
fn not_meant(reading: &Reading<'_>, wishes: &mut Wishes) {
    const NOUNS: [&str; 9] = [
        "게",
        "건",
        "거",
        "거는",
        "것은",
        "것이",
        "소리는",
        "말은",
        "얘기는",
    ];
    const BEFORE: [&str; 8] = ["는", "단", "란", "던", "려는", "라는", "달라는", "다는"];
    let line = reading.line;
    let Some(end) = (1..line.len()).find(|i| {
        line.gap(*i)
            && BEFORE.iter().any(|w| line.ends(*i, w))
            && NOUNS
                .iter()
                .any(|n| line.after(*i, n).is_some_and(|e| line.has(e, "아니")))
    }) else {
        return;
    };
    let from = reading
        .clauses
        .iter()
        .map(|c| c.0)
        .filter(|s| *s <= end)
        .max()
        .unwrap_or(0);
    let past = |(s, _): (usize, usize)| (from..end).contains(&s);
    wishes.topics.retain(|(_, place)| !past(*place));
    let asks = !wishes.topics.is_empty();
    wishes
        .intents
        .retain(|(i, clause)| !past(*clause) || *i == Intent::Ask && asks);
    if wishes.intents.is_empty() && asks {
        wishes.add(Intent::Ask, (end, line.len()));
    }
}

fn sales(reading: &Reading<'_>) -> bool {
    use Concept::{Booking, CallBack, Cancel, Change, Complaint, DoneBooking, Sales, TakeOut};
    let cues = reading
        .cues
        .iter()
        .filter(|c| c.tells == Tells::Concept(Sales) && (c.end - c.start >= 2))
        .count();
    let own = reading.says_any(&[Booking, Cancel, Change, DoneBooking, TakeOut, Complaint]);
    let needed = if reading.says(CallBack) { 2 } else { 1 };
    cues >= needed && !own && !reading.in_task()
}

/// Call back, message, transfer, complaint.
fn speak_with(clause: &Clause<'_, '_>, wishes: &mut Wishes) {
    let span = clause.span;
    if clause.says(Concept::Complaint) && !waits_politely(clause) {
        wishes.add(Intent::Complain, span);
    }
    if clause.says(Concept::CallBack) {
        wishes.add(Intent::RequestCallback, span);
    } else if clause.says(Concept::Tell) && !clause.says(Concept::Find) && !clause.says(Concept::Repeat) {
        wishes.add(Intent::LeaveMessage, span);
    }
    if transfer(clause) {
        wishes.add(Intent::Transfer, span);
    }
}

fn waits_politely(clause: &Clause<'_, '_>) -> bool {
    clause.asks(Topic::Wait) || (clause.asks(Topic::Cancellation) && !clause.says(Concept::Complaint))
}

/// A person or a department, and close after it a word for connecting: 사장님 좀 바꿔 주세요, 요양팀 연결.
fn transfer(clause: &Clause<'_, '_>) -> bool {
    let reading = clause.reading;
    if clause.says(Concept::CallBack) || clause.says(Concept::Tell) {
        return false;
    }
    let whole = (clause.span.0, clause.span.1);
    let fetches: Vec<_> = reading
        .cues
        .iter()
        .filter(|c| c.tells == Tells::Concept(Concept::FetchPerson) && (whole.0..whole.1).contains(&c.start))
        .collect();
    let persons = reading
        .cues
        .iter()
        .filter(|c| c.tells == Tells::Concept(Concept::Person))
        .map(|c| (c.start, c.end));
    let named = reading.things.iter().filter_map(|t| match t.what {
        What::Term(Term::Queue(_) | Term::Staff(_)) => Some((t.start, t.end)),
        _ => None,
    });
    let mut called = persons.chain(named);
    let english = !reading.line.is_korean();
    called.any(|(start, end)| {
        fetches.iter().any(|f| {
            if english {
                return f.start < end && start < f.end + 25;
            }
            f.start >= end
                && f.start <= end + 9
                && between_is_bare(reading, end, f.start)
                && !presence(reading, end, f.start)
        })
    })
}

/// Nothing of substance stands between the person and the verb, and no 로 (지은 쌤으로 바꿔 주세요 is a change).
fn between_is_bare(reading: &Reading<'_>, from: usize, to: usize) -> bool {
    let value = reading.things.iter().any(|t| t.start >= from && t.end <= to);
    let booking = reading.cues.iter().any(|c| {
        c.start >= from
            && c.end <= to
            && matches!(
                c.tells,
                Tells::Concept(Concept::Booking | Concept::OrderNoun | Concept::Room | Concept::Seat)
            )
    });
    // 지은 쌤으로 바꿔 주세요 is a change; 요양팀으로 돌려 주세요 is none.
    let swaps = ["바꿔", "바꾸", "바까"].iter().any(|w| reading.line.has(to, w));
    let changed =
        swaps && (from..to).any(|i| reading.line.has(i, "로") && (reading.line.gap(i + 1) || i + 1 == to));
    !value && !booking && !changed
}

/// 있어요 right after a person asks after him (a question), unless he is the owner.
fn presence(reading: &Reading<'_>, end: usize, fetch: usize) -> bool {
    reading.line.has(fetch, "있어요") && !(reading.line.ends(end, "사장") || reading.line.has(end, "님"))
}

/// Orders: new, changed, cancelled.
fn orders(clause: &Clause<'_, '_>, wishes: &mut Wishes) {
    use Concept::{
        Add, Already, Cancel, Change, Deliver, DoneOrder, NotWish, OrderNoun, Remove, SellOrder, TakeOut,
        Want,
    };
    if !clause.kind.menu || clause.reading.in_task() || clause.says(NotWish) {
        return;
    }
    let span = clause.span;
    let mends = clause.any(&[Remove, Change]) && clause.has_item();
    let done = clause.says(DoneOrder) || mends && clause.reading.says(DoneOrder);
    if clause.says(Cancel)
        && (done || clause.says(OrderNoun) || (clause.has_item() && !clause.says(Concept::Booking)))
        && !clause.asks(Topic::Cancellation)
    {
        wishes.add(Intent::CancelOrder, span);
        return;
    }
    let priced = clause.asks(Topic::Price) && !clause.any(&[TakeOut, Add]);
    if (done || again(clause)) && clause.any(&[Add, Change, Remove]) && !clause.says(Already) {
        wishes.add(Intent::ChangeOrder, span);
        return;
    }
    let counted = clause.thing(|w| matches!(w, What::Pieces(_)));
    let goods = clause.has_item() && !done && !priced && !clause.says(Concept::Complaint);
    let wanted = clause.any(&[TakeOut, SellOrder, Deliver, Add, Concept::Give]) || counted;
    let eats = clause.reading.says(Concept::Seat) || clause.says(Concept::Find) || clause.asks(Topic::Other);
    let named = goods && wanted && !eats && !clause.asks(Topic::Menu);
    if named || !done && bare_order(clause) && clause.any(&[Want, SellOrder]) {
        wishes.add(Intent::Order, span);
    }
}

/// 포장 주문하려고요, 배달 좀 시키려고요, without an item.
fn bare_order(clause: &Clause<'_, '_>) -> bool {
    if clause.says(Concept::RuleIf) {
        return false;
    }
    use Concept::{Booking, Deliver, OrderNoun, SellOrder, TakeOut};
    let noun = clause.any(&[TakeOut, Deliver, OrderNoun]) || clause.says(SellOrder) && !clause.says(Booking);
    let latin = !clause.reading.line.is_korean();
    let asks = clause.asks_any() && !clause.asks(Topic::Price);
    let sure = !latin || clause.any(&[OrderNoun, TakeOut, Deliver]);
    noun && sure && !asks && !clause.says(Booking)
}

/// 아까, 방금, 더: something was ordered before.
fn again(clause: &Clause<'_, '_>) -> bool {
    let line = clause.reading.line;
    let before = |w: &str| (clause.span.0..clause.span.1).any(|i| line.has(i, w) && line.gap(i));
    before("아까")
        || before("더추가")
        || before("방금")
        || (before("더") && clause.says(Concept::Add) && !clause.says(Concept::TakeOut))
}

/// Bookings: new, changed, cancelled, looked up.
fn bookings(clause: &Clause<'_, '_>, wishes: &mut Wishes) {
    use Concept::{Booking, Cancel, DoneBooking, Find, NotWish};
    let span = clause.span;
    if clause.says(NotWish) && changes(clause) {
        wishes.add(Intent::ChangeBooking, span);
    }
    let rule = clause.asks(Topic::Cancellation) && !clause.says(DoneBooking);
    if clause.says(NotWish) || rule {
        return;
    }
    let order = clause.kind.menu && clause.about_order() && !clause.any(&[Booking, DoneBooking]);
    let cancels = clause.says(Cancel) || clause.asks(Topic::Cancellation);
    if cancels && !order && !clause.says(Concept::Tell) && !clause.reading.in_task() {
        wishes.add(Intent::CancelBooking, span);
        return;
    }
    if changes(clause) && !order {
        wishes.add(Intent::ChangeBooking, span);
        if clause.says(Find) && clause.says(Booking) {
            wishes
                .intents
                .insert(wishes.intents.len() - 1, (Intent::FindBooking, span));
        }
        return;
    }
    if clause.says(Find)
        && (clause.any(&[Booking, DoneBooking]) || clause.reading.any_thing(0, span.1, |_| false))
        && !clause.reading.in_task()
    {
        wishes.add(Intent::FindBooking, span);
        return;
    }
    if books(clause) {
        wishes.add(Intent::Book, span);
    }
}

fn changes(clause: &Clause<'_, '_>) -> bool {
    if clause.says(Concept::Tell) {
        return false;
    }
    use Concept::{Booking, Change, DoneBooking};
    let (start, end) = clause.span;
    let denied = clause
        .reading
        .within(Concept::NotWish, start, end)
        .map_or(start, |c| c.end);
    if clause.reading.within(Change, denied, end).is_none()
        || clause.reading.in_task()
        || clause.says(Concept::CallBack)
    {
        return false;
    }
    let line = clause.reading.line;
    let aspect = [
        "시간",
        "날짜",
        "인원",
        "요일",
        "예약",
        "명",
        "디자이너",
        "선생님",
        "time",
        "date",
        "it",
        "party",
    ]
    .iter()
    .any(|w| (clause.span.0..clause.span.1).any(|i| line.has(i, w)));
    let value = clause.thing(|w| {
        matches!(
            w,
            What::Day(_)
                | What::Clock(_)
                | What::People(_)
                | What::Duration(_)
                | What::Later(_)
                | What::Term(Term::Service(_) | Term::Staff(_))
        )
    });
    let known = clause.any(&[Booking, DoneBooking]) || clause.reading.says(DoneBooking);
    (known || aspect || value) && !transfer(clause)
}

fn books(clause: &Clause<'_, '_>) -> bool {
    use Concept::{Already, Booking, DoneBooking, Find, Have, Possible, Room, RuleIf, Seat, Tell, Want};
    let reading = clause.reading;
    if reading.in_task()
        || clause.any(&[Already, RuleIf, Tell])
        || clause.says(DoneBooking) && !clause.says(Want)
    {
        return false;
    }
    if clause.says(DoneBooking) && !(clause.thing(|w| matches!(w, What::Clock(_) | What::People(_)))) {
        return false;
    }
    if clause.says(Booking) && !clause.says(Find) {
        return true;
    }
    let seats = clause.any(&[Seat, Room])
        && (clause.any(&[Want, Possible])
            || clause.says(Have) && clause.thing(|w| matches!(w, What::People(_))));
    let visit = clause.says(Concept::Visit)
        && clause.any(&[Want, Possible])
        && clause.kind.bookings
        && !clause.asks_any();
    let service = clause.thing(|w| matches!(w, What::Term(Term::Service(_))))
        && clause.any(&[Want])
        && !clause.asks_any();
    (seats && !clause.asks(Topic::Capacity) && !clause.asks(Topic::Availability)) || visit || service
}

/// Questions by topic.
fn questions(clause: &Clause<'_, '_>, wishes: &mut Wishes) {
    use Concept::{Deliver, Q, TakeOut, Want};
    let reading = clause.reading;
    let span = clause.span;
    for (topic, cue) in reading.topics(span.0, span.1) {
        if topic == Topic::Cancellation && wishes.has(Intent::CancelBooking) {
            continue;
        }
        let asked = clause.says(Q) || reading.line.question;
        let takes = matches!(
            topic,
            Topic::Other | Topic::Menu | Topic::Staff | Topic::Programs | Topic::Volunteer | Topic::Wait
        );
        let ordering =
            wishes.has(Intent::Order) && matches!(topic, Topic::Pickup | Topic::Delivery) && !asked;
        // 얼마나 돼요 asks how long, 얼마나 해요 how much.
        let how_much = topic == Topic::Price
            && reading.line.has(cue.end, "나")
            && !["나하", "나해", "나드", "나들", "나나"]
                .iter()
                .any(|w| reading.line.has(cue.end, w));
        let pay = topic == Topic::Payment && clause.any(&[TakeOut, Deliver]) && !asked;
        let wants = clause.says(Want) && topic != Topic::Other;
        let takes = takes
            || matches!(
                reading.context.awaiting,
                Some(Awaiting::Slot(_) | Awaiting::Confirm | Awaiting::Alternative)
            ) && !clause.says(Want);
        if (takes && !asked && !wants)
            || ordering
            || pay
            || how_much
            || (clause.says(Concept::Complaint) && !asked)
        {
            continue;
        }
        let place = (cue.start, cue.end);
        if !wishes.topics.iter().any(|(t, _)| *t == topic) {
            wishes.topics.push((topic, place));
            wishes.add(Intent::Ask, span);
        }
    }
    if let Some((topic, place)) = stocked(clause).or_else(|| on_duty(clause)) {
        wishes.topics.retain(|(t, _)| *t != topic);
        wishes.topics.push((topic, place));
        wishes
            .intents
            .retain(|(i, c)| *c != span || !matches!(i, Intent::Order | Intent::Book));
        wishes.add(Intent::Ask, span);
    }
    if let Some(place) = open_then(clause).filter(|_| !wishes.topics.iter().any(|(t, _)| *t == Topic::Hours))
    {
        wishes.topics.push((Topic::Hours, place));
        wishes.add(Intent::Ask, span);
    }
}

/// 소주 있어요?: an item and nothing but a question.
fn stocked(clause: &Clause<'_, '_>) -> Option<(Topic, (usize, usize))> {
    use Concept::{Add, Deliver, Have, SellOrder, TakeOut};
    let counted = clause.thing(|w| matches!(w, What::Pieces(_)));
    let asks = clause.says(Have) && clause.has_item() && !clause.asks_any();
    let orders = clause.any(&[Add, Deliver, SellOrder, TakeOut]);
    (asks && !counted && !orders).then_some((Topic::Menu, clause.span))
}

/// 지은 선생님 내일 계세요?: a person and a day.
fn on_duty(clause: &Clause<'_, '_>) -> Option<(Topic, (usize, usize))> {
    let (start, end) = clause.span;
    let person = clause.says(Concept::Person) || clause.thing(|w| matches!(w, What::Term(Term::Staff(_))));
    let day = clause.thing(|w| matches!(w, What::Day(_) | What::Stretch | What::Part(_)));
    let verbs = [
        "계세요",
        "계시나",
        "계신가",
        "계십니까",
        "나오세요",
        "나오시나",
        "출근",
        "쉬세요",
        "쉬시나",
        "쉬나요",
        "나와요",
        "근무",
    ];
    let verb = (start..end).find(|i| verbs.iter().any(|v| clause.reading.line.has(*i, v)))?;
    (person && day).then_some((Topic::Staff, (verb, end)))
}

/// 토요일에도 해요?, 설날 당일에도 하시나요?: open on that day?
fn open_then(clause: &Clause<'_, '_>) -> Option<(usize, usize)> {
    const VERBS: [&str; 18] = [
        "해요",
        "하나요",
        "하시나요",
        "하세요",
        "하시죠",
        "하죠",
        "여나요",
        "열어요",
        "여시나요",
        "합니까",
        "하시는지",
        "하는지",
        "하십니까",
        "하나",
        "여세요",
        "엽니까",
        "하능교",
        "하지요",
    ];
    let line = clause.reading.line;
    clause.reading.things.iter().find_map(|t| {
        let day = matches!(t.what, What::Day(_) | What::Stretch | What::Part(_));
        if !day || t.start < clause.span.0 || t.start >= clause.span.1 {
            return None;
        }
        let at = ["에도", "도", "에는", "에", "은", "는", "까지"]
            .iter()
            .find_map(|p| line.after(t.end, p))
            .unwrap_or(t.end);
        let at = line.after_any(at, &["영업", "문", "장사", "가게"]).unwrap_or(at);
        let end = line.after_any(at, &VERBS)?;
        line.gap(end).then_some((at, end))
    })
}

/// What only the whole utterance tells.
fn whole(reading: &Reading<'_>, kind: Kind, wishes: &mut Wishes) {
    let span = (0, reading.line.len());
    if wishes.intents.is_empty() && !reading.in_task() && kind.menu && goods_alone(reading) {
        wishes.add(Intent::Order, span);
    }
    if wishes.intents.is_empty() && !reading.in_task() && booking_values(reading, kind) {
        wishes.add(Intent::Book, span);
    }
    if wishes.intents.iter().all(|(i, _)| *i == Intent::Ask)
        && !wishes.intents.is_empty()
        && !reading.in_task()
        && kind.bookings
    {
        let told = reading.clauses.iter().find(|&&c| told_apart(reading, c));
        if let Some(&clause) = told {
            wishes.intents.insert(0, (Intent::Book, clause));
        }
    }
    if !wishes.has(Intent::FindBooking)
        && !reading.in_task()
        && reading.says(Concept::Find)
        && reading.says(Concept::DoneBooking)
        && !wishes.has(Intent::ChangeBooking)
        && !wishes.has(Intent::CancelBooking)
    {
        wishes.add(Intent::FindBooking, span);
    }
    if wishes.intents.is_empty() && !reading.in_task() {
        named_topics(reading, wishes);
    }
    let visits = reading.says_any(&[Concept::Already, Concept::RuleIf]);
    let strong = reading.says(Concept::QStrong) || reading.line.question;
    let chat = reading.says(Concept::Chitchat);
    if wishes.intents.is_empty() && chat {
        wishes.add(Intent::Chitchat, span);
    } else if wishes.intents.is_empty() && (visits || strong) && other_question(reading) {
        wishes.topics.push((Topic::Other, span));
        wishes.add(Intent::Ask, span);
    }
}

/// A topic alone is asked about, whatever the ending: 오늘 웨이팅 많아요.
fn named_topics(reading: &Reading<'_>, wishes: &mut Wishes) {
    let span = (0, reading.line.len());
    let all: Vec<_> = reading
        .topics(0, span.1)
        .map(|(t, c)| (t, (c.start, c.end)))
        .collect();
    for (topic, place) in all {
        if topic != Topic::Price && !wishes.topics.iter().any(|(t, _)| *t == topic) {
            wishes.topics.push((topic, place));
            wishes.add(Intent::Ask, span);
        }
    }
}

/// A clause that says when and for whom, beside the one that asks.
fn told_apart(reading: &Reading<'_>, (start, end): (usize, usize)) -> bool {
    let has = |is: fn(&What) -> bool| reading.any_thing(start, end, is);
    let when = has(|w| matches!(w, What::Day(_))) && has(|w| matches!(w, What::Clock(_)));
    let who = has(|w| matches!(w, What::People(_) | What::Term(Term::Service(_) | Term::Staff(_))));
    let asks =
        reading.topics(start, end).next().is_some() || reading.within(Concept::QStrong, start, end).is_some();
    when && who && !asks
}

fn goods_alone(reading: &Reading<'_>) -> bool {
    let items = reading
        .things
        .iter()
        .filter(|t| matches!(t.what, What::Term(Term::Item(_))))
        .count();
    items > 0 && !reading.says_any(&[Concept::DoneOrder, Concept::QStrong])
}

fn other_question(reading: &Reading<'_>) -> bool {
    use Concept::{Greet, Repeat, Unsure, Wait};
    let acts = reading.says_any(&[
        Repeat,
        Wait,
        Unsure,
        Greet,
        Concept::Fine,
        Concept::Thank,
        Concept::Bye,
    ]);
    let answers = reading.in_task()
        && (!reading.things.is_empty() || reading.says_any(&[Concept::No, Concept::Yes, Concept::Enough]));
    !acts && !answers && !reading.says(Concept::Any) && reading.line.len() >= 5
}

/// Enough values for a booking with no word of it: 내일 두 시 두 명.
fn booking_values(reading: &Reading<'_>, kind: Kind) -> bool {
    let has = |is: fn(&What) -> bool| reading.any_thing(0, usize::MAX, is);
    let when =
        has(|w| matches!(w, What::Day(_) | What::Clock(_) | What::Later(_))) || reading.says(Concept::Seat);
    let who = has(|w| matches!(w, What::People(_) | What::Term(Term::Service(_) | Term::Staff(_))));
    kind.bookings && when && who && !reading.says_any(&[Concept::DoneOrder, Concept::Already])
}

/// Merges what belongs together: cancelled and booked anew is changed; a question about what is being booked is no wish.
fn settle(reading: &Reading<'_>, wishes: &mut Wishes) {
    let again = ["다시 잡", "다시 예약", "다시 해", "다시 넣", "로 다시", "대신"]
        .iter()
        .any(|w| (0..reading.line.len()).any(|i| reading.line.has(i, w)));
    if wishes.has(Intent::CancelBooking) && again {
        wishes
            .intents
            .retain(|(i, _)| *i != Intent::CancelBooking && *i != Intent::Book);
        wishes.add(Intent::ChangeBooking, (0, reading.line.len()));
    }
    if wishes.has(Intent::ChangeBooking) || (wishes.has(Intent::FindBooking) && !reading.says(Concept::Want))
    {
        wishes.intents.retain(|(i, _)| *i != Intent::Book);
    }
    if wishes.has(Intent::CancelBooking) {
        let wanted = |(s, e): (usize, usize)| {
            reading.within(Concept::Want, s, e).is_some()
                && reading.any_thing(s, e, |w| matches!(w, What::Day(_) | What::Clock(_)))
        };
        wishes.intents.retain(|(i, c)| *i != Intent::Book || wanted(*c));
    }
    if wishes.has(Intent::ChangeOrder) || wishes.has(Intent::CancelOrder) {
        wishes.intents.retain(|(i, _)| *i != Intent::Order);
    }
    let number = reading.any_thing(0, usize::MAX, |w| matches!(w, What::Phone(..) | What::ThisNumber));
    if number && reading.asked(biseo_model::understanding::Slot::Phone) {
        // "Call me on this number" answers the question for it.
        wishes
            .intents
            .retain(|(i, _)| !matches!(i, Intent::RequestCallback | Intent::LeaveMessage));
    }
    if wishes.has(Intent::RequestCallback) {
        wishes.intents.retain(|(i, _)| *i != Intent::LeaveMessage);
    }
    if wishes.has(Intent::LeaveMessage) {
        let told: Vec<_> = wishes.clauses(Intent::LeaveMessage).collect();
        wishes
            .topics
            .retain(|(t, (s, _))| *t != Topic::Other && !told.iter().any(|(a, b)| a <= s && s < b));
    }
    let place_asked = wishes.topics.iter().any(|(t, _)| *t == Topic::Availability);
    let all_told = [is_people as fn(&What) -> bool, is_clock]
        .iter()
        .all(|is| reading.any_thing(0, usize::MAX, is));
    if place_asked && all_told && !wishes.has(Intent::Book) && !reading.in_task() {
        // With hour and party said, asking for a free table is asking for the table.
        wishes.add(Intent::Book, (0, reading.line.len()));
    }
    weak_topics(wishes);
}

fn is_people(what: &What) -> bool {
    matches!(what, What::People(_))
}

fn is_clock(what: &What) -> bool {
    matches!(what, What::Clock(_))
}

/// "Other" gives way to a topic with facts, availability to a booking, and so on.
fn weak_topics(wishes: &mut Wishes) {
    let heard: Vec<Topic> = wishes.topics.iter().map(|(t, _)| *t).collect();
    let books = wishes.has(Intent::Book);
    let gives_way = |t: Topic| match t {
        Topic::Other => heard.iter().any(|o| *o != Topic::Other),
        Topic::Availability => books,
        Topic::Price => heard.contains(&Topic::Delivery),
        Topic::Hours => heard.contains(&Topic::Screening),
        // 역에서 걸어서 얼마나 걸려요 asks where it is.
        Topic::Duration => heard.contains(&Topic::Location),
        Topic::Menu => heard.contains(&Topic::Programs),
        _ => false,
    };
    wishes.topics.retain(|(t, _)| !gives_way(*t));
    if wishes.topics.is_empty() {
        wishes.intents.retain(|(i, _)| *i != Intent::Ask);
    }
}
