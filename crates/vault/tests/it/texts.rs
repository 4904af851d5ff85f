//! Short secrets.

use biseo_vault::{Keys, VaultError, is_sealed_text};
use proptest::prelude::*;

use crate::cases;

#[test]
fn a_text_opens_in_its_place_only() {
    let keys = Keys::generate().unwrap();
    let sealed = keys.seal_text("totp/a", "JBSWY3DPEHPK3PXP").unwrap();
    assert!(is_sealed_text(&sealed) && !is_sealed_text("JBSWY3DPEHPK3PXP"));
    assert!(!sealed.contains("JBSWY3DPEHPK3PXP") && keys.is_current(&sealed));
    assert_ne!(keys.seal_text("totp/a", "JBSWY3DPEHPK3PXP").unwrap(), sealed);
    assert_eq!(*keys.open_text("totp/a", &sealed).unwrap(), "JBSWY3DPEHPK3PXP");
    assert!(matches!(
        keys.open_text("totp/b", &sealed),
        Err(VaultError::Damaged)
    ));
    let others = Keys::generate().unwrap();
    assert!(matches!(
        others.open_text("totp/a", &sealed),
        Err(VaultError::NoKey(_))
    ));
    let both = keys.clone().with_new(others.current().clone());
    assert!(!both.is_current(&sealed), "it is to be sealed anew");
    assert_eq!(*both.open_text("totp/a", &sealed).unwrap(), "JBSWY3DPEHPK3PXP");
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_letter_that_is_changed_is_noticed(text in ".{0,40}", at: prop::sample::Index, by: char) {
        let keys = Keys::generate().unwrap();
        let sealed = keys.seal_text("p", &text).unwrap();
        prop_assert_eq!(&**keys.open_text("p", &sealed).unwrap(), &text);
        let mut letters: Vec<char> = sealed.chars().collect();
        let at = at.index(letters.len());
        prop_assume!(letters[at] != by);
        letters[at] = by;
        prop_assert!(keys.open_text("p", &letters.iter().collect::<String>()).is_err());
        prop_assert!(keys.open_text("p", &sealed[..at]).is_err());
    }

    #[test]
    fn any_text_is_refused(text in "(sealed:1:)?[A-Za-z0-9_-]{0,80}") {
        prop_assert!(Keys::generate().unwrap().open_text("p", &text).is_err());
    }
}
