//! The answering process: started, asked what it has used, ended.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::{Deserialize, Serialize};

use crate::cli::{Detector, Transport};

/// What a process has used so far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::bench) struct Used {
    /// Seconds of processor time, of all its threads.
    pub(in crate::bench) cpu: f64,
    /// Most memory that it had at once, MiB.
    pub(in crate::bench) memory: f64,
    /// Memory that it has now, MiB.
    pub(in crate::bench) now: f64,
    /// Its threads.
    pub(in crate::bench) threads: usize,
    /// Its open files and sockets.
    pub(in crate::bench) files: usize,
}

/// What became of the calls, by the answering side's records.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::bench) struct Kept {
    /// How many calls ended in which way; `open` for one that has no end.
    pub(in crate::bench) ends: BTreeMap<String, usize>,
    /// Messages that were stored.
    pub(in crate::bench) messages: usize,
}

/// The answering process. It ends when this is dropped.
pub(in crate::bench) struct Answering {
    child: Child,
    /// Its standard input: the process ends with it.
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    target: String,
}

impl Answering {
    /// Starts it and waits until it can be reached.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(in crate::bench) fn start(stop: u16, vad: Detector, transport: Transport) -> Result<Self, String> {
        let stop = stop.to_string();
        let (vad, transport) = (vad.word(), transport.word());
        let args = ["answer", "--stop", &stop, "--vad", vad, "--transport", transport];
        Self::as_told(&args)
    }

    /// Starts `biseo bench` with these arguments, and waits until it has told where it is reached.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(in crate::bench) fn as_told(args: &[&str]) -> Result<Self, String> {
        let program = std::env::current_exe().map_err(|e| e.to_string())?;
        let mut child = Command::new(program)
            .arg("bench")
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| e.to_string())?;
        let input = child.stdin.take().ok_or("it has no input")?;
        let output = child.stdout.take().ok_or("it has no output")?;
        let mut output = BufReader::new(output);
        let mut target = String::new();
        output.read_line(&mut target).map_err(|e| e.to_string())?;
        if target.trim().is_empty() {
            let _ = child.wait();
            return Err("the answering side did not begin".into());
        }
        Ok(Self {
            child,
            input: Some(input),
            output,
            target: target.trim().to_string(),
        })
    }

    /// Where it is reached.
    pub(in crate::bench) fn target(&self) -> &str {
        &self.target
    }

    /// The next line that it tells, after where it is reached.
    ///
    /// # Errors
    /// When it tells no more.
    pub(in crate::bench) fn next_line(&mut self) -> Result<String, String> {
        let mut line = String::new();
        self.output.read_line(&mut line).map_err(|e| e.to_string())?;
        let line = line.trim();
        if line.is_empty() {
            return Err("the answering side tells no more".into());
        }
        Ok(line.to_string())
    }

    /// What it has used until now.
    ///
    /// # Errors
    /// When it has ended.
    pub(in crate::bench) fn used(&self) -> Result<Used, String> {
        let read = |what: &str| {
            let path = format!("/proc/{}/{what}", self.child.id());
            std::fs::read_to_string(&path).map_err(|e| format!("{path}: {e}"))
        };
        Ok(Used {
            cpu: cpu(&read("stat")?).ok_or("its time cannot be read")?,
            memory: mib(&read("status")?, "VmHWM:").ok_or("its memory cannot be read")?,
            now: mib(&read("status")?, "VmRSS:").ok_or("its memory cannot be read")?,
            threads: entries(&format!("/proc/{}/task", self.child.id())),
            files: entries(&format!("/proc/{}/fd", self.child.id())),
        })
    }

    /// Ends it, and tells what it kept.
    ///
    /// # Errors
    /// When it told nothing.
    pub(in crate::bench) fn end(mut self) -> Result<Kept, String> {
        drop(self.input.take());
        let mut told = String::new();
        self.output.read_line(&mut told).map_err(|e| e.to_string())?;
        serde_json::from_str(&told).map_err(|e| format!("{told}: {e}"))
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// User and system time of `/proc/PID/stat`, with that of its ended children, in seconds: 100 ticks each (proc(5)).
fn cpu(stat: &str) -> Option<f64> {
    let after_name = stat.rsplit_once(')')?.1;
    let ticks = after_name.split_whitespace().skip(11).take(4);
    let ticks: Vec<f64> = ticks.filter_map(|t| t.parse().ok()).collect();
    (ticks.len() == 4).then(|| ticks.iter().sum::<f64>() / 100.0)
}

/// A line of `/proc/PID/status`, in MiB.
fn mib(status: &str, key: &str) -> Option<f64> {
    let line = status.lines().find_map(|l| l.strip_prefix(key))?;
    let kib: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib / 1024.0)
}

fn entries(folder: &str) -> usize {
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_s_files_are_read() {
        let stat = "1 (a) b) S 0 1 1 0 -1 4194560 1 2 3 4 100 50 7 3 20 0 1 0";
        assert_eq!(cpu(stat), Some(1.6));
        assert_eq!(mib("Name:\tx\nVmHWM:\t    2048 kB\n", "VmHWM:"), Some(2.0));
        assert_eq!(cpu("1 (x) S"), None);
    }
}
