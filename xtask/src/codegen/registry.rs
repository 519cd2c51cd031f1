//! What the operations registry says of itself (`fiskal call describe`).

use super::naming::pascal;
use super::schema::{Name, Object, Reader, Shape, Type, described, is_decimal};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Everything that the files of the languages are made from.
pub(super) struct Registry {
    /// In the order of the reference.
    pub(super) operations: Vec<Operation>,
    /// In the order of their numbers.
    pub(super) errors: Vec<ErrorKind>,
    /// What an error says.
    pub(super) error: Object,
    /// In the order in which they are first needed.
    pub(super) definitions: Vec<Definition>,
}

/// One operation.
pub(super) struct Operation {
    pub(super) name: String,
    pub(super) summary: String,
    /// The services that have it.
    pub(super) services: Vec<String>,
    pub(super) params: Name,
    pub(super) result: Name,
}

/// One kind of error.
#[derive(Deserialize)]
pub(super) struct ErrorKind {
    pub(super) kind: String,
    pub(super) status: i32,
    pub(super) retryable: bool,
    pub(super) meaning: String,
    pub(super) what_to_do: String,
}

/// What stands under a name.
#[derive(Debug, PartialEq)]
pub(super) struct Definition {
    pub(super) name: Name,
    pub(super) doc: String,
    pub(super) shape: Shape,
    /// Whether it is the parameters or the result of one operation alone, and named after it.
    pub(super) is_private: bool,
}

#[derive(Deserialize)]
struct Description {
    operations: Vec<Described>,
    errors: Vec<ErrorKind>,
    error: Value,
}

#[derive(Deserialize)]
struct Described {
    name: String,
    summary: String,
    services: Vec<String>,
    params: Value,
    result: Value,
}

/// The schema of an operation's parameters or result.
struct Document<'a> {
    operation: &'a str,
    given: bool,
    schema: &'a Value,
}

/// A title with all that it stands for. Two schemas of one title are the same only with all that they
/// refer to.
type Whole = (String, String);

impl Registry {
    /// Reads the registry's description.
    ///
    /// # Errors
    /// A sentence about what is not understood.
    pub(super) fn read(json: &str) -> Result<Registry, String> {
        let description: Description = serde_json::from_str(json).map_err(|error| error.to_string())?;
        let documents: Vec<Document<'_>> =
            description.operations.iter().flat_map(Described::documents).collect();
        let mut known: BTreeMap<Whole, (usize, bool)> = BTreeMap::new();
        for document in &documents {
            for title in document.titles() {
                let (times, given) = known.entry(document.whole(title)).or_default();
                *times += 1;
                *given |= document.given;
            }
        }
        let mut definitions = Vec::new();
        let mut roots = Vec::new();
        for document in &documents {
            document.define(&known, &mut definitions)?;
            roots.push(document.name(document.title(), &known));
        }
        let mut roots = roots.into_iter();
        let mut operations = Vec::new();
        for described in &description.operations {
            let (Some(params), Some(result)) = (roots.next(), roots.next()) else { break };
            let Described { name, summary, services, .. } = described;
            let (name, summary, services) = (name.clone(), summary.clone(), services.clone());
            operations.push(Operation { name, summary, services, params, result });
        }
        let target = |_: &str| Some(Type::Any);
        let Shape::Object(error) = (Reader { target: &target }).shape(&description.error)? else {
            return Err("an error is no object".into());
        };
        Ok(Registry { operations, errors: description.errors, error, definitions })
    }

    /// The definition of this name.
    pub(super) fn definition(&self, name: &Name) -> Option<&Definition> {
        self.definitions.iter().find(|definition| definition.name == *name)
    }

    /// The members of an operation's parameters.
    pub(super) fn params(&self, operation: &Operation) -> &Object {
        const NONE: &Object = &Object { members: Vec::new() };
        match self.definition(&operation.params).map(|definition| &definition.shape) {
            Some(Shape::Object(object)) => object,
            _ => NONE,
        }
    }

    /// Whether every service has the operation.
    pub(super) fn is_everywhere(&self, operation: &Operation) -> bool {
        let mut services = self.operations.iter().flat_map(|operation| &operation.services);
        services.all(|service| operation.services.contains(service))
    }

    /// Whether there is a second shape of this name: what is given, or what comes back.
    pub(super) fn has_twin(&self, name: &Name) -> bool {
        self.definition(&Name { title: name.title.clone(), given: !name.given }).is_some()
    }
}

impl Described {
    fn documents(&self) -> [Document<'_>; 2] {
        let operation = self.name.as_str();
        [
            Document { operation, given: true, schema: &self.params },
            Document { operation, given: false, schema: &self.result },
        ]
    }
}

impl<'a> Document<'a> {
    fn title(&self) -> &'a str {
        self.schema.get("title").and_then(Value::as_str).unwrap_or("AnyValue")
    }

    /// The title of the whole, then those of its definitions.
    fn titles(&self) -> impl Iterator<Item = &'a str> {
        let definitions = self.schema.get("$defs").and_then(Value::as_object).into_iter().flat_map(Map::keys);
        std::iter::once(self.title()).chain(definitions.map(String::as_str))
    }

    fn find(&self, title: &str) -> Option<&'a Value> {
        if title == self.title() { Some(self.schema) } else { self.schema.get("$defs")?.get(title) }
    }

    /// The title that a `$ref` means.
    fn target<'b>(&self, reference: &'b str) -> &'b str
    where
        'a: 'b,
    {
        if reference == "#" { self.title() } else { reference.trim_start_matches("#/$defs/") }
    }

    fn whole(&self, title: &str) -> Whole {
        let schema = self.find(title).map(|schema| self.spelled_out(schema, &mut vec![title.to_owned()]));
        (title.to_owned(), schema.unwrap_or_default().to_string())
    }

    /// The schema with what it refers to in place of the references.
    fn spelled_out(&self, schema: &Value, inside: &mut Vec<String>) -> Value {
        match schema {
            Value::Object(members) => {
                let members =
                    members.iter().filter(|(key, _)| !["$schema", "title", "$defs"].contains(&key.as_str()));
                members
                    .map(|(key, value)| (key.clone(), self.spelled_out_member(key, value, inside)))
                    .collect()
            }
            Value::Array(values) => values.iter().map(|value| self.spelled_out(value, inside)).collect(),
            other => other.clone(),
        }
    }

    fn spelled_out_member(&self, key: &str, value: &Value, inside: &mut Vec<String>) -> Value {
        let target = value.as_str().filter(|_| key == "$ref").map(|reference| self.target(reference));
        match target {
            None => self.spelled_out(value, inside),
            Some(title) if inside.iter().any(|outer| outer == title) => Value::from(title),
            Some(title) => {
                inside.push(title.to_owned());
                let schema = self.find(title).map(|schema| self.spelled_out(schema, inside));
                inside.pop();
                schema.unwrap_or_default()
            }
        }
    }

    /// The name of a definition: what only one operation has is named after it.
    fn name(&self, title: &str, known: &BTreeMap<Whole, (usize, bool)>) -> Name {
        let (times, given) = known.get(&self.whole(title)).copied().unwrap_or_default();
        if times == 1 && title == self.title() {
            let what = if self.given { "Params" } else { "Result" };
            return Name { title: pascal(self.operation) + what, given };
        }
        Name { title: title.to_owned(), given }
    }

    /// Adds what is not there yet.
    fn define(
        &self,
        known: &BTreeMap<Whole, (usize, bool)>,
        definitions: &mut Vec<Definition>,
    ) -> Result<(), String> {
        let target = |reference: &str| {
            let title = self.target(reference);
            let schema = self.find(title)?;
            Some(if is_decimal(schema) { Type::Decimal } else { Type::Named(self.name(title, known)) })
        };
        for title in self.titles() {
            let Some(schema) = self.find(title).filter(|schema| !is_decimal(schema)) else { continue };
            let place = |problem: String| format!("{}, {title}: {problem}", self.operation);
            let name = self.name(title, known);
            let shape = Reader { target: &target }.shape(schema).map_err(place)?;
            let is_private = name.title != title;
            let definition = Definition { name, doc: described(schema), shape, is_private };
            match definitions.iter().find(|known| known.name == definition.name) {
                None => definitions.push(definition),
                Some(same) if *same == definition => {}
                Some(_) => return Err(place("another schema has this title".into())),
            }
        }
        Ok(())
    }
}

/// A sale of items with decimals, and its receipt, for the tests of the languages.
#[cfg(test)]
pub(super) fn example() -> Registry {
    use serde_json::json;
    let definitions = |decimal: &Value, required: &[&str]| {
        json!({
            "Exact": decimal,
            "Method": {"oneOf": [{"const": "cash", "description": "Cash."}, {"const": "card"}]},
            "Vat": {"anyOf": [{"$ref": "#/$defs/Exact"}, {"type": "object", "required": ["exempt"],
                "properties": {"exempt": {"type": "string"}, "code": {"type": ["string", "null"]}}}]},
            "Item": {"type": "object", "required": required, "properties": {
                "price": {"$ref": "#/$defs/Exact"},
                "unit": {"type": ["string", "null"], "default": null},
                "vat": {"$ref": "#/$defs/Vat"}}},
        })
    };
    let given = definitions(&json!({"type": ["string", "integer"], "format": "decimal"}), &["price"]);
    let back = definitions(&json!({"type": "string", "format": "decimal"}), &["price", "unit", "vat"]);
    let object = |title: &str, definitions: &Value| {
        json!({"title": title, "type": "object", "required": ["from"], "$defs": definitions, "properties": {
            "from": {"$ref": "#/$defs/Method", "description": "By what."},
            "items": {"type": "array", "items": {"$ref": "#/$defs/Item"}, "default": []},
            "notes": {"type": "object", "additionalProperties": {"type": "string"}, "default": {}}}})
    };
    let operation = |name: &str| json!({"name": name, "summary": "Sells.", "services": ["sign-fr"], "params": object("Sale", &given), "result": object("Receipt", &back)});
    let description = json!({
        "operations": [operation("sale.begin"), operation("sale.complete_many")],
        "errors": [{"kind": "not_found", "status": 3, "retryable": false, "meaning": "No such `sale`.",
            "what_to_do": "Look."}],
        "error": {"type": "object", "properties": {}},
    });
    Registry::read(&description.to_string()).unwrap_or_else(|problem| panic!("{problem}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(operations: &Value) -> Result<Registry, String> {
        let error = json!({"type": "object", "properties": {"kind": {"type": "string"}}});
        Registry::read(&json!({"operations": operations, "errors": [], "error": error}).to_string())
    }

    fn operation(name: &str, params: &Value, result: &Value) -> Value {
        json!({"name": name, "summary": "Does it.", "services": [], "params": params, "result": result})
    }

    fn object(title: &str, member: &str, definitions: &Value) -> Value {
        json!({"title": title, "type": "object", "properties": {"of": {"$ref": member}}, "$defs": definitions})
    }

    #[test]
    fn what_one_operation_has_alone_is_named_after_it() {
        let item = json!({"Item": {"type": "object", "properties": {"text": {"type": "string"}}}});
        let get = operation(
            "sale.get",
            &object("Get", "#/$defs/Item", &item),
            &object("Sale", "#/$defs/Item", &item),
        );
        let put = operation(
            "sale.put",
            &object("Put", "#/$defs/Item", &item),
            &object("Sale", "#/$defs/Item", &item),
        );
        let registry = read(&json!([get, put])).unwrap();
        let names: Vec<_> = registry.definitions.iter().map(|one| one.name.title.as_str()).collect();
        assert_eq!(names, ["SaleGetParams", "Item", "Sale", "SalePutParams"]);
        assert_eq!(registry.operations[1].result, Name { title: "Sale".into(), given: false });
        assert!(!registry.has_twin(&registry.definitions[1].name));
    }

    #[test]
    fn what_comes_back_otherwise_than_it_was_given_is_a_twin() {
        let given = json!({"Item": {"type": "object", "properties": {"text": {"type": "string"}}}});
        let back = json!({"Item": {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}});
        let sell = operation(
            "sell",
            &object("Sell", "#/$defs/Item", &given),
            &object("Sold", "#/$defs/Item", &back),
        );
        let registry = read(&json!([sell])).unwrap();
        let items: Vec<_> = registry.definitions.iter().filter(|one| one.name.title == "Item").collect();
        assert_eq!(items.iter().map(|one| one.name.given).collect::<Vec<_>>(), [true, false]);
        assert!(items.iter().all(|one| registry.has_twin(&one.name)));
    }

    #[test]
    fn a_type_in_itself_is_read_once() {
        let receipt = json!({"title": "Receipt", "type": "object",
            "properties": {"also": {"type": "array", "items": {"$ref": "#"}}}});
        let page = object(
            "Page",
            "#/$defs/Receipt",
            &json!({"Receipt": {"type": "object",
            "properties": {"also": {"type": "array", "items": {"$ref": "#/$defs/Receipt"}}}}}),
        );
        let nothing = json!({"title": "Nothing", "type": "object", "additionalProperties": false});
        let registry =
            read(&json!([operation("get", &nothing, &receipt), operation("list", &nothing, &page)])).unwrap();
        let receipts = registry.definitions.iter().filter(|one| one.name.title == "Receipt");
        assert_eq!(receipts.count(), 1);
    }

    #[test]
    fn an_operation_is_everywhere_where_no_other_has_more_services() {
        let nothing = json!({"title": "Nothing", "type": "object", "additionalProperties": false});
        let with = |name: &str, services: &[&str]| {
            let mut operation = operation(name, &nothing, &nothing);
            operation["services"] = json!(services);
            operation
        };
        let registry = read(&json!([with("sell", &["fr", "it"]), with("count", &["fr"])])).unwrap();
        let everywhere = registry.operations.iter().map(|operation| registry.is_everywhere(operation));
        assert_eq!(everywhere.collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn two_shapes_under_one_title_are_an_error() {
        let with = |kind: &str| json!({"Item": {"type": "object", "properties": {"text": {"type": kind}}}});
        let one = operation("one", &object("One", "#/$defs/Item", &with("string")), &json!(true));
        let two = operation("two", &object("Two", "#/$defs/Item", &with("integer")), &json!(true));
        let Err(problem) = read(&json!([one, two])) else { panic!("read") };
        assert!(problem.contains("two, Item"), "{problem}");
    }
}
