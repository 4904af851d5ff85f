//! Does the language model answer, if one is to help?

use std::time::{Duration, Instant};

use biseo_llm::Question;
use biseo_model::understanding::{Context, Understanding};

use super::{Finding, Mark};
use crate::clock::Clock;
use crate::config::Config;
use crate::directory::Directory;
use crate::wording::Wording;

/// Even a model that is loaded only now should have answered by then.
const PATIENCE: Duration = Duration::from_secs(20);

/// Asks it something that no caller has said; nothing if none is configured.
pub(super) async fn check(config: &Config, wording: &Wording) -> Option<Finding> {
    let endpoint = &config.understanding.endpoint;
    let bad = |why: &str| Some(Finding::new(Mark::Bad, wording.say("llm_bad", endpoint, why)));
    let helper = match config.understanding.helper() {
        Ok(helper) => helper?,
        Err((_, why)) => return bad(&why),
    };
    // Without a shop there is nothing to ask about, and that is told already.
    let directory = Directory::read(&config.shops, config.call.default_shop.clone()).ok()?;
    let shop = directory.all().into_iter().next()?;
    let context = Context {
        now: Clock::default().shop_time(&jiff::tz::TimeZone::UTC),
        awaiting: None,
    };
    let probe = wording.say("llm_probe", "", "");
    let question = Question::new(&probe, &context, &shop, &Understanding::default());
    let began = Instant::now();
    match helper.ask(&question, PATIENCE).await {
        Ok(_) => {
            let took = began.elapsed().as_millis();
            let slow = took > u128::from(config.understanding.budget_ms);
            let (mark, key) = if slow {
                (Mark::Odd, "llm_slow")
            } else {
                (Mark::Good, "llm_good")
            };
            Some(Finding::new(mark, wording.say(key, endpoint, &took.to_string())))
        }
        Err(e) => bad(&e.to_string()),
    }
}
