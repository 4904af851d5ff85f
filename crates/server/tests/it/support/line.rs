//! What the tests of the line look at: notices, greetings, incidents, and what `biseo line` says.

use std::process::Stdio;

use biseo_model::ids::CallId;
use biseo_store::{Incident, Page, Store};
use serde_json::{Value, json};

use super::{CONVERSATION, Place, Running, Server, biseo, call, latest, root, shop, text, until};

/// Somebody is told of everything; that no mail can be sent leaves it in the outbox.
pub async fn choose(store: &Store) {
    let reader = json!({"id": "owner", "by": ["email"], "email": "owner@example.com"});
    let choices = json!({"notices": {"reader": [reader], "callers": {"text": ["missed"]}}});
    assert!(store.choose(&shop(), "choices", &choices, 0).await.unwrap());
}

/// The texts of notices about the line that are in the outbox, with whether they say that it is over.
pub async fn notices(store: &Store) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    for delivery in store.deliveries(&shop(), 50).await.unwrap() {
        for notice in store.notices_of(&shop(), &delivery.id).await.unwrap() {
            let fact = &notice.content["fact"];
            if fact["kind"] == "line_incident" {
                let text = fact["text"].as_str().unwrap_or_default().to_string();
                found.push((text, fact["over"] == true));
            }
        }
    }
    found
}

/// What a caller hears first in a call that begins now.
pub async fn greeting(place: &Place, server: &Server, store: &Store) -> String {
    let before: Option<CallId> = latest(store).await.map(|(call, _)| call.id);
    let scenario = root().join("scenarios/demo.jsonl");
    let child = call(place, &server.address("haengbok"), &scenario, "demo")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let caller = Running { child };
    let said = until("a greeting", CONVERSATION, || async {
        let (call, turns) = latest(store).await?;
        let new = Some(&call.id) != before.as_ref();
        turns.first().filter(|_| new).map(|t| t.said.clone())
    })
    .await;
    drop(caller);
    said
}

/// What the line doctor has said of the trunk, the newest first.
pub async fn of_trunk(store: &Store) -> Vec<Incident> {
    let page = Page {
        after: None,
        limit: 50,
    };
    let mut all = store.incident_page(&shop(), &page).await.unwrap();
    all.retain(|i| i.subject == "trunk");
    all
}

/// Runs `biseo line`; gives its exit status and its words.
pub fn line(place: &Place, arguments: &[&str]) -> (Option<i32>, String) {
    let output = biseo(&[&["line"], arguments].concat(), place.path())
        .output()
        .unwrap();
    (output.status.code(), text(&output))
}

/// How the line is, as the running program has it.
pub fn status(place: &Place) -> Option<Value> {
    let (_, said) = line(place, &["status", "--json"]);
    serde_json::from_str(said.lines().next()?).ok()
}

/// How often the trunk has answered so far.
pub fn answers(place: &Place) -> u64 {
    let status = status(place).unwrap_or_default();
    let all = status["targets"].as_array().cloned().unwrap_or_default();
    let trunk = all.iter().find(|t| t["place"] == "trunk" && t["by"] == "options");
    trunk.and_then(|t| t["answered"].as_u64()).unwrap_or(0)
}
