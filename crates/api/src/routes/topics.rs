//! What the digest's news are chosen by: learnt from what is opened and put aside, muted by the owner.

use axum::Json;
use axum::http::StatusCode;
use biseo_digest::{SectionKind, Source, is_topic};
use biseo_news::{READER, Terms, Topics};
use jiff::SignedDuration;
use jiff::civil::Date;

use super::choices::{MOST_MUTED, TRIES, chosen};
use super::digests::pages;
use crate::auth::{May, needs};
use crate::extract::Body;
use crate::live::NoticeKind;
use crate::problem::{Code, Fault, Problem};
use crate::views::*;

/// Learnt words that are shown.
const SHOWN: usize = 40;
/// What weighs less than this says nothing any more.
const FAINT: f64 = 0.05;
/// Whoever opens a story again within this time has not liked it twice.
const ONCE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What the digest's news are chosen by.
#[utoipa::path(
    get, path = "/shops/{shop}/digest-topics", tag = "digests",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = TopicsView))
)]
pub(super) async fn read_topics(may: May<needs::ReadCalls>) -> Result<Json<TopicsView>, Problem> {
    Ok(Json(view(&may).await?))
}

/// Mutes a word, hears it again, or forgets what was learnt of it.
#[utoipa::path(
    post, path = "/shops/{shop}/digest-topics", tag = "digests",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    request_body = TopicChange,
    responses((status = 200, body = TopicsView))
)]
pub(super) async fn change_topic(
    may: May<needs::WriteShop>,
    Body(change): Body<TopicChange>,
) -> Result<Json<TopicsView>, Problem> {
    if !is_topic(&change.word) {
        return Err(Problem::field("word", Fault::Form));
    }
    // What is learnt has lost its particle already, and may end like one: 제주도.
    let given = change.word.trim();
    let action = match change.wish {
        TopicWish::Mute => "digest.topic_muted",
        TopicWish::Hear => "digest.topic_heard",
        TopicWish::Forget => "digest.topic_forgotten",
    };
    match change.wish {
        TopicWish::Mute => {
            let (topics, _) = Topics::known(&may.api.store, &may.shop, READER).await?;
            let word = topics.named(given).ok_or(Code::Internal)?;
            mute(&may, |muted| with(muted, &word)).await?;
        }
        TopicWish::Hear => mute(&may, |muted| Ok(without(muted, given))).await?,
        TopicWish::Forget => learn(&may, |topics| topics.forget(given)).await?,
    }
    may.audit(action, Some(given)).await?;
    Ok(Json(view(&may).await?))
}

/// A story of a digest was opened, or put aside: the next digests tell more or less like it. The same by the same reader counts once.
#[utoipa::path(
    post, path = "/shops/{shop}/digests/{date}/stories", tag = "digests",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("date" = String, Path, pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$")),
    request_body = StoryTold,
    responses((status = 204))
)]
pub(super) async fn tell_story(
    may: May<needs::WriteTasks>,
    Body(told): Body<StoryTold>,
) -> Result<StatusCode, Problem> {
    let text: String = may.part("date")?;
    let date: Date = text.parse().map_err(|_| Code::NotFound)?;
    let kept = may.api.store.digest(&may.shop, date).await?;
    // What it is about is read from the digest itself: of a reader's words only the address counts, and only if it stands there.
    let (number, headline) = story(pages(kept.ok_or(Code::NotFound)?)?, &told.link).ok_or(Code::NotFound)?;
    let action = match told.did {
        StoryRead::Opened => "digest.story_opened",
        StoryRead::Aside => "digest.story_aside",
    };
    let target = format!("{date}/{number}");
    let entry = may.signed.entry(&may.api, Some(&may.shop), action, Some(&target));
    // Noted before it is learnt: of two that come at once, one is learnt.
    if !may.api.store.audit_once(&entry, entry.at - ONCE).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    let (terms, now) = (Terms::of(&headline), may.api.now());
    learn(&may, |topics| match told.did {
        StoryRead::Opened => topics.opened(&terms, now),
        StoryRead::Aside => topics.put_aside(&terms, now),
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A digest's story by one of its pages: its number, from 1, and its headline.
fn story(digest: Digests, link: &str) -> Option<(usize, String)> {
    let page = Source::Page(link.into());
    let news = digest
        .whole
        .sections
        .into_iter()
        .filter(|s| s.kind == SectionKind::News);
    let mut lines = news.flat_map(|s| s.lines).enumerate();
    lines.find_map(|(at, line)| line.sources.contains(&page).then_some((at + 1, line.lead)))
}

/// Changes what is known of the digest's readers.
async fn learn<N>(may: &May<N>, change: impl FnMut(&mut Topics)) -> Result<(), Problem> {
    let changed = Topics::change(&may.api.store, &may.shop, READER, change).await?;
    match changed {
        true => Ok(()),
        false => Err(Problem::from(Code::Unavailable).retry_after(1)),
    }
}

/// The muted words with one more. `None` if it is among them.
fn with(muted: &[String], word: &str) -> Result<Option<Vec<String>>, Problem> {
    if muted.iter().any(|w| w == word) {
        return Ok(None);
    }
    if muted.len() >= MOST_MUTED {
        return Err(Problem::field("word", Fault::TooLarge));
    }
    let more = muted.iter().cloned().chain([word.into()]);
    Ok(Some(more.collect()))
}

/// The muted words without one: as it is given, else as it stands in headlines. `None` if it is not among them.
fn without(muted: &[String], given: &str) -> Option<Vec<String>> {
    let exact = |w: &String| w.trim() == given;
    let like = |w: &String| Topics::topic(w) == Topics::topic(given);
    let rest: Vec<String> = match muted.iter().any(exact) {
        true => muted.iter().filter(|w| !exact(w)).cloned().collect(),
        false => muted.iter().filter(|w| !like(w)).cloned().collect(),
    };
    (rest.len() < muted.len()).then_some(rest)
}

/// What is muted is the owner's choice, from which the digest has it. `change` gives it anew, or `None` if it stays.
async fn mute(
    may: &May<needs::WriteShop>,
    change: impl Fn(&[String]) -> Result<Option<Vec<String>>, Problem>,
) -> Result<(), Problem> {
    for _ in 0..TRIES {
        let (mut choices, version) = chosen(may).await?;
        let Some(muted) = change(&choices.digest.muted)? else {
            return Ok(());
        };
        choices.digest.muted = muted;
        let content = serde_json::to_value(&choices).map_err(|_| Code::Internal)?;
        if may
            .api
            .store
            .choose(&may.shop, Choices::NAME, &content, version)
            .await?
        {
            learn(may, |topics| topics.mute_only(&choices.digest.muted)).await?;
            (may.api.settings.chosen)(&may.shop, &choices);
            may.notify(NoticeKind::Profile, None);
            return Ok(());
        }
    }
    Err(Problem::from(Code::Unavailable).retry_after(1))
}

async fn view<N>(may: &May<N>) -> Result<TopicsView, Problem> {
    let (choices, _) = chosen(may).await?;
    let (topics, _) = Topics::known(&may.api.store, &may.shop, READER).await?;
    let told = |(word, weight): (&str, f64)| LearntTopic {
        word: word.into(),
        weight: (weight * 100.0).round() / 100.0,
    };
    let strong = topics.strongest(may.api.now(), SHOWN).into_iter();
    Ok(TopicsView {
        learnt: strong.filter(|(_, w)| w.abs() >= FAINT).map(told).collect(),
        muted: choices.digest.muted,
    })
}
