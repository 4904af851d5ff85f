//! Octets that came in by SIP: the first look ends, and what the parser would work on is never taken for junk.
#![no_main]

use biseo_telephony::wire::{Look, MAX_START_LINE, Verdict, check, look};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if data.len() > MAX_START_LINE {
        return;
    }
    let seen = look(data);
    for framed in [false, true] {
        match check(data, framed) {
            Verdict::Request(_) => assert!(matches!(seen, Look::Message(g) if g.request && g.whole), "{seen:?}"),
            Verdict::Response(_) => assert!(matches!(seen, Look::Message(g) if !g.request && g.whole), "{seen:?}"),
            Verdict::KeepAlive => assert_eq!(seen, Look::Alive),
            Verdict::Answer(..) | Verdict::Ignore(_) => assert_ne!(seen, Look::Alive),
        }
    }
});
