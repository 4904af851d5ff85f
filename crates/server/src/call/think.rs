//! The time in which a language model is asked: what waits for its answer, and what is said meanwhile.

use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use biseo_llm::helper::{Helper, Thought};
use biseo_llm::wanted;
use biseo_model::shop::ShopProfile;
use biseo_model::understanding::{Context, Understanding};
use biseo_nlu::Unexplained;

/// A caller who hears nothing for so long after having spoken is told to wait.
const FILLER_AFTER: Duration = Duration::from_millis(250);

/// An utterance whose meaning is still being asked for. `C` is what the reply needs to know of its cause.
pub(super) struct Thinking<C> {
    /// The utterance.
    pub(super) text: String,
    /// Of the reply to come.
    pub(super) cause: C,
    /// The recogniser's confidence, 0 to 1.
    pub(super) confidence: f32,
    answer: Pin<Box<dyn Future<Output = Thought> + Send>>,
    began: Instant,
    /// The filler, if one is said.
    pub(super) filler: Option<Filler>,
}

/// What is said while the answer is waited for.
pub(super) struct Filler {
    /// Its mark.
    pub(super) mark: u64,
    /// Its words.
    pub(super) text: String,
    /// Whether all its sound is with the pacer: the reply comes after it, not over it.
    pub(super) whole: bool,
}

impl<C> Thinking<C> {
    /// Asks, if the rules are unsure; otherwise gives everything back.
    pub(super) fn begin(
        help: Option<(Helper, Arc<Unexplained>)>,
        shop: &Arc<ShopProfile>,
        context: Context,
        rules: &Understanding,
        said: (String, C),
        confidence: f32,
    ) -> Result<Self, (String, C)> {
        let (text, cause) = said;
        let began = Instant::now();
        let helper = help.filter(|help| asks(Some(help), &text, &context, rules));
        let Some((helper, _)) = helper else {
            return Err((text, cause));
        };
        let (shop, rules, asked) = (shop.clone(), rules.clone(), text.clone());
        let answer = async move { helper.think(&asked, &context, &shop, &rules).await };
        Ok(Self {
            text,
            cause,
            confidence,
            answer: Box::pin(answer),
            began,
            filler: None,
        })
    }

    /// When a filler is due, unless one is said already.
    pub(super) fn filler_due(&self) -> Option<Instant> {
        self.filler.is_none().then_some(self.began + FILLER_AFTER)
    }

    /// Whether the reply may begin now.
    fn may_reply(&self) -> bool {
        self.filler.as_ref().is_none_or(|f| f.whole)
    }
}

/// Whether the rules are unsure of an utterance and there is somebody to ask.
pub(super) fn asks(
    help: Option<&(Helper, Arc<Unexplained>)>,
    text: &str,
    context: &Context,
    rules: &Understanding,
) -> bool {
    help.is_some_and(|(helper, unexplained)| {
        let share = unexplained.share(text, context, rules);
        helper.awake(Instant::now()) && wanted(text, context, rules, share)
    })
}

/// Waits for the answer of what is being thought about; for ever if nothing is, or a filler is just being spoken out.
pub(super) async fn answer<C>(thinking: &mut Option<Thinking<C>>) -> Thought {
    match thinking.as_mut().filter(|t| t.may_reply()) {
        Some(thinking) => thinking.answer.as_mut().await,
        None => std::future::pending().await,
    }
}
