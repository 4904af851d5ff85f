//! What is out of order now, in memory: no call waits for the store to know what to tell.

use std::sync::{PoisonError, RwLock};

use biseo_conversation::Incident as ToTell;
use biseo_line::Consequence;
use biseo_model::ids::ShopId;
use biseo_model::incident::IncidentKind;
use biseo_store::{FoundBy, Incident};
use jiff::Timestamp;
use tokio::sync::Notify;

use super::metrics::word;

/// What is out of order.
#[derive(Debug, Default)]
pub(crate) struct Standing {
    all: RwLock<Vec<Incident>>,
    changed: Notify,
}

impl Standing {
    /// What a shop's callers are told now: the line's faults and the shop's own, the newest of each kind. `account` is the shop's bank
    /// account, told beside a fault of the line over which cards may not work; who began something at the shop has said which one to tell.
    pub(crate) fn to_tell(&self, shop: &ShopId, account: Option<&str>, now: Timestamp) -> Vec<ToTell> {
        let all = self.all.read().unwrap_or_else(PoisonError::into_inner);
        let own = |i: &&Incident| i.shop.as_ref().is_none_or(|s| s == shop) && i.stands(now);
        let mut out: Vec<ToTell> = Vec::new();
        for incident in all.iter().rev().filter(own) {
            let Some(kind) = incident.announced else { continue };
            if out.iter().all(|o| o.kind != kind) {
                let of_the_line = incident.source == FoundBy::Doctor && kind.bars_cards();
                let usual = account.filter(|_| of_the_line).map(str::to_string);
                let account = incident.account.clone().or(usual);
                out.push(ToTell { kind, account });
            }
        }
        // What the shop itself says is known better than what the line lets guess.
        out.sort_by_key(|o| (!o.kind.is_of_the_shop(), o.kind));
        out
    }

    /// The fault for whose sake a shop's calls may break off or not be answered now, the one that began first: its id. The line's, or what the
    /// shop itself says of its internet and its electricity.
    pub(crate) fn fault(&self, shop: &ShopId, now: Timestamp) -> Option<String> {
        let all = self.all.read().unwrap_or_else(PoisonError::into_inner);
        let hurts = |i: &&Incident| is_of_the_line(i) || (is_outage_of(i, shop) && i.stands(now));
        all.iter().find(hurts).map(|i| i.id.clone())
    }

    /// Somebody of a shop has begun or ended something.
    pub(crate) fn look_again(&self) {
        self.changed.notify_one();
    }

    /// Ready when it is to be looked at again.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// This is out of order now, in the order in which it began.
    pub(super) fn set(&self, incidents: Vec<Incident>) {
        *self.all.write().unwrap_or_else(PoisonError::into_inner) = incidents;
    }
}

/// Whether calls may break off for its sake. What the doctor cannot tell, and what concerns callers from one area only, is announced to nobody, but
/// calls fail of it all the same.
pub(super) fn is_of_the_line(incident: &Incident) -> bool {
    use IncidentKind as K;
    let line = |kind| matches!(kind, K::LineDown | K::LinePoor | K::InternetDown);
    incident.source == FoundBy::Doctor && (incident.announced.is_some_and(line) || fails(incident))
}

/// Calls fail, and not for the sake of another fault: nobody is noted twice for one.
fn fails(incident: &Incident) -> bool {
    let inherited = incident
        .evidence
        .get("because_of")
        .is_some_and(|of| !of.is_null());
    incident.consequences.contains(&word(&Consequence::CallsFail)) && !inherited
}

/// Whether this shop says that it has no internet or no electricity.
fn is_outage_of(incident: &Incident, shop: &ShopId) -> bool {
    use IncidentKind as K;
    let outage = |kind| matches!(kind, K::InternetDown | K::PowerDown);
    let own = incident.shop.as_ref() == Some(shop);
    incident.source == FoundBy::Shop && own && incident.announced.is_some_and(outage)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn incident(id: &str, shop: Option<&str>, kind: IncidentKind) -> Incident {
        Incident {
            id: id.into(),
            shop: shop.map(|s| ShopId::new(s).unwrap()),
            source: if shop.is_some() {
                FoundBy::Shop
            } else {
                FoundBy::Doctor
            },
            begun_by: None,
            cause: kind.code().into(),
            subject: "shop".into(),
            name: String::new(),
            region: String::new(),
            consequences: Vec::new(),
            confidence: 1_000,
            announced: Some(kind),
            account: None,
            began: Timestamp::from_second(1_000).unwrap(),
            ends: None,
            ended: None,
            evidence: serde_json::Value::Null,
        }
    }

    #[test]
    fn a_shop_s_callers_hear_of_the_line_and_of_their_own_shop_only() {
        let standing = Standing::default();
        let until = Timestamp::from_second(2_000).unwrap();
        standing.set(vec![
            incident("1", None, IncidentKind::LineDown),
            incident("2", Some("a"), IncidentKind::PaymentsDown),
            Incident {
                ends: Some(until),
                ..incident("3", Some("b"), IncidentKind::PowerDown)
            },
        ]);
        let told = |shop: &str, second| -> Vec<IncidentKind> {
            let now = Timestamp::from_second(second).unwrap();
            let told = standing.to_tell(&ShopId::new(shop).unwrap(), None, now);
            told.into_iter().map(|t| t.kind).collect()
        };
        use IncidentKind as K;
        assert_eq!(told("a", 1_500), [K::PaymentsDown, K::LineDown]);
        assert_eq!(told("b", 1_500), [K::PowerDown, K::LineDown]);
        assert_eq!(told("b", 2_000), [K::LineDown], "it ends by itself");
        let at = Timestamp::from_second(1_500).unwrap();
        let a = ShopId::new("a").unwrap();
        assert_eq!(standing.fault(&a, at).as_deref(), Some("1"));
    }

    #[test]
    fn callers_are_noted_for_what_loses_calls_and_only_at_the_shop_that_says_so() {
        use IncidentKind as K;
        let shop = |name: &str| ShopId::new(name).unwrap();
        let fault = |incident: Incident, of: &str, second| {
            let standing = Standing::default();
            standing.set(vec![incident]);
            standing.fault(&shop(of), Timestamp::from_second(second).unwrap())
        };
        for (kind, loses) in [
            (K::InternetDown, true),
            (K::PowerDown, true),
            (K::PaymentsDown, false),
            (K::ClosedEarly, false),
        ] {
            let own = || Incident {
                ends: Some(Timestamp::from_second(2_000).unwrap()),
                ..incident("1", Some("a"), kind)
            };
            assert_eq!(fault(own(), "a", 1_500).is_some(), loses, "{kind:?}");
            assert_eq!(fault(own(), "b", 1_500), None, "another shop's");
            assert_eq!(fault(own(), "a", 2_000), None, "it has ended by itself");
        }
        let unclear = |consequences: &[&str]| Incident {
            cause: "cannot_tell".into(),
            announced: None,
            consequences: consequences.iter().map(|c| (*c).to_string()).collect(),
            ..incident("1", None, K::LineDown)
        };
        assert_eq!(fault(unclear(&["calls_fail"]), "b", 1_500).as_deref(), Some("1"));
        assert_eq!(fault(unclear(&["slow"]), "b", 1_500), None);
        let inherited = Incident {
            evidence: serde_json::json!({"because_of": {"kind": "uplink", "name": "eth0"}}),
            ..unclear(&["calls_fail"])
        };
        assert_eq!(
            fault(inherited, "b", 1_500),
            None,
            "the uplink's own fault is on record"
        );
    }

    #[test]
    fn the_shop_s_account_is_told_beside_what_bars_cards_unless_the_owner_said_otherwise() {
        use IncidentKind as K;
        let now = Timestamp::from_second(1_500).unwrap();
        let told = |incidents: Vec<Incident>| -> Vec<(K, Option<String>)> {
            let standing = Standing::default();
            standing.set(incidents);
            let told = standing.to_tell(&ShopId::new("a").unwrap(), Some("국민 1-2-3"), now);
            told.into_iter().map(|t| (t.kind, t.account)).collect()
        };
        let own = Some("국민 1-2-3".to_string());
        assert_eq!(
            told(vec![incident("1", None, K::InternetDown)]),
            [(K::InternetDown, own)]
        );
        // Of no use to callers there.
        assert_eq!(
            told(vec![incident("1", None, K::LineDown)]),
            [(K::LineDown, None)]
        );
        // Begun on the page without an account.
        assert_eq!(
            told(vec![incident("2", Some("a"), K::PaymentsDown)]),
            [(K::PaymentsDown, None)]
        );
    }
}
