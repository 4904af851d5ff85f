//! How far a fetch is: a bar on a terminal, a line now and then elsewhere.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use biseo_speech_sherpa::fetch::Step;

use crate::wording::Wording;

/// Characters of the bar.
const WIDTH: usize = 24;
/// Between two pictures of it, and between two lines elsewhere.
const BLINK: Duration = Duration::from_millis(200);
const LINE: Duration = Duration::from_secs(10);

/// The bar of one model; what it shows goes to stderr.
pub(super) struct Bar<'a> {
    name: &'a str,
    wording: &'a Wording,
    terminal: bool,
    /// When it began, and with how many octets there already.
    began: Option<(Instant, u64)>,
    shown: Option<Instant>,
}

impl<'a> Bar<'a> {
    pub(super) fn new(name: &'a str, wording: &'a Wording) -> Self {
        Self {
            name,
            wording,
            terminal: std::io::stderr().is_terminal(),
            began: None,
            shown: None,
        }
    }

    /// Takes a step.
    pub(super) fn step(&mut self, step: Step) {
        let now = Instant::now();
        match step {
            Step::Octets(there, of) => self.octets(there, of, now),
            Step::Again => self.line(&self.wording.say("again", self.name, "")),
            Step::Checking => self.line(&self.wording.say("checking", self.name, "")),
            Step::Unpacking => self.line(&self.wording.say("unpacking", self.name, "")),
        }
    }

    fn octets(&mut self, there: u64, of: Option<u64>, now: Instant) {
        let (began, before) = *self.began.get_or_insert((now, there));
        let pause = if self.terminal { BLINK } else { LINE };
        let whole = of == Some(there);
        if !whole && self.shown.is_some_and(|at| now.duration_since(at) < pause) {
            return;
        }
        self.shown = Some(now);
        let seconds = now.duration_since(began).as_secs_f64().max(0.001);
        let rate = there.saturating_sub(before) as f64 / seconds;
        let text = picture(self.name, there, of, rate);
        match self.terminal {
            true => {
                // To the line's end, so that a longer text before leaves nothing behind. That stderr is gone is no harm.
                let _ = write!(std::io::stderr(), "\r{text}\x1b[K");
            }
            false => self.line(&text),
        }
    }

    fn line(&self, text: &str) {
        let fresh = if self.terminal && self.shown.is_some() {
            "\n"
        } else {
            ""
        };
        let _ = writeln!(std::io::stderr(), "{fresh}{text}");
    }
}

/// Name, bar, share, octets, rate and time left.
fn picture(name: &str, there: u64, of: Option<u64>, rate: f64) -> String {
    let mb = |octets: f64| format!("{:.1}", octets / 1e6);
    let (there_mb, rate_mb) = (mb(there as f64), mb(rate));
    let Some(of) = of.filter(|of| *of > 0) else {
        return format!("{name}  {there_mb} MB  {rate_mb} MB/s");
    };
    let share = (there as f64 / of as f64).min(1.0);
    let full = (share * WIDTH as f64) as usize;
    let bar = format!("{}{}", "█".repeat(full), "░".repeat(WIDTH - full));
    let left = of.saturating_sub(there) as f64 / rate.max(1.0);
    let left = match left < 360_000.0 {
        true => format!("{:02}:{:02}", left as u64 / 60, left as u64 % 60),
        false => "--:--".into(),
    };
    let (percent, of_mb) = (share * 100.0, mb(of as f64));
    format!("{name}  {bar} {percent:3.0} %  {there_mb} / {of_mb} MB  {rate_mb} MB/s  {left}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn share_rate_and_time_left() {
        let text = picture("a", 50_000_000, Some(200_000_000), 2_500_000.0);
        assert_eq!(
            text,
            "a  ██████░░░░░░░░░░░░░░░░░░  25 %  50.0 / 200.0 MB  2.5 MB/s  01:00"
        );
        assert_eq!(picture("a", 1_000_000, None, 0.0), "a  1.0 MB  0.0 MB/s");
        assert!(picture("a", 0, Some(5_000_000_000), 0.0).ends_with("--:--"));
        assert!(
            picture("a", 9, Some(3), 1.0).contains("100 %"),
            "more than was announced"
        );
    }
}
