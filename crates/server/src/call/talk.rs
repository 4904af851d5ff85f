//! The conversation of one call: ear and mouth, understanding and dialogue, joined.

use std::sync::Arc;
use std::time::{Duration, Instant};

use biseo_conversation::turn_taking::TurnConfig;
use biseo_conversation::{Action, Dialogue, Input, Known, Language, Listen, Opening, Output, Prompt};
use biseo_llm::helper::Thought;
use biseo_media_io::{Event, Events, Speaker};
use biseo_model::record::{CallEnd, CallRecord, Latency, TurnRecord};
use biseo_model::shop::ShopProfile;
use biseo_model::understanding::{Awaiting, Context, Slot, Understanding};
use biseo_nlu::Nlu;
use biseo_speech::SttOptions;
use biseo_telephony::{Leg, LegEvent};
use jiff::tz::TimeZone;
use tokio::sync::mpsc::{self, UnboundedReceiver};

use super::actions::Hands;
use super::keys::{Keys, Way};
use super::notes::Notes;
use super::reply::{Reply, Then, joined, ms};
use super::sound::Sound;
use super::think::{self, Filler, Thinking};
use crate::house::{House, voice};
use crate::live::LiveEvent;
use crate::voice::{
    Ear, EarEvent, EarOrder, EarParts, Filled, HeardTurn, Mouth, MouthEvent, MouthOrder, Speech,
};
use crate::wording::Lang;

/// A reply whose end is not known yet is taken to last so long.
const LONG: Duration = Duration::from_secs(120);
/// How long the media engine may take to close the sound and the recording.
const CLOSING: Duration = Duration::from_secs(3);
/// Actions that may follow one another without a word in between; a guard against a fault in a flow.
const MOST_ACTIONS: usize = 8;
/// Between the last packet of a good-bye and the hang-up: so long it is on its way and in the caller's jitter buffer, which a
/// hang-up empties unheard.
const LAST_WORD: Duration = Duration::from_millis(400);
/// How fast what was not caught is repeated, of the usual speed.
const SLOW_PERCENT: u16 = 75;
/// Replies without any sound in a row after which the voice is taken to be broken.
const MOST_MUTE: u32 = 2;

/// A conversation under way.
pub(super) struct Talk {
    house: Arc<House>,
    shop: Arc<ShopProfile>,
    record: CallRecord,
    sound: Sound,
    leg: Leg,
    dialogue: Dialogue,
    nlu: Arc<Nlu>,
    zone: TimeZone,
    hands: Hands,
    notes: Notes,
    ear: Ear,
    mouth: Mouth,
    keys: Keys,
    reply: Option<Reply>,
    next_mark: u64,
    next_turn: u32,
    mute: u32,
    held: bool,
    /// When the last hold was over.
    resumed: Option<Instant>,
    /// What is waited for.
    listen: Option<Listen>,
    /// What a language model is being asked.
    thinking: Option<Thinking<Cause>>,
    /// When the call is to be ended, and why: all is said.
    parting: Option<(Instant, CallEnd)>,
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
        leg: Leg,
    ) {
        let (id, store, clock) = (record.id.clone(), house.store.clone(), house.clock);
        let known = known(&house, &shop, &record).await;
        match Self::begin(house, shop, record, sound, leg, known) {
            Ok((talk, streams)) => talk.converse(streams).await,
            Err(why) => {
                tracing::error!("a call could not be conversed with: {why}");
                if let Err(e) = store.end_call(&id, clock.now(), CallEnd::Failed).await {
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
        leg: Leg,
        known: Option<Known>,
    ) -> Result<(Self, Streams), String> {
        let nlu = house.nlu(&shop.id).ok_or("the shop has no understanding")?;
        let zone = TimeZone::get(&shop.zone).map_err(|e| e.to_string())?;
        let (told_by_ear, ear_events) = mpsc::unbounded_channel();
        let (told_by_mouth, mouth_events) = mpsc::unbounded_channel();
        let now = house.clock.shop_time(&zone);
        let ear = Ear::open(EarParts {
            audio: sound.session.take_audio().ok_or("the sound is taken")?,
            vad: house.engines.vad(),
            stt: house.engines.stt.clone(),
            options: SttOptions::default(),
            turns: TurnConfig::default(),
            filled: filled(nlu.clone(), now),
            told: told_by_ear,
        })?;
        let mouth = Mouth::open(house.engines.tts.clone(), sound.session.speaker(), told_by_mouth)?;
        let streams = Streams {
            ear: ear_events,
            mouth: mouth_events,
            media: sound.session.take_events().ok_or("the events are taken")?,
        };
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
                store: house.store.clone(),
                shop: shop.clone(),
                call: record.id.clone(),
                clock: house.clock,
            },
            notes: Notes::begin(house.store.clone(), house.live.clone()),
            keys: Keys::default(),
            reply: None,
            next_mark: 1,
            next_turn: 0,
            mute: 0,
            held: false,
            resumed: None,
            listen: None,
            thinking: None,
            parting: None,
            end: None,
            house,
            shop,
            record,
            sound,
            leg,
            nlu,
            zone,
            ear,
            mouth,
        };
        Ok((talk, streams))
    }

    async fn converse(mut self, mut streams: Streams) {
        self.house
            .live
            .tell(LiveEvent::Began(Box::new(self.record.clone())));
        let longest = Duration::from_secs(u64::from(self.house.config.call.max_minutes) * 60);
        let over = tokio::time::sleep(longest);
        tokio::pin!(over);
        self.react(Input::Started, Cause::unasked()).await;
        while self.end.is_none() {
            let free = self.free();
            let typed = self.keys.due().filter(|_| free);
            let filler = self.thinking.as_ref().and_then(Thinking::filler_due);
            tokio::select! {
                event = self.leg.next_event() => self.signalled(event).await,
                event = streams.ear.recv(), if free => match event {
                    Some(event) => self.heard(event).await,
                    None => self.broken("ear"),
                },
                event = streams.mouth.recv() => match event {
                    Some(event) => self.spoke(event),
                    None => self.broken("mouth"),
                },
                event = streams.media.next() => match event {
                    Some(event) => self.sounded(event).await,
                    None => self.end = Some(CallEnd::Failed),
                },
                thought = think::answer(&mut self.thinking) => self.thought(thought).await,
                () = at(filler) => self.fill(),
                () = at(typed) => self.typed().await,
                () = at(self.parting.map(|(when, _)| when)) => self.end = self.parting.map(|(_, why)| why),
                () = &mut over => self.end = Some(CallEnd::Biseo),
            }
        }
        self.close(streams).await;
    }

    /// A thread of this call has failed: nobody would be heard, or nothing said, for ever.
    fn broken(&mut self, what: &str) {
        tracing::error!("the {what} of a call has failed; the call is ended");
        self.end = Some(CallEnd::Failed);
    }

    /// Tells the dialogue what happened and does what it asks for.
    async fn react(&mut self, input: Input, cause: Cause) {
        let mut prompts = Vec::new();
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
            let Some(action) = action else {
                return self.reply(prompts, then, cause);
            };
            if let Action::Transfer { to } = &action {
                self.house.live.tell(LiveEvent::Connecting(to.clone()));
            }
            let now = self.house.clock.shop_time(&self.zone);
            let result = self.hands.carry_out(now, action).await;
            outputs = self
                .dialogue
                .handle(self.house.clock.shop_time(&self.zone), Input::Done(result));
        }
        tracing::error!("a flow asked for action after action without an end; the call is ended");
        self.end = Some(CallEnd::Failed);
    }

    fn reply(&mut self, prompts: Vec<Prompt>, then: Then, mut cause: Cause) {
        cause.latency.decision_ms = Some(ms(cause.since.elapsed()) - cause.latency.nlu_ms.unwrap_or(0.0));
        let turn = TurnRecord {
            call: self.record.id.clone(),
            number: self.next_turn,
            at: self.house.clock.now(),
            heard: cause.heard,
            understood: self.traced(cause.understood),
            said: joined(&cause.before, &Reply::text_of(&prompts)),
            latency: cause.latency,
        };
        if prompts.is_empty() && turn.heard.is_empty() && matches!(then, Then::Nothing) {
            return;
        }
        self.next_turn += 1;
        if prompts.is_empty() && !cause.before.is_empty() {
            // Nothing follows the filler: the caller has the floor.
            self.ear.tell(EarOrder::Played);
        }
        if !prompts.is_empty() {
            self.speak(&prompts, then, turn.clone(), (cause.spoken_to, cause.before));
        } else {
            self.follow(then);
        }
        // Only now: the disk is not waited for, and the caller's answer is on its way.
        self.notes.turn(&turn);
    }

    /// What was understood, and under `trace` how the turn came about, in the operator's language.
    fn traced(&self, understood: serde_json::Value) -> serde_json::Value {
        let language = match self.house.config.lang {
            Lang::Ko => Language::Ko,
            Lang::En => Language::En,
        };
        let mut fields = match understood {
            serde_json::Value::Object(fields) => fields,
            _ => serde_json::Map::new(),
        };
        fields.insert("trace".into(), self.dialogue.trace(language).into());
        fields.into()
    }

    fn speak(
        &mut self,
        prompts: &[Prompt],
        then: Then,
        turn: TurnRecord,
        (spoken_to, before): (Option<Instant>, String),
    ) {
        let mark = self.mark();
        let texts = prompts.iter().map(|p| (p.text.clone(), self.voice(p))).collect();
        self.mouth.tell(MouthOrder::Say(Speech { mark, texts }));
        let interruptible = may_break_in(prompts, &then);
        self.ear.tell(EarOrder::Playing {
            reply: turn.number,
            interruptible,
            until: Instant::now() + LONG,
        });
        if let Then::Listen(listen) = &then {
            self.listen_for(listen.clone());
        }
        self.reply = Some(Reply {
            mark,
            text: Reply::text_of(prompts),
            before,
            turn,
            interruptible,
            then,
            spoken_to,
            handed: None,
            since: None,
            sounded: None,
            samples: None,
            played_before: 0,
            paused: None,
            resume: false,
        });
    }

    fn mark(&mut self) -> u64 {
        self.next_mark += 1;
        self.next_mark - 1
    }

    fn voice(&self, prompt: &Prompt) -> biseo_speech::Voice {
        let language = match prompt.language {
            Language::Ko => biseo_speech::Language::Korean,
            Language::En => biseo_speech::Language::English,
        };
        let usual = voice(&self.house.config.speech, language);
        if prompt.slow {
            let speed = self.house.config.speech.speed * SLOW_PERCENT / 100;
            return usual.with_speed(speed.max(50));
        }
        usual
    }

    /// All is said: what follows.
    fn follow(&mut self, then: Then) {
        match then {
            Then::Listen(listen) => self.listen_for(listen),
            Then::HangUp(reason) => self.parting = Some((Instant::now() + LAST_WORD, reason)),
            Then::Nothing => {}
        }
    }

    fn listen_for(&mut self, listen: Listen) {
        self.ear.tell(listening(&listen));
        self.listen = Some(listen);
    }

    async fn signalled(&mut self, event: LegEvent) {
        match event {
            LegEvent::Reoffer(change) => {
                match self.sound.change(change.sdp.as_ref()) {
                    Ok(text) => change.accept(text),
                    Err(e) => change.reject(e.status()),
                }
                self.hold();
            }
            LegEvent::RemoteAnswer(answer) => {
                if let Err(e) = self.sound.accept(&answer) {
                    tracing::warn!("an answer in a call did not fit its offer: {e}");
                }
                self.hold();
            }
            LegEvent::Dtmf { digit, .. } => self.key(digit, Way::Signalling),
            LegEvent::Ended(end) => self.end = Some(super::ended_by(&end.cause)),
            LegEvent::Ringing { .. }
            | LegEvent::Answered { .. }
            | LegEvent::Acked
            | LegEvent::ReinviteFailed { .. }
            | LegEvent::Refer { .. } => {}
        }
    }

    /// The call may be held now, or go on: music is no caller's word, nor is silence, and nobody is asked while he cannot hear.
    fn hold(&mut self) {
        let was = std::mem::replace(&mut self.held, self.sound.held());
        if was == self.held {
            return;
        }
        if was {
            self.resumed = Some(Instant::now());
            let until = Instant::now() + LONG;
            // What waited is spoken now, and the caller's time to answer begins anew.
            self.ear.tell(EarOrder::Ends { until });
            if let Some(listen) = &self.listen {
                self.ear.tell(listening(listen));
            }
        }
        self.ear.tell(EarOrder::Held(self.held));
    }

    /// Whether it is no wonder that no sound came for so long: the call is held, or was until a moment ago.
    fn excused(&self, silent_for: Duration) -> bool {
        self.held || self.resumed.is_some_and(|at| at.elapsed() < silent_for)
    }

    async fn heard(&mut self, event: EarEvent) {
        match event {
            EarEvent::Pause(reply) if self.speaks(reply) => self.pause(),
            EarEvent::Resume(reply) if self.speaks(reply) => self.resume(),
            EarEvent::Interrupted(reply) if self.speaks(reply) => self.interrupted().await,
            // Told of a reply that is over; the one that is spoken now is not meant.
            EarEvent::Pause(_) | EarEvent::Resume(_) | EarEvent::Interrupted(_) => {}
            EarEvent::Turn(turn) => {
                self.cut().await;
                self.turn(turn).await;
            }
            // The silence is over: something is being said or typed since.
            EarEvent::Silence if self.reply.is_some() || self.keys.due().is_some() => {}
            EarEvent::Silence => self.react(Input::Silence, Cause::unasked()).await,
            EarEvent::Failed(why) => tracing::error!("the ear of a call: {why}"),
        }
    }

    /// Whether this reply is under way.
    fn speaks(&self, number: u32) -> bool {
        self.reply.as_ref().is_some_and(|r| r.turn.number == number)
    }

    fn pause(&mut self) {
        if let Some(reply) = &mut self.reply {
            // Paused again before it went on: it stays where it is.
            if reply.paused.is_some() {
                reply.resume = false;
                return;
            }
            reply.paused = Some(None);
            hush(&self.sound.session.speaker(), reply.mark);
        }
    }

    fn resume(&mut self) {
        let Some(reply) = &mut self.reply else { return };
        match reply.paused {
            // Where it stopped is not known yet; it goes on as soon as it is.
            Some(None) => reply.resume = true,
            Some(Some(played)) => self.go_on(played),
            None => {}
        }
    }

    fn go_on(&mut self, played: usize) {
        let mark = self.mark();
        let Some(reply) = &mut self.reply else { return };
        reply.mark = mark;
        reply.played_before += played;
        (reply.paused, reply.resume) = (None, false);
        reply.since = Some(Instant::now());
        self.mouth.tell(MouthOrder::Resume { mark, played });
        // Not as something new: the ear may have paused it again already.
        self.ear.tell(EarOrder::Ends {
            until: Instant::now() + LONG,
        });
    }

    /// The caller took the floor: what was not heard was not said.
    async fn interrupted(&mut self) {
        let Some(mut reply) = self.reply.take() else {
            return;
        };
        self.mouth.tell(MouthOrder::Stop);
        hush(&self.sound.session.speaker(), reply.mark);
        let played_chars = reply.break_off(Instant::now());
        self.notes.amend(&reply.turn);
        self.react(Input::Interrupted { played_chars }, Cause::unasked())
            .await;
    }

    /// Something is to be answered that came while a reply was under way: typed, or said while an action took long.
    async fn cut(&mut self) {
        if self.reply.is_some() {
            self.ear.tell(EarOrder::Played);
            self.interrupted().await;
        }
    }

    async fn turn(&mut self, heard: HeardTurn) {
        let began = Instant::now();
        let latency = Latency {
            end_of_turn_ms: Some(ms(heard.decided.saturating_duration_since(heard.spoke_until))),
            stt_ms: Some(ms(heard.stt)),
            ..Latency::default()
        };
        if heard.text.trim().is_empty() {
            let cause = Cause {
                latency,
                spoken_to: Some(heard.spoke_until),
                ..Cause::unasked()
            };
            return self.react(Input::Unclear, cause).await;
        }
        // A recogniser that does not tell is taken at its word.
        let words = (heard.text, heard.confidence.unwrap_or(1.0));
        self.understand(words, latency, Some(heard.spoke_until), began)
            .await;
    }

    async fn understand(
        &mut self,
        (text, confidence): (String, f32),
        latency: Latency,
        spoken_to: Option<Instant>,
        began: Instant,
    ) {
        let context = Context {
            now: self.house.clock.shop_time(&self.zone),
            awaiting: self.dialogue.awaiting(),
        };
        let understanding = self.nlu.understand(&text, &context);
        let cause = Cause {
            heard: text.clone(),
            understood: serde_json::to_value(&understanding).unwrap_or_default(),
            latency: Latency {
                nlu_ms: Some(ms(began.elapsed())),
                ..latency
            },
            spoken_to,
            since: began,
            before: String::new(),
        };
        let help = self.house.help(&self.shop.id);
        match Thinking::begin(
            help,
            &self.shop,
            context,
            &understanding,
            (text, cause),
            confidence,
        ) {
            Ok(thinking) => self.thinking = Some(thinking),
            Err((text, cause)) => {
                let input = Input::Heard {
                    text,
                    understanding,
                    confidence,
                };
                self.react(input, cause).await;
            }
        }
    }

    /// A language model has answered, or has not in its time: what the utterance means in the end.
    async fn thought(&mut self, thought: Thought) {
        let Some(thinking) = self.thinking.take() else {
            return;
        };
        let Thinking {
            text,
            mut cause,
            filler,
            confidence,
            ..
        } = thinking;
        if let Some(why) = &thought.report.failed {
            tracing::warn!("the language model was of no help: {why}");
        }
        cause.understood = record(&thought);
        cause.latency.nlu_ms = Some(ms(cause.since.elapsed()));
        cause.before = filler.map(|f| f.text).unwrap_or_default();
        if let Some(key) = &thought.fact {
            self.dialogue.found_fact(key);
        }
        let input = Input::Heard {
            text,
            understanding: thought.understanding,
            confidence,
        };
        self.react(input, cause).await;
    }

    /// The caller has waited for a while.
    fn fill(&mut self) {
        let (mark, prompt) = (self.mark(), self.dialogue.filler());
        let texts = vec![(prompt.text.clone(), self.voice(&prompt))];
        self.mouth.tell(MouthOrder::Say(Speech { mark, texts }));
        self.ear.tell(EarOrder::Playing {
            reply: self.next_turn,
            interruptible: false,
            until: Instant::now() + LONG,
        });
        if let Some(thinking) = &mut self.thinking {
            thinking.filler = Some(Filler {
                mark,
                text: prompt.text,
                whole: false,
            });
        }
    }

    fn key(&mut self, key: char, way: Way) {
        self.keys.press(key, way, Instant::now());
        // Whoever types is not silent.
        if let Some(listen) = &self.listen {
            self.ear.tell(listening(listen));
        }
    }

    /// Whether what the caller says or types may be answered now: not before a disclosure or a good-bye is said.
    fn free(&self) -> bool {
        self.thinking.is_none() && self.reply.as_ref().is_none_or(|r| r.interruptible)
    }

    async fn typed(&mut self) {
        if let Some(number) = self.keys.take() {
            self.cut().await;
            self.understand((number, 1.0), Latency::default(), None, Instant::now())
                .await;
        }
    }

    fn spoke(&mut self, event: MouthEvent) {
        match event {
            MouthEvent::FirstSound { mark, asked, at } => {
                if let Some(reply) = self.reply.as_mut().filter(|r| r.mark == mark) {
                    (reply.handed, reply.since) = (Some(at), Some(at));
                    reply.turn.latency.tts_first_audio_ms = Some(ms(at.saturating_duration_since(asked)));
                    if reply.measure() {
                        self.notes.amend(&reply.turn);
                    }
                }
            }
            MouthEvent::Whole { mark, samples } => self.whole(mark, samples),
            MouthEvent::Failed(why) => tracing::error!("the voice of a call: {why}"),
        }
    }

    fn whole(&mut self, mark: u64, samples: usize) {
        self.mute = if samples == 0 { self.mute + 1 } else { 0 };
        if self.mute >= MOST_MUTE {
            tracing::error!("the voice gives no sound; the call is ended");
            self.end = Some(CallEnd::Failed);
        }
        let filler = self.thinking.as_mut().and_then(|t| t.filler.as_mut());
        if let Some(filler) = filler.filter(|f| f.mark == mark) {
            filler.whole = true;
        }
        let Some(reply) = self.reply.as_mut().filter(|r| r.mark == mark) else {
            return;
        };
        reply.samples = Some(reply.played_before + samples);
        let until = reply.ends(samples, Instant::now());
        self.ear.tell(EarOrder::Ends { until });
    }

    async fn sounded(&mut self, event: Event) {
        match event {
            Event::FirstPacket { mark, at } => self.first_packet(mark, at),
            Event::Played { mark, .. } => self.played(mark),
            Event::Flushed {
                mark, samples_played, ..
            } => self.flushed(mark, usize::try_from(samples_played).unwrap_or(usize::MAX)),
            Event::Dtmf { digit, .. } => self.key(digit.to_char(), Way::Sound),
            // If nothing comes after a hold either, the silence is noticed as any caller's is.
            Event::MediaTimeout { silent_for } if self.excused(silent_for) => {}
            Event::MediaTimeout { .. } => {
                tracing::warn!("no sound comes from a caller any more; the call is ended");
                self.end = Some(CallEnd::Failed);
            }
            Event::RecordingFailed { path, reason } => {
                tracing::error!("a recording has stopped: {}: {reason}", path.display());
            }
            Event::MediaResumed
            | Event::PeerMoved { .. }
            | Event::PeerLeft
            | Event::Quality(_)
            | Event::RecordingEnded { .. } => {}
        }
    }

    fn first_packet(&mut self, mark: u64, at: Instant) {
        let reply = self.reply.as_mut();
        let Some(reply) = reply.filter(|r| r.mark == mark && r.sounded.is_none()) else {
            return;
        };
        reply.sounded = Some(at);
        if reply.measure() {
            self.notes.amend(&reply.turn);
        }
    }

    fn played(&mut self, mark: u64) {
        // A pause that came too late finds all of it played, and no word of a flush will follow: the reply is over.
        let Some(reply) = self.reply.take_if(|r| r.mark == mark) else {
            let filler = self.thinking.as_ref().and_then(|t| t.filler.as_ref());
            if filler.is_some_and(|f| f.mark == mark) {
                self.ear.tell(EarOrder::Played);
            }
            return;
        };
        self.ear.tell(EarOrder::Played);
        self.follow(reply.then);
    }

    fn flushed(&mut self, mark: u64, played: usize) {
        let Some(reply) = self
            .reply
            .as_mut()
            .filter(|r| r.mark == mark && r.paused.is_some())
        else {
            return;
        };
        reply.paused = Some(Some(played));
        if reply.resume {
            self.go_on(played);
        }
    }

    /// Hangs up if we are the ones who end the call, and closes everything.
    async fn close(mut self, mut streams: Streams) {
        let end = self.end.unwrap_or(CallEnd::Failed);
        let now = self.house.clock.shop_time(&self.zone);
        if end == CallEnd::Caller {
            // What somebody whom we called has answered is kept.
            for output in self.dialogue.handle(now, Input::CallerHungUp) {
                if let Output::Do(action) = output {
                    self.hands.carry_out(now, action).await;
                }
            }
        }
        self.leg.hangup();
        if let Some(mut reply) = self.reply.take() {
            reply.break_off(Instant::now());
            self.notes.amend(&reply.turn);
        }
        let summary = self.dialogue.summary().clone();
        drop((self.ear, self.mouth, self.sound));
        // The sound's end tells that the recording is whole.
        let closing = async { while streams.media.next().await.is_some() {} };
        if tokio::time::timeout(CLOSING, closing).await.is_err() {
            tracing::warn!("the sound of a call did not close in time");
        }
        self.notes.end().await;
        self.record.ended = Some(self.house.clock.now());
        self.record.end = Some(end);
        let ended = self.record.ended.unwrap_or(self.record.started);
        if let Err(e) = self.house.store.end_call(&self.record.id, ended, end).await {
            tracing::error!("the end of a call could not be stored: {e}");
        }
        tracing::info!(
            call = self.record.id.as_str(),
            shop = self.shop.id.as_str(),
            ?end,
            "a call has ended"
        );
        self.house.live.tell(LiveEvent::Ended {
            call: Box::new(self.record),
            summary: Box::new(summary),
        });
    }
}

/// What the records tell of a caller: so much time the greeting waits for it, and no more.
const RECALL: Duration = Duration::from_millis(100);

/// A guest who has been here before. Without an answer in time the caller is asked for the name as any other.
async fn known(house: &House, shop: &ShopProfile, record: &CallRecord) -> Option<Known> {
    let caller = record.caller.as_ref()?;
    let zone = TimeZone::get(&shop.zone).ok()?;
    let today = house.clock.shop_time(&zone).date();
    let visits = house.store.visits(&shop.id, caller, today);
    match tokio::time::timeout(RECALL, visits).await {
        Ok(Ok(visits)) => visits.map(|v| Known {
            name: v.name,
            visits: v.count,
        }),
        Ok(Err(e)) => {
            tracing::warn!("a caller's former bookings could not be read: {e}");
            None
        }
        Err(_) => None,
    }
}

/// Cuts an utterance off, also one whose sound is still being made: a flush heeds only marks that the speaker has seen.
fn hush(speaker: &Speaker, mark: u64) {
    // Refused if it is cut off already, or if so much sound waits that it has been seen.
    let _ = speaker.push(mark, &[]);
    speaker.flush();
}

/// Whether the caller may break into a reply. Not into a good-bye: the dialogue is over, so that nothing would ever follow
/// what the caller says, and the call would not end.
fn may_break_in(prompts: &[Prompt], then: &Then) -> bool {
    !matches!(then, Then::HangUp(_)) && prompts.iter().all(|p| p.interruptible)
}

fn listening(listen: &Listen) -> EarOrder {
    EarOrder::Listen {
        awaiting: listen.awaiting,
        silence_after: Duration::from_millis(listen.silence_after_ms),
        boost: listen.boost.clone(),
    }
}

/// Whether a partial text already holds what was asked, by the same understanding that will read the whole.
fn filled(nlu: Arc<Nlu>, now: jiff::civil::DateTime) -> Filled {
    Arc::new(move |text, awaiting| {
        let understanding = nlu.understand(text, &Context { now, awaiting });
        holds(&understanding, awaiting)
    })
}

fn holds(understanding: &Understanding, awaiting: Option<Awaiting>) -> bool {
    use biseo_model::understanding::Act::{Affirm, Deny, Goodbye};
    let answered = [Affirm, Deny, Goodbye].iter().any(|act| understanding.has(*act));
    match awaiting {
        // A message and an address have no end that words could tell.
        None | Some(Awaiting::Slot(Slot::Message | Slot::Address)) => false,
        Some(Awaiting::Slot(slot)) => understanding.value(slot).is_some(),
        Some(Awaiting::Confirm | Awaiting::Alternative | Awaiting::Offer | Awaiting::AnythingElse) => {
            answered
        }
    }
}

/// What a turn's record holds of a meaning that a language model was asked for: the meaning, and how it came about.
fn record(thought: &Thought) -> serde_json::Value {
    let mut understood = serde_json::to_value(&thought.understanding).unwrap_or_default();
    if let Some(fields) = understood.as_object_mut() {
        fields.insert(
            "llm".into(),
            serde_json::to_value(&thought.report).unwrap_or_default(),
        );
        if let Some(key) = &thought.fact {
            fields.insert("fact".into(), key.as_str().into());
        }
    }
    understood
}

/// Waits until an instant; for ever without one.
async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant.into()).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_whose_sound_is_still_being_made_can_be_cut_off() {
        use biseo_media_io::{MediaConfig, MediaEngine, SessionConfig, SpeakError};
        let engine = MediaEngine::start(MediaConfig {
            threads: 1,
            realtime: false,
            ..MediaConfig::default()
        })
        .unwrap();
        let session = engine
            .open(SessionConfig::on(std::net::Ipv4Addr::LOCALHOST.into()))
            .unwrap();
        let speaker = session.speaker();
        hush(&speaker, 7);
        assert_eq!(speaker.push(7, &[1; 160]), Err(SpeakError::Over));
        assert_eq!(speaker.push(8, &[1; 160]), Ok(()));
    }

    #[test]
    fn nobody_breaks_into_a_disclosure_or_a_good_bye() {
        let prompt = |interruptible| Prompt {
            key: "call.bye".into(),
            text: "감사합니다.".into(),
            language: Language::Ko,
            interruptible,
            slow: false,
        };
        for (prompts, then, may) in [
            (vec![prompt(true), prompt(true)], Then::Nothing, true),
            (vec![prompt(true), prompt(false)], Then::Nothing, false),
            (vec![prompt(true)], Then::HangUp(CallEnd::Biseo), false),
        ] {
            assert_eq!(may_break_in(&prompts, &then), may, "{prompts:?} {then:?}");
        }
    }
}
