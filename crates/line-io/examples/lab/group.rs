//! A group of programs whose processor time is rationed: cgroups of the first version (`cpu.cfs_quota_us`) or of the second (`cpu.max`). It is
//! gone when it is dropped.

use std::fs;
use std::path::{Path, PathBuf};

use crate::net::Fault;

/// The time of which a part is given, µs.
const PERIOD: u32 = 200_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    First,
    Second,
}

pub struct Group {
    folder: PathBuf,
    version: Version,
}

impl Group {
    /// Makes one where this system keeps its groups. Its programs come before all others.
    pub fn make(name: &str) -> Result<Self, Fault> {
        let mounts = fs::read_to_string("/proc/self/mounts")?;
        let controllers = |at: &Path| fs::read_to_string(at.join("cgroup.controllers")).unwrap_or_default();
        let (root, version) =
            root(&mounts, controllers).ok_or("no control group here has the controller cpu")?;
        Self::under(&root, version, name)
    }

    fn under(root: &Path, version: Version, name: &str) -> Result<Self, Fault> {
        if version == Version::Second {
            hand_on(root)?;
        }
        let folder = root.join(name);
        fs::create_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let group = Self { folder, version };
        // Whatever else this machine does is no part of the experiment.
        match version {
            Version::First => group.set("cpu.shares", "65536")?,
            Version::Second => group.set("cpu.weight", "10000")?,
        }
        Ok(group)
    }

    fn set(&self, file: &str, text: &str) -> Result<(), Fault> {
        let file = self.folder.join(file);
        fs::write(&file, text).map_err(|e| format!("{}: {e}", file.display()).into())
    }

    /// Lets it have so many µs of each 200 ms, or all.
    pub fn quota(&self, us: Option<u32>) -> Result<(), Fault> {
        match self.version {
            Version::First => {
                self.set("cpu.cfs_period_us", &PERIOD.to_string())?;
                self.set("cpu.cfs_quota_us", &us.map_or("-1".into(), |us| us.to_string()))
            }
            Version::Second => {
                let most = us.map_or("max".into(), |us| us.to_string());
                self.set("cpu.max", &format!("{most} {PERIOD}"))
            }
        }
    }

    /// Takes a program in.
    pub fn enter(&self, pid: u32) -> Result<(), Fault> {
        self.set("cgroup.procs", &pid.to_string())
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.folder);
    }
}

/// Where groups are made whose processor time is rationed. A controller belongs to one version at a time.
fn root(mounts: &str, controllers: impl Fn(&Path) -> String) -> Option<(PathBuf, Version)> {
    let mut second = None;
    for line in mounts.lines() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [_, at, kind, options, ..] = fields.as_slice() else {
            continue;
        };
        let at = PathBuf::from(at);
        match *kind {
            "cgroup" if options.split(',').any(|o| o == "cpu") => return Some((at, Version::First)),
            "cgroup2" if controllers(&at).split_whitespace().any(|c| c == "cpu") => second = Some(at),
            _ => {}
        }
    }
    second.map(|at| (at, Version::Second))
}

/// Groups within this one may ration processors. Where a service manager has seen to it, nothing is changed.
fn hand_on(root: &Path) -> Result<(), Fault> {
    let file = root.join("cgroup.subtree_control");
    if fs::read_to_string(&file)?.split_whitespace().any(|c| c == "cpu") {
        return Ok(());
    }
    fs::write(&file, "+cpu").map_err(|e| format!("{} takes no +cpu: {e}", file.display()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_that_which_has_the_controller() {
        let second = "cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n";
        let mixed = "tmpfs /sys/fs/cgroup tmpfs rw 0 0\ncgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0\n\
                     cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n";
        let has = |text: &'static str| move |_: &Path| text.to_string();
        assert_eq!(
            root(second, has("cpuset cpu io")),
            Some(("/sys/fs/cgroup".into(), Version::Second))
        );
        assert_eq!(root(second, has("cpuset io")), None);
        assert_eq!(
            root(mixed, has("")),
            Some(("/sys/fs/cgroup/cpu,cpuacct".into(), Version::First))
        );
        assert_eq!(root("", has("cpu")), None);
    }

    #[test]
    fn each_version_is_told_in_its_own_words() {
        let root = std::env::temp_dir().join(format!("bslgroup{}", std::process::id()));
        fs::create_dir_all(&root).unwrap();
        fs::write(root.join("cgroup.subtree_control"), "memory").unwrap();
        let read = |group: &str, file: &str| fs::read_to_string(root.join(group).join(file)).unwrap();
        let two = Group::under(&root, Version::Second, "two").unwrap();
        assert_eq!(
            (read("", "cgroup.subtree_control"), read("two", "cpu.weight")),
            ("+cpu".into(), "10000".into())
        );
        two.quota(Some(9_000)).unwrap();
        assert_eq!(read("two", "cpu.max"), "9000 200000");
        two.quota(None).unwrap();
        two.enter(77).unwrap();
        assert_eq!(
            (read("two", "cpu.max"), read("two", "cgroup.procs")),
            ("max 200000".into(), "77".into())
        );
        let one = Group::under(&root, Version::First, "one").unwrap();
        one.quota(Some(9_000)).unwrap();
        assert_eq!(
            (read("one", "cpu.cfs_period_us"), read("one", "cpu.cfs_quota_us")),
            ("200000".into(), "9000".into())
        );
        one.quota(None).unwrap();
        assert_eq!(read("one", "cpu.cfs_quota_us"), "-1");
        fs::remove_dir_all(&root).unwrap();
    }
}
