//! Profiles that somebody changes in their files: looked at again and again, so that a change holds from the next call on.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use biseo_api::live::{Live, LiveEvent, Notice, NoticeKind};
use biseo_model::shop::ShopProfile;
use tokio::sync::watch;

use super::closing;
use super::shops::DeskShops;
use crate::directory::read_profile;
use crate::stamp::{Stamp, stamp};

/// How often the folder is looked at.
const EVERY: Duration = Duration::from_secs(2);
/// A larger file is no profile.
const LARGEST: u64 = 1024 * 1024;

/// Looks until the office closes, and tells pages of what has changed.
pub(super) async fn watch(shops: Arc<DeskShops>, live: Live, mut stopped: watch::Receiver<bool>) {
    // Nothing was seen yet: what changed while the program started is found at the first look.
    let mut look = Look::default();
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = closing(&mut stopped) => return,
        }
        let shops = shops.clone();
        let looked = tokio::task::spawn_blocking(move || {
            let changed = look.again(shops.folder(), |profile| shops.adopt(profile));
            (look, changed)
        });
        let Ok((same, changed)) = looked.await else {
            return tracing::error!("the shop files are looked at no more");
        };
        look = same;
        for profile in changed {
            tracing::info!(shop = %profile.id, "the shop's file has changed; new calls use it");
            live.tell(
                &profile.id,
                &LiveEvent::Notice(Notice::of(NoticeKind::Profile, None, None)),
            );
        }
    }
}

/// The files as they were last seen.
#[derive(Default)]
struct Look(Stamp);

impl Look {
    /// Hands on what a new or changed file says; `adopt` tells whether that was new. What is wrong is told once, and the shop stays as it was.
    fn again(
        &mut self,
        folder: &Path,
        mut adopt: impl FnMut(Arc<ShopProfile>) -> Result<bool, String>,
    ) -> Vec<Arc<ShopProfile>> {
        let Ok(now) = stamp(folder) else {
            return Vec::new();
        };
        if now == self.0 {
            return Vec::new();
        }
        let before: BTreeMap<_, _> = self.0.iter().map(|(name, at, size)| (name, (at, size))).collect();
        let changed = now
            .iter()
            .filter(|(name, at, size)| before.get(name) != Some(&(at, size)));
        let mut adopted = Vec::new();
        for (name, _, size) in changed {
            match read(&folder.join(name), *size).and_then(|p| Ok((adopt(p.clone())?, p))) {
                Ok((true, profile)) => adopted.push(profile),
                Ok((false, _)) => {}
                Err(why) => {
                    tracing::error!("a changed shop file is not used, the shop stays as it was: {why}")
                }
            }
        }
        let is_there = |name: &String| now.iter().any(|(n, _, _)| n == name);
        for (name, _, _) in self.0.iter().filter(|(name, _, _)| !is_there(name)) {
            tracing::warn!("{name} is gone; its shop is answered until the next start");
        }
        self.0 = now;
        adopted
    }
}

fn read(file: &Path, size: u64) -> Result<Arc<ShopProfile>, String> {
    if size > LARGEST {
        return Err(format!("{}: larger than {LARGEST} octets", file.display()));
    }
    read_profile(file).map(Arc::new).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(name: &str) -> String {
        format!(
            "id = \"a\"\nname = {{ ko = {name:?} }}\nzone = \"Asia/Seoul\"\naddress = {{ ko = \"서울\" }}\n\
             [hours.week]\nmon = {{ open = \"09:00:00\", close = \"18:00:00\" }}\n"
        )
    }

    #[test]
    fn only_what_changed_is_read_and_what_is_wrong_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
        write("a.toml", &profile("가게"));
        let mut look = Look::default();
        let names = |look: &mut Look| -> Vec<String> {
            let adopted = look.again(dir.path(), |_| Ok(true));
            adopted.iter().map(|p| p.name.ko.clone()).collect()
        };
        assert_eq!(names(&mut look), ["가게"]);
        assert!(names(&mut look).is_empty());
        write("a.toml", &profile("다른 가게"));
        write(".a.toml.swp", "editor");
        assert_eq!(names(&mut look), ["다른 가게"]);
        assert!(names(&mut look).is_empty());
        // Not a profile, and one that is not called as its file.
        write("a.toml", "id = 3");
        write("b.toml", &profile("또 다른 가게"));
        assert!(names(&mut look).is_empty());
        write("a.toml", &profile("고친 가게"));
        assert_eq!(names(&mut look), ["고친 가게"]);
        std::fs::remove_file(dir.path().join("a.toml")).unwrap();
        assert!(names(&mut look).is_empty());
    }
}
