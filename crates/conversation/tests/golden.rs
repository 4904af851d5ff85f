//! The golden dialogues beside the flows: what is said and done, turn by turn, for given understandings.
//!
//! A file is a script and its outcome in one. Lines of the script: `shop`, `now`, `caller`, `lang`, `given` (a booking as
//! JSON), `unreachable`; `: words` and under it `= intents and acts / slots`; `…` is silence, `~` is unclear sound, `^ n`
//! breaks into the reply after n characters. Lines of the outcome: `<` said, `*` done, `?` awaited, `#` the call's end.
//! `: @0.4 words` was heard with a confidence of 0.4. With `trace ko` (or `en`) each turn ends with its trace: lines that begin with `|`.
//! With `BLESS=1` the outcome is written anew; read the difference before committing it.

mod script;

use std::fs;
use std::path::Path;

#[test]
fn as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../flows/golden");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|f| f.unwrap().path())
        .collect();
    files.sort();
    assert!(
        files.len() >= 8,
        "the golden dialogues are missing from {}",
        folder.display()
    );
    let mut wrong = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let played = script::play(&text);
        if std::env::var_os("BLESS").is_some() {
            fs::write(&file, &played).unwrap();
        } else if played != text {
            wrong.push(format!("{}:\n{played}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "these went otherwise:\n{}", wrong.join("\n"));
}
