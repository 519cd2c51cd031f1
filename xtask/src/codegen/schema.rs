//! JSON Schema (2020-12), as the registry writes it, read into the little that a language needs of it.

use serde_json::{Map, Value};

/// A definition's name, and which of its shapes is meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    /// The title.
    pub(super) title: String,
    /// What a caller gives (members may be left out), as against what comes back.
    pub(super) given: bool,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Type {
    /// Any JSON value.
    Any,
    /// A text.
    Text,
    /// A whole number.
    Integer,
    /// True or false.
    Boolean,
    /// An exact number, written as a text.
    Decimal,
    /// This text and no other.
    Constant(String),
    /// What a definition says.
    Named(Name),
    /// A list.
    List(Box<Type>),
    /// An object whose keys are the caller's own.
    Map(Box<Type>),
    /// `null`, or that.
    Nullable(Box<Type>),
    /// One of these.
    Union(Vec<Variant>),
    /// An object without a name of its own; only as a part of a union.
    Object(Object),
}

/// One of the possibilities of a union.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Variant {
    pub(super) doc: String,
    pub(super) of: Type,
}

/// An object's members, in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Object {
    pub(super) members: Vec<Member>,
}

/// One member of an object.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) doc: String,
    pub(super) of: Type,
    /// Whether it must be given, or is always there.
    pub(super) required: bool,
    /// What holds when it is left out, where that is not `null`.
    pub(super) default: Option<Value>,
}

/// What stands under a name.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    /// An object.
    Object(Object),
    /// One of these texts, each with its meaning.
    Choice(Vec<(String, String)>),
    /// Another name for a type.
    Alias(Type),
}

impl Object {
    /// Whether nothing has to be given.
    pub(super) fn is_optional(&self) -> bool {
        self.members.iter().all(|member| !member.required)
    }

    /// The members that are required, and the others.
    pub(super) fn split(&self) -> (Vec<&Member>, Vec<&Member>) {
        self.members.iter().partition(|member| member.required)
    }
}

/// Reads schemas; `target` tells what a `$ref` leads to.
pub(super) struct Reader<'a> {
    pub(super) target: &'a dyn Fn(&str) -> Option<Type>,
}

impl Reader<'_> {
    /// Reads what stands under a name.
    ///
    /// # Errors
    /// A sentence about what is not understood.
    pub(super) fn shape(&self, schema: &Value) -> Result<Shape, String> {
        if let Some(members) = schema.get("properties").and_then(Value::as_object) {
            return Ok(Shape::Object(self.object(schema, members)?));
        }
        if schema.get("type") == Some(&Value::from("object")) && is_closed(schema) {
            return Ok(Shape::Object(Object::default()));
        }
        if let Some(choices) = schema.get("oneOf").and_then(Value::as_array).and_then(|all| choices(all)) {
            return Ok(Shape::Choice(choices));
        }
        Ok(Shape::Alias(self.of(schema)?))
    }

    /// Reads a type.
    ///
    /// # Errors
    /// As [`Reader::shape`].
    pub(super) fn of(&self, schema: &Value) -> Result<Type, String> {
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            return (self.target)(target).ok_or_else(|| format!("{target} is not there"));
        }
        if let Some(constant) = schema.get("const") {
            return constant.as_str().map(|text| Type::Constant(text.into())).ok_or_else(|| unknown(schema));
        }
        if let Some(variants) = schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Value::as_array)
        {
            return self.union(variants);
        }
        if let Some(texts) = schema.get("enum").and_then(Value::as_array) {
            let variants = texts.iter().map(|text| {
                let of = text.as_str().map(|text| Type::Constant(text.into()));
                of.map(|of| Variant { doc: String::new(), of }).ok_or_else(|| unknown(schema))
            });
            return variants.collect::<Result<_, _>>().map(Type::Union);
        }
        match schema.get("type") {
            None if schema.as_bool() != Some(false) => Ok(Type::Any),
            Some(Value::String(one)) => self.simple(one, schema),
            Some(Value::Array(several)) => self.several(several, schema),
            _ => Err(unknown(schema)),
        }
    }

    /// A type given by several words, of which one may be `null`.
    fn several(&self, words: &[Value], schema: &Value) -> Result<Type, String> {
        let named: Vec<&str> =
            words.iter().filter_map(Value::as_str).filter(|word| *word != "null").collect();
        let of = match named.as_slice() {
            [one] => self.simple(one, schema)?,
            _ if is_decimal(schema) => Type::Decimal,
            _ => return Err(unknown(schema)),
        };
        Ok(if named.len() < words.len() { Type::Nullable(Box::new(of)) } else { of })
    }

    fn simple(&self, word: &str, schema: &Value) -> Result<Type, String> {
        let inner = |key: &str| schema.get(key).map_or(Ok(Type::Any), |inner| self.of(inner)).map(Box::new);
        match word {
            "string" if is_decimal(schema) => Ok(Type::Decimal),
            "string" => Ok(Type::Text),
            "integer" => Ok(Type::Integer),
            "boolean" => Ok(Type::Boolean),
            "array" => inner("items").map(Type::List),
            "object" => match schema.get("properties").and_then(Value::as_object) {
                Some(members) => Ok(Type::Object(self.object(schema, members)?)),
                None => inner("additionalProperties").map(Type::Map),
            },
            // A number that is no integer is a float, which no language of ours may get.
            _ => Err(unknown(schema)),
        }
    }

    /// A union; with `null` among its parts it is a nullable, and with one part left it is that.
    fn union(&self, variants: &[Value]) -> Result<Type, String> {
        let is_null = |variant: &Value| variant.get("type") == Some(&Value::from("null"));
        let mut parts = Vec::new();
        for variant in variants.iter().filter(|variant| !is_null(variant)) {
            parts.push(Variant { doc: described(variant), of: self.of(variant)? });
        }
        let of = match (parts.pop(), parts.is_empty()) {
            (Some(only), true) => only.of,
            (Some(last), false) => {
                parts.push(last);
                Type::Union(parts)
            }
            (None, _) => return Err("a union of nothing".into()),
        };
        Ok(if variants.iter().any(is_null) { Type::Nullable(Box::new(of)) } else { of })
    }

    fn object(&self, schema: &Value, members: &Map<String, Value>) -> Result<Object, String> {
        let required = schema.get("required").and_then(Value::as_array);
        let members = members.iter().map(|(name, member)| {
            Ok(Member {
                name: name.clone(),
                doc: described(member),
                of: self.of(member).map_err(|problem| format!("{name}: {problem}"))?,
                required: required.is_some_and(|all| all.iter().any(|one| one == name.as_str())),
                default: member.get("default").filter(|default| !default.is_null()).cloned(),
            })
        });
        Ok(Object { members: members.collect::<Result<_, String>>()? })
    }
}

/// Whether a schema is that of a decimal.
pub(super) fn is_decimal(schema: &Value) -> bool {
    schema.get("format") == Some(&Value::from("decimal"))
}

/// A schema's description, without what only rustdoc understands.
pub(super) fn described(schema: &Value) -> String {
    super::text::plain(schema.get("description").and_then(Value::as_str).unwrap_or_default())
}

/// Texts with their meanings; `None` when there is something else among them.
fn choices(variants: &[Value]) -> Option<Vec<(String, String)>> {
    let choice = |variant: &Value| Some((variant.get("const")?.as_str()?.to_owned(), described(variant)));
    variants.iter().map(choice).collect()
}

fn is_closed(schema: &Value) -> bool {
    schema.get("additionalProperties") == Some(&Value::Bool(false))
}

fn unknown(schema: &Value) -> String {
    format!("no language knows what to make of this schema: {schema}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn target(reference: &str) -> Option<Type> {
        match reference.strip_prefix("#/$defs/")? {
            "Exact" => Some(Type::Decimal),
            title => Some(Type::Named(Name { title: title.to_owned(), given: true })),
        }
    }

    fn shape(schema: &Value) -> Result<Shape, String> {
        Reader { target: &target }.shape(schema)
    }

    fn of(schema: &Value) -> Result<Type, String> {
        Reader { target: &target }.of(schema)
    }

    fn named(title: &str) -> Type {
        Type::Named(Name { title: title.to_owned(), given: true })
    }

    #[test]
    fn types_are_what_the_schema_says() {
        let boxed = Box::new;
        let cases = [
            (json!(true), Type::Any),
            (json!({"description": "Anything."}), Type::Any),
            (json!({"type": "string"}), Type::Text),
            (json!({"type": ["string", "null"]}), Type::Nullable(boxed(Type::Text))),
            (json!({"type": "integer", "format": "uint32", "minimum": 0}), Type::Integer),
            (json!({"type": "boolean", "default": false}), Type::Boolean),
            (json!({"type": "string", "format": "decimal"}), Type::Decimal),
            (json!({"type": ["string", "integer"], "format": "decimal"}), Type::Decimal),
            (json!({"$ref": "#/$defs/Exact", "description": "A price."}), Type::Decimal),
            (json!({"$ref": "#/$defs/Item"}), named("Item")),
            (
                json!({"anyOf": [{"$ref": "#/$defs/Item"}, {"type": "null"}]}),
                Type::Nullable(boxed(named("Item"))),
            ),
            (json!({"type": "array", "items": {"$ref": "#/$defs/Item"}}), Type::List(boxed(named("Item")))),
            (
                json!({"type": ["array", "null"], "items": {"type": "string"}}),
                Type::Nullable(boxed(Type::List(boxed(Type::Text)))),
            ),
            (
                json!({"type": "object", "additionalProperties": {"type": "string"}}),
                Type::Map(boxed(Type::Text)),
            ),
            (json!({"type": "object", "additionalProperties": true}), Type::Map(boxed(Type::Any))),
            (json!({"type": "string", "const": "cash"}), Type::Constant("cash".into())),
        ];
        for (schema, expected) in cases {
            assert_eq!(of(&schema), Ok(expected), "{schema}");
        }
    }

    #[test]
    fn what_is_not_understood_is_an_error() {
        let cases = [
            json!({"type": "number"}),
            json!({"type": ["string", "integer"]}),
            json!({"const": 1}),
            json!({"anyOf": []}),
            json!({"$ref": "elsewhere"}),
            json!(false),
        ];
        for schema in cases {
            assert!(of(&schema).is_err(), "{schema}");
        }
    }

    #[test]
    fn a_union_keeps_the_meaning_of_its_parts() {
        let vat = json!({"anyOf": [
            {"$ref": "#/$defs/Exact", "description": "A percentage."},
            {"type": "object", "description": "No VAT.", "properties": {"exempt": {"type": "string"}},
             "required": ["exempt"]},
        ]});
        let Ok(Shape::Alias(Type::Union(parts))) = shape(&vat) else { panic!("no union") };
        assert_eq!((parts[0].doc.as_str(), &parts[0].of), ("A percentage.", &Type::Decimal));
        let Type::Object(object) = &parts[1].of else { panic!("no object") };
        assert_eq!((object.members[0].name.as_str(), object.members[0].required), ("exempt", true));
    }

    #[test]
    fn texts_with_meanings_are_a_choice() {
        let state = json!({"oneOf": [
            {"const": "signed", "type": "string", "description": "The service has it."},
            {"const": "pending", "type": "string"},
        ]});
        let expected = [("signed", "The service has it."), ("pending", "")];
        let expected = expected.map(|(text, meaning)| (text.to_owned(), meaning.to_owned()));
        assert_eq!(shape(&state), Ok(Shape::Choice(expected.to_vec())));
    }

    #[test]
    fn members_are_required_or_have_a_default() {
        let schema = json!({"type": "object", "required": ["id"], "properties": {
            "id": {"type": "string", "description": "The id."},
            "limit": {"type": "integer", "default": 100},
            "reason": {"type": ["string", "null"], "default": null},
        }});
        let Ok(Shape::Object(object)) = shape(&schema) else { panic!("no object") };
        let found: Vec<_> = object
            .members
            .iter()
            .map(|member| (member.name.as_str(), member.required, member.default.clone()))
            .collect();
        assert_eq!(found, [("id", true, None), ("limit", false, Some(json!(100))), ("reason", false, None)]);
        assert_eq!(object.members[0].doc, "The id.");
        assert!(!object.is_optional());
        assert_eq!(
            shape(&json!({"type": "object", "additionalProperties": false})),
            Ok(Shape::Object(Object::default()))
        );
    }
}
