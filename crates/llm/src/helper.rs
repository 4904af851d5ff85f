//! A model that helps all calls: asked within a budget, left alone while it fails.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use biseo_model::shop::ShopProfile;
use biseo_model::understanding::{Context, Understanding};
use serde::Serialize;

use crate::answer::{Answer, Unreadable};
use crate::breaker::Breaker;
use crate::check::{Refused, check};
use crate::client::{Client, ClientError};
use crate::merge::merge;
use crate::question::Question;

/// Who understood a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The rules alone.
    Rules,
    /// The rules with the model's help.
    Llm,
}

/// What became of a question, for the turn's record.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Who understood.
    pub by: By,
    /// How long it took, in milliseconds; 0 if the model is being left alone.
    pub ms: f64,
    /// What of its answer was refused.
    pub refused: Vec<Refused>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

/// An utterance as it is understood in the end.
#[derive(Debug, Clone, PartialEq)]
pub struct Thought {
    /// The meaning.
    pub understanding: Understanding,
    /// The key of the fact that answers it, where it has no topic of its own.
    pub fact: Option<String>,
    /// How that came about.
    pub report: Report,
}

/// Why a question brought nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No answer.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// One that cannot be read.
    #[error(transparent)]
    Answer(#[from] Unreadable),
    /// It is being left alone.
    #[error("it failed several times in a row and is left alone for a minute")]
    Resting,
}

/// A model with its endpoint; cheap to clone, shared by all calls.
#[derive(Debug, Clone)]
pub struct Helper {
    client: Client,
    model: Arc<str>,
    budget: Duration,
    breaker: Arc<Mutex<Breaker>>,
}

impl Helper {
    /// A helper that answers within `budget` or not at all.
    pub fn new(client: Client, model: &str, budget: Duration) -> Self {
        Self {
            client,
            model: model.into(),
            budget,
            breaker: Arc::default(),
        }
    }

    /// Whether it may be asked at `now`.
    pub fn awake(&self, now: Instant) -> bool {
        self.breaker().allows(now)
    }

    /// Reads an utterance that the rules read as `rules`. Whatever goes wrong, the rules' reading is what is left.
    pub async fn think(
        &self,
        utterance: &str,
        context: &Context,
        shop: &ShopProfile,
        rules: &Understanding,
    ) -> Thought {
        let began = Instant::now();
        let question = Question::new(utterance, context, shop, rules);
        let answer = self.answer(&question, began).await;
        let ms = (began.elapsed().as_secs_f64() * 10_000.0).round() / 10.0;
        match answer {
            Ok(answer) => {
                let checked = check(&answer, &question);
                let (understanding, helped) = merge(rules, &checked);
                let by = if helped { By::Llm } else { By::Rules };
                Thought {
                    understanding,
                    fact: checked.fact.filter(|_| helped),
                    report: Report {
                        by,
                        ms,
                        refused: checked.refused,
                        failed: None,
                    },
                }
            }
            Err(why) => Thought {
                understanding: rules.clone(),
                fact: None,
                report: Report {
                    by: By::Rules,
                    ms,
                    refused: Vec::new(),
                    failed: Some(why.to_string()),
                },
            },
        }
    }

    async fn answer(&self, question: &Question<'_>, began: Instant) -> Result<Answer, Failure> {
        if !self.awake(began) {
            return Err(Failure::Resting);
        }
        let answer = self.ask(question, self.budget).await;
        let mut breaker = self.breaker();
        match &answer {
            Ok(_) => breaker.succeeded(),
            Err(_) => drop(breaker.failed(began + self.budget.min(began.elapsed()))),
        }
        answer
    }

    /// Asks once, whatever happened before: to try an endpoint.
    ///
    /// # Errors
    /// [`Failure`], which tells what is wrong with the endpoint.
    pub async fn ask(&self, question: &Question<'_>, within: Duration) -> Result<Answer, Failure> {
        let text = self.client.ask(&question.request(&self.model), within).await?;
        Ok(Answer::read(&text)?)
    }

    fn breaker(&self) -> std::sync::MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
