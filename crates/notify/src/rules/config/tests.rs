use super::*;

fn wrong(rest: &str) -> String {
    let text = format!("[[reader]]\nid = \"owner\"\nby = [\"push\"]\n{rest}");
    Notices::from_toml(&text).unwrap_err().to_string()
}

#[test]
fn errors_say_what_and_where() {
    for (rest, said) in [
        ("hours = 3", "line 4"),
        (
            "[[reader.rule]]\nevents = [\"bookings\"]\nwhen = \"never\"",
            "line 5",
        ),
        (
            "[[reader.rule]]\nevents = [\"booking\"]\nwhen = \"closng\"",
            "closng",
        ),
        (
            "[[reader.rule]]\nevents = []\nwhen = \"never\"",
            "reader[0].rule[0].events",
        ),
        (
            "[[reader.rule]]\nevents = [\"all\"]\nwhen = \"never\"\nby = [\"fax\"]",
            "expected one of `push`, `email`, `webhook`, `text`",
        ),
        (
            "[[reader.rule]]\nevents = [\"all\"]\nwhen = \"never\"\nby = []",
            "reader[0].rule[0].by",
        ),
        (
            "quiet = [{ from = \"12:00\", to = \"12:00\" }]",
            "reader[0].quiet[0]",
        ),
        (
            "quiet = [{ from = \"12:00\", to = \"13:00\", days = [] }]",
            "reader[0].quiet[0]",
        ),
        ("email = \"owner\"", "reader[0].email"),
        ("fax = \"02-123-4567\"", "unknown field `fax`"),
        ("phone = \"02-123-4567\"", "reader[0].phone: not a Korean mobile"),
        (
            "[[reader.rule]]\nevents = [\"all\"]\nwhen = \"never\"\nby = [\"text\"]",
            "reader[0].phone: reader \"owner\" is told by text, but has no phone",
        ),
        ("[callers]\ntext = [\"booking\", \"message\"]", "callers.text"),
        ("[callers]\ntext = [\"all\"]", "callers.text"),
        ("[[reader]]\nid = \"owner\"\nby = [\"push\"]", "reader[1].id"),
        ("[[reader]]\nid = \"a b\"\nby = [\"push\"]", "reader[1].id"),
    ] {
        let error = wrong(rest);
        assert!(error.contains(said), "{rest}\n{error}");
    }
}

#[test]
fn what_was_read_can_be_written_and_read_again() {
    let text = "[[reader]]\nid = \"owner\"\nby = [\"push\"]\n[[reader.rule]]\nevents = [\"digest\"]\nwhen = \"21:30\"\nwithin = { from = \"22:00\", to = \"07:00\", days = [\"mon\"] }\n[callers]\ntext = [\"booking\", \"missed\"]";
    let rules = Notices::from_toml(text).unwrap();
    let again = Notices::from_toml(&toml::to_string(&rules).unwrap()).unwrap();
    assert_eq!(rules, again);
}
