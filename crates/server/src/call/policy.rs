//! Whether, and after how long, a shop lets Biseo answer (`answering` in its profile).

use std::time::Duration;

use biseo_model::record::{CallEnd, ForwardReason};
use biseo_model::shop::{Answer, NotTaken, ShopProfile};
use biseo_rehearse::CALLERS_NUMBER;
use biseo_telephony::{CallInfo, EndCause, Leg, LegEvent};
use jiff::tz::TimeZone;
use tokio::time::Instant;

use super::ended_by;
use crate::house::House;

/// What is done with a call that has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// It is answered after ringing for so long; none: at once.
    Answer(Option<Duration>),
    /// It is refused with this status code.
    Refuse(u16),
}

/// What the shop wants to be done with a call by SIP.
pub(super) fn wish(house: &House, shop: &ShopProfile, info: &CallInfo) -> Wish {
    // The page's own call rehearses the conversation, at whatever hour.
    if info.account.as_deref() == Some(CALLERS_NUMBER) {
        return Wish::Answer(None);
    }
    wish_of(shop, now(house, shop), info.dialled.forwarded)
}

/// Whether the shop lets Biseo take calls at this hour, after ringing or at once: for those that are answered already (media streams) and
/// those that the telephone has refused.
pub(crate) fn takes(house: &House, shop: &ShopProfile) -> bool {
    now(house, shop) != Answer::Never
}

fn now(house: &House, shop: &ShopProfile) -> Answer {
    let zone = TimeZone::get(&shop.zone).unwrap_or(TimeZone::UTC);
    let at = house.clock.shop_time(&zone);
    shop.answering.at(&shop.hours, at)
}

fn wish_of(shop: &ShopProfile, answer: Answer, forwarded: Option<ForwardReason>) -> Wish {
    let rang = matches!(forwarded, Some(ForwardReason::NoAnswer | ForwardReason::Busy));
    match answer {
        Answer::Never => Wish::Refuse(match shop.answering.refusal {
            NotTaken::Unavailable => 480,
            NotTaken::Busy => 486,
        }),
        Answer::AfterRinging if !rang => {
            Wish::Answer(Some(Duration::from_secs(shop.answering.ring_seconds.into())))
        }
        Answer::AtOnce | Answer::AfterRinging => Wish::Answer(None),
    }
}

/// A call that was over before it was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gone {
    /// The caller gave up, or the line failed.
    Missed(CallEnd),
    /// Somebody at another telephone has taken it.
    Elsewhere,
}

impl Gone {
    /// What an end means for a call that was not answered yet.
    pub(super) fn by(cause: &EndCause) -> Self {
        match cause {
            EndCause::TakenElsewhere => Self::Elsewhere,
            cause => Self::Missed(ended_by(cause)),
        }
    }
}

/// Lets it ring (180) for so long, unless the call ends before.
pub(super) async fn ring(leg: &mut Leg, time: Duration) -> Result<(), Gone> {
    leg.ringing();
    let over = Instant::now() + time;
    loop {
        match tokio::time::timeout_at(over, leg.next_event()).await {
            Ok(LegEvent::Ended(end)) => return Err(Gone::by(&end.cause)),
            Ok(_) => {}
            Err(_) => return Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shop(answering: &str) -> ShopProfile {
        let text = format!(
            "id = \"a\"\nname = {{ ko = \"가\" }}\nzone = \"Asia/Seoul\"\naddress = {{ ko = \"서울\" }}\n\
             hours.week.tue = {{ open = \"11:00:00\", close = \"22:00:00\" }}\n[answering]\n{answering}"
        );
        ShopProfile::from_toml(&text).unwrap()
    }

    #[test]
    fn what_has_rung_elsewhere_does_not_ring_again() {
        let shop = shop("ring_seconds = 7\nrefusal = \"busy\"");
        let rings = Wish::Answer(Some(Duration::from_secs(7)));
        for (answer, forwarded, wished) in [
            (Answer::AtOnce, None, Wish::Answer(None)),
            (Answer::AfterRinging, None, rings),
            (Answer::AfterRinging, Some(ForwardReason::Always), rings),
            (
                Answer::AfterRinging,
                Some(ForwardReason::NoAnswer),
                Wish::Answer(None),
            ),
            (
                Answer::AfterRinging,
                Some(ForwardReason::Busy),
                Wish::Answer(None),
            ),
            (Answer::Never, Some(ForwardReason::NoAnswer), Wish::Refuse(486)),
            (Answer::Never, None, Wish::Refuse(486)),
        ] {
            assert_eq!(
                wish_of(&shop, answer, forwarded),
                wished,
                "{answer:?} {forwarded:?}"
            );
        }
        assert_eq!(wish_of(&self::shop(""), Answer::Never, None), Wish::Refuse(480));
    }

    #[test]
    fn whoever_was_answered_elsewhere_is_not_missed() {
        assert_eq!(Gone::by(&EndCause::TakenElsewhere), Gone::Elsewhere);
        assert_eq!(Gone::by(&EndCause::Cancelled), Gone::Missed(CallEnd::Caller));
        assert_eq!(Gone::by(&EndCause::Shutdown), Gone::Missed(CallEnd::Failed));
    }
}
