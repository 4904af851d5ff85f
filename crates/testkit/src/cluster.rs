//! A PostgreSQL server of the tests' own: started when it is first wanted, gone when their process ends.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// A running server. It listens on a socket in its folder only; its superuser is `postgres`, without a password there.
pub struct Cluster {
    folder: String,
    schemas: AtomicU32,
    /// Closed by the system when this process ends, whatever ends it; then the keeper stops the server.
    _lifeline: ChildStdin,
    _keeper: Child,
}

impl Cluster {
    /// The server of this process.
    ///
    /// # Panics
    /// If PostgreSQL is not installed or does not start, with what it said.
    pub fn shared() -> &'static Self {
        static CLUSTER: OnceLock<Cluster> = OnceLock::new();
        CLUSTER.get_or_init(Self::start)
    }

    /// A server of a test's own, which it may stop.
    ///
    /// # Panics
    /// As [`Cluster::shared`].
    #[must_use]
    pub fn own() -> Self {
        Self::start()
    }

    /// Stops the server, as an operator does: whoever is connected is cut off.
    ///
    /// # Panics
    /// If it does not stop.
    pub fn stop_server(&self) {
        self.turn("stop");
    }

    /// Starts a server that was stopped, with all that it held.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start_server(&self) {
        self.turn("start");
    }

    fn turn(&self, how: &str) {
        let ran = Command::new("sh")
            .args([
                "-c",
                include_str!("cluster_turn.sh"),
                "cluster_turn",
                &self.folder,
                how,
            ])
            .status();
        assert!(ran.expect("sh runs").success(), "the server did not {how}");
    }

    fn start() -> Self {
        let mut keeper = Command::new("sh")
            .args(["-c", include_str!("cluster.sh")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // An interrupt from the terminal ends the tests; the keeper still has to clean up.
            .process_group(0)
            .spawn()
            .expect("sh runs");
        let lifeline = keeper.stdin.take().expect("piped");
        let mut said = BufReader::new(keeper.stdout.take().expect("piped"));
        let mut line = String::new();
        said.read_line(&mut line).expect("the keeper's words are text");
        let Some(folder) = line.strip_prefix("ready ") else {
            let _ = said.read_to_string(&mut line);
            panic!("no PostgreSQL for the tests: {line}");
        };
        Self {
            folder: folder.trim().to_string(),
            schemas: AtomicU32::new(0),
            _lifeline: lifeline,
            _keeper: keeper,
        }
    }

    /// The database's URL for the superuser.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_for("postgres")
    }

    /// The database's URL for `who`: a role, or `role:password`. The role `guarded`, which a test may make, has to give one.
    #[must_use]
    pub fn url_for(&self, who: &str) -> String {
        format!("postgres://{who}@localhost/postgres?host={}", self.folder)
    }

    /// A schema's name that is not in use, and the URL under which its tables are found. It still has to be created.
    #[must_use]
    pub fn new_schema(&self) -> (String, String) {
        let name = format!("s{}", self.schemas.fetch_add(1, Ordering::Relaxed));
        let url = format!("{}&options[search_path]={name}", self.url());
        (name, url)
    }

    /// Runs statements by `psql` as the superuser.
    ///
    /// # Panics
    /// If they fail.
    pub fn run(&self, sql: &str) {
        let ran = Command::new("psql")
            .args(["-h", &self.folder, "-U", "postgres", "-qc", sql])
            .status();
        assert!(ran.expect("psql runs").success(), "{sql}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_serves_and_leaves_nothing_behind() {
        let mut cluster = Cluster::start();
        cluster.run("CREATE TABLE there (n INT); DROP TABLE there");
        let folder = std::path::PathBuf::from(&cluster.folder);
        assert!(folder.join("data/postmaster.pid").exists());
        cluster.stop_server();
        assert!(!folder.join("data/postmaster.pid").exists());
        cluster.start_server();
        cluster.run("CREATE TABLE there (n INT); DROP TABLE there");
        drop(cluster._lifeline);
        assert!(cluster._keeper.wait().unwrap().success());
        assert!(!folder.exists());
    }
}
