//! The JSON schema of a flow's file, by which editors complete and check it while it is written.
//!
//! `flows/schema.json` is what [`flow`] gives; a test tells if it is not. It cannot say all: [`Flows::from_files`] remains the
//! judge.
//!
//! [`Flows::from_files`]: crate::Flows::from_files

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::flow::{Flow, Step, StepFile};

/// The keys of which a step has exactly one.
const KINDS: [&str; 7] = ["collect", "ask", "check", "find", "confirm", "tell", "do"];

/// The schema of a flow as JSON, indented, with a line end at its end.
pub fn flow() -> String {
    let schema = SchemaSettings::draft07()
        .into_generator()
        .into_root_schema_for::<Flow>();
    format!("{:#}\n", schema.as_value())
}

impl JsonSchema for Step {
    fn schema_name() -> Cow<'static, str> {
        "Step".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let fields = generator.subschema_for::<StepFile>();
        let one = KINDS.map(|kind| json_schema!({ "required": [kind] }));
        json_schema!({
            "description": "One step: exactly one of collect, ask, check, find, confirm, tell and do.",
            "allOf": [fields],
            "oneOf": one,
        })
    }
}
