//! What is out of order, from its first sign to its end: kept in the store, told to callers, pages and the shops' people.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use biseo_api::outage::sentence;
use biseo_line::{Change, Language, Subject, Wording};
use biseo_model::ids::ShopId;
use biseo_store::{FoundBy, Incident, StoreError};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch::Receiver;

use super::dropped::look_back;
use super::effects::{announced, is_told, still_announced};
use super::metrics::{subject, word};
use super::resumed::{Old, Resumed, away};
use super::standing::is_of_the_line;
use super::status::Shown;
use super::watch::{News, Said};
use crate::house::House;
use crate::live::Deed;
use crate::wording::Lang;

/// How often is looked at what ends by itself, and at what the store did not take.
const SWEEP: Duration = Duration::from_secs(5);

/// What a shop began so short a time before the start may not have been told by a program that was killed, or was begun while this one started. It is
/// told again; the outbox knows those who know it.
const FRESH: SignedDuration = SignedDuration::from_hours(1);

/// Keeps it until the program ends. To be called before the doctor begins to watch.
pub(crate) fn keep(
    house: Arc<House>,
    said: UnboundedReceiver<News>,
    stopped: Receiver<()>,
) -> impl Future<Output = ()> + Send {
    let away = away(&super::folder(&house.config.data)).filter(|_| house.config.line.watch);
    keep_on(house, away, said, stopped)
}

async fn keep_on(
    house: Arc<House>,
    away: Option<Duration>,
    mut said: UnboundedReceiver<News>,
    mut stopped: Receiver<()>,
) {
    let mut keeper = Keeper::new(house);
    keeper.begin(away).await;
    let mut sweep = tokio::time::interval(SWEEP);
    sweep.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let house = keeper.house.clone();
    loop {
        tokio::select! {
            // None comes without a doctor.
            Some(news) = said.recv() => match news {
                News::Said(said) => keeper.said(*said).await,
                News::Exercise(incident) => keeper.exercised(*incident).await,
            },
            () = house.line.standing.changed() => keeper.sweep().await,
            _ = sweep.tick() => keeper.sweep().await,
            // Whoever could tell more is gone.
            _ = stopped.changed() => return keeper.leave().await,
        }
    }
}

struct Keeper {
    house: Arc<House>,
    words: Wording,
    /// The doctor's verdicts that stand.
    verdicts: BTreeMap<Subject, Kept>,
    /// Those of the last program, until the doctor knows more.
    resumed: Resumed,
    /// What shops have begun themselves.
    shops: HashMap<String, Incident>,
    /// What the store has not taken yet.
    owed: Vec<Incident>,
    /// The database was away at the start: what it alone knows is over, since then.
    unread: Option<Timestamp>,
}

/// A verdict that stands.
struct Kept {
    incident: Incident,
    /// The id of the first of several that came one after another: people are told once of all of them.
    first: String,
    told: bool,
}

impl Keeper {
    fn new(house: Arc<House>) -> Self {
        let language = match house.config.lang {
            Lang::Ko => Language::Ko,
            Lang::En => Language::En,
        };
        Self {
            house,
            words: Wording::of(language),
            verdicts: BTreeMap::new(),
            resumed: Resumed::default(),
            shops: HashMap::new(),
            owed: Vec::new(),
            unread: None,
        }
    }

    /// What the doctor said before the program ended goes on, if nobody was `away` for too long, until he has looked anew; else it was over
    /// when he last looked. What shops began goes on.
    async fn begin(&mut self, away: Option<Duration>) {
        let open = match self.house.records.open_incidents().await {
            Ok(open) => open,
            Err(e) => return tracing::error!("what is out of order cannot be read: {e}"),
        };
        let now = self.house.clock.now();
        let last = away.and_then(|away| now.checked_sub(SignedDuration::try_from(away).ok()?).ok());
        self.unread = self.house.records.is_away().then_some(last.unwrap_or(now));
        for incident in open {
            if incident.source == FoundBy::Shop {
                if incident.began >= now.checked_sub(FRESH).unwrap_or(Timestamp::MIN) {
                    self.tell(&incident, (&incident.id, false), now);
                }
                self.shops.insert(incident.id.clone(), incident);
            } else if incident.source == FoundBy::Exercise || !self.resumed.take_up(&incident, away, now) {
                self.over(&incident, last.unwrap_or(now)).await;
            }
        }
        self.publish();
        self.settle().await;
    }

    /// The program ends. The doctor's verdicts stand: the next program looks whether they still do.
    async fn leave(mut self) {
        self.settle().await;
    }

    async fn said(&mut self, said: Said) {
        let Said { change, shown, at } = said;
        let about = change.verdict().subject.clone();
        self.log(&change);
        match &change {
            Change::Began(_) | Change::Replaced(_) => self.began(about, &shown, at).await,
            Change::Grew(_) => self.grew(&about, &shown).await,
            Change::Ended(_) => self.ended(&about, &shown, at).await,
        }
        self.publish();
        self.settle().await;
    }

    /// An exercise is kept and shown on the pages. No caller hears of it, nobody is told, and nobody is to be called back for its sake.
    async fn exercised(&mut self, incident: Incident) {
        self.owed.push(incident.clone());
        self.settle().await;
        self.show(&incident);
    }

    async fn began(&mut self, about: Subject, shown: &Shown, at: Timestamp) {
        let old = self.resumed.found(&about);
        if let Some(old) = old
            .as_ref()
            .filter(|o| o.incident.cause == shown.verdict.label.code())
        {
            return self.goes_on(about, shown, old).await;
        }
        let before = self.verdicts.remove(&about);
        let before = before.map(|b| (b.incident, b.first, b.told));
        let before = before.or(old.map(|o| (o.incident.clone(), o.incident.id, o.told)));
        if let Some((incident, ..)) = &before {
            self.over(incident, at).await;
        }
        let incident = incident(shown, at);
        self.owed.push(incident.clone());
        let (first, told) = before.map_or((incident.id.clone(), false), |(_, first, told)| (first, told));
        let tells = is_told(&shown.verdict);
        if tells && !told {
            self.tell(&incident, (&first, false), at);
        }
        self.show(&incident);
        self.look_back(&incident).await;
        let told = told || tells;
        self.verdicts.insert(
            about,
            Kept {
                incident,
                first,
                told,
            },
        );
    }

    /// A fault that stood when the last program ended is found again: nothing new has begun.
    async fn goes_on(&mut self, about: Subject, shown: &Shown, old: &Old) {
        let kept = Kept {
            incident: old.incident.clone(),
            first: old.incident.id.clone(),
            told: old.told,
        };
        self.verdicts.insert(about.clone(), kept);
        self.grew(&about, shown).await;
    }

    /// Calls that broke before the fault was said are noted; not those of callers whom a fault of an earlier one has noted.
    async fn look_back(&mut self, incident: &Incident) {
        if !is_of_the_line(incident) {
            return;
        }
        self.settle().await;
        for shop in self.concerned(incident) {
            look_back(&self.house, &shop, (&incident.id, incident.began)).await;
        }
    }

    async fn grew(&mut self, about: &Subject, shown: &Shown) {
        let Some(kept) = self.verdicts.get_mut(about) else {
            return;
        };
        let grown = incident(shown, kept.incident.began);
        kept.incident.region = grown.region;
        kept.incident.consequences = grown.consequences;
        kept.incident.confidence = grown.confidence;
        kept.incident.evidence = grown.evidence;
        kept.incident.announced = still_announced(kept.incident.announced, &shown.verdict);
        let incident = kept.incident.clone();
        self.owed.push(incident.clone());
        self.show(&incident);
    }

    async fn ended(&mut self, about: &Subject, shown: &Shown, at: Timestamp) {
        let Some(mut kept) = self.verdicts.remove(about) else {
            return;
        };
        if let Ok(evidence) = serde_json::to_value(&shown.verdict) {
            kept.incident.evidence = evidence;
        }
        self.over(&kept.incident, shown.ended.unwrap_or(at)).await;
        if kept.told {
            self.tell(&kept.incident, (&kept.first, true), at);
        }
        self.show(&kept.incident);
    }

    /// Stores the end of a verdict; what waits is stored first.
    async fn over(&mut self, incident: &Incident, at: Timestamp) {
        let ended = Incident {
            ended: Some(at.max(incident.began)),
            ..incident.clone()
        };
        self.owed.push(ended);
    }

    /// What shops began and ended, and what ends by itself.
    async fn sweep(&mut self) {
        self.look_again().await;
        if self.house.records.is_away() {
            return self.publish();
        }
        self.settle().await;
        match self.shops_now().await {
            Ok(now) => self.compare(now),
            Err(e) => tracing::warn!("what shops say is out of order cannot be read: {e}"),
        }
        self.publish();
    }

    /// Faults of the last program that are over.
    async fn look_again(&mut self) {
        let now = self.house.clock.now();
        let house = self.house.clone();
        let over = self
            .resumed
            .over(now, |subject| house.line.answered.first(subject));
        for (old, at) in over {
            self.over(&old.incident, at).await;
            if old.told {
                self.tell(&old.incident, (&old.incident.id, true), now);
            }
            self.show(&old.incident);
        }
    }

    /// Verdicts that the copy did not have when the program started, by which nobody was told: they were over when nobody watched any more.
    async fn strays(&mut self, open: &[Incident], at: Timestamp) {
        let mut known: BTreeSet<String> = self.verdicts.values().map(|k| k.incident.id.clone()).collect();
        known.extend(self.resumed.incidents().map(|i| i.id.clone()));
        let stray = |i: &&Incident| i.source == FoundBy::Doctor && !known.contains(&i.id);
        for incident in open.iter().filter(stray) {
            self.over(incident, at).await;
        }
    }

    async fn shops_now(&mut self) -> Result<HashMap<String, Incident>, StoreError> {
        let now = self.house.clock.now();
        let mut standing = HashMap::new();
        let open = self.house.store.open_incidents().await?;
        if let Some(at) = self.unread.take() {
            self.strays(&open, at).await;
        }
        for incident in open {
            let Some(shop) = &incident.shop else { continue };
            if incident.stands(now) {
                standing.insert(incident.id.clone(), incident);
            } else {
                let at = incident.ends.unwrap_or(now);
                self.house.store.end_incident(shop, &incident.id, at).await?;
            }
        }
        Ok(standing)
    }

    fn compare(&mut self, now: HashMap<String, Incident>) {
        let before = std::mem::replace(&mut self.shops, now);
        let at = self.house.clock.now();
        let ended = before.values().filter(|i| !self.shops.contains_key(&i.id));
        let begun = self.shops.values().filter(|i| !before.contains_key(&i.id));
        for (incident, over) in ended.map(|i| (i, true)).chain(begun.map(|i| (i, false))) {
            self.tell(incident, (&incident.id, over), at);
        }
    }

    /// Calls that come from now on hear of it.
    fn publish(&self) {
        let mut all: Vec<Incident> = self.verdicts.values().map(|k| k.incident.clone()).collect();
        all.extend(self.resumed.incidents().cloned());
        all.extend(self.shops.values().cloned());
        all.sort_by(|a, b| (a.began, &a.id).cmp(&(b.began, &b.id)));
        self.house.line.standing.set(all);
    }

    /// Tells the shops' people, each shop's once.
    fn tell(&self, incident: &Incident, (first, over): (&str, bool), at: Timestamp) {
        let text = sentence(&self.words, incident);
        for shop in self.concerned(incident) {
            self.house.live.done(Deed::Incident {
                shop,
                id: incident.id.clone(),
                key: if over {
                    format!("{first}-over")
                } else {
                    first.to_string()
                },
                text: text.clone(),
                over,
                at,
            });
        }
    }

    /// Tells the pages only.
    fn show(&self, incident: &Incident) {
        for shop in self.concerned(incident) {
            let id = incident.id.clone();
            self.house.live.done(Deed::IncidentChanged { shop, id });
        }
    }

    fn concerned(&self, incident: &Incident) -> Vec<ShopId> {
        match &incident.shop {
            Some(shop) => vec![shop.clone()],
            None => self.house.directory.all().iter().map(|s| s.id.clone()).collect(),
        }
    }

    /// Stores what waits, in order; what the store does not take waits on.
    async fn settle(&mut self) {
        let mut done = 0;
        for incident in &self.owed {
            let stored = store(&self.house, incident).await;
            if let Err(e) = stored {
                tracing::warn!("an incident could not be stored and is tried again: {e}");
                break;
            }
            done += 1;
        }
        self.owed.drain(..done);
    }

    /// To the log: routers' addresses may be in it, nobody's words or numbers are.
    fn log(&self, change: &Change) {
        let verdict = change.verdict();
        let words = Wording::of(Language::En);
        let sentence = words.sentence(verdict);
        match change {
            Change::Began(_) | Change::Replaced(_) => {
                let found = words.findings(verdict).join("; ");
                tracing::warn!(confidence = verdict.confidence, "the line: {sentence} ({found})");
            }
            Change::Grew(_) => tracing::warn!("the line: {sentence}"),
            Change::Ended(_) => tracing::info!("the line: over: {sentence}"),
        }
    }
}

async fn store(house: &House, incident: &Incident) -> Result<(), StoreError> {
    match incident.ended {
        Some(at) => house
            .store
            .end_house_incident(&incident.id, at, &incident.evidence)
            .await
            .map(drop),
        None => house.store.begin_incident(incident).await,
    }
}

/// A verdict as it is kept.
fn incident(shown: &Shown, at: Timestamp) -> Incident {
    let verdict = &shown.verdict;
    let (kind, name) = subject(&verdict.subject);
    Incident {
        id: format!("line-{:013}-{kind}-{}", shown.said.as_millisecond(), tail()),
        shop: None,
        source: FoundBy::Doctor,
        begun_by: None,
        cause: verdict.label.code().into(),
        subject: kind.into(),
        name: name.into(),
        region: verdict.region.clone(),
        consequences: verdict.consequences.iter().map(word).collect(),
        confidence: thousandths(verdict.confidence),
        announced: announced(verdict),
        account: None,
        began: shown.began.min(at),
        ends: None,
        ended: None,
        evidence: serde_json::to_value(verdict).unwrap_or_default(),
    }
}

fn thousandths(confidence: f64) -> u32 {
    (confidence.clamp(0.0, 1.0) * 1e3).round() as u32
}

/// Tells two of one millisecond apart.
fn tail() -> String {
    let mut random = [0u8; 4];
    let _ = getrandom::fill(&mut random);
    random.iter().fold(String::new(), |s, b| s + &format!("{b:02x}"))
}
