//! Writes a call and its turns until it is ended from outside; prints each turn's number once it is stored and amended.
//! The test of `kill -9` runs it: `write_turns PATH_OR_URL`.

use biseo_model::ids::{CallId, ShopId};
use biseo_model::record::{CallRecord, Latency, TurnRecord};
use biseo_store::Store;
use jiff::Timestamp;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args_os().nth(1).ok_or("usage: write_turns DATABASE")?;
    let store = Store::open(path).await?;
    let call = CallId::new("c1")?;
    store.begin_call(&begun(&call)?).await?;
    for number in 0..100_000 {
        let mut turn = turn(&call, number);
        store.add_turn(&turn).await?;
        turn.said = format!("{number}번째 대답");
        store.amend_turn(&turn).await?;
        println!("{number}");
    }
    Ok(())
}

fn begun(call: &CallId) -> Result<CallRecord, Box<dyn std::error::Error>> {
    Ok(CallRecord {
        id: call.clone(),
        shop: ShopId::new("haengbok")?,
        caller: None,
        dialled: None,
        forwarded: None,
        started: Timestamp::UNIX_EPOCH,
        answered: None,
        ended: None,
        end: None,
        recording: None,
    })
}

fn turn(call: &CallId, number: u32) -> TurnRecord {
    TurnRecord {
        call: call.clone(),
        number,
        at: Timestamp::UNIX_EPOCH,
        heard: format!("{number}번째 말"),
        understood: serde_json::Value::Null,
        said: String::new(),
        latency: Latency::default(),
    }
}
