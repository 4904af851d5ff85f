//! Questions that Biseo could not answer.

use axum::Json;
use biseo_store::Question;

use super::calls::all;
use super::queries::QuestionQuery;
use crate::auth::{May, needs};
use crate::check::text;
use crate::extract::{Body, Query};
use crate::live::NoticeKind;
use crate::problem::{Code, Fault, Problem};
use crate::views::*;
use crate::{cursor, profile};

/// Questions, newest first.
#[utoipa::path(
    get, path = "/shops/{shop}/questions", tag = "shops",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), QuestionQuery),
    responses((status = 200, body = QuestionPage))
)]
pub(super) async fn list_questions(
    may: May<needs::ReadTasks>,
    Query(q): Query<QuestionQuery>,
) -> Result<Json<QuestionPage>, Problem> {
    let (page, shown) = cursor::page("questions", q.cursor.as_deref(), q.limit)?;
    let state = q.state.map(QuestionState::code);
    let mut rows = may.api.store.question_page(&may.shop, state, &page).await?;
    let next = cursor::cut(&mut rows, shown, |q| cursor::text("questions", q.at, &q.id));
    Ok(Json(QuestionPage {
        items: all(rows),
        next,
    }))
}

/// A question.
#[utoipa::path(
    get, path = "/shops/{shop}/questions/{question}", tag = "shops",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("question" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = QuestionView))
)]
pub(super) async fn read_question(may: May<needs::ReadTasks>) -> Result<Json<QuestionView>, Problem> {
    Ok(Json(question(&may).await?.into()))
}

/// Answers a question, dismisses it, or opens it again. An answer goes into the profile.
#[utoipa::path(
    patch, path = "/shops/{shop}/questions/{question}", tag = "shops",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("question" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    request_body = Answer,
    responses((status = 200, body = QuestionView))
)]
pub(super) async fn answer_question(
    may: May<needs::WriteShop>,
    Body(given): Body<Answer>,
) -> Result<Json<QuestionView>, Problem> {
    let before = question(&may).await?;
    let topic = learn(&may, &given).await?;
    let (store, state) = (&may.api.store, given.state.code());
    store
        .settle_question(&may.shop, &before.id, state, topic.as_deref())
        .await?;
    let action = match given.state {
        QuestionState::Open => "question.reopened",
        QuestionState::Answered => "question.answered",
        QuestionState::Dismissed => "question.dismissed",
    };
    may.changed(action, NoticeKind::Question, &before.id).await?;
    Ok(Json(question(&may).await?.into()))
}

async fn question<N>(may: &May<N>) -> Result<Question, Problem> {
    let id: String = may.part("question")?;
    let question = may.api.store.question(&may.shop, &id).await?;
    question.ok_or_else(|| Problem::new(Code::NotFound))
}

/// Writes an answer into the profile; gives its topic. One that stands there already is replaced.
async fn learn(may: &May<needs::WriteShop>, given: &Answer) -> Result<Option<String>, Problem> {
    let wanted = given.state == QuestionState::Answered;
    let (topic, answer) = match (wanted, &given.topic, &given.answer) {
        (false, None, None) => return Ok(None),
        (true, Some(topic), Some(answer)) => (text(topic, "topic", 64)?, answer.clone()),
        (true, None, _) => return Err(Problem::field("topic", Fault::Missing)),
        (true, _, None) => return Err(Problem::field("answer", Fault::Missing)),
        (false, ..) => return Err(Problem::field("state", Fault::Contradiction)),
    };
    let source = profile::text(&may.api, &may.shop)
        .await
        .ok_or(Code::Unsupported)?;
    let fact = FactChange {
        topic: topic.clone(),
        text: Some(answer),
    };
    let change = ProfileChange {
        facts: vec![fact],
        ..ProfileChange::default()
    };
    profile::change(&may.api, &may.shop, source, &change).await?;
    may.audit("profile.changed", None).await?;
    may.notify(NoticeKind::Profile, None);
    Ok(Some(topic))
}
