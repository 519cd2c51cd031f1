//! What an operation's JSON Schema says of its parameters: where values may stand, and what can stand there.

use serde_json::{Map, Value, json};

/// How deep places are looked for; what lies deeper is of the same types.
const DEPTH: usize = 4;

/// The schema of an operation's parameters.
pub(crate) struct Schema<'a> {
    root: &'a Value,
}

impl<'a> Schema<'a> {
    pub(crate) fn of(root: &'a Value) -> Self {
        Schema { root }
    }

    /// JSON pointers of all places, the first element standing for a list's elements.
    pub(crate) fn places(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.collect(self.root, "", DEPTH, &mut found);
        found
    }

    fn collect(&self, schema: &'a Value, at: &str, depth: usize, found: &mut Vec<String>) {
        let schema = self.resolved(schema);
        let Some(depth) = depth.checked_sub(1) else { return };
        let members = schema["properties"].as_object().into_iter().flatten();
        let members = members.map(|(name, member)| (name.as_str(), member));
        for (name, member) in members.chain(schema.get("items").map(|items| ("0", items))) {
            let place = format!("{at}/{name}");
            self.collect(member, &place, depth, found);
            found.push(place);
        }
    }

    /// Parameters with a value at a place, and around it what must be given; `known` are values by their member's name.
    pub(crate) fn with(&self, place: &str, value: &Value, known: &Map<String, Value>) -> Value {
        let path: Vec<&str> = place.split('/').skip(1).collect();
        self.filled(self.root, &path, value, known)
    }

    fn filled(&self, schema: &'a Value, path: &[&str], value: &Value, known: &Map<String, Value>) -> Value {
        let Some((step, path)) = path.split_first() else { return value.clone() };
        let schema = self.resolved(schema);
        if let Some(items) = schema.get("items") {
            return json!([self.filled(items, path, value, known)]);
        }
        let mut members = self.required(schema, known);
        members.insert((*step).to_owned(), self.filled(&schema["properties"][step], path, value, known));
        Value::Object(members)
    }

    fn required(&self, schema: &'a Value, known: &Map<String, Value>) -> Map<String, Value> {
        let names = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let member = |name: &str| {
            let value = known.get(name).cloned();
            (name.to_owned(), value.unwrap_or_else(|| self.least(&schema["properties"][name], known)))
        };
        names.map(member).collect()
    }

    /// The least that a schema allows.
    fn least(&self, schema: &'a Value, known: &Map<String, Value>) -> Value {
        let schema = self.resolved(schema);
        if let Some(word) = schema.get("const").or_else(|| schema["enum"].get(0)) {
            return word.clone();
        }
        match schema["type"].as_str().or_else(|| schema["type"][0].as_str()) {
            Some("object") => Value::Object(self.required(schema, known)),
            Some("array") => json!([self.least(&schema["items"], known)]),
            Some("integer" | "number") => json!(1),
            Some("boolean") => json!(false),
            _ => json!("1"),
        }
    }

    /// The schema itself where it refers to another one, or to several, of which the first counts.
    fn resolved(&self, schema: &'a Value) -> &'a Value {
        let referred = schema["$ref"].as_str().and_then(|name| self.root.pointer(name.strip_prefix('#')?));
        match referred.or_else(|| schema["anyOf"].get(0)).or_else(|| schema["oneOf"].get(0)) {
            Some(other) => self.resolved(other),
            None => schema,
        }
    }
}
