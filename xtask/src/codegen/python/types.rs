//! `types/`: the shapes of parameters and results, a file a family.

use super::layout::{brackets, import, word};
use super::{Annotations, FOLDER, KEYWORDS, RECEIPT, begun, comment, docstring, identifiers, typing};
use crate::codegen::families::{self, GIVEN};
use crate::codegen::registry::{Definition, Registry};
use crate::codegen::schema::{Member, Object, Shape, Type, Variant};
use crate::codegen::text::Page;
use crate::codegen::{Generated, generated};
use std::collections::{BTreeMap, BTreeSet};

/// What is given for a decimal; it has no definition of its own.
const DECIMAL: &str = "DecimalParam";

/// The files, and the one that gives all their names.
pub(in crate::codegen) fn types(registry: &Registry) -> Vec<Generated> {
    let annotations = Annotations { registry, module: "" };
    let homes = families::homes(registry);
    let shown_in = homes.iter().filter(|(name, _)| name.title != RECEIPT);
    let named = shown_in.map(|(name, home)| (annotations.name(name), *home));
    let places: BTreeMap<String, &str> = named.chain([(DECIMAL.to_owned(), GIVEN)]).collect();
    let mut files = Vec::new();
    let mut exports = BTreeMap::new();
    for home in families::files(registry) {
        let definitions: Vec<_> = shown(registry).filter(|one| homes.get(&one.name) == Some(&home)).collect();
        let mut file = File::new(registry);
        file.fill(home, &definitions);
        if file.names.is_empty() {
            continue;
        }
        exports.insert(home, file.names.clone());
        files.push(generated(format!("{FOLDER}/types/_{home}.py"), file.text(home, &places)));
    }
    files.push(generated(format!("{FOLDER}/types/__init__.py"), package(&exports)));
    files
}

/// All names in one place, whichever file they stand in.
fn package(exports: &BTreeMap<&str, BTreeSet<String>>) -> String {
    let mut page = begun("The shapes of what the operations take and give.");
    for (home, names) in exports {
        page.lines("", import(&format!("._{home}"), names));
    }
    page.blank();
    let names: BTreeSet<&String> = exports.values().flatten().collect();
    let names = names.into_iter().map(|name| word(format!("\"{name}\""))).collect();
    page.lines("", brackets("__all__ = [", names, "]").lines(0, ""));
    page.text()
}

/// What has a name in Python: not a receipt, which is a class, and not the parameters of one operation,
/// which are those of its method.
fn shown(registry: &Registry) -> impl Iterator<Item = &Definition> {
    let is_shown = |one: &&Definition| one.name.title != RECEIPT && !(one.is_private && one.name.given);
    registry.definitions.iter().filter(is_shown)
}

struct File<'a> {
    annotations: Annotations<'a>,
    /// What a program may name.
    names: BTreeSet<String>,
    /// What the code names, wherever it stands.
    used: BTreeSet<String>,
    body: Page,
}

impl<'a> File<'a> {
    fn new(registry: &'a Registry) -> Self {
        let annotations = Annotations { registry, module: "" };
        File { annotations, names: BTreeSet::new(), used: BTreeSet::new(), body: Page::default() }
    }

    fn fill(&mut self, home: &str, definitions: &[&Definition]) {
        if home == GIVEN {
            self.decimal();
        }
        for definition in definitions {
            if let Shape::Choice(choices) = &definition.shape {
                self.choice(definition, choices);
            }
        }
        for definition in definitions {
            match &definition.shape {
                Shape::Object(object) if !object.members.is_empty() => {
                    let name = self.annotations.name(&definition.name);
                    self.object(&name, &definition.doc, object, definition.name.given);
                }
                Shape::Alias(Type::Union(variants)) => self.parts(definition, variants),
                _ => {}
            }
        }
        // An alias is evaluated where it stands, so what it names comes before it.
        for definition in definitions {
            if let Shape::Alias(of) = &definition.shape {
                self.alias(definition, of);
            }
        }
    }

    fn annotation(&mut self, of: &Type, given: bool) -> String {
        let annotation = self.annotations.of(of, given);
        self.uses(&annotation);
        annotation
    }

    fn uses(&mut self, code: &str) {
        self.used.extend(identifiers(code).map(str::to_owned));
    }

    fn decimal(&mut self) {
        let code = format!("{DECIMAL} = Union[str, int, Decimal]");
        self.uses(&code);
        self.names.insert(DECIMAL.into());
        self.body.blank();
        self.body.line(code);
        self.body.line("\"\"\"An amount, a rate or a quantity as it may be given; never a float.\"\"\"");
    }

    fn choice(&mut self, definition: &Definition, choices: &[(String, String)]) {
        let name = self.annotations.name(&definition.name);
        let texts = choices.iter().map(|(text, _)| word(format!("\"{text}\""))).collect();
        let meanings = choices.iter().map(|(text, meaning)| format!("- `{text}`: {meaning}"));
        let doc: Vec<String> = std::iter::once(definition.doc.clone()).chain(meanings).collect();
        self.uses("Literal");
        self.body.blank();
        self.body.lines("", brackets(format!("{name} = Literal["), texts, "]").lines(0, ""));
        self.body.lines("", docstring(&doc.join("\n\n"), 0));
        self.names.insert(name);
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
        self.uses(&code.flat());
        self.body.blank();
        self.body.blank();
        self.body.lines("", code.lines(0, ""));
        self.body.lines("", docstring(&definition.doc, 0));
        self.names.insert(name);
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
        self.names.insert(name.to_owned());
    }

    fn dict(&mut self, name: &str, base: &str, doc: &str, members: &[&Member], given: bool) {
        self.uses(base);
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
            let annotation = self.annotation(&member.of, given);
            self.body.line(format!("    {}: {annotation}", member.name));
        }
    }

    /// The form for keys that are words of the language.
    fn dict_of_strings(&mut self, name: &str, base: &str, doc: &str, members: &[&Member], given: bool) {
        self.body.line(format!("{name} = TypedDict("));
        self.body.line(format!("    \"{name}\","));
        self.body.line("    {");
        for member in members {
            self.body.lines("", comment(&member.doc, 8));
            let annotation = self.annotation(&member.of, given);
            self.body.line(format!("        \"{}\": \"{annotation}\",", member.name));
        }
        self.body.line("    },");
        if let Some((_, total)) = base.split_once(", ") {
            self.body.line(format!("    {total},"));
        }
        self.body.line(")");
        self.body.lines("", docstring(doc, 0));
    }

    fn text(self, home: &str, places: &BTreeMap<String, &str>) -> String {
        let mut page = begun(&families::says(home));
        page.line("from __future__ import annotations");
        page.blank();
        if self.used.contains("Decimal") {
            page.line("from decimal import Decimal");
        }
        page.lines("", typing(&self.used));
        let mut foreign: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for name in &self.used {
            if let Some(place) = places.get(name).filter(|place| **place != home) {
                foreign.entry(*place).or_default().insert(name.clone());
            }
        }
        if !foreign.is_empty() {
            page.blank();
        }
        for (place, names) in &foreign {
            page.lines("", import(&format!("._{place}"), names));
        }
        if self.used.contains(RECEIPT) {
            page.lines("", ["", "if TYPE_CHECKING:", "    from .._receipt import Receipt"]);
        }
        page.text() + &self.body.text()
    }
}

/// Whether a member cannot stand in the body of a class.
fn is_keyword(member: &Member) -> bool {
    KEYWORDS.contains(&member.name.as_str())
}
