//! Are the shop profiles fit?

use std::path::Path;

use biseo_model::shop::ShopProfile;

use super::{Finding, Mark};
use crate::config::Config;
use crate::directory::{Directory, DirectoryError, profile_files, read_profile};
use crate::wording::Wording;

/// Each profile on its own, and then all together.
pub(super) fn check(config: &Config, wording: &Wording) -> Vec<Finding> {
    let files = match profile_files(&config.shops) {
        Ok(files) => files,
        Err(e) => return vec![bad("shops_unreadable", &config.shops, &e.to_string(), wording)],
    };
    if files.is_empty() {
        if config.console.listen.is_some() {
            let shown = config.shops.display().to_string();
            return vec![Finding::new(Mark::Odd, wording.say("shops_none_yet", &shown, ""))];
        }
        return vec![bad("shops_none", &config.shops, "", wording)];
    }
    let mut findings: Vec<Finding> = files.iter().flat_map(|f| one(f, wording)).collect();
    if findings.iter().all(|f| f.mark != Mark::Bad) {
        let together = Directory::read(&config.shops, config.call.default_shop.clone());
        findings.extend(
            together
                .err()
                .map(|e| bad("shops_together", &config.shops, &e.to_string(), wording)),
        );
    }
    findings
}

fn bad(key: &str, path: &Path, why: &str, wording: &Wording) -> Finding {
    Finding::new(Mark::Bad, wording.say(key, &path.display().to_string(), why))
}

fn one(file: &Path, wording: &Wording) -> Vec<Finding> {
    match read_profile(file) {
        Ok(profile) => good(&profile, wording),
        Err(DirectoryError::Name { id, .. }) => vec![bad("shop_misnamed", file, &id, wording)],
        Err(DirectoryError::Profile { why, .. }) => {
            vec![bad("shop_bad", file, why.to_string().trim_end(), wording)]
        }
        Err(e) => vec![bad("shop_bad", file, &e.to_string(), wording)],
    }
}

/// A profile that can be used may still lack what its callers will ask for.
fn good(profile: &ShopProfile, wording: &Wording) -> Vec<Finding> {
    let say = |key: &str| wording.say(key, &profile.name.ko, "");
    let mut findings = vec![Finding::new(Mark::Good, say("shop_good"))];
    if profile.facts.is_empty() {
        findings.push(Finding::new(Mark::Odd, say("shop_without_facts")));
    }
    if profile.numbers.is_empty() {
        findings.push(Finding::new(Mark::Odd, say("shop_without_number")));
    }
    findings
}
