//! Questions that Biseo could not answer.

use super::queries::*;
use crate::problem::{Code, Problem};
use crate::views::*;

/// Questions, newest first.
#[utoipa::path(
    get, path = "/shops/{shop}/questions", tag = "shops",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), QuestionQuery),
    responses((status = 200, body = QuestionPage))
)]
pub(super) async fn list_questions() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// A question.
#[utoipa::path(
    get, path = "/shops/{shop}/questions/{question}", tag = "shops",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("question" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = QuestionView))
)]
pub(super) async fn read_question() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// Answers a question, dismisses it, or opens it again. An answer goes into the profile.
#[utoipa::path(
    patch, path = "/shops/{shop}/questions/{question}", tag = "shops",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("question" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    request_body = Answer,
    responses((status = 200, body = QuestionView))
)]
pub(super) async fn answer_question() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}
