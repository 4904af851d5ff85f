//! Prints the OpenAPI document: `cargo run -p biseo-api --example openapi > crates/api/openapi.json`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("{}", serde_json::to_string_pretty(&biseo_api::document())?);
    Ok(())
}
