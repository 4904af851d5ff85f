//! What an operator does beside the running program: a shop's file is changed, somebody is let into the console.

use std::net::TcpListener;

use crate::support::http::Browser;
use crate::support::{Place, biseo, text};

/// An installation whose console has an address that is known beforehand.
fn place() -> Place {
    let place = Place::new();
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap().to_string();
    place.change(
        "[console]\nlisten = \"127.0.0.1:0\"",
        &format!("[console]\nlisten = \"{address}\""),
    );
    place
}

/// What `biseo invite` prints, and whether it ended well.
fn invite(place: &Place, arguments: &[&str]) -> (bool, String) {
    let output = biseo(&[&["invite"], arguments].concat(), place.path())
        .output()
        .unwrap();
    (output.status.success(), text(&output))
}

/// The line of a text that holds a link.
fn link(text: &str) -> &str {
    text.lines().find(|line| line.contains("/welcome#")).unwrap()
}

#[test]
fn a_changed_file_holds_from_the_next_call_on_and_a_broken_one_does_not() {
    let place = place();
    let server = place.serve();
    let (done, said) = invite(&place, &["--shop", "gugu"]);
    assert!(done && said.contains("구구치킨 사장님"), "{said}");
    let owner = Browser::welcomed(link(&said));
    let shop = || String::from_utf8(owner.get("/api/v1/shops/gugu/profile", "").body).unwrap();
    assert!(shop().contains("구구치킨"));

    place.edit("shops/gugu.toml", |old| old.replace("구구치킨", "팔팔치킨"));
    server.told("the shop's file has changed");
    assert!(shop().contains("팔팔치킨"));
    place.edit("shops/gugu.toml", |old| old.replace("hours.week", "hours.weak"));
    let told = server.told("a changed shop file is not used");
    assert!(told.contains("gugu.toml"), "{told}");
    server.told("unknown field `weak`");
    assert!(shop().contains("팔팔치킨"));
    server.stop();
}

#[test]
fn somebody_is_let_in_whom_nobody_can_let_in_on_the_page() {
    let place = place();
    for (arguments, said) in [
        (&[][..], "byeol, gugu, haengbok, maeum, sotong"),
        (&["--shop", "nobody"], "byeol, gugu, haengbok, maeum, sotong"),
        (&["--shop", "nobody", "--lang", "en"], "there is no shop nobody"),
    ] {
        let (done, text) = invite(&place, arguments);
        assert!(!done && text.contains(said), "{text}");
    }
    // Before the first start, too; the program need not run.
    let (done, first) = invite(&place, &["--operator"]);
    assert!(done, "{first}");
    let (done, second) = invite(&place, &["--operator"]);
    assert!(done && link(&first) != link(&second), "{second}");
    let server = place.serve();
    let operator = Browser::welcomed(link(&second));
    let session = String::from_utf8(operator.get("/api/v1/session", "").body).unwrap();
    assert!(session.contains("\"operator\""), "{session}");
    server.stop();
    place.edit("biseo.toml", |old| {
        old.lines()
            .filter(|line| !line.starts_with("listen = \"127.0.0.1:"))
            .collect::<Vec<_>>()
            .join("\n")
    });
    let (done, text) = invite(&place, &["--operator"]);
    assert!(!done && text.contains("console.listen"), "{text}");
}
