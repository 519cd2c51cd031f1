//! The contract's schemas, read without the sandbox's code: where things stand, and how many ways there
//! are to break a body.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Formats that a validator must assert; others are notes to the reader.
const ASSERTED_FORMATS: [&str; 3] = ["date-time", "uuid", "email"];

const BOUNDS: [&str; 14] = [
    "type",
    "const",
    "enum",
    "pattern",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minimum",
    "maximum",
    "multipleOf",
    "maxProperties",
    "propertyNames",
];

pub(crate) struct Document(Value);

/// Which branch to take at some alternatives, by place; elsewhere all branches count.
pub(crate) type Choice = BTreeMap<String, usize>;

impl Document {
    pub(crate) fn read(schemas: &str) -> Document {
        Document(serde_json::from_str(schemas).unwrap())
    }

    pub(crate) fn value(&self) -> &Value {
        &self.0
    }

    /// The place of a definition, behind its references.
    pub(crate) fn definition(&self, name: &str) -> String {
        self.resolve(&format!("/$defs/{name}"))
    }

    pub(crate) fn at(&self, place: &str) -> &Value {
        self.0.pointer(place).unwrap_or_else(|| panic!("the schemas have nothing at {place}"))
    }

    pub(crate) fn resolve(&self, place: &str) -> String {
        match self.at(place)["$ref"].as_str() {
            Some(target) => self.resolve(target.trim_start_matches('#')),
            None => place.to_owned(),
        }
    }

    /// The alternatives at a place, restricted by the choice. Of an `anyOf` only the first: its branches
    /// overlap, so that a body broken for one may be right for the next.
    pub(crate) fn branches(&self, place: &str, choice: &Choice) -> Option<Vec<String>> {
        if let Some(count) = self.at(place)["oneOf"].as_array().map(Vec::len) {
            let all = (0..count).filter(|index| choice.get(place).is_none_or(|chosen| chosen == index));
            return Some(all.map(|index| self.resolve(&format!("{place}/oneOf/{index}"))).collect());
        }
        self.at(place).get("anyOf").map(|_| vec![self.resolve(&format!("{place}/anyOf/0"))])
    }

    /// The members of an object with the places that describe them.
    pub(crate) fn members(&self, place: &str) -> Vec<(&str, String)> {
        let members = self.at(place)["properties"].as_object();
        let place = |name: &String| self.resolve(&format!("{place}/properties/{name}"));
        members.into_iter().flatten().map(|(name, _)| (name.as_str(), place(name))).collect()
    }

    /// The place that describes the members an object may have under any name.
    pub(crate) fn others(&self, place: &str) -> Option<String> {
        self.at(place).get("additionalProperties").filter(|others| others.is_object())?;
        Some(self.resolve(&format!("{place}/additionalProperties")))
    }

    pub(crate) fn requires(&self, place: &str, name: &str) -> bool {
        self.at(place)["required"]
            .as_array()
            .is_some_and(|required| required.iter().any(|other| other == name))
    }

    /// The variants of a body: one for every branch of its content and of the operation in it.
    pub(crate) fn variants(&self, body: &str) -> Vec<Choice> {
        if self.at(body)["properties"].get("content").is_none() {
            return vec![Choice::new()];
        }
        let content = self.resolve(&format!("{body}/properties/content"));
        let mut variants = Vec::new();
        for (index, branch) in self.branches(&content, &Choice::new()).unwrap_or_default().iter().enumerate()
        {
            let chosen = Choice::from([(content.clone(), index)]);
            let operation = self.members(branch).into_iter().find(|(name, _)| *name == "operation");
            let Some((_, operation)) = operation else {
                variants.push(chosen);
                continue;
            };
            for index in 0..self.branches(&operation, &Choice::new()).unwrap_or_default().len() {
                let mut chosen = chosen.clone();
                chosen.insert(operation.clone(), index);
                variants.push(chosen);
            }
        }
        if variants.is_empty() { vec![Choice::new()] } else { variants }
    }

    /// How many ways there are to break a body: every rule of every place it can reach, and for each further
    /// member that refers to a place, that the place's type holds there too.
    pub(crate) fn count_rules(&self, body: &str, choice: &Choice) -> usize {
        let mut reached = BTreeSet::new();
        let mut open = vec![body.to_owned()];
        let mut count = 0;
        while let Some(place) = open.pop() {
            if let Some(branches) = self.branches(&place, choice) {
                open.extend(branches);
            } else if reached.insert(place.clone()) {
                count += self.rules_at(&place);
                open.extend(self.below(&place));
            } else if self.at(&place).get("type").is_some() {
                count += 1;
            }
        }
        count
    }

    fn below(&self, place: &str) -> Vec<String> {
        let schema = self.at(place);
        let keywords = ["items", "additionalProperties"].into_iter();
        let others = keywords.filter(|keyword| schema.get(*keyword).is_some_and(Value::is_object));
        let others = others.map(|keyword| self.resolve(&format!("{place}/{keyword}")));
        self.members(place).into_iter().map(|(_, place)| place).chain(others).collect()
    }

    /// How many single rules stand at one place itself.
    pub(crate) fn rules_at(&self, place: &str) -> usize {
        let schema = self.at(place);
        let bounds = BOUNDS.iter().filter(|keyword| schema.get(**keyword).is_some()).count();
        let format = schema["format"].as_str().is_some_and(|format| ASSERTED_FORMATS.contains(&format));
        let required = schema["required"].as_array().map_or(0, Vec::len);
        let closed = schema["additionalProperties"] == Value::Bool(false);
        bounds + usize::from(format) + required + usize::from(closed)
    }
}
