//! The resolvers of names together.

use super::Past;
use crate::hold::{Opinion, Outlook};
use crate::site::{ResolverAt, Site};
use crate::verdict::{Consequence, Finding, Label};

/// Wrong if all resolvers that ever answered hang or fail; one that still answers is enough to go on with.
pub(crate) fn judge(past: &Past, site: &Site) -> Outlook {
    let known: Vec<_> = site
        .resolvers
        .iter()
        .filter_map(|r| past.names.get(&r.name))
        .collect();
    let of = known.len();
    let silent: Vec<i64> = known
        .iter()
        .filter_map(|n| n.silent(past.now_ms, 1_800))
        .collect();
    let failing: Vec<i64> = known.iter().filter_map(|n| n.failing(past.now_ms)).collect();
    let since = silent
        .iter()
        .chain(&failing)
        .min()
        .copied()
        .unwrap_or(past.now_ms);
    if of > 0 && silent.len() + failing.len() == of {
        let (label, finding) = if failing.is_empty() {
            (Label::NamesHang, Finding::NamesSilent { n: silent.len(), of })
        } else {
            (Label::NamesFailing, Finding::NamesFailed { n: failing.len(), of })
        };
        return Outlook::Wrong(
            Opinion::new(label, since, 0.88, vec![finding]).bringing(Consequence::NamesLost),
        );
    }
    let heard = known
        .iter()
        .any(|n| n.heard(past.now_ms, 1_600) && n.failing(past.now_ms).is_none());
    if heard { Outlook::Well } else { Outlook::Nothing }
}

/// Uplinks by which resolvers are reached.
pub(crate) fn uplinks(site: &Site) -> impl Iterator<Item = &str> {
    site.resolvers
        .iter()
        .map(|ResolverAt { uplink, .. }| uplink.as_str())
}
