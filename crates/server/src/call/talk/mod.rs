//! The conversation of one call: ear and mouth, understanding and dialogue, joined.

mod close;
mod discreet;
mod floor;
mod grasp;
mod hear;
mod pad;
mod parting;
mod ready;
mod say;
mod sound;

use std::sync::Arc;
use std::time::{Duration, Instant};

use biseo_conversation::keypad::{Keypad, KeypadInput};
use biseo_conversation::turn_taking::TurnConfig;
use biseo_conversation::{Action, Dialogue, Incident, Input, Known, Language, Listen, Opening, Output};
use biseo_media_io::Events;
use biseo_model::record::{CallEnd, CallRecord, Latency};
use biseo_model::secret::masked;
use biseo_model::shop::ShopProfile;
use biseo_speech::SttOptions;
use biseo_store::Question;
use jiff::tz::TimeZone;
use tokio::sync::mpsc::{self, UnboundedReceiver};

use super::actions::Hands;
use super::keys::Keys;
use super::line::Line;
use super::notes::Notes;
use super::reader::Reader;
use super::reply::{Reply, Then};
use super::sound::Sound;
use super::think::{self, Thinking};
use crate::house::House;
use crate::line::Heard;
use crate::live::LiveEvent;
use crate::voice::{Ear, EarEvent, EarParts, Mouth, MouthEvent, WithTone};
use discreet::Discreet;
pub(crate) use grasp::grasps;
use parting::Parting;

/// Actions that may follow one another without a word in between; a guard against a fault in a flow.
const MOST_ACTIONS: usize = 8;

/// A conversation under way.
pub(super) struct Talk {
    house: Arc<House>,
    shop: Arc<ShopProfile>,
    record: CallRecord,
    sound: Sound,
    line: Line,
    /// How the sound is, for the line doctor.
    heard: Heard,
    dialogue: Dialogue,
    reader: Arc<Reader>,
    zone: TimeZone,
    hands: Hands,
    notes: Notes,
    discreet: Discreet,
    ear: Ear,
    mouth: Mouth,
    keys: Keys,
    reply: Option<Reply>,
    next_mark: u64,
    next_turn: u32,
    /// Questions without an answer that are stored.
    asked: usize,
    /// The conversation by keys, once it goes on so.
    pad: Option<Keypad>,
    /// Turns in a row that the recogniser failed in.
    deaf: u32,
    /// When the conversation began, and with it the recording.
    answered: Instant,
    /// The name under which the caller has booked before.
    known_name: Option<String>,
    held: bool,
    /// How often a new address of ours is still told, and when the next time.
    moving: u8,
    move_again: Option<Instant>,
    /// When the last hold was over.
    resumed: Option<Instant>,
    /// What is waited for.
    listen: Option<Listen>,
    /// What a language model is being asked.
    thinking: Option<Thinking<Cause>>,
    /// When the call is to be ended, and why: all is said.
    parting: Option<Parting>,
    end: Option<CallEnd>,
}

/// What a conversation is told.
struct Streams {
    ear: UnboundedReceiver<EarEvent>,
    mouth: UnboundedReceiver<MouthEvent>,
    media: Events,
}

/// What prompted a reply.
struct Cause {
    heard: String,
    understood: serde_json::Value,
    latency: Latency,
    spoken_to: Option<Instant>,
    since: Instant,
    /// What was said while the answer was sought.
    before: String,
    /// Whether a tone follows all that is said.
    tone: bool,
}

impl Cause {
    /// Something other than the caller's words.
    fn unasked() -> Self {
        Self {
            heard: String::new(),
            understood: serde_json::Value::Null,
            latency: Latency::default(),
            spoken_to: None,
            since: Instant::now(),
            before: String::new(),
            tone: false,
        }
    }
}

impl Talk {
    /// Converses until the call's end, and closes its records.
    pub(super) async fn run(
        house: Arc<House>,
        shop: Arc<ShopProfile>,
        record: CallRecord,
        sound: Sound,
        line: (Line, Heard),
    ) {
        let (begun, records, clock) = (record.clone(), house.records.clone(), house.clock);
        let known = known(&house, &shop, &record).await;
        match Self::begin(house, shop, record, sound, line, known) {
            Ok((talk, streams)) => talk.converse(streams).await,
            Err(why) => {
                tracing::error!("a call could not be conversed with: {why}");
                if let Err(e) = records.end_call(&begun, clock.now(), CallEnd::Failed).await {
                    tracing::error!("the end of a call could not be stored: {e}");
                }
            }
        }
    }

    fn begin(
        house: Arc<House>,
        shop: Arc<ShopProfile>,
        record: CallRecord,
        mut sound: Sound,
        (line, heard): (Line, Heard),
        known: Option<Known>,
    ) -> Result<(Box<Self>, Streams), String> {
        let nlu = house.nlu(&shop.id).ok_or("the shop has no understanding")?;
        let reader = Arc::new(Reader::new(nlu));
        let zone = TimeZone::get(&shop.zone).map_err(|e| e.to_string())?;
        let (told_by_ear, ear_events) = mpsc::unbounded_channel();
        let (told_by_mouth, mouth_events) = mpsc::unbounded_channel();
        let (clock, there) = (house.clock, zone.clone());
        let now = move || clock.shop_time(&there);
        let audio = sound.session.take_audio().ok_or("the sound is taken")?;
        let ear = EarParts {
            front: true,
            speaker: Some(sound.session.speaker()),
            vad: house.engines.vad(),
            stt: house.engines.stt.clone(),
            options: SttOptions::default(),
            turns: house.engines.turns.unwrap_or_else(|| waits(&shop)),
            model: None,
            grasps: grasps(reader.clone(), now),
            told: told_by_ear,
        };
        let ear = Ear::open(&house.engines.ears, audio, ear)?;
        let voice = Arc::new(WithTone(house.engines.tts.clone()));
        let mouth = Mouth::open(
            &house.engines.mouths,
            voice,
            sound.session.speaker(),
            told_by_mouth,
        );
        let streams = Streams {
            ear: ear_events,
            mouth: mouth_events,
            media: sound.session.take_events().ok_or("the events are taken")?,
        };
        let known_name = known.as_ref().map(|k| k.name.clone());
        let opening = Opening {
            language: Language::Ko,
            caller: record.caller.clone(),
            recorded: record.recording.is_some(),
            known,
            ..Opening::default()
        };
        let talk = Self {
            dialogue: Dialogue::with_flows(shop.clone(), opening, house.flows.current()),
            hands: Hands {
                records: house.records.clone(),
                shop: shop.clone(),
                call: record.id.clone(),
                clock: house.clock,
                live: house.live.clone(),
            },
            notes: Notes::begin(house.records.clone(), shop.id.clone(), house.live.clone()),
            discreet: Discreet::of(
                &house.config.data,
                record.recording.as_deref(),
                house.keys.clone(),
            ),
            keys: Keys::default(),
            reply: None,
            next_mark: 1,
            next_turn: 0,
            asked: 0,
            pad: None,
            deaf: 0,
            answered: Instant::now(),
            known_name,
            held: false,
            moving: 0,
            move_again: None,
            resumed: None,
            listen: None,
            thinking: None,
            parting: None,
            end: None,
            house,
            shop,
            record,
            sound,
            line,
            heard,
            reader,
            zone,
            ear,
            mouth,
        };
        Ok((Box::new(talk), streams))
    }

    async fn converse(mut self: Box<Self>, mut streams: Streams) {
        self.house
            .live
            .tell(LiveEvent::Began(Box::new(self.record.clone())));
        let longest = Duration::from_secs(u64::from(self.house.config.call.max_minutes) * 60);
        let over = tokio::time::sleep(longest);
        tokio::pin!(over);
        self.open().await;
        while self.end.is_none() {
            let now = Instant::now();
            let (free, free_at) = (self.free(now), self.free_at(now));
            let typed = self.keys.due().filter(|_| free);
            let keys = self.pad_due();
            let filler = self.thinking.as_ref().and_then(Thinking::filler_due);
            tokio::select! {
                event = self.line.next_event() => self.signalled(event).await,
                event = streams.ear.recv(), if free => match event {
                    Some(event) => self.heard(event).await,
                    None => self.broken("ear"),
                },
                event = streams.mouth.recv() => match event {
                    Some(event) => self.spoke(event).await,
                    None => self.broken("mouth"),
                },
                event = streams.media.next() => match event {
                    Some(event) => self.sounded(event).await,
                    None => self.end = Some(CallEnd::Failed),
                },
                thought = think::answer(&mut self.thinking) => {
                    self.thought(thought).await;
                    self.said_more();
                }
                () = at(filler) => self.fill(),
                () = at(self.move_again) => self.tell_move(),
                () = at(typed) => self.typed().await,
                () = at(keys) => self.pad(KeypadInput::Tick).await,
                // What has waited is taken in the next round.
                () = at(free_at) => {}
                () = at(self.parting.map(|p| p.when)) => self.end = self.parting.map(|p| p.why),
                () = &mut over => self.end = Some(CallEnd::Biseo),
            }
        }
        Box::pin((*self).close(streams)).await;
    }

    /// A thread of this call has failed: nobody would be heard, or nothing said, for ever.
    fn broken(&mut self, what: &str) {
        tracing::error!("the {what} of a call has failed; the call is ended");
        self.end = Some(CallEnd::Failed);
    }

    /// What is out of order now, as this caller is told.
    fn out_of_order(&self) -> Vec<Incident> {
        let english = self.dialogue.language() == Language::En;
        let account = self.shop.account.as_ref().map(|account| account.told(english));
        let standing = &self.house.line.standing;
        standing.to_tell(&self.shop.id, account.as_deref(), self.house.clock.now())
    }

    /// Tells the dialogue what happened and does what it asks for.
    async fn react(&mut self, input: Input, cause: Cause) {
        let mut prompts = Vec::new();
        self.dialogue.out_of_order(self.out_of_order());
        let mut outputs = self
            .dialogue
            .handle(self.house.clock.shop_time(&self.zone), input);
        for _ in 0..MOST_ACTIONS {
            let mut action = None;
            let mut then = Then::Nothing;
            for output in outputs {
                match output {
                    Output::Say(prompt) => prompts.push(prompt),
                    Output::Do(wanted) => action = Some(wanted),
                    Output::Listen(listen) => then = Then::Listen(listen),
                    Output::HangUp { reason } => then = Then::HangUp(reason),
                    Output::Answered { .. } => {}
                }
            }
            self.note_questions();
            let Some(action) = action else {
                return self.reply(prompts, then, cause);
            };
            if let Action::Transfer { to } = &action {
                let (call, to) = (self.record.id.clone(), to.clone());
                self.house.live.tell(LiveEvent::Connecting { call, to });
            }
            let now = self.house.clock.shop_time(&self.zone);
            let result = Box::pin(self.hands.carry_out(now, action)).await;
            outputs = self
                .dialogue
                .handle(self.house.clock.shop_time(&self.zone), Input::Done(result));
        }
        tracing::error!("a flow asked for action after action without an end; the call is ended");
        self.end = Some(CallEnd::Failed);
    }
}

impl Talk {
    /// What could not be answered is kept for the owner as soon as it was asked.
    fn note_questions(&mut self) {
        let unanswered = &self.dialogue.summary().unanswered;
        for (n, text) in unanswered.iter().enumerate().skip(self.asked) {
            let question = Question {
                id: format!("{}-q{n}", self.record.id),
                call: Some(self.record.id.clone()),
                text: masked(text).into_owned(),
                at: self.house.clock.now(),
                state: "open".into(),
                topic: None,
            };
            self.notes.question(&self.shop.id, question);
        }
        self.asked = unanswered.len();
    }
}

/// The waits of a shop.
fn waits(shop: &ShopProfile) -> TurnConfig {
    let (shortest, longest) = shop.voice.waits_ms();
    TurnConfig::default().within(shortest.into(), longest.into(), shop.voice.patience_percent())
}

/// What the records tell of a caller: so much time the greeting waits for it, and no more.
const RECALL: Duration = Duration::from_millis(100);

/// A guest who has been here before. Without an answer in time the caller is asked for the name as any other.
async fn known(house: &House, shop: &ShopProfile, record: &CallRecord) -> Option<Known> {
    let caller = record.caller.as_ref()?;
    let zone = TimeZone::get(&shop.zone).ok()?;
    let today = house.clock.shop_time(&zone).date();
    let visits = house.records.visits(&shop.id, caller, today);
    match tokio::time::timeout(RECALL, visits).await {
        Ok(Ok(visits)) => visits.map(|v| Known {
            name: v.name,
            visits: v.count,
            staff: (!v.services.is_empty()).then_some(v.resource),
            services: v.services,
        }),
        Ok(Err(e)) => {
            tracing::warn!("a caller's former bookings could not be read: {e}");
            None
        }
        Err(_) => None,
    }
}

/// Waits until an instant; for ever without one.
async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant.into()).await,
        None => std::future::pending().await,
    }
}
