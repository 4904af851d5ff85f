//! The torture messages of RFC 4475 at the first stage: which go on to the user agent, which are answered, which are
//! passed over in silence.
//!
//! What a later stage must answer (415 for `invut`, 420 for `bext01`, 483 for `zeromf`) is a request here.

use biseo_telephony::wire::{Frame, Framer, Verdict, check};
use proptest::prelude::*;

const EXPECTED: [(&str, &str); 49] = [
    ("badaspec", "request"),
    ("badbranch", "request"),
    ("baddate", "request"),
    ("baddn", "request"),
    ("badinv01", "400"),
    ("badvers", "505"),
    ("bcast", "ignored"),
    ("bext01", "request"),
    ("bigcode", "ignored"),
    ("clerr", "400"),
    ("cparam01", "request"),
    ("cparam02", "request"),
    ("dblreq", "request"),
    ("esc01", "request"),
    ("esc02", "request"),
    ("escnull", "request"),
    ("escruri", "400"),
    ("insuf", "400"),
    ("intmeth", "request"),
    ("inv2543", "request"),
    ("invut", "request"),
    ("longreq", "request"),
    ("ltgtruri", "400"),
    ("lwsdisp", "request"),
    ("lwsruri", "400"),
    ("lwsstart", "400"),
    ("mcl01", "400"),
    ("mismatch01", "400"),
    ("mismatch02", "400"),
    ("mpart01", "request"),
    ("multi01", "400"),
    ("ncl", "400"),
    ("noreason", "response"),
    ("novelsc", "416"),
    ("quotbal", "400"),
    ("regaut01", "request"),
    ("regbadct", "request"),
    ("regescrt", "request"),
    ("scalar02", "400"),
    ("scalarlg", "ignored"),
    ("sdp01", "request"),
    ("semiuri", "request"),
    ("transports", "request"),
    ("trws", "400"),
    ("unkscm", "416"),
    ("unksm2", "request"),
    ("unreason", "response"),
    ("wsinv", "request"),
    ("zeromf", "request"),
];

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/torture");

fn verdict(message: &[u8]) -> String {
    match check(message, false) {
        Verdict::Request(_) => "request".into(),
        Verdict::Response(_) => "response".into(),
        Verdict::Answer(response, _) => response.code.to_string(),
        Verdict::Ignore(_) => "ignored".into(),
        Verdict::KeepAlive => "ping".into(),
    }
}

fn message(name: &str) -> Vec<u8> {
    std::fs::read(format!("{FOLDER}/{name}.dat")).unwrap_or_else(|e| panic!("{name}: {e}"))
}

#[test]
fn each_message_gets_its_verdict() {
    let found: Vec<_> = EXPECTED
        .iter()
        .map(|(name, _)| (*name, verdict(&message(name))))
        .collect();
    let expected: Vec<_> = EXPECTED
        .iter()
        .map(|(name, v)| (*name, (*v).to_string()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_message_cut_or_changed_anywhere_does_no_harm() {
    for (name, _) in EXPECTED {
        let whole = message(name);
        for at in 0..whole.len() {
            let _ = verdict(&whole[..at]);
            let mut changed = whole.clone();
            changed[at] ^= 0x80;
            let _ = verdict(&changed);
        }
    }
}

/// One way in which a message may come out wrong.
fn mutate(message: &mut Vec<u8>, (kind, at, octet, length): (u8, usize, u8, usize)) {
    let at = at % message.len().max(1);
    let end = (at + length).min(message.len());
    match kind {
        0 => message[at] = octet,
        1 => drop(message.drain(at..end)),
        2 => message.insert(at, octet),
        3 => {
            let part = message[at..end].to_vec();
            message.splice(at..at, part);
        }
        _ => message[at..end]
            .iter_mut()
            .filter(|b| b.is_ascii_digit())
            .for_each(|b| *b = b'9'),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(biseo_testkit::cases(2_000)))]

    /// Near-SIP of every kind: no panic, alone or in a stream, and a stream never holds more than its limit.
    #[test]
    fn mutated_messages_do_no_harm(
        which in 0..EXPECTED.len(),
        changes in prop::collection::vec((0..5_u8, any::<usize>(), any::<u8>(), 1..40_usize), 1..8),
    ) {
        let mut message = message(EXPECTED[which].0);
        for change in changes {
            if !message.is_empty() {
                mutate(&mut message, change);
            }
        }
        let _ = verdict(&message);
        let mut framer = Framer::new(8_192);
        framer.push(&message);
        while let Some(frame) = framer.next_frame() {
            if let Frame::Message(bytes) = frame {
                prop_assert!(bytes.len() <= 8_192);
                let _ = check(&bytes, true);
            }
        }
    }
}
