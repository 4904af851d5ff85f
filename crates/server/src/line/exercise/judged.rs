//! Whether an exercise went as it should.

use super::{Course, End, Fault};

/// What was not as it should be in an exercise that ended so.
pub(super) fn judged(course: &Course, end: End) -> Vec<Fault> {
    let faults = [
        (end != End::Time, Fault::Short),
        (course.said.is_none(), Fault::Unnoticed),
        (course.returned < course.refused, Fault::NotReturned),
        (course.let_in > 0, Fault::LetIn),
        (course.others.iter().any(|o| o.lost > 0), Fault::Lost),
    ];
    faults
        .into_iter()
        .filter_map(|(is, fault)| is.then_some(fault))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Asked, Other, Stage, Told};
    use super::*;
    use crate::line::status::tests::verdict;
    use biseo_line::Label;
    use jiff::Timestamp;

    fn course() -> Course {
        let asked = Asked {
            trunk: "kt".into(),
            seconds: 60,
        };
        Course {
            said: Some(Told {
                after_ms: 4_000,
                verdict: verdict(Label::TrunkDead, 0, 4_000),
            }),
            refused: 2,
            returned: 2,
            others: vec![Other {
                trunk: "lg".into(),
                state: "up".into(),
                came: 2,
                answered: 1,
                lost: 0,
                placed: 0,
            }],
            ..Course::new(asked, Stage::Goes, Timestamp::UNIX_EPOCH)
        }
    }

    #[test]
    fn kept_is_only_what_lasted_was_noticed_and_lost_nobody() {
        // A caller who gave up was not lost by us.
        assert_eq!(judged(&course(), End::Time), []);
        for end in [
            End::Stopped,
            End::NoOther,
            End::CalledAgain,
            End::Earnest,
            End::Ending,
        ] {
            assert_eq!(judged(&course(), end), [Fault::Short]);
        }
        let mut bad = course();
        (bad.said, bad.returned, bad.let_in, bad.others[0].lost) = (None, 1, 1, 1);
        assert_eq!(
            judged(&bad, End::Time),
            [Fault::Unnoticed, Fault::NotReturned, Fault::LetIn, Fault::Lost]
        );
    }
}
