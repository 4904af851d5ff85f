//! A new migration is compiled in at the next build: the macro that embeds them watches files, not their folder.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
