//! `shops/schema.json` takes what the profile takes, and the committed file is the one that is generated.

mod validate;

use biseo_model::shop::ShopProfile;
use serde_json::{Value, json};
use validate::faults;

const SHOPS: [&str; 5] = ["haengbok", "byeol", "sotong", "gugu", "maeum"];

fn file(name: &str) -> String {
    let path = format!("{}/../../shops/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn schema() -> Value {
    serde_json::from_str(&file("schema.json")).unwrap()
}

fn shop(id: &str) -> Value {
    toml::from_str(&file(&format!("{id}.toml"))).unwrap()
}

#[cfg(feature = "schema")]
#[test]
fn the_committed_file_is_the_one_that_is_generated() {
    let generated: Value = serde_json::from_str(&biseo_model::schema::shop_profile()).unwrap();
    assert_eq!(
        schema(),
        generated,
        "run: cargo run -p biseo-model --features schema --example schema > shops/schema.json"
    );
}

#[test]
fn each_shop_names_the_schema_and_fits_it() {
    for id in SHOPS {
        assert!(
            file(&format!("{id}.toml")).starts_with("#:schema ./schema.json\n"),
            "{id}"
        );
        assert_eq!(faults(&schema(), &shop(id)), Vec::<String>::new(), "{id}");
    }
}

/// A field that the profile has and the committed schema has not is found here, also where nothing is generated.
#[test]
fn each_profile_as_biseo_writes_it_fits_too() {
    for id in SHOPS {
        let profile = ShopProfile::from_toml(&file(&format!("{id}.toml"))).unwrap();
        let written = serde_json::to_value(&profile).unwrap();
        assert_eq!(faults(&schema(), &written), Vec::<String>::new(), "{id}");
    }
}

/// Each fault is one that [`ShopProfile::from_toml`] finds too: the editor tells it earlier.
#[test]
fn faults_are_found_where_they_are() {
    for (id, place, value) in [
        ("haengbok", "/zoen", json!("Asia/Seoul")),
        ("haengbok", "/menu/0/wno", json!(9000)),
        ("haengbok", "/menu/0/won", json!(-1)),
        ("haengbok", "/menu/0/won", json!("9000")),
        ("haengbok", "/id", json!("../etc")),
        ("haengbok", "/numbers/0", json!("02-700-100x")),
        ("haengbok", "/hours/week/tue/open", json!("25:00:00")),
        ("haengbok", "/hours/week/tue/break", json!(["15:00:00"])),
        (
            "haengbok",
            "/hours/week/tues",
            json!({"open": "11:00:00", "close": "22:00:00"}),
        ),
        ("haengbok", "/hours/week/mon", json!({"open": "11:00:00"})),
        ("haengbok", "/hours/closed_holidays/0", json!("solnal")),
        ("haengbok", "/booking/tables/step_minutes", json!(0)),
        ("haengbok", "/booking/tables/tables/0/count", json!(501)),
        ("byeol", "/booking/staff/ahead_days", json!(731)),
        ("byeol", "/booking/staff/staff/0/off/0", json!("wednesday")),
        ("byeol", "/booking/staf", json!({})),
    ] {
        let mut profile = shop(id);
        put(&mut profile, place, value);
        assert!(!faults(&schema(), &profile).is_empty(), "{id} {place}: taken");
        let text = toml::to_string(&profile).unwrap();
        assert!(ShopProfile::from_toml(&text).is_err(), "{id} {place}: read");
    }
}

#[test]
fn what_must_be_there_is_asked_for() {
    for field in ["id", "name", "zone", "address", "hours"] {
        let mut profile = shop("gugu");
        profile.as_object_mut().unwrap().remove(field);
        let found = faults(&schema(), &profile);
        assert!(found.iter().any(|f| f.contains(field)), "{field}: {found:?}");
    }
}

/// Sets what a JSON pointer names; its parent exists.
fn put(root: &mut Value, place: &str, value: Value) {
    let (parent, last) = place.rsplit_once('/').unwrap();
    match root.pointer_mut(parent).unwrap() {
        Value::Object(fields) => {
            fields.insert(last.into(), value);
        }
        Value::Array(items) => items[last.parse::<usize>().unwrap()] = value,
        other => panic!("{place}: {other} holds nothing"),
    }
}
