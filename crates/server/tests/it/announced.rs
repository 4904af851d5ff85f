//! How soon callers hear that a trunk is out of order, and how soon they do not any more: measured on the running program. Once it is always tried,
//! five times by
//!
//! `cargo test --workspace --test it announced -- --ignored --nocapture`

use biseo_store::Store;
use jiff::{SignedDuration, Timestamp};

use crate::support::carrier::Carrier;
use crate::support::line::{answers, of_trunk, status};
use crate::support::{PATIENCE, Place, Server, biseo, latest, until};

const TRIALS: usize = 5;
/// Callers hear of it so soon after the verdict, and do not any more so soon after the trunk is back.
const HEARD: SignedDuration = SignedDuration::from_secs(10);
const TAKEN_BACK: SignedDuration = SignedDuration::from_secs(60);

/// One call after another, each until its first sentence is on its way.
struct Callers<'a> {
    by: &'a Carrier,
    server: &'a Server,
    store: &'a Store,
    calls: usize,
}

impl Callers<'_> {
    /// When the next call's first sentence was on its way, and whether it told of the line.
    async fn next(&mut self) -> (Timestamp, bool) {
        self.calls += 1;
        let call = ("01012345678", &*format!("call-{}", self.calls));
        let before = latest(self.store).await.map(|(c, _)| c.id);
        let (code, answer) = self.by.call(&self.server.sip, call);
        assert_eq!(code, 200, "{answer}");
        let said = until("a first sentence", PATIENCE, || async {
            let (call, turns) = latest(self.store).await?;
            let new = Some(&call.id) != before.as_ref();
            turns.first().filter(|_| new).map(|t| t.said.clone())
        })
        .await;
        let at = Timestamp::now();
        self.by.hang_up(&self.server.sip, call, &answer);
        (at, said.contains("회선 일부"))
    }

    /// When a call first told of the line, or first did not.
    async fn until(&mut self, told: bool) -> Timestamp {
        loop {
            let (at, tells) = self.next().await;
            if tells == told {
                return at;
            }
        }
    }
}

fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64()
}

#[tokio::test]
async fn it_is_told_in_time_and_taken_back_in_time() {
    tell_and_take_back(1, ("127.0.0.43:0", "127.0.0.44:0")).await;
}

#[tokio::test]
#[ignore = "a measurement of some minutes"]
async fn how_soon_it_is_told_and_taken_back() {
    tell_and_take_back(TRIALS, ("127.0.0.41:0", "127.0.0.42:0")).await;
}

async fn tell_and_take_back(trials: usize, (dies, lives): (&str, &str)) {
    let (mut kt, lg) = (Carrier::start(dies), Carrier::start(lives));
    let at = kt.at.to_string();
    let place = Place::new();
    place.change("watch = false", "watch = true");
    place.edit("biseo.toml", |old| {
        let trunk =
            |id: &str, c: &Carrier| format!("\n[[sip.trunk]]\nid = \"{id}\"\nserver = \"{}\"\n", c.at);
        format!("{old}{}{}", trunk("kt", &kt), trunk("lg", &lg))
    });
    let store = place.store().await;
    let server = Server::start(biseo(&["serve"], place.path()));
    let mut callers = Callers {
        by: &lg,
        server: &server,
        store: &store,
        calls: 0,
    };
    until("answers of the trunk", PATIENCE, || async {
        (answers(&place) >= 12).then_some(())
    })
    .await;
    for trial in 1..=trials {
        assert!(!callers.next().await.1, "nothing is wrong yet");
        let died = Timestamp::now();
        drop(kt);
        let heard = callers.until(true).await;
        let now = status(&place).unwrap();
        let said: Timestamp = now["standing"][0]["said"].as_str().unwrap().parse().unwrap();
        let back = Timestamp::now();
        kt = Carrier::start(&at);
        let quiet = callers.until(false).await;
        let all = of_trunk(&store).await;
        let ended = all.first().and_then(|i| i.ended).expect("it is over");
        println!(
            "{trial}: verdict {:.1} s after the trunk went, heard by a caller {:.2} s after the verdict; not heard any more {:.1} s after the \
             trunk was back, {:.1} s after what the doctor gives as its recovery",
            seconds(died, said),
            seconds(said, heard),
            seconds(back, quiet),
            seconds(ended, quiet),
        );
        assert!(heard.duration_since(said) <= HEARD);
        assert!(quiet.duration_since(back) <= TAKEN_BACK);
    }
    store.close().await;
    server.stop();
}
