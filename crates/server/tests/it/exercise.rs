//! The exercise in the running program, with two carriers on loopback: one is treated as dead, its calls are refused and come by the other,
//! and nobody hears of it.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

use biseo_store::{FoundBy, Store};
use serde_json::Value;

use crate::support::carrier::Carrier;
use crate::support::line::{answers, choose, line, notices, of_trunk, status};
use crate::support::{PATIENCE, Place, Running, Server, biseo, latest, until};

fn place(carriers: &[(&str, &Carrier)]) -> Place {
    let place = Place::new();
    place.change("watch = false", "watch = true");
    for (id, carrier) in carriers {
        place.edit("biseo.toml", |old| {
            format!(
                "{old}\n[[sip.trunk]]\nid = \"{id}\"\nserver = \"{}\"\nping = 5\n",
                carrier.at
            )
        });
    }
    place
}

/// `biseo line exercise --json`, while it goes.
struct Exercise {
    running: Running,
    courses: Receiver<Value>,
}

impl Exercise {
    fn begin(place: &Place, seconds: u32) -> Self {
        let seconds = seconds.to_string();
        let arguments = ["line", "exercise", "kt", "--json", "--seconds", &seconds];
        let mut command: Command = biseo(&arguments, place.path());
        let child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut running = Running { child };
        let out = BufReader::new(running.child.stdout.take().unwrap());
        let (told, courses) = channel();
        std::thread::spawn(move || {
            let values = out.lines().map_while(Result::ok);
            values
                .filter_map(|l| serde_json::from_str(&l).ok())
                .all(|v| told.send(v).is_ok())
        });
        Self { running, courses }
    }

    /// The next course of which this is so.
    fn until(&self, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + PATIENCE;
        let mut last = Value::Null;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.courses.recv_timeout(left) {
                Ok(course) if is(&course) => return course,
                Ok(course) => last = course,
                Err(e) => panic!("{what}: {e}: {last}"),
            }
        }
    }

    fn goes(&self) -> Value {
        self.until("it goes", |c| c["stage"]["is"] == "goes")
    }

    fn code(mut self) -> Option<i32> {
        self.running.ended("biseo line exercise", PATIENCE)
    }
}

async fn known(place: &Place) {
    until("answers of the trunk", PATIENCE, || async {
        (answers(place) >= 12).then_some(())
    })
    .await;
}

async fn exercises(store: &Store) -> Vec<biseo_store::Incident> {
    of_trunk(store)
        .await
        .into_iter()
        .filter(|i| i.source == FoundBy::Exercise)
        .collect()
}

#[tokio::test]
async fn a_trunk_is_pulled_and_calls_go_on_by_the_other() {
    let (kt, lg) = (Carrier::start("127.0.0.21:0"), Carrier::start("127.0.0.22:0"));
    let place = place(&[("kt", &kt), ("lg", &lg)]);
    let store = place.store().await;
    choose(&store).await;
    let server = place.serve();
    known(&place).await;

    let exercise = Exercise::begin(&place, 20);
    exercise.goes();
    let at = &*server.sip;
    let (code, response) = kt.call(at, ("01012345678", "first"));
    assert_eq!(code, 503, "{response}");
    assert!(!response.contains("Retry-After"), "{response}");
    let (code, answer) = lg.call(at, ("01012345678", "first-again"));
    assert_eq!(code, 200, "{answer}");
    let said = until("a greeting", PATIENCE, || async {
        let (_, turns) = latest(&store).await?;
        turns.first().map(|t| t.said.clone())
    })
    .await;
    assert!(!said.contains("회선 일부"), "no caller hears of it: {said}");
    let now = status(&place).unwrap();
    assert_eq!(now["exercise"]["asked"]["trunk"], "kt", "{now}");
    assert_eq!(
        now["standing"],
        Value::Array(vec![]),
        "nothing is wrong in earnest"
    );
    let (code, said) = line(&place, &["status"]);
    assert!(
        code == Some(0) && said.contains("소방 훈련 중: 회선 kt"),
        "{said}"
    );
    let (code, said) = line(&place, &["exercise", "lg"]);
    assert!(code == Some(2) && said.contains("다른 훈련이 진행 중"), "{said}");

    let over = exercise.until("its end", |c| c["stage"]["is"] == "over");
    assert_eq!(over["stage"]["why"], "time", "{over}");
    assert_eq!(
        (&over["refused"], &over["returned"], &over["let_in"]),
        (&1.into(), &1.into(), &0.into())
    );
    assert_eq!(over["others"][0]["trunk"], "lg");
    assert_eq!(
        (&over["others"][0]["came"], &over["others"][0]["answered"]),
        (&1.into(), &1.into())
    );
    assert_eq!(over["said"]["verdict"]["subject"]["name"], "kt", "{over}");
    assert_eq!(over["faults"], Value::Array(vec![]), "{over}");
    assert_eq!(exercise.code(), Some(0), "kept");
    lg.hang_up(at, ("01012345678", "first-again"), &answer);

    let (code, answer) = kt.call(at, ("01087654321", "second"));
    assert_eq!(code, 200, "it is back: {answer}");
    kt.hang_up(at, ("01087654321", "second"), &answer);
    let kept = until("its record", PATIENCE, || async {
        exercises(&store).await.into_iter().find(|i| i.ended.is_some())
    })
    .await;
    assert_eq!((kept.name.as_str(), kept.announced), ("kt", None));
    let of_kt = of_trunk(&store).await.into_iter().filter(|i| i.name == "kt");
    assert_eq!(of_kt.count(), 1, "the doctor has said nothing of it in earnest");
    assert_eq!(notices(&store).await, []);
    assert_eq!(
        store.messages(&crate::support::shop(), 10).await.unwrap().len(),
        0,
        "nobody is to be called back"
    );
    for format in ["html", "json"] {
        let days = ["--from", "2026-11-24", "--to", "2026-11-24", "--format", format];
        let (code, page) = line(&place, &[&["export", "--shop", "haengbok"], &days[..]].concat());
        assert!(
            code == Some(0) && page.contains(["훈련", "\"exercise\""][usize::from(format == "json")]),
            "{page}"
        );
        let faults = page.split("<h2>").next().unwrap();
        assert!(format == "json" || !faults.contains("kt"), "no fault: {page}");
    }
    store.close().await;
    server.stop();
}

#[tokio::test]
async fn it_ends_early_when_it_is_stopped_or_the_carrier_does_not_switch_and_does_not_outlive_the_program() {
    let (kt, lg) = (Carrier::start("127.0.0.23:0"), Carrier::start("127.0.0.24:0"));
    let place = place(&[("kt", &kt), ("lg", &lg)]);
    let store = place.store().await;
    let mut server = place.serve();
    known(&place).await;

    let exercise = Exercise::begin(&place, 600);
    exercise.goes();
    exercise.running.signal("INT");
    let over = exercise.until("its end", |c| c["stage"]["is"] == "over");
    assert_eq!(over["stage"]["why"], "stopped", "{over}");
    assert_eq!(exercise.code(), Some(1));

    let exercise = Exercise::begin(&place, 600);
    exercise.goes();
    assert_eq!(kt.call(&server.sip, ("01012345678", "first")).0, 503);
    let (code, answer) = kt.call(&server.sip, ("01012345678", "first-again"));
    assert_eq!(code, 200, "whoever comes by it again is answered: {answer}");
    kt.hang_up(&server.sip, ("01012345678", "first-again"), &answer);
    let over = exercise.until("its end", |c| c["stage"]["is"] == "over");
    assert_eq!(over["stage"]["why"], "called_again", "{over}");
    assert_eq!(exercise.code(), Some(1));

    let exercise = Exercise::begin(&place, 600);
    exercise.goes();
    until("its record", PATIENCE, || async {
        exercises(&store)
            .await
            .iter()
            .any(|i| i.ended.is_none())
            .then_some(())
    })
    .await;
    // Out of the air, as by a power cut.
    server.running.signal("KILL");
    server.running.ended("biseo serve", PATIENCE);
    drop(server);
    assert_eq!(exercise.code(), Some(1), "nobody answers any more");
    let later = ["serve", "--clock", "2026-11-24T10:22:00+09:00"];
    let server = Server::start(biseo(&later, place.path()));
    until("the end of its record", PATIENCE, || async {
        let all = exercises(&store).await;
        (all.len() == 3 && all.iter().all(|i| i.ended.is_some())).then_some(())
    })
    .await;
    let (code, answer) = kt.call(&server.sip, ("01087654321", "second"));
    assert_eq!(code, 200, "{answer}");
    store.close().await;
    server.stop();
}

#[tokio::test]
async fn it_is_refused_with_what_to_do() {
    let refused = |place: &Place, trunk: &str| {
        let (code, said) = line(place, &["exercise", trunk]);
        assert_eq!(code, Some(2), "{said}");
        said
    };
    let kt = Carrier::start("127.0.0.25:0");
    let alone = place(&[("kt", &kt)]);
    assert!(refused(&alone, "kt").contains("[[sip.trunk]]를 하나 더"));
    let lg = Carrier::start("127.0.0.26:0");
    let place = place(&[("kt", &kt), ("lg", &lg)]);
    let said = refused(&place, "sk");
    assert!(said.contains("kt, lg"), "{said}");
    let said = refused(&place, "kt");
    assert!(said.contains("지켜보는 비서가 없습니다"), "{said}");
    for seconds in ["9", "601", "many"] {
        let (code, said) = line(&place, &["exercise", "kt", "--seconds", seconds]);
        assert_eq!(code, Some(2), "{said}");
    }
    drop(lg);
    let server = place.serve();
    known(&place).await;
    let said = refused(&place, "kt");
    assert!(said.contains("대신 받을 회선이 없습니다"), "{said}");
    assert_eq!(
        kt.call(&server.sip, ("01012345678", "first")).0,
        200,
        "nothing has begun"
    );
    server.stop();
}
