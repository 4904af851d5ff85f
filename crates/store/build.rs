//! The migrations' folder becomes a list that is compiled in: sqlx's own macro for it would have all of sqlx, SQLite included, compiled
//! a second time, for the compiler.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-changed=migrations");
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap()).join("migrations");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .collect();
    files.sort();
    let mut list = String::from("[\n");
    for file in files {
        let stem = file.file_stem().unwrap().to_str().unwrap();
        let (version, name) = stem
            .split_once('_')
            .expect("a migration is called 0001_what_it_does.sql");
        let version: i64 = version.parse().expect("a migration begins with its number");
        let name = name.replace('_', " ");
        // From where the crate stands when it is compiled: checkouts may share what was built, or be moved.
        let file = format!("concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/migrations/{stem}.sql\")");
        writeln!(list, "    ({version}, {name:?}, include_str!({file})),").unwrap();
    }
    list.push(']');
    let target = Path::new(&env::var("OUT_DIR").unwrap()).join("migrations.rs");
    fs::write(target, list).unwrap();
}
