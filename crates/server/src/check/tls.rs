//! Are the certificates fit for SIP over TLS?

use biseo_telephony::tls::{Facts, inspect, inspect_issuers};
use jiff::Timestamp;

use super::{Finding, Mark};
use crate::config::Config;
use crate::wording::Wording;

/// A certificate that ends within so many days should have been renewed by now: issuers and their tools do it thirty days
/// before the end.
const SOON_DAYS: i64 = 14;
const DAY: i64 = 86_400;

/// Our certificate and the lists of issuers, as far as any are named.
pub(super) fn check(config: &Config, wording: &Wording) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(files) = config.sip.tls.own() {
        let shown = files.certificate.display().to_string();
        findings.push(match inspect(&files) {
            Ok(facts) => own(&facts, &shown, config.sip.tls.name(), wording),
            Err(e) => Finding::new(Mark::Bad, wording.say("tls_bad", &shown, &e.to_string())),
        });
    }
    for file in config.sip.issuers() {
        let shown = file.display().to_string();
        if let Err(e) = inspect_issuers(file) {
            findings.push(Finding::new(
                Mark::Bad,
                wording.say("tls_bad", &shown, &e.to_string()),
            ));
        }
    }
    findings
}

fn own(facts: &Facts, shown: &str, name: Option<&str>, wording: &Wording) -> Finding {
    let now = Timestamp::now().as_second();
    let say = |key: &str, why: &str| wording.say(key, shown, why);
    if let Some(name) = name.filter(|n| !facts.names(n)) {
        return Finding::new(Mark::Bad, say("tls_misnamed", name));
    }
    let until = date(facts.not_after);
    match facts.not_after - now {
        ..0 => Finding::new(Mark::Bad, say("tls_expired", &until)),
        _ if facts.not_before > now => Finding::new(Mark::Bad, say("tls_early", &date(facts.not_before))),
        left if left < SOON_DAYS * DAY => Finding::new(Mark::Odd, say("tls_soon", &until)),
        _ => Finding::new(Mark::Good, say("tls_good", &until)),
    }
}

fn date(second: i64) -> String {
    let at = Timestamp::from_second(second).unwrap_or(Timestamp::MAX);
    at.strftime("%Y-%m-%d").to_string()
}
