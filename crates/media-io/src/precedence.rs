//! Pacers go before other threads, as far as the system lets them.
//!
//! Measured with two cores kept busy by seven other programs, 500 calls: an ordinary pacer was 13 to 50 ms late at the
//! 99th percentile, a favoured one (nice −11) hardly less, a real-time one 0.2 ms. A pacer's work in a turn is short and
//! bounded, and the system keeps a twentieth of each core from real-time threads, so nothing else starves.

use thread_priority::{
    RealtimeThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy,
    thread_native_id,
};

/// How far a favoured thread goes before others: as far as sound does on a desktop.
const NICE: i32 = -11;

/// How far the pacers go before other threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precedence {
    /// Not at all: where other threads keep the cores busy, packets are late by milliseconds. To mend it give the
    /// program the right to (`LimitRTPRIO=1` of systemd, `--ulimit rtprio=1` of Docker, or CAP_SYS_NICE).
    Ordinary,
    /// A larger share (nice −11; `LimitNICE=-11` of systemd): somewhat better.
    Favoured,
    /// Real-time scheduling (SCHED_RR at its lowest priority): a pacer waits for nobody but the system.
    Realtime,
}

/// Takes for this thread what it can get.
pub(crate) fn take(realtime: bool) -> Precedence {
    // An ordinary thread is woken up to 50 µs late, so as to wake several at once; a pacer asks for its instant.
    if let Err(e) = nix::sys::prctl::set_timerslack(1) {
        tracing::debug!("timer slack stays as it is: {e}");
    }
    if realtime && take_realtime() {
        Precedence::Realtime
    } else if take_favour() {
        Precedence::Favoured
    } else {
        Precedence::Ordinary
    }
}

fn take_realtime() -> bool {
    let policy = ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::RoundRobin);
    let taken = set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, policy);
    if let Err(e) = &taken {
        tracing::debug!("no real-time scheduling: {e:?}");
    }
    taken.is_ok()
}

fn take_favour() -> bool {
    let taken = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICE);
    if let Err(e) = taken {
        tracing::debug!("no favour either: {e}");
    }
    taken.is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_gets_what_it_is_told_to_have() {
        let got = std::thread::spawn(|| {
            let got = take(true);
            (
                got,
                std::fs::read_to_string("/proc/thread-self/stat").unwrap_or_default(),
            )
        });
        let (got, stat) = got.join().unwrap();
        // proc(5): field 41 is the policy (2 is SCHED_RR), field 19 the nice value; the name ends with ')'.
        let fields: Vec<&str> = stat
            .rsplit_once(')')
            .map_or(vec![], |s| s.1.split_whitespace().collect());
        match got {
            Precedence::Realtime => assert_eq!(fields[38], "2", "{stat}"),
            Precedence::Favoured => assert_eq!(fields[16], NICE.to_string(), "{stat}"),
            Precedence::Ordinary => {}
        }
    }
}
