//! Values with exactly one thing wrong, made from the schemas.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::document::{Choice, Document};
use crate::example::Extent;

/// Breaks every pattern of the contract, and can be sent in a header, a query and a path.
const IN_NO_PATTERN: &str = "~";

/// A value that the schema must refuse.
pub(crate) struct Breakage {
    /// The rule that it breaks.
    pub(crate) rule: &'static str,
    /// Where in the value.
    pub(crate) pointer: String,
    pub(crate) value: Value,
}

fn broken(rule: &'static str, pointer: impl Into<String>, value: Value) -> Breakage {
    Breakage { rule, pointer: pointer.into(), value }
}

impl Document {
    /// Every way to break a body of one variant. A place that several members refer to is broken in every
    /// way once, and after that once more for each member, to see that the member refers to it.
    pub(crate) fn breakages(
        &self,
        place: &str,
        choice: &Choice,
        extent: Extent,
        seen: &mut BTreeSet<String>,
    ) -> Vec<Breakage> {
        if let Some(branches) = self.branches(place, choice) {
            return branches.iter().flat_map(|branch| self.breakages(branch, choice, extent, seen)).collect();
        }
        let schema = self.at(place);
        if !seen.insert(place.to_owned()) {
            return wrong_type(schema).into_iter().collect();
        }
        let mut all: Vec<Breakage> = wrong_type(schema).into_iter().collect();
        match self.example(place, choice, extent) {
            Value::Object(example) => {
                all.extend(self.broken_objects(schema, &example));
                let others = self.others(place).map(|others| ("key", others));
                for (name, member) in self.members(place).into_iter().chain(others) {
                    for inner in self.breakages(&member, choice, extent, seen) {
                        let mut members = example.clone();
                        members.insert(name.to_owned(), inner.value);
                        all.push(broken(
                            inner.rule,
                            format!("/{name}{}", inner.pointer),
                            Value::Object(members),
                        ));
                    }
                }
            }
            Value::Array(_) => {
                let items = self.resolve(&format!("{place}/items"));
                all.extend(broken_lists(schema, &self.example(&items, choice, Extent::Least)));
                for inner in self.breakages(&items, choice, extent, seen) {
                    all.push(broken(inner.rule, format!("/0{}", inner.pointer), json!([inner.value])));
                }
            }
            Value::String(example) => {
                all.extend(
                    broken_texts(schema, &example)
                        .into_iter()
                        .map(|(rule, text)| broken(rule, "", json!(text))),
                );
            }
            Value::Number(_) => all.extend(broken_numbers(schema)),
            _ => {}
        }
        all
    }

    fn broken_objects(&self, schema: &Value, example: &Map<String, Value>) -> Vec<Breakage> {
        let mut all = Vec::new();
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            let mut members = example.clone();
            members.shift_remove(name);
            all.push(broken("required", "", Value::Object(members)));
        }
        let mut with = |rule, pointer: &str, names: Vec<String>| {
            let mut members = example.clone();
            members.extend(names.into_iter().map(|name| (name, json!("text"))));
            all.push(broken(rule, pointer, Value::Object(members)));
        };
        if schema["additionalProperties"] == json!(false) {
            with("additionalProperties", "/unheard_of", vec!["unheard_of".into()]);
        }
        if let Some(limit) = schema["maxProperties"].as_u64() {
            with("maxProperties", "", (0..=limit).map(|number| format!("key {number}")).collect());
        }
        if let Some(limit) = length(&schema["propertyNames"], "maxLength") {
            with("propertyNames", "", vec!["k".repeat(limit + 1)]);
        }
        all
    }

    /// Every way to break a parameter, as it is written in a header, a query or a path, where each of them
    /// is text.
    pub(crate) fn broken_parameters(&self, definition: &str) -> Vec<String> {
        let place = self.definition(definition);
        let place =
            self.branches(&place, &Choice::new()).map_or(place, |mut branches| branches.swap_remove(0));
        let schema = self.at(&place);
        match schema["type"].as_str() {
            Some("integer") => {
                let outside = [("minimum", -1), ("maximum", 1)];
                let outside = outside.into_iter().filter_map(|(bound, step)| {
                    schema[bound].as_i64().map(|limit| (limit + step).to_string())
                });
                outside.chain(["ten", "1.5", ""].map(str::to_owned)).collect()
            }
            Some("array") => {
                let known: Vec<&str> = self.at(&self.resolve(&format!("{place}/items")))["enum"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .collect();
                let limit = length(schema, "maxItems").unwrap();
                let twice = [known[0]; 2].join(",");
                vec![String::new(), known[..=limit].join(","), twice, "UNHEARD_OF".into()]
            }
            _ => {
                let example = self.example(&place, &Choice::new(), Extent::Full);
                let example = example.as_str().unwrap();
                let mut all: Vec<String> =
                    broken_texts(schema, example).into_iter().map(|(_, text)| text).collect();
                if schema["pattern"].as_str().is_some_and(|pattern| pattern.contains("[0-9a-f]")) {
                    all.push(example.to_uppercase());
                }
                all
            }
        }
    }

    /// How many rules a parameter has, that its type is text set aside.
    pub(crate) fn count_parameter_rules(&self, definition: &str) -> usize {
        let place = self.definition(definition);
        let place =
            self.branches(&place, &Choice::new()).map_or(place, |mut branches| branches.swap_remove(0));
        match self.at(&place)["type"].as_str() {
            Some("integer") => self.rules_at(&place),
            Some("array") => {
                let items = self.resolve(&format!("{place}/items"));
                self.rules_at(&place) - 1 + self.rules_at(&items) - 1
            }
            _ => self.rules_at(&place) - 1,
        }
    }
}

fn wrong_type(schema: &Value) -> Option<Breakage> {
    let value = match schema["type"].as_str()? {
        "string" => json!(12.5),
        "array" => json!({}),
        _ => json!("text"),
    };
    Some(broken("type", "", value))
}

fn broken_lists(schema: &Value, item: &Value) -> Vec<Breakage> {
    let mut all = Vec::new();
    if schema["minItems"].as_u64().is_some_and(|least| least > 0) {
        all.push(broken("minItems", "", json!([])));
    }
    if let Some(limit) = length(schema, "maxItems") {
        let distinct = |number: usize| match item {
            Value::String(id) => json!(format!("{}{number:03x}", &id[..id.len() - 3])),
            other => other.clone(),
        };
        all.push(broken("maxItems", "", (0..=limit).map(distinct).collect()));
    }
    if schema["uniqueItems"] == json!(true) {
        all.push(broken("uniqueItems", "", json!([item, item])));
    }
    all
}

fn broken_numbers(schema: &Value) -> Vec<Breakage> {
    let mut all = Vec::new();
    if let Some(least) = schema["minimum"].as_i64() {
        all.push(broken("minimum", "", json!(least - 1)));
    }
    if let Some(most) = schema["maximum"].as_i64() {
        all.push(broken("maximum", "", json!(most + 1)));
    }
    if schema.get("multipleOf").is_some() {
        all.push(broken("multipleOf", "", json!(0.005)));
    }
    all
}

fn broken_texts(schema: &Value, example: &str) -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    // Without spaces, which HTTP takes away at the end of a header.
    let cycled = |count: usize| example.replace(' ', "-").chars().cycle().take(count).collect::<String>();
    for closed in ["const", "enum"] {
        if schema.get(closed).is_some() {
            all.push((if closed == "const" { "const" } else { "enum" }, "UNHEARD_OF".to_owned()));
        }
    }
    if schema["pattern"].is_string() {
        all.push(("pattern", IN_NO_PATTERN.repeat(length(schema, "minLength").unwrap_or(1).max(1))));
    }
    if let Some(least) = length(schema, "minLength").filter(|least| *least > 0) {
        all.push(("minLength", cycled(least - 1)));
    }
    if let Some(limit) = length(schema, "maxLength") {
        all.push(("maxLength", cycled(limit + 1)));
    }
    match schema["format"].as_str() {
        Some("date-time") => all.push(("format", "2026-13-45T25:61:61+99:99".into())),
        Some("uuid") => all.push(("format", example.replace('-', ""))),
        Some("email") => all.push(("format", "no address".into())),
        _ => {}
    }
    all
}

fn length(schema: &Value, keyword: &str) -> Option<usize> {
    schema[keyword].as_u64().and_then(|length| usize::try_from(length).ok())
}
