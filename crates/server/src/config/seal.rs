//! What recordings and second factors are sealed with: a key file, or a command that prints the key (a KMS).

use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use biseo_vault::key_file::{self, MOST_OCTETS};
use biseo_vault::{KeyFault, Keys};
use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use zeroize::Zeroizing;

use super::secret::{Fault, fault};

/// How long a command may take.
const LIMIT: Duration = Duration::from_secs(30);
/// Octets of its complaints that are told.
const COMPLAINT: usize = 300;

/// The `[seal]` of the configuration.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SealConfig {
    /// A file with the key.
    pub(crate) key_file: Option<PathBuf>,
    /// A program with its arguments whose standard output is the key; run once, at the start.
    key_command: Option<Vec<String>>,
}

impl SealConfig {
    /// Checks what can be checked without touching anything.
    pub(super) fn check(&self) -> Result<(), Fault> {
        if self.key_file.is_some() && self.key_command.is_some() {
            return Err(fault("seal", "give one of key_file and key_command"));
        }
        match &self.key_command {
            Some(words) if words.first().is_none_or(String::is_empty) => {
                let why = "name a program and its arguments: [\"kms\", \"decrypt\", …]";
                Err(fault("seal.key_command", why))
            }
            _ => Ok(()),
        }
    }

    /// Paths that are relative to the file's folder.
    pub(super) fn files(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        self.key_file.iter_mut()
    }

    /// Whether anything is to be sealed.
    pub(crate) fn is_wished(&self) -> bool {
        self.key_file.is_some() || self.key_command.is_some()
    }

    /// The keys, read or asked for; none if nothing is to be sealed.
    ///
    /// # Errors
    /// The field, and what is wrong with it.
    pub(crate) async fn keys(&self) -> Result<Option<Arc<Keys>>, Fault> {
        self.keys_within(LIMIT).await
    }

    async fn keys_within(&self, limit: Duration) -> Result<Option<Arc<Keys>>, Fault> {
        if let Some(file) = &self.key_file {
            let keys = key_file::read(file).map_err(|e| fault("seal.key_file", e.to_string()))?;
            return Ok(Some(Arc::new(keys)));
        }
        let Some(words) = &self.key_command else {
            return Ok(None);
        };
        let bad = |why: String| fault("seal.key_command", format!("{}: {why}", words[0]));
        let asked = tokio::time::timeout(limit, ask(words));
        let printed = asked
            .await
            .map_err(|_| bad(format!("has not ended within {} s", limit.as_secs_f32())))?
            .map_err(bad)?;
        let keys = Keys::parse(&printed).map_err(|e| bad(unfit(e)))?;
        Ok(Some(Arc::new(keys)))
    }
}

fn unfit(e: KeyFault) -> String {
    format!("what it has printed cannot be used: {e}")
}

/// Runs a program; what it prints.
async fn ask(words: &[String]) -> Result<Zeroizing<Vec<u8>>, String> {
    let mut child = Command::new(&words[0])
        .args(&words[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|e| e.to_string())?;
    let (printed, complaint) = heard(&mut child).await.map_err(|e| e.to_string())?;
    let status = child.wait().await.map_err(|e| e.to_string())?;
    match status.success() {
        true => Ok(printed),
        false => Err(format!("{status}: {}", complaint.trim())),
    }
}

/// What it prints and what it complains of, each to a limit.
async fn heard(child: &mut Child) -> io::Result<(Zeroizing<Vec<u8>>, String)> {
    // Room for all of it beforehand: a buffer that grows leaves copies behind.
    let mut printed = Zeroizing::new(Vec::with_capacity(MOST_OCTETS + 1));
    let (mut out, mut errors) = (child.stdout.take(), child.stderr.take());
    let reading = async {
        if let Some(out) = &mut out {
            out.take(MOST_OCTETS as u64 + 1).read_to_end(&mut printed).await?;
        }
        // Its end is not waited for then: it may wait for us to read on.
        match printed.len() > MOST_OCTETS {
            true => Err(io::Error::other(format!(
                "has printed more than {MOST_OCTETS} octets"
            ))),
            false => Ok(()),
        }
    };
    let complaint = async {
        match &mut errors {
            Some(errors) => complaint(errors).await,
            None => Ok(String::new()),
        }
    };
    let ((), complaint) = tokio::try_join!(reading, complaint)?;
    Ok((printed, complaint))
}

/// The beginning; the rest is read as well, so that nobody waits for it to be.
async fn complaint(errors: &mut (impl AsyncRead + Unpin)) -> io::Result<String> {
    let (mut told, mut piece) = (Vec::new(), [0; 512]);
    loop {
        match errors.read(&mut piece).await? {
            0 => return Ok(String::from_utf8_lossy(&told).into_owned()),
            read => {
                let room = COMPLAINT.saturating_sub(told.len()).min(read);
                told.extend_from_slice(&piece[..room]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> SealConfig {
        let config: SealConfig = toml::from_str(text).unwrap();
        config.check().unwrap();
        config
    }

    fn shell(script: &str) -> SealConfig {
        config(&format!("key_command = ['sh', '-c', '''{script}''']"))
    }

    async fn why(config: &SealConfig, seconds: u64) -> String {
        let (field, why) = config
            .keys_within(Duration::from_secs(seconds))
            .await
            .unwrap_err();
        assert_eq!(field, "seal.key_command");
        why
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (text, field) in [
            ("", None),
            ("key_file = 'a'", None),
            ("key_command = ['kms', 'decrypt']", None),
            ("key_file = 'a'\nkey_command = ['kms']", Some("seal")),
            ("key_command = []", Some("seal.key_command")),
            ("key_command = ['']", Some("seal.key_command")),
        ] {
            let config: SealConfig = toml::from_str(text).unwrap();
            let found = config.check().err().map(|(field, _)| field);
            assert_eq!(found.as_deref(), field, "{text}");
        }
    }

    #[tokio::test]
    async fn a_command_tells_the_keys() {
        assert!(config("").keys().await.unwrap().is_none());
        let (one, old) = (Keys::generate().unwrap(), Keys::generate().unwrap());
        let both = format!(
            "printf '%s\\n%s\\n' {} {}",
            *one.current().to_text(),
            *old.current().to_text()
        );
        let keys = shell(&both).keys().await.unwrap().unwrap();
        assert_eq!((keys.current().id(), keys.old()), (one.current().id(), 1));
        // As many complaints as it likes.
        let loud = format!("head -c 300000 /dev/zero >&2; echo {}", *one.current().to_text());
        assert!(shell(&loud).keys().await.is_ok());
    }

    #[tokio::test]
    async fn what_a_command_does_wrong_is_told() {
        let missing = config("key_command = ['/nonexistent/kms']");
        assert!(why(&missing, 60).await.contains("/nonexistent/kms"));
        let refused = why(&shell("echo c2VjcmV0; echo access denied >&2; exit 3"), 60).await;
        assert!(
            refused.contains("access denied") && refused.contains('3'),
            "{refused}"
        );
        assert!(
            !refused.contains("c2VjcmV0"),
            "what it printed is not shown: {refused}"
        );
        let word = why(&shell("echo hunter2"), 60).await;
        assert!(word.contains("line 1") && !word.contains("hunter2"), "{word}");
        assert!(why(&shell("exit 0"), 60).await.contains("no key"));
        assert!(why(&shell("yes"), 60).await.contains("more than 4096 octets"));
        assert!(why(&shell("exec sleep 60"), 0).await.contains("has not ended"));
    }
}
