//! A shop's profile as JSON, and what the owner may change of it.

use std::collections::BTreeMap;

use biseo_model::shop::{BookingRules, Day, DayHours, Hours, Nth, Queue, ShopProfile, VoiceManner, Wording};
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AnsweringView, BankAccountChange, BankAccountView, SpecialDayView, WordingChange};

/// One text in Korean and, if there is one, in English.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Korean.
    #[schema(min_length = 1, max_length = 1000)]
    pub ko: String,
    /// English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 1000)]
    pub en: Option<String>,
}

/// A name with a price.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MenuItemView {
    /// Its name.
    pub name: String,
    /// Its price in won.
    pub won: u32,
}

/// A service that takes time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ServiceView {
    /// Its name.
    pub name: String,
    /// Its price in won.
    pub won: Option<u32>,
    /// How long it takes, in minutes.
    pub minutes: u32,
}

/// So many tables of one kind; they are called `name-1`, `name-2`, ….
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TableView {
    /// The kind.
    pub name: String,
    /// Persons that it seats.
    pub seats: u32,
    /// How many there are.
    pub count: u32,
}

/// A member of staff.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StaffView {
    /// The name.
    pub name: String,
    /// Weekdays off, `mon` to `sun`.
    #[schema(value_type = Vec<String>)]
    pub off: Vec<Day>,
    /// The services done; empty means all.
    pub services: Vec<String>,
}

/// What callers may book.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BookingRulesView {
    /// Stays begin on multiples of this many minutes.
    pub step_minutes: u32,
    /// How many days ahead at most.
    pub ahead_days: u32,
    /// Usual length of a stay in minutes; none where the services tell it.
    pub stay_minutes: Option<u32>,
    /// The tables, of a shop of tables.
    pub tables: Vec<TableView>,
    /// The staff, of a shop of staff.
    pub staff: Vec<StaffView>,
    /// All that can be booked, by name.
    pub resources: Vec<String>,
}

/// One day's hours. `close` not after `open` means on the next day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DayView {
    /// Opens.
    #[schema(value_type = String, example = "11:00:00", pattern = r"^([01][0-9]|2[0-3]):[0-5][0-9](:00)?$")]
    pub open: Time,
    /// Closes.
    #[schema(value_type = String, example = "22:00:00", pattern = r"^([01][0-9]|2[0-3]):[0-5][0-9](:00)?$")]
    pub close: Time,
    /// Break, from and to.
    #[serde(default, rename = "break")]
    #[schema(value_type = Option<Vec<String>>, min_items = 2, max_items = 2)]
    pub pause: Option<(Time, Time)>,
    /// Last order.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub last_order: Option<Time>,
}

/// The nth weekday of a month.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NthView {
    /// 1 to 5.
    #[schema(minimum = 1, maximum = 5)]
    pub nth: i8,
    /// `mon` to `sun`.
    #[schema(value_type = String)]
    pub day: Day,
}

/// When the shop is open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoursView {
    /// By weekday, `mon` to `sun`. A missing day is the weekly closing day.
    #[schema(value_type = HashMap<String, DayView>)]
    pub week: BTreeMap<Day, DayView>,
    /// Closed on the nth weekday of each month.
    #[serde(default)]
    pub closed_nth: Vec<NthView>,
    /// Closed on these holidays, by code: `new_year`, `seollal`, `march1`, `labour`, `children`, `buddha`, `memorial`,
    /// `constitution`, `liberation`, `chuseok`, `foundation`, `hangul`, `christmas`.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub closed_holidays: Vec<biseo_model::holiday::Holiday>,
    /// Closed on every public holiday.
    #[serde(default)]
    pub closed_all_holidays: bool,
    /// Other hours on a public holiday that is not closed.
    #[serde(default)]
    pub holiday: Option<DayView>,
    /// Days that are closed or have other hours for once; what was there before and is not here is gone.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub special: Vec<SpecialDayView>,
}

/// A department or desk to which a call can go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QueueView {
    /// Its name in records.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// What callers call it.
    #[schema(max_items = 20)]
    pub called: Vec<String>,
}

/// How long it waits for its callers, and how fast it speaks.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct VoiceView {
    /// For shops whose callers are old (어르신 모드): waits longer and speaks slower where nothing more exact is told.
    pub elder: bool,
    /// How long it waits after the caller's last word, in percent of the usual.
    #[schema(minimum = 50, maximum = 300)]
    pub patience: Option<u32>,
    /// How fast it speaks, in percent of the usual.
    #[schema(minimum = 50, maximum = 150)]
    pub speed: Option<u16>,
    /// It never answers sooner, in milliseconds.
    #[schema(minimum = 150, maximum = 2000)]
    pub shortest_wait_ms: Option<u32>,
    /// It never waits longer, in milliseconds.
    #[schema(minimum = 150, maximum = 2000)]
    pub longest_wait_ms: Option<u32>,
}

/// A public holiday to come, and whether the shop is open.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HolidayView {
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// Its code, as in `closed_holidays`.
    #[schema(value_type = String)]
    pub holiday: biseo_model::holiday::Holiday,
    /// Whether it is a substitute day.
    pub substitute: bool,
    /// The hours of that day; none: closed.
    pub hours: Option<DayView>,
}

/// A shop's profile.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProfileView {
    /// The shop's id.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// IANA time zone.
    pub zone: String,
    /// Where it is.
    pub address: Text,
    /// The numbers by which it is dialled.
    pub numbers: Vec<String>,
    /// When it is open.
    pub hours: HoursView,
    /// The public holidays of the next twelve months.
    pub holidays: Vec<HolidayView>,
    /// Answers by topic.
    pub facts: BTreeMap<String, Text>,
    /// What is sold.
    pub menu: Vec<MenuItemView>,
    /// Services that are booked by duration.
    pub services: Vec<ServiceView>,
    /// What callers may book; none if the shop takes no bookings.
    pub booking: Option<BookingRulesView>,
    /// Departments and desks that callers may ask for.
    pub queues: Vec<QueueView>,
    /// How long it waits and how fast it speaks.
    pub voice: VoiceView,
    /// Who answers when.
    pub answering: AnsweringView,
    /// Whether the shop wants its calls recorded.
    pub record: bool,
    /// Whether this installation records at all. Calls are recorded, and announced as such, if both are so.
    pub may_record: bool,
    /// The bank account of which callers are told while cards cannot be paid with.
    pub account: Option<BankAccountView>,
    /// The same as it is told in Korean.
    pub account_told: Option<String>,
    /// Sentences that it says in its own words, by flow and key.
    pub wording: BTreeMap<String, BTreeMap<String, Text>>,
    /// Whether the profile can be changed here.
    pub editable: bool,
}

/// What of a profile changes; what is left out stays. Comments in the owner's file stay too.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileChange {
    /// Other hours, whole.
    #[serde(default)]
    pub hours: Option<HoursView>,
    /// Topics that change.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub facts: Vec<FactChange>,
    /// Another name.
    #[serde(default)]
    pub name: Option<Text>,
    /// Another address.
    #[serde(default)]
    pub address: Option<Text>,
    /// Other numbers by which it is dialled, all of them.
    #[serde(default)]
    #[schema(min_items = 1, max_items = 10)]
    pub numbers: Option<Vec<String>>,
    /// Other departments and desks, all of them.
    #[serde(default)]
    #[schema(max_items = 30)]
    pub queues: Option<Vec<QueueView>>,
    /// Another manner of conversing, whole.
    #[serde(default)]
    pub voice: Option<VoiceView>,
    /// Other rules of who answers when, whole.
    #[serde(default)]
    pub answering: Option<AnsweringView>,
    /// Whether calls are recorded from now on.
    #[serde(default)]
    pub record: Option<bool>,
    /// Another bank account, or none.
    #[serde(default)]
    pub account: Option<BankAccountChange>,
    /// Sentences that it says otherwise from now on.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub wording: Vec<WordingChange>,
}

/// A topic that changes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FactChange {
    /// The topic: one of the known ones (`parking`, `wifi`, …) or a word for what is asked about.
    #[schema(min_length = 1, max_length = 64)]
    pub topic: String,
    /// What is said; none takes the topic away.
    #[serde(default)]
    pub text: Option<Text>,
}

impl From<&Wording> for Text {
    fn from(w: &Wording) -> Self {
        Self {
            ko: w.ko.clone(),
            en: w.en.clone(),
        }
    }
}

impl From<&Queue> for QueueView {
    fn from(q: &Queue) -> Self {
        Self {
            name: q.name.clone(),
            called: q.called.clone(),
        }
    }
}

impl From<VoiceManner> for VoiceView {
    fn from(v: VoiceManner) -> Self {
        Self {
            elder: v.elder,
            patience: v.patience,
            speed: v.speed,
            shortest_wait_ms: v.shortest_wait_ms,
            longest_wait_ms: v.longest_wait_ms,
        }
    }
}

impl From<DayHours> for DayView {
    fn from(d: DayHours) -> Self {
        Self {
            open: d.open,
            close: d.close,
            pause: d.pause,
            last_order: d.last_order,
        }
    }
}

impl From<&Hours> for HoursView {
    fn from(h: &Hours) -> Self {
        let nth = |n: &Nth| NthView {
            nth: n.nth,
            day: n.day,
        };
        Self {
            week: h
                .week
                .iter()
                .map(|(day, hours)| (*day, (*hours).into()))
                .collect(),
            closed_nth: h.closed_nth.iter().map(nth).collect(),
            closed_holidays: h.closed_holidays.clone(),
            closed_all_holidays: h.closed_all_holidays,
            holiday: h.holiday.map(Into::into),
            special: h.special.iter().map(Into::into).collect(),
        }
    }
}

impl From<&BookingRules> for BookingRulesView {
    fn from(rules: &BookingRules) -> Self {
        let resources = crate::resources::all(rules);
        match rules {
            BookingRules::Tables(t) => Self {
                step_minutes: t.step_minutes,
                ahead_days: t.ahead_days,
                stay_minutes: Some(t.stay_minutes),
                tables: t.tables.iter().map(TableView::from).collect(),
                staff: Vec::new(),
                resources,
            },
            BookingRules::Staff(s) => Self {
                step_minutes: s.step_minutes,
                ahead_days: s.ahead_days,
                stay_minutes: None,
                tables: Vec::new(),
                staff: s.staff.iter().map(StaffView::from).collect(),
                resources,
            },
        }
    }
}

impl From<&biseo_model::shop::TableKind> for TableView {
    fn from(k: &biseo_model::shop::TableKind) -> Self {
        Self {
            name: k.name.clone(),
            seats: k.seats,
            count: k.count,
        }
    }
}

impl From<&biseo_model::shop::Staff> for StaffView {
    fn from(s: &biseo_model::shop::Staff) -> Self {
        Self {
            name: s.name.clone(),
            off: s.off.clone(),
            services: s.services.clone(),
        }
    }
}

impl ProfileView {
    /// A profile with the holidays of the year from `today` on; whether it is `editable` here, and whether the installation records.
    #[must_use]
    pub fn of(p: &ShopProfile, today: Date, (editable, may_record): (bool, bool)) -> Self {
        let menu = p.menu.iter().map(|m| MenuItemView {
            name: m.name.clone(),
            won: m.won,
        });
        let services = p.services.iter().map(|s| ServiceView {
            name: s.name.clone(),
            won: s.won,
            minutes: s.minutes,
        });
        Self {
            id: p.id.as_str().into(),
            name: (&p.name).into(),
            zone: p.zone.clone(),
            address: (&p.address).into(),
            numbers: p.numbers.iter().map(|n| n.as_str().into()).collect(),
            hours: (&p.hours).into(),
            holidays: holidays(&p.hours, today),
            facts: p.facts.iter().map(|(k, v)| (k.clone(), v.into())).collect(),
            menu: menu.collect(),
            services: services.collect(),
            booking: p.booking.as_ref().map(Into::into),
            queues: p.queues.iter().map(QueueView::from).collect(),
            voice: p.voice.into(),
            answering: (&p.answering).into(),
            record: p.record,
            may_record,
            account: p.account.as_ref().map(Into::into),
            account_told: p.account.as_ref().map(|account| account.told(false)),
            wording: own_words(p),
            editable,
        }
    }
}

fn own_words(p: &ShopProfile) -> BTreeMap<String, BTreeMap<String, Text>> {
    let texts =
        |flow: &BTreeMap<String, Wording>| flow.iter().map(|(key, own)| (key.clone(), own.into())).collect();
    p.wording
        .iter()
        .map(|(flow, own)| (flow.clone(), texts(own)))
        .collect()
}

fn holidays(hours: &Hours, today: Date) -> Vec<HolidayView> {
    use biseo_model::holiday::holiday_on;
    use biseo_model::shop::OpenOn;
    let days = today.series(jiff::Span::new().days(1)).take(366);
    let off = days.filter_map(holiday_on);
    off.map(|off| HolidayView {
        date: off.date,
        holiday: off.holiday,
        substitute: off.substitute,
        hours: match hours.open_on(off.date) {
            OpenOn::Open(h) => Some(h.into()),
            OpenOn::Closed(_) => None,
        },
    })
    .collect()
}
