//! How far it is: a line that is written over on a terminal, one now and then elsewhere.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use biseo_backup::Progress;

use crate::wording::Wording;

/// Between two pictures on a terminal, and between two lines elsewhere.
const BLINK: Duration = Duration::from_millis(200);
const LINE: Duration = Duration::from_secs(10);

/// What is shown on stderr.
pub(crate) struct Shown<'a> {
    wording: &'a Wording,
    terminal: bool,
    last: Instant,
}

impl<'a> Shown<'a> {
    pub(crate) fn new(wording: &'a Wording) -> Self {
        Self {
            wording,
            terminal: std::io::stderr().is_terminal(),
            last: Instant::now(),
        }
    }

    /// Tells a step, if the last one was told some time ago.
    pub(crate) fn step(&mut self, progress: Progress) {
        let pause = if self.terminal { BLINK } else { LINE };
        let is_over = progress.files == progress.of_files;
        if self.last.elapsed() < pause && !(is_over && self.terminal) {
            return;
        }
        self.last = Instant::now();
        let files = match progress.of_files {
            0 => progress.files.to_string(),
            all => format!("{}/{all}", progress.files),
        };
        let text = self.wording.say("progress", &files, &size(progress.octets));
        let mut out = std::io::stderr().lock();
        let _ = match (self.terminal, is_over) {
            (true, false) => write!(out, "\r{text}\x1b[K"),
            (true, true) => writeln!(out, "\r{text}\x1b[K"),
            (false, _) => writeln!(out, "{text}"),
        };
        let _ = out.flush();
    }
}

/// Octets as people read them.
pub(crate) fn size(octets: u64) -> String {
    match octets {
        0..1_000_000 => format!("{} kB", octets.div_ceil(1000)),
        1_000_000..1_000_000_000 => format!("{:.1} MB", octets as f64 / 1e6),
        _ => format!("{:.2} GB", octets as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (octets, text) in [
            (0, "0 kB"),
            (1, "1 kB"),
            (999_999, "1000 kB"),
            (1_500_000, "1.5 MB"),
            (2_340_000_000, "2.34 GB"),
        ] {
            assert_eq!(size(octets), text);
        }
    }
}
