//! The committed document is the handlers' own.

#[test]
fn the_committed_document_is_up_to_date() {
    let ours = serde_json::to_string_pretty(&biseo_api::document()).unwrap() + "\n";
    let committed = include_str!("../../openapi.json");
    assert!(
        committed == ours,
        "run: cargo run -p biseo-api --example openapi > crates/api/openapi.json"
    );
}
