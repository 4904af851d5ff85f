//! The torture messages of RFC 4475 at the first stage: which go on to the user agent, which are answered, which are
//! passed over in silence.
//!
//! What a later stage must answer (415 for `invut`, 420 for `bext01`, 483 for `zeromf`) is a request here.

use biseo_telephony::wire::{Verdict, check};

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
