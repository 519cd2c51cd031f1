//! `types.py`: the shapes of parameters and results.

use super::layout::{brackets, word};
use super::{Annotations, KEYWORDS, RECEIPT, begun, comment, docstring};
use crate::codegen::registry::{Definition, Registry};
use crate::codegen::schema::{Member, Object, Shape, Type, Variant};
use crate::codegen::text::Page;

const IMPORTS: [&str; 16] = [
    "from __future__ import annotations",
    "",
    "from decimal import Decimal",
    "from typing import (",
    "    TYPE_CHECKING,",
    "    Any,",
    "    Dict,",
    "    List,",
    "    Literal,",
    "    Mapping,",
    "    Optional,",
    "    Sequence,",
    "    TypedDict,",
    "    Union,",
    ")",
    "",
];

/// The file.
pub(in crate::codegen) fn types(registry: &Registry) -> String {
    let mut file =
        File { annotations: Annotations { registry, module: "" }, names: Vec::new(), body: Page::default() };
    file.decimal();
    for definition in shown(registry) {
        if let Shape::Choice(choices) = &definition.shape {
            file.choice(definition, choices);
        }
    }
    for definition in shown(registry) {
        match &definition.shape {
            Shape::Object(object) if !object.members.is_empty() => {
                file.object(
                    &file.annotations.name(&definition.name),
                    &definition.doc,
                    object,
                    definition.name.given,
                );
            }
            Shape::Alias(Type::Union(variants)) => file.parts(definition, variants),
            _ => {}
        }
    }
    // An alias is evaluated where it stands, so what it names comes before it.
    for definition in shown(registry) {
        if let Shape::Alias(of) = &definition.shape {
            file.alias(definition, of);
        }
    }
    file.text()
}

/// What has a name in Python: not a receipt, which is a class, and not the parameters of one operation,
/// which are those of its method.
fn shown(registry: &Registry) -> impl Iterator<Item = &Definition> {
    let is_shown = |one: &&Definition| one.name.title != RECEIPT && !(one.is_private && one.name.given);
    registry.definitions.iter().filter(is_shown)
}

struct File<'a> {
    annotations: Annotations<'a>,
    names: Vec<String>,
    body: Page,
}

impl File<'_> {
    fn decimal(&mut self) {
        self.names.push("DecimalParam".into());
        self.body.line("DecimalParam = Union[str, int, Decimal]");
        self.body.line("\"\"\"An amount, a rate or a quantity as it may be given; never a float.\"\"\"");
    }

    fn choice(&mut self, definition: &Definition, choices: &[(String, String)]) {
        let name = self.annotations.name(&definition.name);
        let texts = choices.iter().map(|(text, _)| word(format!("\"{text}\""))).collect();
        let meanings = choices.iter().map(|(text, meaning)| format!("- `{text}`: {meaning}"));
        let doc: Vec<String> = std::iter::once(definition.doc.clone()).chain(meanings).collect();
        self.body.blank();
        self.body.lines("", brackets(format!("{name} = Literal["), texts, "]").lines(0, ""));
        self.body.lines("", docstring(&doc.join("\n\n"), 0));
        self.names.push(name);
    }

    /// The parts of a union that have no name of their own.
    fn parts(&mut self, definition: &Definition, variants: &[Variant]) {
        for variant in variants {
            if let Type::Object(object) = &variant.of {
                let name = self.annotations.part(&definition.name, object);
                self.object(&name, &variant.doc, object, definition.name.given);
            }
        }
    }

    fn alias(&mut self, definition: &Definition, of: &Type) {
        let (name, given) = (self.annotations.name(&definition.name), definition.name.given);
        let code = match of {
            Type::Union(variants) => {
                let part = |variant: &Variant| match &variant.of {
                    Type::Object(object) => word(self.annotations.part(&definition.name, object)),
                    of => word(self.annotations.of(of, given)),
                };
                brackets(format!("{name} = Union["), variants.iter().map(part).collect(), "]")
            }
            of => word(format!("{name} = {}", self.annotations.of(of, given))),
        };
        self.body.blank();
        self.body.blank();
        self.body.lines("", code.lines(0, ""));
        self.body.lines("", docstring(&definition.doc, 0));
        self.names.push(name);
    }

    /// Keys that may be absent make a class of their own, on which the one with the others stands. Of
    /// parameters it is public: the facade takes its keys as options.
    fn object(&mut self, name: &str, doc: &str, object: &Object, given: bool) {
        let (required, optional) = object.split();
        match (required.is_empty(), optional.is_empty()) {
            (_, true) => self.dict(name, "TypedDict", doc, &required, given),
            (true, false) => self.dict(name, "TypedDict, total=False", doc, &optional, given),
            (false, false) if object.members.iter().any(is_keyword) => {
                let parts = [format!("_{name}Required"), format!("_{name}Optional")];
                self.dict(&parts[0], "TypedDict", "", &required, given);
                self.dict(&parts[1], "TypedDict, total=False", "", &optional, given);
                self.dict(name, &parts.join(", "), doc, &[], given);
            }
            (false, false) => {
                let options = name.strip_suffix("Params").map(|title| format!("{title}Options"));
                let base = options.clone().unwrap_or_else(|| format!("_{name}Optional"));
                let base_doc = options.as_ref().map_or("", |_| doc);
                self.dict(&base, "TypedDict, total=False", base_doc, &optional, given);
                self.dict(name, &base, doc, &required, given);
                self.names.extend(options);
            }
        }
        self.names.push(name.to_owned());
    }

    fn dict(&mut self, name: &str, base: &str, doc: &str, members: &[&Member], given: bool) {
        self.body.blank();
        self.body.blank();
        if members.iter().copied().any(is_keyword) {
            return self.dict_of_strings(name, base, doc, members, given);
        }
        self.body.line(format!("class {name}({base}):"));
        self.body.lines("", docstring(doc, 4));
        for (number, member) in members.iter().enumerate() {
            if number > 0 || !doc.is_empty() {
                self.body.blank();
            }
            self.body.lines("", comment(&member.doc, 4));
            self.body.line(format!("    {}: {}", member.name, self.annotations.of(&member.of, given)));
        }
    }

    /// The form for keys that are words of the language.
    fn dict_of_strings(&mut self, name: &str, base: &str, doc: &str, members: &[&Member], given: bool) {
        self.body.line(format!("{name} = TypedDict("));
        self.body.line(format!("    \"{name}\","));
        self.body.line("    {");
        for member in members {
            self.body.lines("", comment(&member.doc, 8));
            self.body.line(format!(
                "        \"{}\": \"{}\",",
                member.name,
                self.annotations.of(&member.of, given)
            ));
        }
        self.body.line("    },");
        if let Some((_, total)) = base.split_once(", ") {
            self.body.line(format!("    {total},"));
        }
        self.body.line(")");
        self.body.lines("", docstring(doc, 0));
    }

    fn text(mut self) -> String {
        let mut page = begun("The shapes of what the operations take and give.");
        page.lines("", IMPORTS);
        page.line("if TYPE_CHECKING:");
        page.line("    from ._receipt import Receipt");
        page.blank();
        self.names.sort();
        let names = self.names.iter().map(|name| word(format!("\"{name}\""))).collect();
        page.lines("", brackets("__all__ = [", names, "]").lines(0, ""));
        page.blank();
        page.text() + &self.body.text()
    }
}

/// Whether a member cannot stand in the body of a class.
fn is_keyword(member: &Member) -> bool {
    KEYWORDS.contains(&member.name.as_str())
}
