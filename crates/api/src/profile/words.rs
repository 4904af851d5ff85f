//! A shop's own words in its profile: checked and written.

use biseo_model::shop::OwnWords;
use toml_edit::{DocumentMut, Item};

use super::{set, table, wording};
use crate::problem::{Code, Fault, Problem};
use crate::state::Api;
use crate::views::WordingChange;

/// Refuses changes that cannot be said. What stood in the profile before is not theirs to answer for.
///
/// # Errors
/// 422 over `wording.FLOW.KEY.LANGUAGE` each, with the reason and the place; 501 where nobody converses.
pub(crate) fn check_wording(api: &Api, own: &OwnWords, changes: &[WordingChange]) -> Result<(), Problem> {
    let converses = api.settings.converses.as_ref().ok_or(Code::Unsupported)?;
    for change in changes {
        if let Some(text) = &change.text {
            wording(text, "wording")?;
        }
    }
    let changed = |flow: &str, key: &str| changes.iter().any(|c| c.flow == flow && c.key == key);
    let wrong = converses.unsayable(own);
    let wrong = wrong.into_iter().filter(|u| changed(&u.flow, &u.key));
    let problem = wrong.fold(None, |problem: Option<Problem>, u| {
        let field = format!("wording.{}.{}.{}", u.flow, u.key, u.language);
        let problem = problem.unwrap_or_else(|| Problem::new(Code::Invalid));
        Some(problem.with_at(&field, u.why, u.place))
    });
    problem.map_or(Ok(()), Err)
}

/// Own words by flow and key; a flow without any has no table.
pub(super) fn set_wording(document: &mut DocumentMut, changes: &[WordingChange]) -> Result<(), Problem> {
    let all = table(document.as_table_mut(), "wording")?;
    for change in changes {
        let (flow, key) = (
            word(&change.flow, "wording.flow")?,
            word(&change.key, "wording.key")?,
        );
        match &change.text {
            Some(text) => set(table(all, &flow)?, &key, wording(text, "wording")?),
            None => {
                let own = all.get_mut(&flow).and_then(Item::as_table_like_mut);
                let left = own.map(|own| (own.remove(&key), own.is_empty()).1);
                if left == Some(true) {
                    all.remove(&flow);
                }
            }
        }
    }
    Ok(())
}

/// What a file or a key of the wording is called.
fn word(given: &str, field: &str) -> Result<String, Problem> {
    let fine = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    match (1..=64).contains(&given.len()) && given.bytes().all(fine) {
        true => Ok(given.into()),
        false => Err(Problem::field(field, Fault::Unknown)),
    }
}
