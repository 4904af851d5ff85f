//! What is out of order: said once in a call, and in answer to what it concerns.

use biseo_model::incident::IncidentKind;
use biseo_model::understanding::{Slot, Topic, Understanding, Value};
use jiff::civil::Date;

use super::Dialogue;
use crate::io::Incident;
use crate::wording::Values;

/// More at once are not told.
const MOST: usize = 3;

/// What is out of order now, and what the caller knows of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Incidents {
    now: Vec<Incident>,
    told: Vec<IncidentKind>,
}

impl Dialogue {
    /// Tells what is out of order from now on; the caller is told with the next reply of what is new, once in a call. What is no
    /// longer there is over, and questions are answered as ever.
    pub fn out_of_order(&mut self, incidents: Vec<Incident>) {
        self.incidents.now = incidents;
        self.incidents.now.truncate(MOST);
    }

    /// Of what the caller has been told.
    #[must_use]
    pub fn told_of(&self) -> &[IncidentKind] {
        &self.incidents.told
    }

    /// Says what the caller has not been told yet. Whom we have called is asked after, and told nothing of it.
    pub(super) fn announce(&mut self) {
        if self.opening.check_in.is_some() || self.over {
            return;
        }
        let told = &self.incidents.told;
        let new: Vec<Incident> = (self.incidents.now.iter())
            .filter(|i| !told.contains(&i.kind))
            .cloned()
            .collect();
        for incident in new {
            // Two accounts of one fault would be heard twice.
            if !self.incidents.told.contains(&incident.kind) {
                self.incidents.told.push(incident.kind);
                self.say_incident(&incident);
            }
        }
    }

    /// Answers a question which something out of order concerns: what is written down is not so at present.
    pub(super) fn answer_incident(&mut self, topic: Topic, u: &Understanding) -> bool {
        let concerns = |i: &&Incident| concerns(i.kind, topic) && self.is_about_today(u);
        let Some(incident) = self.incidents.now.iter().find(concerns).cloned() else {
            return false;
        };
        // It may have been said at the beginning of this very reply.
        let said = self.incident_key(&incident);
        let twice = |o: &crate::io::Output| matches!(o, crate::io::Output::Say(p) if p.key == said);
        if !self.reply.iter().any(twice) {
            self.say_incident(&incident);
        }
        true
    }

    /// On another day all is as it is written down.
    fn is_about_today(&self, u: &Understanding) -> bool {
        let day = match u.value(Slot::Date) {
            Some(Value::Date(date)) => *date,
            _ => self.now.date(),
        };
        day == self.now.date()
    }

    /// Whether the shop takes nobody any more on that day.
    pub(super) fn closed_early(&self, date: Date) -> bool {
        let closed = |i: &Incident| i.kind == IncidentKind::ClosedEarly;
        date == self.now.date() && self.incidents.now.iter().any(closed)
    }

    fn say_incident(&mut self, incident: &Incident) {
        let account = incident.account.clone().unwrap_or_default();
        let key = self.incident_key(incident);
        self.say(&key, &Values::from([("account", account)]));
    }

    fn incident_key(&self, incident: &Incident) -> String {
        incident.key(self.flows.wording(self.language))
    }
}

/// What a fault changes of what is written down.
fn concerns(kind: IncidentKind, topic: Topic) -> bool {
    match kind {
        IncidentKind::PaymentsDown => topic == Topic::Payment,
        IncidentKind::InternetDown => matches!(topic, Topic::Payment | Topic::Wifi),
        IncidentKind::PowerDown => matches!(topic, Topic::Payment | Topic::Wifi | Topic::Hours),
        IncidentKind::ClosedEarly => matches!(topic, Topic::Hours | Topic::Availability | Topic::Wait),
        IncidentKind::LineDown | IncidentKind::LinePoor => false,
    }
}
