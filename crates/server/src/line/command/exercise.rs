//! `biseo line exercise`: asks the running program for an exercise, and tells how it goes.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::super::exercise::{Asked, Course, FRESH, Files, Other, Refusal, Stage};
use super::super::folder;
use super::place::Place;
use super::{NOTHING, unusable};
use crate::cli::LineExerciseOptions;
use crate::out::line;

/// How often is looked how it goes.
const LOOKED: Duration = Duration::from_millis(200);

/// `biseo line exercise`.
pub(super) async fn run(options: &LineExerciseOptions) -> ExitCode {
    let place = match Place::of(&options.config, options.lang) {
        Ok(place) => place,
        Err(code) => return code,
    };
    let asked = Asked {
        trunk: options.trunk.clone(),
        seconds: options.seconds,
    };
    // What no running program can mend is told at once.
    let trunks = place.config.sip.trunks().collect::<Vec<_>>();
    if !trunks.contains(&&*asked.trunk) {
        return refused(&place, &asked, Refusal::Unknown);
    }
    if trunks.len() < 2 {
        return refused(&place, &asked, Refusal::Alone);
    }
    if place.status().is_none() {
        return place.nobody();
    }
    let folder = folder(&place.config.data);
    let files = match Files::new(&folder).and_then(|files| files.ask(&asked).map(|()| files)) {
        Ok(files) => files,
        Err(e) => {
            let why = format!("{}: {e}", folder.display());
            eprintln!("✗ {}", place.wording.say("exercise_unasked", "", &why));
            return unusable();
        }
    };
    // Counts from here on, so that nobody is left in the middle of it.
    let stop = Stop::new();
    let code = follow(&place, &files, options.json, stop).await;
    files.remove();
    code
}

/// Ctrl-C and SIGTERM, from its making on.
pub(super) struct Stop(Option<(Signal, Signal)>);

impl Stop {
    pub(super) fn new() -> Self {
        let interrupt = signal(SignalKind::interrupt()).ok();
        Self(interrupt.zip(signal(SignalKind::terminate()).ok()))
    }

    pub(super) async fn wanted(&mut self) {
        match &mut self.0 {
            Some((interrupt, terminate)) => {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
            }
            None => std::future::pending().await,
        }
    }
}

async fn follow(place: &Place, files: &Files, json: bool, mut stop: Stop) -> ExitCode {
    let mut shown: Option<Course> = None;
    let asked = Instant::now();
    loop {
        match files.course() {
            Some(known) if known.age <= FRESH => {
                let course = known.course;
                if shown.as_ref() != Some(&course) {
                    match json {
                        true => line!("{}", serde_json::to_string(&course).unwrap_or_default()),
                        false => step(place, shown.as_ref(), &course),
                    }
                }
                if course.is_over() {
                    return end(place, &course, json);
                }
                shown = Some(course);
            }
            Some(_) => return gone(place),
            None if asked.elapsed() > FRESH => return gone(place),
            None => {}
        }
        tokio::select! {
            () = tokio::time::sleep(LOOKED) => {}
            () = stop.wanted() => {
                if !json {
                    line!("{}", place.wording.say("exercise_stopping", "", ""));
                }
                if files.stop().is_err() {
                    return gone(place);
                }
            }
        }
    }
}

/// Nobody answers any more, so that it is over.
fn gone(place: &Place) -> ExitCode {
    eprintln!("✗ {}", place.wording.say("exercise_gone", "", ""));
    NOTHING
}

fn refused(place: &Place, asked: &Asked, why: Refusal) -> ExitCode {
    let trunks: Vec<&str> = place.config.sip.trunks().collect();
    let key = format!("exercise_no_{}", code(&why));
    eprintln!("✗ {}", place.wording.say(&key, &asked.trunk, &trunks.join(", ")));
    unusable()
}

/// What is new.
fn step(place: &Place, before: Option<&Course>, now: &Course) {
    let say = |key: &str, name: &str, why: &str| line!("{}", place.wording.say(key, name, why));
    let (trunk, seconds) = (&*now.asked.trunk, now.asked.seconds.to_string());
    let goes = |c: &Course| !matches!(c.stage, Stage::Begins | Stage::Refused(_));
    if goes(now) && !before.is_some_and(goes) {
        say("exercise_began", trunk, &seconds);
    }
    if let Some(told) = now
        .said
        .as_ref()
        .filter(|_| before.is_none_or(|b| b.said.is_none()))
    {
        say(
            "exercise_said",
            &place.words.sentence(&told.verdict),
            &tenths(told.after_ms),
        );
    }
    let calls = |c: &Course| (c.refused, c.returned, c.let_in);
    if before.map_or((0, 0, 0), calls) != calls(now) {
        refusals(place, now);
    }
    for other in &now.others {
        let known = before.and_then(|b| b.others.iter().find(|o| o.trunk == other.trunk));
        if known != Some(other) {
            line!("  {}", by(place, other));
        }
    }
    if let Stage::Settles(_) = now.stage
        && !before.is_some_and(|b| matches!(b.stage, Stage::Settles(_)))
    {
        say("exercise_back", trunk, "");
    }
}

fn refusals(place: &Place, now: &Course) {
    let say = |key: &str, name: u32, why: u32| {
        let text = place.wording.say(key, &name.to_string(), &why.to_string());
        line!("  {text}");
    };
    say("exercise_refused", now.refused, now.returned);
    if now.let_in > 0 {
        say("exercise_let_in", now.let_in, 0);
    }
}

fn by(place: &Place, other: &Other) -> String {
    let say = |key: &str, name: &str, why: &str| place.wording.say(key, name, why);
    let n = |n: u64| n.to_string();
    let mut text = say("exercise_other", &other.trunk, &other.state);
    text += &say("exercise_came", &n(other.came), &n(other.answered));
    text += &say("exercise_placed", &n(other.placed), "");
    if other.lost > 0 {
        text += &say("exercise_lost", &n(other.lost), "");
    }
    text
}

/// The result.
fn end(place: &Place, course: &Course, json: bool) -> ExitCode {
    let end = match course.stage {
        Stage::Refused(why) => return refused(place, &course.asked, why),
        Stage::Over(end) => end,
        Stage::Begins | Stage::Goes | Stage::Settles(_) => return NOTHING,
    };
    if !json {
        result(place, course, &code(&end));
    }
    match course.is_kept() {
        true => ExitCode::SUCCESS,
        false => NOTHING,
    }
}

fn result(place: &Place, course: &Course, end: &str) {
    let say = |key: &str, name: &str, why: &str| place.wording.say(key, name, why);
    line!("");
    line!(
        "{}",
        say(&format!("exercise_end_{end}"), &tenths(course.lasted_ms), "")
    );
    if let Some(told) = &course.said {
        let sentence = place.words.sentence(&told.verdict);
        line!("  {}", say("exercise_said", &sentence, &tenths(told.after_ms)));
    }
    refusals(place, course);
    for other in &course.others {
        line!("  {}", by(place, other));
    }
    for fault in &course.faults {
        line!("✗ {}", say(&format!("exercise_fault_{}", code(fault)), "", ""));
    }
    if course.is_kept() {
        line!("✓ {}", say("exercise_kept", &course.asked.trunk, ""));
    }
}

/// What `biseo line status` tells of one that goes on.
pub(super) fn now_on(place: &Place, course: &Course) -> String {
    let left = u64::from(course.asked.seconds).saturating_sub(course.lasted_ms / 1_000);
    place
        .wording
        .say("exercise_on", &course.asked.trunk, &left.to_string())
}

/// Seconds with one decimal.
fn tenths(ms: u64) -> String {
    format!("{:.1}", ms as f64 / 1e3)
}

/// The code by which a thing is kept, which the wording has too.
fn code(of: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(of).unwrap_or_default();
    value.as_str().unwrap_or_default().to_string()
}

#[cfg(test)]
mod tests {
    use super::super::super::exercise::{End, Fault};
    use super::*;
    use crate::wording::{Lang, Wording};

    #[test]
    fn whatever_comes_of_it_there_are_words_for_it() {
        use Refusal as R;
        let refusals = [
            R::Unreadable,
            R::Unknown,
            R::Alone,
            R::Faulty,
            R::Unseen,
            R::NoOther,
            R::UnderWay,
            R::Ending,
        ];
        let ends = [
            End::Time,
            End::Stopped,
            End::NoOther,
            End::CalledAgain,
            End::Earnest,
            End::Ending,
        ];
        let faults = [
            Fault::Short,
            Fault::Unnoticed,
            Fault::NotReturned,
            Fault::LetIn,
            Fault::Lost,
        ];
        let keys = refusals.map(|r| format!("exercise_no_{}", code(&r))).into_iter();
        let keys = keys.chain(ends.map(|e| format!("exercise_end_{}", code(&e))));
        let keys = keys.chain(faults.map(|f| format!("exercise_fault_{}", code(&f))));
        for key in keys {
            for lang in [Lang::Ko, Lang::En] {
                assert_ne!(Wording::of("line", lang).say(&key, "kt", "5"), key);
            }
        }
    }
}
