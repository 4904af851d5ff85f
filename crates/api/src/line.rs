//! How the line is now, as whoever watches it tells: verdicts in codes, which the API puts into the line doctor's own words.

use biseo_line::{Verdict, Wording};
use biseo_model::ids::ShopId;
use jiff::Timestamp;

use crate::views::{
    LineExercise, LineFault, LineResolver, LineStatus, LineTarget, LineTrunk, LineWatch, subject_of,
};

/// Tells how the line is. It answers from memory.
pub trait SeesLine: Send + Sync + 'static {
    /// How the line is now, as one shop is to see it: other shops of the house may be somebody else's.
    fn now(&self, shop: &ShopId) -> LineNow;
}

/// How the line is.
#[derive(Debug, Clone, Default)]
pub struct LineNow {
    /// What the doctor saw last; none where nobody watches, or nobody has looked yet.
    pub look: Option<LineLook>,
    /// The providers' trunks, by name.
    pub trunks: Vec<LineTrunk>,
}

/// What the doctor saw at the last look.
#[derive(Debug, Clone)]
pub struct LineLook {
    /// When.
    pub at: Timestamp,
    /// Whether something is odd and asked about often.
    pub quick: bool,
    /// Whether pings are allowed.
    pub pings: bool,
    /// Who is asked, and how that went.
    pub targets: Vec<LineTarget>,
    /// Who is asked for names.
    pub resolvers: Vec<LineResolver>,
    /// What is wrong.
    pub standing: Vec<LineVerdict>,
    /// What was wrong last.
    pub last: Option<LineVerdict>,
    /// The exercise that goes on.
    pub exercise: Option<LineExercise>,
}

/// A verdict with its times.
#[derive(Debug, Clone)]
pub struct LineVerdict {
    /// Since when it is so.
    pub began: Timestamp,
    /// When it was said.
    pub said: Timestamp,
    /// When it was over.
    pub ended: Option<Timestamp>,
    /// What.
    pub verdict: Verdict,
}

/// The line as it is shown, in a language's words.
pub(crate) fn status(now: LineNow, at: Timestamp, words: &Wording) -> LineStatus {
    let fault = |v: LineVerdict| fault(v, words);
    let watch = now.look.map(|look| LineWatch {
        looked: look.at,
        quick: look.quick,
        pings: look.pings,
        targets: look.targets,
        resolvers: look.resolvers,
        standing: look.standing.into_iter().map(fault).collect(),
        last: look.last.map(fault),
        exercise: look.exercise,
    });
    LineStatus {
        at,
        watch,
        trunks: now.trunks,
    }
}

fn fault(told: LineVerdict, words: &Wording) -> LineFault {
    let verdict = told.verdict;
    let (sentence, findings) = (words.sentence(&verdict), words.findings(&verdict));
    let (subject, name) = subject_of(&verdict.subject);
    LineFault {
        cause: verdict.label.code().into(),
        subject,
        name,
        region: verdict.region,
        began: told.began,
        said: told.said,
        ended: told.ended,
        confidence: verdict.confidence,
        sentence,
        findings,
    }
}
