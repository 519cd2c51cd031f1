//! `_decimals.py`: where in a result the decimals and the receipts are.

use super::layout::{Code, brackets, word};
use super::{Annotations, RECEIPT, begun};
use crate::codegen::registry::{Definition, Registry};
use crate::codegen::schema::{Member, Name, Object, Shape, Type, Variant};

const TEXT: [&str; 10] = [
    "from typing import Any, Dict",
    "",
    "Shape = Dict[str, Any]",
    "\"\"\"For each key what its value is: a decimal, another shape, a list or a map of it.",
    "",
    "The key \"\" says what the value itself may be where it is no object; \"*\" stands for every key of",
    "a map.",
    "\"\"\"",
    "",
    "SHAPES: Dict[str, Shape] = {",
];

/// The file.
pub(in crate::codegen) fn decimals(registry: &Registry) -> String {
    let finder = Finder { registry, annotations: Annotations { registry, module: "" } };
    let mut page = begun("Where in a result the decimals and the receipts are.");
    page.lines("", TEXT);
    for definition in finder.reached() {
        let items = finder.shape(definition).into_iter().map(|(key, value)| keyed(&key, value)).collect();
        let open = format!("\"{}\": {{", finder.annotations.name(&definition.name));
        page.lines("", brackets(open, items, "}").lines(4, ","));
    }
    page.line("}");
    page.line("\"\"\"The shapes by their names.\"\"\"");
    page.blank();
    page.line("RESULTS: Dict[str, str] = {");
    for operation in &registry.operations {
        if finder.leads(&operation.result, &mut Vec::new()) {
            let shape = finder.annotations.name(&operation.result);
            page.line(format!("    \"{}\": \"{shape}\",", operation.name));
        }
    }
    page.line("}");
    page.line("\"\"\"The shape of each operation's result that has any of it.\"\"\"");
    page.text()
}

fn keyed(key: &str, value: Code) -> Code {
    match value {
        Code::Word(text) => word(format!("\"{key}\": {text}")),
        Code::Brackets { open, items, close } => brackets(format!("\"{key}\": {open}"), items, close),
    }
}

struct Finder<'a> {
    registry: &'a Registry,
    annotations: Annotations<'a>,
}

impl<'a> Finder<'a> {
    /// What results reach and what leads to a decimal or a receipt, in the order of the registry.
    fn reached(&self) -> Vec<&'a Definition> {
        let mut names = Vec::new();
        for operation in &self.registry.operations {
            self.reach(&operation.result, &mut names);
        }
        let is_wanted =
            |one: &&Definition| names.contains(&one.name) && self.leads(&one.name, &mut Vec::new());
        self.registry.definitions.iter().filter(is_wanted).collect()
    }

    fn reach(&self, name: &Name, names: &mut Vec<Name>) {
        if names.contains(name) {
            return;
        }
        names.push(name.clone());
        for of in self.parts(name) {
            if let Some(inner) = named(of) {
                self.reach(inner, names);
            }
        }
    }

    /// Whether there is a decimal or a receipt in it; `inside` keeps a type in itself from going round.
    fn leads(&self, name: &Name, inside: &mut Vec<Name>) -> bool {
        if name.title == RECEIPT {
            return true;
        }
        if inside.contains(name) {
            return false;
        }
        inside.push(name.clone());
        let leads = self.parts(name).into_iter().any(|of| {
            innermost(of) == &Type::Decimal || named(of).is_some_and(|inner| self.leads(inner, inside))
        });
        inside.pop();
        leads
    }

    /// The types in a definition.
    fn parts(&self, name: &Name) -> Vec<&'a Type> {
        let of_object = |object: &'a Object| object.members.iter().map(|member| &member.of);
        match self.registry.definition(name).map(|definition| &definition.shape) {
            Some(Shape::Object(object)) => of_object(object).collect(),
            Some(Shape::Alias(Type::Union(variants))) => {
                let of_variant = |variant: &'a Variant| match &variant.of {
                    Type::Object(object) => of_object(object).collect(),
                    of => vec![of],
                };
                variants.iter().flat_map(of_variant).collect()
            }
            Some(Shape::Alias(of)) => vec![of],
            _ => Vec::new(),
        }
    }

    /// The keys of a shape, each once.
    fn shape(&self, definition: &Definition) -> Vec<(String, Code)> {
        let mut shape: Vec<(String, Code)> = Vec::new();
        let mut add = |key: &str, of: &Type| {
            if let Some(value) = self.value(of)
                && !shape.iter().any(|(known, _)| known == key)
            {
                shape.push((key.to_owned(), value));
            }
        };
        let members = |object: &Object, add: &mut dyn FnMut(&str, &Type)| {
            object.members.iter().for_each(|member: &Member| add(&member.name, &member.of));
        };
        match &definition.shape {
            Shape::Object(object) => members(object, &mut add),
            Shape::Alias(Type::Union(variants)) => {
                for variant in variants {
                    match &variant.of {
                        Type::Object(object) => members(object, &mut add),
                        of => add("", of),
                    }
                }
            }
            Shape::Alias(of) => add("", of),
            Shape::Choice(_) => {}
        }
        shape
    }

    fn value(&self, of: &Type) -> Option<Code> {
        match of {
            Type::Decimal => Some(word("\"decimal\"")),
            Type::Named(name) => {
                let leads = self.leads(name, &mut Vec::new());
                leads.then(|| word(format!("\"{}\"", self.annotations.name(name))))
            }
            Type::List(of) => self.value(of).map(|value| brackets("[", vec![value], "]")),
            Type::Map(of) => self.value(of).map(|value| brackets("{", vec![keyed("*", value)], "}")),
            Type::Nullable(of) => self.value(of),
            _ => None,
        }
    }
}

/// What a list, a map or a nullable is one of.
fn innermost(of: &Type) -> &Type {
    match of {
        Type::List(of) | Type::Map(of) | Type::Nullable(of) => innermost(of),
        of => of,
    }
}

fn named(of: &Type) -> Option<&Name> {
    match innermost(of) {
        Type::Named(name) => Some(name),
        _ => None,
    }
}
