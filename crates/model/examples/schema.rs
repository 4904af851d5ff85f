//! Prints the JSON schema of the shop profile:
//! `cargo run -p biseo-model --features schema --example schema > shops/schema.json`.

fn main() {
    print!("{}", biseo_model::schema::shop_profile());
}
