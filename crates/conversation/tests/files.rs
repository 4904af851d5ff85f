//! An owner's files over Biseo's: one sentence, one flow, or a new one; what is wrong is told with file and line.

use biseo_conversation::{Flows, Language};

const TOLD: &str = "intents = [\"find_booking\"]\n\n[[step]]\ntell = \"told\"\n";

#[test]
fn one_sentence_is_changed_alone() {
    let flows = Flows::from_files(&[("call.ko.toml", "busy = \"조금만요.\"")]).unwrap();
    let say = |key: &str| flows.wording(Language::Ko).sentence(key, 0, &Default::default());
    assert_eq!(say("call.busy"), "조금만요.");
    assert_eq!(say("call.say_again"), "다시 한번 말씀해 주시겠어요?");
    assert_eq!(flows.all().len(), Flows::built_in().all().len());
}

#[test]
fn a_flow_replaces_its_namesake() {
    let flows = Flows::from_files(&[("find.toml", TOLD), ("find.ko.toml", "told = \"네.\"")]).unwrap();
    let find = flows.all().iter().find(|f| f.name == "find").unwrap();
    assert_eq!(find.steps.len(), 1);
    assert_eq!(flows.all().len(), Flows::built_in().all().len());
}

#[test]
fn days_and_times_are_said_in_the_owners_way() {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../flows/say.ko.toml"));
    let own = text.replacen("today = \"오늘\"", "today = \"금일\"", 1);
    let flows = Flows::from_files(&[("say.ko.toml", &own)]).unwrap();
    let now = jiff::civil::date(2026, 11, 24).at(10, 0, 0, 0);
    assert_eq!(flows.wording(Language::Ko).say.day(now, now.date()), "금일");
}

#[test]
fn what_is_wrong_names_file_and_line() {
    let undone = "intents = [\"book\"]\n\n[[step]]\ncollect = \"date\"\n\n[[step]]\ndo = \"book\"\n";
    for (file, text, told) in [
        (
            "own.toml",
            "intents = [\"book\"]\n[[step]]\ncolect = \"date\"",
            "own.toml, line 3: unknown field `colect`",
        ),
        (
            "own.toml",
            "intents = [\"book\"]\n\nsteps = 3",
            "own.toml, line 3: ",
        ),
        ("own.toml", "intents = [", "own.toml, line 1: "),
        (
            "own.toml",
            undone,
            "own.toml, line 7: nothing is done unconfirmed",
        ),
        (
            "own.ko.toml",
            "a = \"가\"\nb = \"{x\"",
            "own.ko.toml, line 2: b: a { without }",
        ),
        (
            "own.ko.toml",
            "a = []",
            "own.ko.toml, line 1: a: give at least one sentence",
        ),
        ("own.en.toml", "a = 3", "own.en.toml, line 1: "),
        ("say.ko.toml", "today = \"오늘\"", "say.ko.toml, line 1: "),
        ("own.fr.toml", "", "own.fr.toml: call a flow name.toml"),
        ("../own.toml", "", "../own.toml: call a flow name.toml"),
        ("own.toml", TOLD, "own.ko.toml: write these sentences: told"),
    ] {
        let error = Flows::from_files(&[(file, text)]).unwrap_err().to_string();
        assert!(error.starts_with(told), "{error}");
    }
}

/// What the program says of a flow's sentences is what its steps ask for: without one the caller would hear nothing.
#[test]
fn a_flow_in_korean_only_speaks_korean() {
    use biseo_conversation::{Dialogue, Input, Opening, Output};
    use biseo_model::understanding::{Intent, Understanding};
    let flows = Flows::from_files(&[
        ("tell.toml", &TOLD.replace("find_booking", "complain")),
        ("tell.ko.toml", "told = \"네, 적어 둘게요.\""),
    ])
    .unwrap();
    let shop = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shops/gugu.toml"));
    let profile = std::sync::Arc::new(biseo_model::shop::ShopProfile::from_toml(shop).unwrap());
    let opening = Opening {
        language: Language::En,
        ..Opening::default()
    };
    let mut dialogue = Dialogue::with_flows(profile, opening, std::sync::Arc::new(flows));
    let now = jiff::civil::date(2026, 11, 24).at(16, 0, 0, 0);
    dialogue.handle(now, Input::Started);
    let understanding = Understanding {
        intents: vec![Intent::Complain],
        ..Understanding::default()
    };
    let reply = dialogue.handle(now, Input::heard("the chicken was cold", understanding));
    let told = reply.iter().find_map(|o| match o {
        Output::Say(p) if p.key == "tell.told" => Some((p.language, p.text.as_str())),
        _ => None,
    });
    assert_eq!(told, Some((Language::Ko, "네, 적어 둘게요.")));
}
