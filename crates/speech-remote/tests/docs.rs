//! The tables in docs/engines.md are such as the engines take, and say the defaults where they say so.

use biseo_speech_remote::chain::ChainConfig;
use biseo_speech_remote::openai::{OpenAiSttConfig, OpenAiTtsConfig};
use biseo_speech_remote::realtime::RealtimeConfig;
use biseo_speech_remote::rtzr::RtzrConfig;
use toml::Table;

/// All of the page's blocks of TOML that begin with a table, as one.
fn page() -> Table {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/engines.md");
    let text = std::fs::read_to_string(path).unwrap();
    let blocks = text
        .split("```toml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next());
    let tables: Vec<_> = blocks.filter(|block| block.starts_with('[')).collect();
    tables.concat().parse().unwrap()
}

fn table<T: serde::de::DeserializeOwned>(path: &[&str]) -> T {
    let found = path
        .iter()
        .fold(toml::Value::Table(page()), |table, &name| table[name].clone());
    found.try_into().unwrap_or_else(|e| panic!("{path:?}: {e}"))
}

#[test]
fn what_the_page_says_is_so() {
    let key_env = Some("OPENAI_API_KEY".to_owned());
    let rtzr: RtzrConfig = table(&["speech", "rtzr"]);
    rtzr.check().unwrap();
    let usual = RtzrConfig {
        client_id: "…".into(),
        client_secret_env: Some("RTZR_CLIENT_SECRET".into()),
        ..RtzrConfig::default()
    };
    assert_eq!(rtzr, usual);
    let realtime: RealtimeConfig = table(&["speech", "realtime"]);
    realtime.check().unwrap();
    let usual = RealtimeConfig {
        key_env: key_env.clone(),
        ..RealtimeConfig::default()
    };
    assert_eq!(realtime, usual);
    let stt: OpenAiSttConfig = table(&["speech", "openai", "stt"]);
    stt.check().unwrap();
    let usual = OpenAiSttConfig {
        key_env: key_env.clone(),
        ..OpenAiSttConfig::default()
    };
    assert_eq!(stt, usual);
    let tts: OpenAiTtsConfig = table(&["speech", "openai", "tts"]);
    tts.check().unwrap();
    let usual = OpenAiTtsConfig {
        key_env,
        ..OpenAiTtsConfig::default()
    };
    assert_eq!(tts, usual);
    assert_eq!(table::<ChainConfig>(&["speech", "chain"]), ChainConfig::default());
}
