//! One call, from its arrival to its records.

pub(crate) mod actions;
mod keys;
pub(crate) mod line;
mod notes;
mod policy;
mod reader;
mod refused;
mod reply;
pub(crate) mod sound;
mod talk;
mod think;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use biseo_conversation::Language;
use biseo_media_io::{MediaError, MediaSession};
use biseo_model::ids::CallId;
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{CallEnd, CallRecord, ForwardReason};
use biseo_model::shop::ShopProfile;
use biseo_telephony::{CallInfo, EndCause, IncomingCall, Leg, LegEvent};

use crate::house::House;
use crate::line::{Heard, Source, offer_call_back};
use crate::live::Deed;
use crate::records::Records;
use crate::stream::Link;
use line::Line;
pub(crate) use policy::takes;
use policy::{Gone, Wish};
pub(crate) use reader::Reader;
pub(crate) use refused::by_telephone as refused_by_telephone;
use sound::{Agreed, Sound};
use talk::Talk;
pub(crate) use talk::grasps;

/// How long the caller's ACK, or the answer in it, is waited for before Biseo begins to speak.
const ACK_TIME: Duration = Duration::from_secs(2);
/// Seconds after which a caller whom we had no room for may try again.
const TRY_AGAIN: u32 = 30;

/// Answers a call and converses until its end.
pub(crate) async fn answer(house: Arc<House>, incoming: IncomingCall) {
    let IncomingCall { info, mut leg } = incoming;
    let Some(shop) = house.directory.reached_by(&info.dialled.number) else {
        tracing::warn!("a call to a number that is no shop's was refused (404)");
        return leg.reject(404, None, None);
    };
    if blocked(&house, &shop, info.caller.number.as_deref()).await {
        return Box::pin(turn_away(&house, &info, &shop, leg)).await;
    }
    let wish = policy::wish(&house, &shop, &info);
    if let Wish::Refuse(code) = wish {
        // The call is whoever else's telephone rings; no call of Biseo's, and no record.
        tracing::info!(
            "shop {}: a call was not taken, as the shop wishes ({code})",
            shop.id
        );
        return leg.reject(code, None, None);
    }
    let trunk = info.trunk.as_deref();
    house.line.counted.came(&shop.id, trunk);
    let Opened { sound, text, agreed } = match open(&house, &info, &leg) {
        Ok(opened) => opened,
        Err(refusal) => {
            house.line.counted.lost(&shop.id, trunk);
            leg.reject(refusal.code, None, refusal.retry_after);
            let full = matches!(refusal.code, 486 | 503);
            return Box::pin(refused::keep(&house, &parties(&house, &info), (&shop, full))).await;
        }
    };
    let parties = parties(&house, &info);
    if let Wish::Answer(Some(time)) = wish
        && let Err(gone) = policy::ring(&mut leg, time).await
    {
        return Box::pin(gone_before(&house, &info, &parties, (&shop, gone))).await;
    }
    let record = begin(&house, &parties, &shop).await;
    // Not while it rings: a caller who hears it ring sends nothing and is to hear nothing of us.
    if let Some(agreed) = agreed {
        sound.begin(agreed);
    }
    leg.answer(text);
    let confirmed = greeted(sound, leg, info.offer.is_none()).await;
    house
        .line
        .set_up(&shop.id, Source::of(&info), confirmed.as_ref().err().copied());
    let (sound, leg) = match confirmed {
        Ok(both) => both,
        Err(end) => {
            return Box::pin(missed(&house, record, end)).await;
        }
    };
    let heard = house.line.outcomes.begin(Source::of(&info));
    // What was needed to answer is not kept for as long as the call lasts, but in a box.
    Box::pin(converse(house, shop, record, sound, (Line::Sip(leg), heard))).await;
}

/// Answers a call that a media stream brings. Its platform has answered the caller already.
pub(crate) async fn answer_stream(
    house: Arc<House>,
    shop: Arc<ShopProfile>,
    parties: &Parties<'_>,
    session: MediaSession,
    link: Link,
) {
    let record = begin(&house, parties, &shop).await;
    let heard = house.line.outcomes.begin(Source::default());
    converse(
        house,
        shop,
        record,
        Sound::settled(session),
        (Line::Stream(link), heard),
    )
    .await;
}

async fn converse(
    house: Arc<House>,
    shop: Arc<ShopProfile>,
    mut record: CallRecord,
    sound: Sound,
    line: (Line, Heard),
) {
    record.answered = Some(house.clock.now());
    let may_record = house.config.call.record && shop.record;
    record.recording = record_sound(&house, &record, &sound, may_record);
    // The greeting does not wait for the disk.
    let noted = note_answer(house.records.clone(), record.clone());
    tokio::join!(noted, Talk::run(house, shop, record, sound, line));
}

async fn note_answer(records: Records, record: CallRecord) {
    let answered = record.answered.unwrap_or(record.started);
    if let Err(e) = records.answer_call(&record, answered).await {
        tracing::error!("the record of a call could not be stored: {e}");
    }
}

/// How long the answer to a caller waits for the list of those who are blocked.
const LOOK_UP: Duration = Duration::from_millis(500);

/// Whether the shop wants no calls from this number. A list that cannot be read blocks nobody.
pub(crate) async fn blocked(house: &House, shop: &ShopProfile, caller: Option<&str>) -> bool {
    let Some(caller) = caller.and_then(|number| PhoneNumber::parse(number).ok()) else {
        return false;
    };
    match tokio::time::timeout(LOOK_UP, house.records.is_blocked(&shop.id, &caller)).await {
        Ok(Ok(blocked)) => blocked,
        Ok(Err(e)) => {
            tracing::error!("whether a caller is blocked could not be read: {e}");
            false
        }
        Err(_) => {
            tracing::error!("whether a caller is blocked was not read in time; the call is answered");
            false
        }
    }
}

/// Refuses a blocked caller (RFC 3261 §21.6.2: 603) and keeps that it called.
async fn turn_away(house: &House, info: &CallInfo, shop: &ShopProfile, leg: Leg) {
    leg.reject(603, None, None);
    keep_blocked(house, shop, &parties(house, info)).await;
}

/// Keeps that a blocked caller called; the platform that brought the call ends it.
pub(crate) async fn keep_blocked(house: &House, shop: &ShopProfile, parties: &Parties<'_>) {
    let record = begin(house, parties, shop).await;
    close(house, &record, CallEnd::Blocked).await;
}

fn parties<'a>(house: &House, info: &'a CallInfo) -> Parties<'a> {
    Parties {
        came: house.clock.now(),
        caller: info.caller.number.as_deref(),
        dialled: &info.dialled.number,
        forwarded: info.dialled.forwarded,
    }
}

/// A call that was over while it rang.
async fn gone_before(
    house: &House,
    info: &CallInfo,
    parties: &Parties<'_>,
    (shop, gone): (&ShopProfile, Gone),
) {
    match gone {
        Gone::Elsewhere => tracing::info!("shop {}: a call was taken at another telephone", shop.id),
        Gone::Missed(end) => {
            if end == CallEnd::Failed {
                house.line.set_up(&shop.id, Source::of(info), Some(end));
            }
            let record = begin(house, parties, shop).await;
            missed(house, record, end).await;
        }
    }
}

/// A call that was never answered.
async fn missed(house: &House, record: CallRecord, end: CallEnd) {
    close(house, &record, end).await;
    let waits = offer_call_back(house, &record, end, Language::default()).await;
    house.live.done(Deed::Missed { call: record, waits });
}

struct Refusal {
    code: u16,
    retry_after: Option<u32>,
}

/// The sound of a call that is not answered yet.
struct Opened {
    sound: Sound,
    /// Our session description.
    text: String,
    /// As what the sound begins; none where the caller answers our offer.
    agreed: Option<Agreed>,
}

/// Opens the sound and makes our session description. Nothing is sent yet.
fn open(house: &House, info: &CallInfo, leg: &Leg) -> Result<Opened, Refusal> {
    let full = Refusal {
        code: 486,
        retry_after: Some(TRY_AGAIN),
    };
    if house.media.sessions() >= house.config.call.at_once {
        tracing::warn!("a call was refused: call.at_once is reached");
        return Err(full);
    }
    let config = &house.config.sip;
    let protection = config.protection(info).map_err(|why| {
        tracing::warn!("a call was refused (488): {why}");
        Refusal {
            code: 488,
            retry_after: None,
        }
    })?;
    // Behind a translating router the address that we announce is not one that we can listen on.
    let behind = house.config.sip.advertised.is_some();
    // And where our address may change under the call the sound has to come in by any.
    let local = if behind || info.roams {
        any_like(info.local_ip)
    } else {
        info.local_ip
    };
    let id = leg.id().to_string().parse().unwrap_or(1);
    let sound = Sound::open(&house.media, house.engines.session(local), info.local_ip, id).map_err(|e| {
        tracing::error!("a call was refused: {e}");
        Refusal {
            code: 503,
            retry_after: Some(TRY_AGAIN),
        }
    })?;
    let mut sound = sound.protected(protection);
    if config.ice {
        sound = sound.with_ice();
    }
    if info.account.is_some() {
        sound = sound.open_to_all();
    } else if info.behind_nat {
        sound = sound.behind(info.source.ip());
    }
    let Some(offer) = &info.offer else {
        return Ok(Opened {
            text: sound.offer(),
            agreed: None,
            sound,
        });
    };
    let (text, agreed) = sound.agree(offer).map_err(|e| {
        tracing::info!("a call was refused ({}): {e}", e.status());
        Refusal {
            code: e.status(),
            retry_after: None,
        }
    })?;
    Ok(Opened {
        sound,
        text,
        agreed: Some(agreed),
    })
}

/// The address that listens on all addresses of the same family.
fn any_like(ip: std::net::IpAddr) -> std::net::IpAddr {
    if ip.is_ipv4() {
        std::net::Ipv4Addr::UNSPECIFIED.into()
    } else {
        std::net::Ipv6Addr::UNSPECIFIED.into()
    }
}

/// Waits until the caller's side has confirmed the answer, so that the first word is not lost.
async fn greeted(mut sound: Sound, mut leg: Leg, late: bool) -> Result<(Sound, Leg), CallEnd> {
    let confirmed = async {
        // The answer to a late offer lies in the ACK and is told after it.
        let (mut agreed, mut acked) = (!late, false);
        while !(agreed && acked) {
            match leg.next_event().await {
                LegEvent::RemoteAnswer(answer) => match sound.accept(&answer) {
                    Ok(()) => agreed = true,
                    Err(_) => return Err(CallEnd::Failed),
                },
                LegEvent::Acked => acked = true,
                LegEvent::Ended(end) => return Err(ended_by(&end.cause)),
                _ => {}
            }
        }
        Ok(())
    };
    match tokio::time::timeout(ACK_TIME, confirmed).await {
        Ok(Ok(())) => Ok((sound, leg)),
        Ok(Err(end)) => Err(end),
        // The ACK may be late or lost; the stack ends the call if it never comes.
        Err(_) if late => Err(CallEnd::Failed),
        Err(_) => Ok((sound, leg)),
    }
}

/// How a call ended, for its record.
fn ended_by(cause: &EndCause) -> CallEnd {
    match cause {
        EndCause::Hangup | EndCause::Cancelled | EndCause::TakenElsewhere => CallEnd::Caller,
        _ => CallEnd::Failed,
    }
}

/// Who calls whom, as signalling has it.
pub(crate) struct Parties<'a> {
    /// When the call came.
    pub(crate) came: jiff::Timestamp,
    /// The caller; `None` if withheld.
    pub(crate) caller: Option<&'a str>,
    /// What was dialled.
    pub(crate) dialled: &'a str,
    /// Why the call was forwarded to Biseo, if it was.
    pub(crate) forwarded: Option<ForwardReason>,
}

/// Begins a call's record.
async fn begin(house: &House, parties: &Parties<'_>, shop: &ShopProfile) -> CallRecord {
    let number = |text: &str| PhoneNumber::parse(text).ok();
    let record = CallRecord {
        id: call_id(house),
        shop: shop.id.clone(),
        caller: parties.caller.and_then(number),
        dialled: number(parties.dialled),
        forwarded: parties.forwarded,
        started: parties.came,
        answered: None,
        ended: None,
        end: None,
        recording: None,
    };
    if let Err(e) = house.records.begin_call(&record).await {
        // The caller is answered all the same: a conversation without a record is better than no answer, and whatever
        // cannot be stored is told to the caller as not done.
        tracing::error!("the record of a call could not be stored: {e}");
    }
    record
}

/// A name that sorts by time and cannot be guessed.
fn call_id(house: &House) -> CallId {
    let mut random = [0u8; 8];
    // Without randomness the name is only as unique as the millisecond.
    let _ = getrandom::fill(&mut random);
    let time = house.clock.now().as_millisecond();
    let tail = random.iter().fold(String::new(), |s, b| s + &format!("{b:02x}"));
    CallId::new(format!("{time:013}-{tail}")).expect("digits, letters and a hyphen are an id")
}

/// Starts the recording, if it may be; gives its path within the data folder.
fn record_sound(house: &House, record: &CallRecord, sound: &Sound, may_record: bool) -> Option<String> {
    may_record.then(|| record_now(house, record, sound))?
}

/// The same whatever was decided of recordings: somebody is asked to speak into it.
fn record_now(house: &House, record: &CallRecord, sound: &Sound) -> Option<String> {
    let name = format!("recordings/{}/{}.wav", record.shop.as_str(), record.id.as_str());
    let path = house.config.data.join(&name);
    let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    let started = folder
        .map_err(|e| e.to_string())
        .and_then(|()| recorded(house, &sound.session, &path).map_err(|e| e.to_string()));
    match started {
        Ok(()) => Some(name),
        Err(e) => {
            tracing::error!("a call is not recorded: {}: {e}", path.display());
            None
        }
    }
}

fn recorded(house: &House, session: &MediaSession, path: &Path) -> Result<(), MediaError> {
    match &house.keys {
        Some(keys) => session.record_sealed(path, keys.clone()),
        None => session.record(path),
    }
}

async fn close(house: &House, record: &CallRecord, end: CallEnd) {
    if let Err(e) = house.records.end_call(record, house.clock.now(), end).await {
        tracing::error!("the end of a call could not be stored: {e}");
    }
}
