//! Valid values, made from the schemas.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::document::{Choice, Document};

/// How much of what is optional a value has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    Full,
    Least,
}

impl Document {
    /// A value that fits the schema at a place.
    pub(crate) fn example(&self, place: &str, choice: &Choice, extent: Extent) -> Value {
        if let Some(branches) = self.branches(place, choice) {
            return self.example(&branches[0], choice, extent);
        }
        let schema = self.at(place);
        if let Some(only) = schema.get("const") {
            return only.clone();
        }
        if let Some(allowed) = schema["enum"].as_array() {
            return allowed[0].clone();
        }
        match schema["type"].as_str().unwrap_or_else(|| panic!("{place} has no type")) {
            "object" => Value::Object(self.example_object(place, choice, extent)),
            "array" => json!([self.example(&self.resolve(&format!("{place}/items")), choice, extent)]),
            "boolean" => json!(true),
            "integer" => schema["minimum"].clone(),
            "number" => json!(1),
            "string" => example_string(schema),
            other => panic!("{place} has the unexpected type {other}"),
        }
    }

    fn example_object(&self, place: &str, choice: &Choice, extent: Extent) -> Map<String, Value> {
        if let Some(others) = self.others(place) {
            return Map::from_iter([("key".to_owned(), self.example(&others, choice, extent))]);
        }
        self.members(place)
            .into_iter()
            .filter(|(name, _)| extent == Extent::Full || self.requires(place, name))
            .map(|(name, place)| (name.to_owned(), self.example(&place, choice, extent)))
            .collect()
    }

    /// Every alternative that a body can hold, each in a valid body of its own; alternatives that can stand
    /// at several places, only at the first.
    pub(crate) fn examples(&self, place: &str, choice: &Choice, seen: &mut BTreeSet<String>) -> Vec<Value> {
        if let Some(branches) = self.branches(place, choice) {
            if !seen.insert(place.to_owned()) {
                return vec![self.example(place, choice, Extent::Full)];
            }
            return branches.iter().flat_map(|branch| self.examples(branch, choice, seen)).collect();
        }
        let full = self.example(place, choice, Extent::Full);
        match &full {
            Value::Object(members) => {
                let mut all = vec![full.clone(), self.example(place, choice, Extent::Least)];
                for (name, member) in
                    self.members(place).into_iter().filter(|(name, _)| members.contains_key(*name))
                {
                    for variant in self.examples(&member, choice, seen).into_iter().skip(1) {
                        let mut body = full.clone();
                        body[name] = variant;
                        all.push(body);
                    }
                }
                all
            }
            Value::Array(_) => {
                let items = self.examples(&self.resolve(&format!("{place}/items")), choice, seen);
                items.into_iter().map(|item| json!([item])).collect()
            }
            _ => vec![full],
        }
    }
}

fn example_string(schema: &Value) -> Value {
    if let Some(given) = schema["examples"].as_array() {
        return given[0].clone();
    }
    match (schema["format"].as_str(), schema["minLength"].as_u64()) {
        (Some("email"), _) => json!("till@example.org"),
        (_, Some(length)) => json!("x".repeat(usize::try_from(length).unwrap())),
        _ => json!("e30A"),
    }
}
