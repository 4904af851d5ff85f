//! The text of a profile that is made or renamed on the page.

use biseo_model::ids::ShopId;
use biseo_model::shop::ShopProfile;
use toml_edit::{Array, DocumentMut, InlineTable};

use crate::problem::{Code, Fault, Problem};
use crate::profile::{set, set_hours, table};
use crate::views::{HoursView, SetupBusiness, Text};

/// Where shops are that are set up on the page.
const ZONE: &str = "Asia/Seoul";

/// A new profile: the first step's and the hours, and nothing that its owner has not said.
///
/// # Errors
/// 422 if it would say something impossible.
pub(crate) fn beginning(
    shop: &ShopId,
    business: &SetupBusiness,
    hours: &HoursView,
) -> Result<String, Problem> {
    let mut document = DocumentMut::new();
    set(&mut *document, "id", shop.as_str());
    set(&mut *document, "name", wording(&business.name));
    set(&mut *document, "zone", ZONE);
    name(&mut document, business);
    set_hours(table(&mut *document, "hours")?, hours)?;
    whole(&document, "week")
}

/// The profile with another name, address and numbers.
///
/// # Errors
/// 422 if it would say something impossible.
pub(crate) fn with_business(text: &str, business: &SetupBusiness) -> Result<String, Problem> {
    let mut document: DocumentMut = text.parse().map_err(|_| Code::Internal)?;
    name(&mut document, business);
    whole(&document, "name")
}

fn name(document: &mut DocumentMut, business: &SetupBusiness) {
    let numbers: Array = business.numbers.iter().map(String::as_str).collect();
    set(&mut **document, "name", wording(&business.name));
    set(&mut **document, "address", wording(&business.address));
    set(&mut **document, "numbers", numbers);
}

/// The text, if it is a profile.
pub(super) fn whole(document: &DocumentMut, field: &str) -> Result<String, Problem> {
    let text = document.to_string();
    match ShopProfile::from_toml(&text) {
        Ok(_) => Ok(text),
        Err(e) => {
            tracing::debug!(error = %e, "refused a profile");
            Err(Problem::field(field, Fault::Impossible))
        }
    }
}

fn wording(text: &Text) -> InlineTable {
    let mut wording = InlineTable::new();
    wording.insert("ko", text.ko.as_str().into());
    if let Some(en) = &text.en {
        wording.insert("en", en.as_str().into());
    }
    wording
}
