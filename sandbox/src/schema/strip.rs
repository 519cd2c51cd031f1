use serde_json::Value;

use super::{Alternative, Contract, definition};

impl Contract {
    /// The value without the members that `name` does not know, at every depth: what a server does that drops them
    /// instead of refusing them (contract sign-at 1.1).
    #[must_use]
    pub fn without_unknown(&self, name: &str, value: &Value) -> Value {
        let mut known = value.clone();
        self.strip(definition(name), &mut known);
        known
    }

    fn strip(&self, place: String, value: &mut Value) {
        let place = self.resolve(place);
        if let Alternative::Is(branch) = self.alternative(&place, value) {
            return self.strip(branch, value);
        }
        match value {
            Value::Object(members) => {
                members.retain(|key, _| self.member(&place, key).is_some());
                for (key, member) in members {
                    if let Some(child) = self.member(&place, key) {
                        self.strip(child, member);
                    }
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.strip(format!("{place}/items"), item);
                }
            }
            _ => {}
        }
    }
}
