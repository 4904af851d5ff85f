//! Counts fates of probes until the window ends.

use std::collections::BTreeMap;

use biseo_line::evidence::{By, Names, Place, Reach, Refusal, Refused};

/// Of which probes a count is.
pub(crate) type Key = (Place, String, By);

/// What became of a probe.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fate {
    /// Answered after so many µs, with a status if it was SIP.
    Answered(u32, Option<u16>),
    /// An error came, from whom and which.
    Refused(Option<String>, Refusal),
    /// Nothing came.
    Lost,
}

#[derive(Debug, Default)]
struct Count {
    tried: u32,
    rtts: Vec<u32>,
    refused: Vec<Refused>,
    codes: Vec<(u16, u32)>,
}

impl Count {
    fn refuse(&mut self, by: Option<String>, why: Refusal) {
        let kinds = self.refused.len();
        match self.refused.iter_mut().find(|r| r.by == by && r.why == why) {
            Some(refused) => refused.n += 1,
            None if kinds < 8 => self.refused.push(Refused { by, why, n: 1 }),
            None => {}
        }
    }
}

/// The counts of a window.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    reach: BTreeMap<Key, Count>,
    names: BTreeMap<String, (u32, u32, u32, Vec<u32>)>,
}

fn median(mut values: Vec<u32>) -> Option<u32> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}

impl Tally {
    pub fn add(&mut self, key: &Key, fate: Fate) {
        let count = self.reach.entry(key.clone()).or_default();
        count.tried += 1;
        match fate {
            Fate::Lost => {}
            Fate::Answered(us, code) => {
                count.rtts.push(us);
                if let Some(code) = code {
                    match count.codes.iter_mut().find(|(c, _)| *c == code) {
                        Some((_, n)) => *n += 1,
                        None => count.codes.push((code, 1)),
                    }
                }
            }
            Fate::Refused(by, why) => count.refuse(by, why),
        }
    }

    /// An error to a probe that is not counted as tried (those of paths are sent to end early).
    pub fn refuse(&mut self, key: &Key, by: Option<String>, why: Refusal) {
        self.reach.entry(key.clone()).or_default().refuse(by, why);
    }

    /// A question to a resolver: `Some(code, µs)` if it was answered.
    pub fn name(&mut self, resolver: &str, reply: Option<(u8, u32)>) {
        let (asked, answered, failed, times) = self.names.entry(resolver.to_string()).or_default();
        *asked += 1;
        if let Some((code, us)) = reply {
            // NOERROR and NXDOMAIN are answers.
            *(if matches!(code, 0 | 3) { answered } else { failed }) += 1;
            times.push(us);
        }
    }

    pub fn take(&mut self) -> (Vec<Reach>, Vec<Names>) {
        let reach = std::mem::take(&mut self.reach)
            .into_iter()
            .map(|((place, name, by), c)| {
                let answered = u32::try_from(c.rtts.len()).unwrap_or(u32::MAX);
                let rtt_us = median(c.rtts);
                Reach {
                    place,
                    name,
                    by,
                    tried: c.tried,
                    answered,
                    rtt_us,
                    refused: c.refused,
                    codes: c.codes,
                }
            });
        let names = std::mem::take(&mut self.names).into_iter().map(
            |(resolver, (asked, answered, failed, times))| {
                let rtt_us = median(times);
                Names {
                    resolver,
                    asked,
                    answered,
                    failed,
                    rtt_us,
                }
            },
        );
        (reach.collect(), names.collect())
    }
}
