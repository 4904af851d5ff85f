//! Who answers when, whether calls are recorded and the bank account, in a profile's text.

use biseo_model::shop::{BankAccount, LONGEST_ACCOUNT_NAME, MOST_ANSWER_TIMES, RING_SECONDS, Wording};
use toml_edit::{Array, InlineTable, TableLike};

use super::hours::{code, day_name};
use super::{set, set_or_remove, table, wording_of};
use crate::problem::{Fault, Problem};
use crate::views::{AnswerTimesView, AnsweringView, BankAccountView, ProfileChange, Text};

/// Sets what of these changes.
pub(super) fn set_settings(top: &mut dyn TableLike, change: &ProfileChange) -> Result<(), Problem> {
    if let Some(record) = change.record {
        // What is usual is not written down.
        set_or_remove(top, "record", (!record).then_some(false));
    }
    if let Some(account) = &change.account {
        set_account(top, account.to.as_ref())?;
    }
    if let Some(answering) = &change.answering {
        set_answering(table(top, "answering")?, answering)?;
    }
    Ok(())
}

fn set_account(top: &mut dyn TableLike, given: Option<&BankAccountView>) -> Result<(), Problem> {
    let Some(given) = given else {
        top.remove("account");
        return Ok(());
    };
    let most = LONGEST_ACCOUNT_NAME;
    let mut account = InlineTable::new();
    account.insert("bank", wording_of(&given.bank, "account.bank", most)?.into());
    account.insert("number", given.number.trim().into());
    if let Some(holder) = &given.holder {
        account.insert("holder", wording_of(holder, "account.holder", most)?.into());
    }
    let wording = |text: &Text| Wording {
        ko: text.ko.clone(),
        en: text.en.clone(),
    };
    let meant = BankAccount {
        bank: wording(&given.bank),
        number: given.number.trim().into(),
        holder: given.holder.as_ref().map(wording),
    };
    // Bank and holder were looked at above.
    meant
        .check()
        .map_err(|_| Problem::field("account.number", Fault::Form))?;
    // As a table of its own it cannot be told in one value.
    top.remove("account");
    set(top, "account", account);
    Ok(())
}

fn set_answering(own: &mut dyn TableLike, given: &AnsweringView) -> Result<(), Problem> {
    if !RING_SECONDS.contains(&given.ring_seconds) {
        let fault = if given.ring_seconds < *RING_SECONDS.start() {
            Fault::TooSmall
        } else {
            Fault::TooLarge
        };
        return Err(Problem::field("answering.ring_seconds", fault));
    }
    if given.times.len() > MOST_ANSWER_TIMES {
        return Err(Problem::field("answering.times", Fault::TooLarge));
    }
    let mut times = given
        .times
        .iter()
        .map(answer_times)
        .collect::<Result<Array, _>>()?;
    for rule in times.iter_mut() {
        rule.decor_mut().set_prefix("\n    ");
    }
    times.set_trailing("\n");
    times.set_trailing_comma(true);
    set(own, "open", code(&given.open)?);
    set(own, "closed", code(&given.closed)?);
    set(own, "ring_seconds", i64::from(given.ring_seconds));
    set(own, "refusal", code(&given.refusal)?);
    own.remove("times");
    if !times.is_empty() {
        set(own, "times", times);
    }
    Ok(())
}

fn answer_times(given: &AnswerTimesView) -> Result<InlineTable, Problem> {
    if given.days.len() > 7 {
        return Err(Problem::field("answering.times.days", Fault::TooLarge));
    }
    let days: Array = given.days.iter().map(|day| day_name(*day)).collect();
    let mut rule = InlineTable::new();
    rule.insert("days", days.into());
    rule.insert("from", given.from.to_string().into());
    rule.insert("to", given.to.to_string().into());
    rule.insert("answer", code(&given.answer)?.into());
    Ok(rule)
}
