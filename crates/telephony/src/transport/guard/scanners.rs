//! What probing tools call themselves.

/// Parts of User-Agent, in lower case: the default names of SIPVicious (svmap, svwar, svcrack), sipcli, sipsak, SIPPTS,
/// sip-scan, SiVuS, Mr.SIP and VaxSIP, and those that scanners on the internet are met with (sundayddr, pplsip).
const NAMES: [&str; 16] = [
    "friendly-scanner",
    "friendly-request",
    "sipvicious",
    "sipcli",
    "sip-scan",
    "sipscan",
    "sipsak",
    "sippts",
    "pplsip",
    "sundayddr",
    "vaxsipuseragent",
    "vaxipuseragent",
    "sivus",
    "mr.sip",
    "siparmyknife",
    "sip-toolkit",
];

/// Parts of From: SIPVicious's display name, Nmap's address.
const FROM: [&[u8]; 2] = [b"sipvicious", b"sip:nm@nm"];

/// The names that are looked for.
pub(crate) struct Scanners(Vec<Vec<u8>>);

impl Scanners {
    /// The names above and the operator's own.
    pub(crate) fn new(own: &[String]) -> Self {
        let names = NAMES.iter().map(|n| (*n).to_owned());
        let own = own.iter().map(|n| n.to_ascii_lowercase());
        let all = names.chain(own).filter(|n| !n.is_empty());
        Self(all.map(String::into_bytes).collect())
    }

    /// Whether that is a scanner's User-Agent or From.
    pub(crate) fn know(&self, agent: &[u8], from: &[u8]) -> bool {
        self.0.iter().any(|name| contains(agent, name)) || FROM.iter().any(|f| contains(from, f))
    }
}

/// Whether a text has a part, without regard to case.
fn contains(text: &[u8], part: &[u8]) -> bool {
    let Some(first) = part.first() else { return false };
    let begins = |w: &[u8]| w.first().is_some_and(|b| b.to_ascii_lowercase() == *first);
    text.windows(part.len())
        .any(|w| begins(w) && w.eq_ignore_ascii_case(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scanners_are_known_and_telephones_are_not() {
        let scanners = Scanners::new(&["EvilDialer".into(), String::new()]);
        for agent in [
            "friendly-scanner",
            "Friendly-Scanner/1.0",
            "x SIPCLI/v1.8",
            "evildialer 2",
        ] {
            assert!(scanners.know(agent.as_bytes(), b""), "{agent}");
        }
        assert!(scanners.know(b"", b"\"sipvicious\"<sip:100@1.1.1.1>;tag=1"));
        for agent in [
            "",
            "Linphone/5.2",
            "MicroSIP/3.21",
            "Yealink SIP-T46S 66.86.0.15",
            "Asterisk PBX 20",
            "FPBX",
            "baresip v3",
            "Zoiper rv2",
            "Grandstream GXP2170",
            "Cisco-SIPGateway/IOS-16",
            "Obihai/OBi202",
            "SIPp",
        ] {
            assert!(!scanners.know(agent.as_bytes(), b"<sip:x@y>"), "{agent}");
        }
    }
}
