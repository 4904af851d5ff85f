//! Prints the JSON schema of a flow's file:
//! `cargo run -p biseo-conversation --features schema --example schema > flows/schema.json`.

fn main() {
    print!("{}", biseo_conversation::schema::flow());
}
