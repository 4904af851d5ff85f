//! The JSON schema of the shop profile, by which editors complete and check it while it is written.
//!
//! `shops/schema.json` is what [`shop_profile`] gives; a test tells if it is not. It cannot say all, and it is stricter in
//! how times and telephone numbers are written: [`ShopProfile::from_toml`] remains the judge.
//!
//! Draft 07, which the TOML editors know best. schemars has no types of jiff 1, hence the stand-ins here.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::ids::ShopId;
use crate::phone::PhoneNumber;
use crate::shop::{DayHours, ShopProfile};

/// The schema of a profile as JSON, indented, with a line end at its end.
pub fn shop_profile() -> String {
    let schema = SchemaSettings::draft07()
        .into_generator()
        .into_root_schema_for::<ShopProfile>();
    format!("{:#}\n", schema.as_value())
}

/// Stands in for a [`jiff::civil::Time`].
pub(crate) struct Clock;

impl JsonSchema for Clock {
    fn schema_name() -> Cow<'static, str> {
        "Clock".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A time of day, such as \"09:30:00\".",
            "type": "string",
            "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$",
        })
    }
}

/// Stands in for a [`jiff::civil::Date`].
pub(crate) struct CivilDate;

impl JsonSchema for CivilDate {
    fn schema_name() -> Cow<'static, str> {
        "CivilDate".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A day, such as \"2026-12-24\".",
            "type": "string",
            "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
        })
    }
}

// Stands in for the map of weekdays, whose keys a map's schema would leave open.
/// Hours by weekday.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) struct Week {
    /// Monday.
    mon: Option<DayHours>,
    /// Tuesday.
    tue: Option<DayHours>,
    /// Wednesday.
    wed: Option<DayHours>,
    /// Thursday.
    thu: Option<DayHours>,
    /// Friday.
    fri: Option<DayHours>,
    /// Saturday.
    sat: Option<DayHours>,
    /// Sunday.
    sun: Option<DayHours>,
}

impl JsonSchema for ShopId {
    fn schema_name() -> Cow<'static, str> {
        "ShopId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$" })
    }
}

impl JsonSchema for PhoneNumber {
    fn schema_name() -> Cow<'static, str> {
        "PhoneNumber".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A telephone number: \"02-700-1001\", \"1588-1234\", \"+82 2 700 1001\".",
            "type": "string",
            "pattern": "^[+]?[0-9][-0-9 .()]{6,20}$",
        })
    }
}
