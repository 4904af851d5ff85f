//! `flows/schema.json` takes what a flow's file takes, and the committed file is the one that is generated.

#[path = "../../model/tests/schema/validate.rs"]
mod validate;

use biseo_conversation::Flows;
use serde_json::Value;
use validate::faults;

const FLOWS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../flows");

fn file(name: &str) -> String {
    std::fs::read_to_string(format!("{FLOWS}/{name}")).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn schema() -> Value {
    serde_json::from_str(&file("schema.json")).unwrap()
}

#[cfg(feature = "schema")]
#[test]
fn the_committed_file_is_the_one_that_is_generated() {
    let generated: Value = serde_json::from_str(&biseo_conversation::schema::flow()).unwrap();
    assert_eq!(
        schema(),
        generated,
        "run: cargo run -p biseo-conversation --features schema --example schema > flows/schema.json"
    );
}

/// The folder's flows are those that Biseo comes with: none is forgotten there.
#[test]
fn each_flow_names_the_schema_and_fits_it() {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(FLOWS).unwrap().map(|e| e.unwrap().path()) {
        let name = entry.file_name().unwrap().to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(".toml").filter(|s| !s.contains('.')) else {
            continue;
        };
        let text = file(&name);
        assert!(text.starts_with("#:schema ./schema.json\n"), "{name}");
        let flow: Value = toml::from_str(&text).unwrap();
        assert_eq!(faults(&schema(), &flow), Vec::<String>::new(), "{name}");
        names.push(stem.to_string());
    }
    names.sort();
    let mut built_in: Vec<String> = Flows::built_in().all().iter().map(|f| f.name.clone()).collect();
    built_in.sort();
    assert_eq!(names, built_in);
}

/// Each fault is one that reading the file finds too: the editor tells it earlier.
#[test]
fn faults_are_found_where_they_are() {
    for bad in [
        "intents = [\"bokk\"]\n[[step]]\ncollect = \"date\"",
        "intent = [\"book\"]\n[[step]]\ncollect = \"date\"",
        "intents = [\"book\"]\n[[step]]\ncollect = \"colour\"",
        "intents = [\"book\"]\n[[step]]\ncollect = \"date\"\ntell = \"x\"",
        "intents = [\"book\"]\n[[step]]\nwhen = \"tables\"",
        "intents = [\"book\"]\n[[step]]\ncolect = \"date\"",
        "intents = [\"book\"]\n[[step]]\ndo = \"rob\"",
        "intents = [\"book\"]\n[ground]\nexplizit = 0.5\n[[step]]\ncollect = \"date\"",
        "intents = [\"book\"]",
    ] {
        let flow: Value = toml::from_str(bad).unwrap();
        assert!(!faults(&schema(), &flow).is_empty(), "{bad}: taken");
        assert!(Flows::from_files(&[("own.toml", bad)]).is_err(), "{bad}: read");
    }
}
