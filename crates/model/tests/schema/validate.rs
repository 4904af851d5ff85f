//! As much of JSON Schema (draft 07) as our schema uses. A keyword that is not known here is a panic, so that none is
//! passed over in silence.

use regex_lite::Regex;
use serde_json::{Map, Value};

/// What of `value` does not fit `schema`, each with its place; empty if all does.
pub fn faults(schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(schema, schema, value, "", &mut found);
    found
}

fn fits(root: &Value, schema: &Value, value: &Value) -> bool {
    let mut found = Vec::new();
    check(root, schema, value, "", &mut found);
    found.is_empty()
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    let Value::Object(rules) = schema else {
        if schema == &Value::Bool(false) {
            found.push(format!("{at}: nothing may be here"));
        }
        return;
    };
    for (keyword, rule) in rules {
        match keyword.as_str() {
            "$schema" | "title" | "description" | "default" | "format" | "definitions" => {}
            "additionalProperties" | "properties" | "required" | "items" | "minItems" | "maxItems" => {}
            "$ref" => {
                let target = rule.as_str().unwrap().strip_prefix('#').unwrap();
                check(root, root.pointer(target).unwrap(), value, at, found);
            }
            "allOf" => each(rule).for_each(|s| check(root, s, value, at, found)),
            "anyOf" | "oneOf" => {
                let fitting = each(rule).filter(|s| fits(root, s, value)).count();
                if fitting == 0 || (keyword == "oneOf" && fitting > 1) {
                    found.push(format!("{at}: {value} fits {fitting} of {keyword}"));
                }
            }
            _ if simple(keyword, rule, value) => {}
            _ => found.push(format!("{at}: {value} against {keyword} {rule}")),
        }
    }
    match value {
        Value::Object(fields) => object(root, rules, fields, at, found),
        Value::Array(items) => array(root, rules, items, at, found),
        _ => {}
    }
}

fn each(rule: &Value) -> impl Iterator<Item = &Value> {
    rule.as_array().unwrap().iter()
}

/// Keywords that look at the value alone; those of another type's values hold.
fn simple(keyword: &str, rule: &Value, value: &Value) -> bool {
    let number =
        |holds: fn(f64, f64) -> bool| value.as_f64().is_none_or(|n| holds(n, rule.as_f64().unwrap()));
    match keyword {
        "type" => match rule {
            Value::Array(types) => types.iter().any(|t| is(value, t.as_str().unwrap())),
            one => is(value, one.as_str().unwrap()),
        },
        "const" => value == rule,
        "enum" => each(rule).any(|v| v == value),
        "minimum" => number(|n, least| n >= least),
        "maximum" => number(|n, most| n <= most),
        "pattern" => {
            let pattern = Regex::new(rule.as_str().unwrap()).unwrap();
            value.as_str().is_none_or(|s| pattern.is_match(s))
        }
        unknown => panic!("the keyword {unknown} is not known to this test"),
    }
}

fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        unknown => panic!("the type {unknown} is not known to this test"),
    }
}

fn object(
    root: &Value,
    rules: &Map<String, Value>,
    fields: &Map<String, Value>,
    at: &str,
    found: &mut Vec<String>,
) {
    for name in rules.get("required").into_iter().flat_map(each) {
        if !fields.contains_key(name.as_str().unwrap()) {
            found.push(format!("{at}: {name} is missing"));
        }
    }
    for (name, value) in fields {
        let known = rules.get("properties").and_then(|p| p.get(name));
        if let Some(schema) = known.or_else(|| rules.get("additionalProperties")) {
            check(root, schema, value, &format!("{at}/{name}"), found);
        }
    }
}

/// `items` is one schema for all, or one for each place.
fn array(root: &Value, rules: &Map<String, Value>, items: &[Value], at: &str, found: &mut Vec<String>) {
    let bound = |keyword: &str| {
        rules
            .get(keyword)
            .map(|n| usize::try_from(n.as_u64().unwrap()).unwrap())
    };
    if bound("minItems").is_some_and(|n| items.len() < n)
        || bound("maxItems").is_some_and(|n| items.len() > n)
    {
        found.push(format!("{at}: {} items", items.len()));
    }
    for (n, value) in items.iter().enumerate() {
        let schema = match rules.get("items") {
            Some(Value::Array(places)) => places.get(n),
            all => all,
        };
        if let Some(schema) = schema {
            check(root, schema, value, &format!("{at}/{n}"), found);
        }
    }
}
