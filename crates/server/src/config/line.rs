//! `[line]`: the line doctor.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use biseo_line_io::beacon::Secret;
use serde::Deserialize;

use super::secret::{Fault, fault};

/// Seconds between two texts after the line was out of order, at most.
const LONGEST_GAP: u32 = 3_600;
/// Resolvers that are asked at most.
const MOST_RESOLVERS: usize = 4;

/// The line doctor: what it asks. What is not given is found by the routes of the system, `[sip]` and `/etc/resolv.conf`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LineConfig {
    /// Whether the line is watched at all: a ping a second to the router and each trunk, ten while something is odd.
    pub(crate) watch: bool,
    /// The first hop.
    pub(crate) gateway: Option<IpAddr>,
    /// A router of the carrier's.
    pub(crate) carrier: Option<IpAddr>,
    /// Who resolves names, by UDP on port 53.
    pub(crate) resolvers: Vec<IpAddr>,
    /// The name that they are asked for.
    pub(crate) ask: String,
    /// Whether trunks that speak UDP are sent OPTIONS; some providers do not like them.
    pub(crate) options: bool,
    /// Area codes of the callers of a trunk, by its id: `{ kt = "02" }`.
    pub(crate) regions: BTreeMap<String, String>,
    /// Seconds between two texts of a shop to callers who were not served while the line was out of order, once it works again.
    pub(crate) call_back_gap: u32,
    /// A Biseo elsewhere (`biseo line beacon`), which tells a lost way there from a lost way back.
    pub(crate) beacon: Option<BeaconConfig>,
}

/// A Biseo elsewhere.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BeaconConfig {
    /// `ADDRESS:PORT` (`[ADDRESS]:PORT` of IPv6), and no name: those who answer for names may be out of order as well.
    pub(crate) address: SocketAddr,
    /// The file with the secret that both know.
    pub(crate) secret_file: PathBuf,
}

impl BeaconConfig {
    /// Reads the secret, to see that it can be.
    ///
    /// # Errors
    /// The field, and what is wrong with it.
    pub(crate) fn fetch(&self) -> Result<(), Fault> {
        let read = Secret::read(&self.secret_file).map(drop);
        read.map_err(|e| fault("line.beacon.secret_file", e.to_string()))
    }
}

impl Default for LineConfig {
    fn default() -> Self {
        Self {
            watch: false,
            gateway: None,
            carrier: None,
            resolvers: Vec::new(),
            ask: "kr".into(),
            options: true,
            regions: BTreeMap::new(),
            call_back_gap: 10,
            beacon: None,
        }
    }
}

impl LineConfig {
    /// Paths that are relative to the file's folder.
    pub(super) fn files(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        self.beacon.iter_mut().map(|b| &mut b.secret_file)
    }

    /// Reads what only can be read when it is used.
    ///
    /// # Errors
    /// The field, and what is wrong with it.
    pub(crate) fn fetch(&self) -> Result<(), Fault> {
        let beacon = self.beacon.as_ref().filter(|_| self.watch);
        beacon.map_or(Ok(()), BeaconConfig::fetch)
    }

    /// Checks what can be checked without touching anything; `trunks` are the ids of `[[sip.trunk]]`.
    pub(super) fn check<'a>(&self, trunks: impl Iterator<Item = &'a str>) -> Result<(), Fault> {
        if self.resolvers.len() > MOST_RESOLVERS {
            return Err(fault("line.resolvers", format!("give {MOST_RESOLVERS} at most")));
        }
        let label = |l: &str| (1..=63).contains(&l.len()) && l.bytes().all(|b| b.is_ascii_graphic());
        if self.ask.len() > 250 || !self.ask.trim_end_matches('.').split('.').all(label) {
            return Err(fault("line.ask", format!("{:?} is no name of DNS", self.ask)));
        }
        if !(1..=LONGEST_GAP).contains(&self.call_back_gap) {
            let range = format!("1 to {LONGEST_GAP} seconds");
            return Err(fault("line.call_back_gap", range));
        }
        if let Some(at) = self.beacon.as_ref().map(|b| b.address)
            && (at.port() == 0
                || at.ip().is_unspecified()
                || at.ip().is_multicast()
                || at.ip() == IpAddr::from([255; 4]))
        {
            let why = format!("{at}: give the address and the port on which it listens");
            return Err(fault("line.beacon.address", why));
        }
        let trunks: Vec<&str> = trunks.collect();
        match self.regions.keys().find(|id| !trunks.contains(&id.as_str())) {
            Some(id) => Err(fault("line.regions", format!("{id:?} is no [[sip.trunk]]"))),
            None => Ok(()),
        }
    }
}
