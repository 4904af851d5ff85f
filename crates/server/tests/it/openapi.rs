//! `biseo openapi` as an integrator runs it.

use crate::support::{biseo, root, text};

#[test]
fn it_prints_the_committed_document_in_any_folder() {
    let folder = tempfile::tempdir().unwrap();
    let output = biseo(&["openapi"], folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    let committed = std::fs::read_to_string(root().join("crates/api/openapi.json")).unwrap();
    assert!(
        String::from_utf8(output.stdout).unwrap() == committed,
        "it is not crates/api/openapi.json: print that anew"
    );
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "it leaves nothing"
    );
}
