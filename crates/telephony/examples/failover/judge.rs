//! Whether no call was lost, and each was tried by the other carrier soon enough.

use std::time::Duration;

use crate::lab::{Fate, Round};

/// From the call, or its carrier's death, to the INVITE by the other carrier, at most.
const ALTERNATE: Duration = Duration::from_millis(1_500);

/// In what so many rounds fall short, in words; nothing if all is as aimed at.
pub fn shortfalls(calls: usize, rounds: &[Round]) -> Vec<String> {
    let mut out = Vec::new();
    if rounds.len() != calls || calls == 0 {
        out.push(format!("{} of {calls} calls were placed", rounds.len()));
    }
    let lost = rounds.iter().filter(|r| r.fate == Fate::Lost).count();
    if lost > 0 {
        out.push(format!("{lost} calls were lost"));
    }
    let late = rounds
        .iter()
        .filter_map(|r| r.alternate)
        .filter(|a| *a > ALTERNATE);
    let (n, worst) = late.fold((0, Duration::ZERO), |(n, worst), a| (n + 1, worst.max(a)));
    if n > 0 {
        let (worst, most) = (worst.as_millis(), ALTERNATE.as_millis());
        out.push(format!(
            "{n} alternate INVITEs later than {most} ms, the latest {worst} ms"
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved(ms: u64) -> Round {
        Round {
            fate: Fate::Saved,
            rang: true,
            alternate: Some(Duration::from_millis(ms)),
        }
    }

    #[test]
    fn each_aim_that_is_missed_is_told() {
        let well = vec![saved(900), saved(1_500)];
        assert_eq!(shortfalls(2, &well), Vec::<String>::new());
        assert_eq!(shortfalls(3, &well), ["2 of 3 calls were placed"]);
        assert_eq!(shortfalls(0, &[]), ["0 of 0 calls were placed"]);
        let lost = Round {
            fate: Fate::Lost,
            rang: false,
            alternate: None,
        };
        assert_eq!(shortfalls(2, &[saved(900), lost]), ["1 calls were lost"]);
        assert_eq!(
            shortfalls(2, &[saved(1_501), saved(3_000)]),
            ["2 alternate INVITEs later than 1500 ms, the latest 3000 ms"]
        );
    }
}
