//! Which file an operation or a type stands in, where a language has a file a family.

use super::registry::{Definition, Registry};
use super::schema::{Name, Shape, Type};
use std::collections::{BTreeMap, BTreeSet};

/// The family of the operations whose names have none, such as `status`.
const CLIENT: &str = "client";

/// What several families use: first what refers to nothing else.
const SHARED: [&str; 3] = [CHOICES, GIVEN, RETURNED];
pub(super) const CHOICES: &str = "choices";
pub(super) const GIVEN: &str = "given";
const RETURNED: &str = "returned";

/// The part of an operation's name before the dot.
pub(super) fn family(operation: &str) -> &str {
    operation.split_once('.').map_or(CLIENT, |(family, _)| family)
}

/// The families in the order of the reference.
pub(super) fn families(registry: &Registry) -> Vec<&str> {
    let mut families = Vec::new();
    for operation in &registry.operations {
        let family = family(&operation.name);
        if !families.contains(&family) {
            families.push(family);
        }
    }
    families
}

/// The files of types: those of several families, then a family each.
pub(super) fn files(registry: &Registry) -> Vec<&str> {
    SHARED.into_iter().chain(families(registry)).collect()
}

/// What a file of types holds.
pub(super) fn says(file: &str) -> String {
    match file {
        CHOICES => "The words that operations of several families take and give.".into(),
        GIVEN => "What operations of several families take.".into(),
        RETURNED => "What operations of several families give.".into(),
        CLIENT => "What the operations without a family take and give.".into(),
        family => format!("What the operations `{family}.*` take and give."),
    }
}

/// What a file of operations holds.
pub(super) fn does(family: &str) -> String {
    match family {
        CLIENT => "The operations without a family.".into(),
        family => format!("The operations `{family}.*`."),
    }
}

/// The file of each type.
///
/// A type that several families use refers only to such types, and what is given only to what is given:
/// no two files need each other.
pub(super) fn homes(registry: &Registry) -> BTreeMap<Name, &str> {
    let mut users: BTreeMap<&Name, BTreeSet<&str>> = BTreeMap::new();
    for operation in &registry.operations {
        for root in [&operation.params, &operation.result] {
            reach(registry, root, family(&operation.name), &mut users);
        }
    }
    let home = |definition: &Definition| match users.get(&definition.name) {
        Some(families) if families.len() == 1 => families.iter().next().copied().unwrap_or(CLIENT),
        _ if matches!(definition.shape, Shape::Choice(_)) => CHOICES,
        _ if definition.name.given => GIVEN,
        _ => RETURNED,
    };
    registry.definitions.iter().map(|definition| (definition.name.clone(), home(definition))).collect()
}

/// Notes the family as a user of a type and of all that is in it.
fn reach<'a>(
    registry: &'a Registry,
    name: &'a Name,
    family: &'a str,
    users: &mut BTreeMap<&'a Name, BTreeSet<&'a str>>,
) {
    if !users.entry(name).or_default().insert(family) {
        return;
    }
    let Some(definition) = registry.definition(name) else { return };
    for inner in named(definition) {
        reach(registry, inner, family, users);
    }
}

/// The types that a definition refers to.
pub(super) fn named(definition: &Definition) -> Vec<&Name> {
    let mut names = Vec::new();
    match &definition.shape {
        Shape::Object(object) => object.members.iter().for_each(|member| collect(&member.of, &mut names)),
        Shape::Alias(of) => collect(of, &mut names),
        Shape::Choice(_) => {}
    }
    names
}

fn collect<'a>(of: &'a Type, names: &mut Vec<&'a Name>) {
    match of {
        Type::Named(name) => names.push(name),
        Type::List(of) | Type::Map(of) | Type::Nullable(of) => collect(of, names),
        Type::Union(variants) => variants.iter().for_each(|variant| collect(&variant.of, names)),
        Type::Object(object) => object.members.iter().for_each(|member| collect(&member.of, names)),
        Type::Any | Type::Text | Type::Integer | Type::Boolean | Type::Decimal | Type::Constant(_) => {}
    }
}

/// Whether a decimal is in the definition itself.
pub(super) fn has_decimal(definition: &Definition) -> bool {
    match &definition.shape {
        Shape::Object(object) => object.members.iter().any(|member| is_of_decimal(&member.of)),
        Shape::Alias(of) => is_of_decimal(of),
        Shape::Choice(_) => false,
    }
}

fn is_of_decimal(of: &Type) -> bool {
    match of {
        Type::Decimal => true,
        Type::List(of) | Type::Map(of) | Type::Nullable(of) => is_of_decimal(of),
        Type::Union(variants) => variants.iter().any(|variant| is_of_decimal(&variant.of)),
        Type::Object(object) => object.members.iter().any(|member| is_of_decimal(&member.of)),
        Type::Any | Type::Text | Type::Integer | Type::Boolean | Type::Constant(_) | Type::Named(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn operation(name: &str, params: &str, result: &str) -> Value {
        let definitions = |given: bool| {
            json!({
                "Method": {"oneOf": [{"const": "cash"}, {"const": "card"}]},
                "Shared": {"type": "object", "required": if given { json!([]) } else { json!(["by"]) },
                    "properties": {"by": {"$ref": "#/$defs/Method"}}},
            })
        };
        let object = |title: &str, given: bool| {
            json!({"title": title, "type": "object", "$defs": definitions(given), "properties": {
                "many": {"type": "array", "items": {"$ref": "#/$defs/Shared"}}}})
        };
        json!({"name": name, "summary": "", "services": [], "params": object(params, true), "result": object(result, false)})
    }

    #[test]
    fn what_one_family_has_alone_stands_in_its_file() {
        let operations = [
            operation("sale.begin", "Sale", "Begun"),
            operation("sale.end", "Sale", "Ended"),
            operation("status", "Ask", "Told"),
        ];
        let error = json!({"type": "object", "properties": {}});
        let text = json!({"operations": operations, "errors": [], "error": error}).to_string();
        let registry = Registry::read(&text).unwrap();
        let homes = homes(&registry);
        let home = |title: &str, given: bool| homes[&Name { title: title.into(), given }];
        assert_eq!(home("Sale", true), "sale");
        assert_eq!(home("SaleEndResult", false), "sale");
        assert_eq!(home("StatusParams", true), "client");
        assert_eq!(home("Shared", true), "given");
        assert_eq!(home("Shared", false), "returned");
        assert_eq!(home("Method", true), "choices");
        assert_eq!(files(&registry), ["choices", "given", "returned", "sale", "client"]);
    }
}
