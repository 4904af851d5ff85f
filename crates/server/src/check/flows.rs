//! Are an installation's own flows fit?

use super::{Finding, Mark};
use crate::config::Config;
use crate::flows::Reloaded;
use crate::wording::Wording;

/// Reads them as a start would; says nothing if there are none.
pub(super) fn check(config: &Config, wording: &Wording) -> Option<Finding> {
    let folder = config.flows_dir.as_ref()?.display().to_string();
    Some(match Reloaded::open(config.flows_dir.clone()) {
        Ok(_) => Finding::new(Mark::Good, wording.say("flows_good", &folder, "")),
        Err(why) => Finding::new(Mark::Bad, wording.say("flows_bad", &folder, &why)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wording::Lang;

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let dir = tempfile::tempdir().unwrap();
        let wording = Wording::of("check", Lang::Ko);
        let mut config = Config::default();
        assert!(check(&config, &wording).is_none());
        config.flows_dir = Some(dir.path().to_path_buf());
        let file = dir.path().join("call.ko.toml");
        std::fs::write(&file, "busy = \"잠시만요.\"").unwrap();
        assert_eq!(check(&config, &wording).unwrap().mark, Mark::Good);
        std::fs::write(&file, "\nbusy = 3").unwrap();
        let finding = check(&config, &wording).unwrap();
        assert_eq!(finding.mark, Mark::Bad);
        assert!(finding.text.contains("call.ko.toml, line 2"), "{}", finding.text);
    }
}
