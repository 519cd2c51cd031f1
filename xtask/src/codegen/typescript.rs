//! TypeScript: `bindings-node/types.d.ts` with `families/`, `operations.d.ts` and `operations.js`.

use super::families::{self, CHOICES, GIVEN};
use super::naming::{camel, screaming};
use super::registry::{Definition, Operation, Registry};
use super::schema::{Member, Name, Object, Shape, Type, Variant};
use super::text::{GENERATED, Page, wrapped};
use super::{Generated, generated};
use std::collections::{BTreeMap, BTreeSet};

const WIDTH: usize = 110;

/// What a hand-written file extends by methods: the interface that it extends is named `…Data`.
const WITH_METHODS: [&str; 2] = ["Receipt", "Qr"];

/// What a hand-written class puts together; the class has the name, and the JSON is `…Data`.
const PUT_TOGETHER: &str = "Sale";

/// The types of parameters and results, a file a family, and the file that gives them all.
pub(super) fn types(registry: &Registry) -> Vec<Generated> {
    let writer = Writer { registry };
    let homes = families::homes(registry);
    let files = families::files(registry);
    let mut all = begun();
    let mut made = Vec::new();
    for home in files {
        let is_here = |one: &&Definition| homes.get(&one.name) == Some(&home) && has_name(one);
        let definitions: Vec<_> = registry.definitions.iter().filter(is_here).collect();
        if definitions.is_empty() && !BY_HAND.iter().any(|(_, place)| *place == home) {
            continue;
        }
        all.line(format!("export * from './families/{home}'"));
        let text = writer.family(home, &definitions, &homes);
        made.push(generated(format!("bindings-node/families/{home}.d.ts"), text));
    }
    made.push(generated("bindings-node/types.d.ts", all.text()));
    made
}

/// Types that stand for no definition of the registry, and their files.
const BY_HAND: [(&str, &str); 3] = [("Decimal", GIVEN), ("NoParams", GIVEN), ("ErrorCode", CHOICES)];

/// What has no members is `NoParams`.
fn has_name(definition: &Definition) -> bool {
    !matches!(&definition.shape, Shape::Object(object) if object.members.is_empty())
}

fn by_hand(page: &mut Page, registry: &Registry, home: &str) {
    if home == GIVEN {
        page.blank();
        page.lines("", jsdoc(DECIMAL, ""));
        page.line("export type Decimal = string | number | bigint");
        page.blank();
        page.line("/** No parameters. */");
        page.line("export type NoParams = Record<string, never>");
    }
    if home == CHOICES {
        error_codes(page, registry);
    }
}

const DECIMAL: &str = "A decimal that is handed over: a string such as '1.20', or a whole number. A fractional number is \
                       refused.";

/// The interface with a method an operation.
pub(super) fn operations(registry: &Registry) -> String {
    let writer = Writer { registry };
    let mut page = begun();
    page.line("import type { CallOptions } from './index'");
    page.line("import type { Receipt } from './receipt'");
    page.lines("", writer.imports());
    page.blank();
    page.lines("", jsdoc(OPERATIONS, ""));
    page.line("export interface Operations {");
    for operation in &registry.operations {
        page.lines("  ", jsdoc(&format!("{} (`{}`)", operation.summary, operation.name), "  "));
        page.line(writer.method(operation));
    }
    page.line("}");
    page.blank();
    page.line("/** The operations' names, as `client.call` takes them. */");
    let names: Vec<String> = registry.operations.iter().map(|operation| quoted(&operation.name)).collect();
    page.lines("", alias("OperationName", &names));
    page.blank();
    page.line("/** Parameters and result of each operation by its name, for `client.call`. */");
    page.line("export interface OperationTypes {");
    for operation in &registry.operations {
        let (params, result) = (writer.params(operation), writer.reference(&operation.result));
        page.line(format!("  {}: {{ params: {params}, result: {result} }}", quoted(&operation.name)));
    }
    page.line("}");
    page.text()
}

const OPERATIONS: &str =
    "The operations, one method each. What they take and give is JSON, with the same keys in every language.";

/// The table by which the facade makes its methods.
pub(super) fn table(registry: &Registry) -> String {
    let mut page = begun();
    page.line("'use strict'");
    page.blank();
    page.line("module.exports = {");
    for operation in &registry.operations {
        let receipts = receipts_at(registry, &operation.result);
        let receipts = receipts.map(|place| format!(", receiptsAt: {}", quoted(&place))).unwrap_or_default();
        page.line(format!(
            "  {}: {{ name: {}{receipts} }},",
            camel(&operation.name),
            quoted(&operation.name)
        ));
    }
    page.line("}");
    page.text()
}

fn begun() -> Page {
    let mut page = Page::default();
    page.line(format!("// {GENERATED}"));
    page
}

fn error_codes(page: &mut Page, registry: &Registry) {
    let codes: Vec<String> =
        registry.errors.iter().map(|error| quoted(&format!("FISKAL_{}", screaming(&error.kind)))).collect();
    page.blank();
    page.line("/** The kind of an error as C names it: its `code`. */");
    page.lines("", alias("ErrorCode", &codes));
}

/// Where in a result the receipts are: the whole, or a list in it.
fn receipts_at(registry: &Registry, result: &Name) -> Option<String> {
    if result.title == "Receipt" {
        return Some(String::new());
    }
    let Shape::Object(object) = &registry.definition(result)?.shape else { return None };
    let is_receipts = |member: &&Member| match &member.of {
        Type::List(of) => matches!(of.as_ref(), Type::Named(name) if name.title == "Receipt"),
        _ => false,
    };
    object.members.iter().find(is_receipts).map(|member| format!("/{}", member.name))
}

struct Writer<'a> {
    registry: &'a Registry,
}

impl Writer<'_> {
    fn family(&self, home: &str, definitions: &[&Definition], homes: &BTreeMap<Name, &str>) -> String {
        let mut page = begun();
        page.lines("", jsdoc(&families::says(home), ""));
        page.lines("", self.needed(home, definitions, homes));
        by_hand(&mut page, self.registry, home);
        for definition in definitions {
            self.definition(&mut page, definition);
        }
        page.text()
    }

    /// The imports of what the definitions name and other files hold.
    fn needed(&self, home: &str, definitions: &[&Definition], homes: &BTreeMap<Name, &str>) -> Vec<String> {
        let mut needed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut need = |place: String, name: String| needed.entry(place).or_default().insert(name);
        for definition in definitions {
            for name in families::named(definition) {
                let title = self.reference(name);
                if WITH_METHODS.contains(&title.as_str()) {
                    need("../receipt".into(), title);
                } else if let Some(place) = homes.get(name).filter(|place| **place != home) {
                    need(format!("./{place}"), title);
                }
            }
            if home != GIVEN && definition.name.given && families::has_decimal(definition) {
                need(format!("./{GIVEN}"), "Decimal".into());
            }
        }
        let lines = needed.into_iter().flat_map(|(place, names)| import(&place, &names));
        lines.collect()
    }

    fn definition(&self, page: &mut Page, definition: &Definition) {
        let given = definition.name.given;
        match &definition.shape {
            Shape::Object(object) if object.members.is_empty() => {}
            Shape::Object(object) => {
                page.blank();
                page.lines("", jsdoc(&definition.doc, ""));
                let name = self.reference(&definition.name);
                let data = if WITH_METHODS.contains(&name.as_str()) { "Data" } else { "" };
                page.line(format!("export interface {name}{data} {{"));
                for member in &object.members {
                    page.lines("  ", jsdoc(&member.doc, "  "));
                    page.line(format!("  {}", self.member(member, given)));
                }
                page.line("}");
            }
            Shape::Choice(choices) => {
                page.blank();
                page.lines("", jsdoc(&listed(&definition.doc, choices), ""));
                let texts: Vec<String> = choices.iter().map(|(text, _)| quoted(text)).collect();
                page.lines("", alias(&self.reference(&definition.name), &texts));
            }
            Shape::Alias(of) => {
                page.blank();
                page.lines("", jsdoc(&self.explained(&definition.doc, of, given), ""));
                let parts = match of {
                    Type::Union(variants) => {
                        variants.iter().map(|variant| self.of(&variant.of, given)).collect()
                    }
                    of => vec![self.of(of, given)],
                };
                page.lines("", alias(&self.reference(&definition.name), &parts));
            }
        }
    }

    /// The description of a union with those of its parts.
    fn explained(&self, doc: &str, of: &Type, given: bool) -> String {
        let Type::Union(variants) = of else { return doc.to_owned() };
        let part = |variant: &Variant| (self.of(&variant.of, given), variant.doc.clone());
        listed(doc, &variants.iter().map(part).collect::<Vec<_>>())
    }

    fn member(&self, member: &Member, given: bool) -> String {
        let (key, of) = (key(&member.name), self.of(&member.of, given));
        match (member.required, given) {
            (true, _) => format!("{key}: {of}"),
            (false, true) => format!("{key}?: {of} | undefined"),
            (false, false) => format!("{key}?: {of}"),
        }
    }

    fn of(&self, of: &Type, given: bool) -> String {
        match of {
            Type::Any => "unknown".into(),
            Type::Text => "string".into(),
            Type::Integer if given => "number | bigint".into(),
            Type::Integer => "number".into(),
            Type::Boolean => "boolean".into(),
            Type::Decimal if given => "Decimal".into(),
            Type::Decimal => "string".into(),
            Type::Constant(text) => quoted(text),
            Type::Named(name) => self.reference(name),
            Type::List(of) => {
                let of = self.of(of, given);
                let of = if of.contains('|') { format!("({of})") } else { of };
                if given { format!("readonly {of}[]") } else { format!("{of}[]") }
            }
            Type::Map(of) => format!("{{ [key: string]: {} }}", self.of(of, given)),
            Type::Nullable(of) => format!("{} | null", self.of(of, given)),
            Type::Union(variants) => {
                variants.iter().map(|variant| self.of(&variant.of, given)).collect::<Vec<_>>().join(" | ")
            }
            Type::Object(object) => self.inline(object, given),
        }
    }

    fn inline(&self, object: &Object, given: bool) -> String {
        let members: Vec<String> = object.members.iter().map(|member| self.member(member, given)).collect();
        format!("{{ {} }}", members.join(", "))
    }

    /// What comes back has a name of its own where something else of the same title is given.
    fn reference(&self, name: &Name) -> String {
        if !name.given && self.registry.has_twin(name) {
            format!("Recorded{}", name.title)
        } else if name.title == PUT_TOGETHER {
            format!("{PUT_TOGETHER}Data")
        } else {
            name.title.clone()
        }
    }

    fn params(&self, operation: &Operation) -> String {
        if self.registry.params(operation).members.is_empty() {
            "NoParams".into()
        } else {
            self.reference(&operation.params)
        }
    }

    fn method(&self, operation: &Operation) -> String {
        let optional = if self.registry.params(operation).is_optional() { "?" } else { "" };
        let (params, result) = (self.params(operation), self.reference(&operation.result));
        let name = camel(&operation.name);
        format!("  {name}(params{optional}: {params}, options?: CallOptions): Promise<{result}>")
    }

    fn imports(&self) -> Vec<String> {
        let operations = self.registry.operations.iter();
        let used = operations.flat_map(|one| [self.params(one), self.reference(&one.result)]);
        let used: BTreeSet<String> = used.filter(|name| !WITH_METHODS.contains(&name.as_str())).collect();
        import("./types", &used)
    }
}

/// An import of types, on one line if it fits.
fn import(module: &str, names: &BTreeSet<String>) -> Vec<String> {
    let listed = names.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let one = format!("import type {{ {listed} }} from '{module}'");
    if one.len() <= WIDTH {
        return vec![one];
    }
    let mut lines = vec!["import type {".to_owned()];
    lines.extend(names.iter().map(|name| format!("  {name},")));
    lines.push(format!("}} from '{module}'"));
    lines
}

/// `export type NAME = …`, on one line if it fits.
fn alias(name: &str, parts: &[String]) -> Vec<String> {
    let one = format!("export type {name} = {}", parts.join(" | "));
    if one.len() <= WIDTH {
        return vec![one];
    }
    let mut lines = vec![format!("export type {name} =")];
    lines.extend(parts.iter().map(|part| format!("  | {part}")));
    lines
}

/// A description with a line a possibility.
fn listed(doc: &str, parts: &[(String, String)]) -> String {
    let parts = parts.iter().filter(|(_, meaning)| !meaning.is_empty());
    let parts = parts.map(|(part, meaning)| format!("- `{}`: {meaning}", part.trim_matches('\'')));
    let doc = Some(doc.to_owned()).filter(|doc| !doc.is_empty());
    doc.into_iter().chain(parts).collect::<Vec<_>>().join("\n\n")
}

/// A JSDoc comment; none for no text.
fn jsdoc(doc: &str, indent: &str) -> Vec<String> {
    let doc = doc.replace("*/", "*\\/");
    let one = format!("/** {doc} */");
    if doc.is_empty() {
        return Vec::new();
    }
    if !doc.contains("\n\n") && indent.len() + one.chars().count() <= WIDTH {
        return vec![one];
    }
    let mut lines = vec!["/**".to_owned()];
    for line in wrapped(&doc, WIDTH - indent.len() - 3) {
        lines.push(format!(" * {line}"));
    }
    lines.push(" */".to_owned());
    lines
}

fn quoted(text: &str) -> String {
    format!("'{text}'")
}

/// A key, quoted where it is no identifier.
fn key(name: &str) -> String {
    let plain = name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    let digit = name.starts_with(|first: char| first.is_ascii_digit());
    if plain && !digit { name.to_owned() } else { quoted(name) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codegen::registry::example;

    #[test]
    fn what_is_given_may_be_left_out_and_what_comes_back_is_there() {
        let text: String = types(&example()).into_iter().map(|file| file.text).collect();
        for part in [
            "export interface SaleData {\n  /** By what. */\n  from: Method\n  items?: readonly Item[] | undefined\n  notes?: { [key: string]: string } | undefined\n}",
            "export interface Item {\n  price: Decimal\n  unit?: string | null | undefined\n  vat?: Vat | undefined\n}",
            "export interface RecordedItem {\n  price: string\n  unit: string | null\n  vat: RecordedVat\n}",
            "export type Vat = Decimal | { exempt: string, code?: string | null | undefined }",
            "export interface ReceiptData {",
            "/** - `cash`: Cash. */\nexport type Method = 'cash' | 'card'",
            "export type ErrorCode = 'FISKAL_NOT_FOUND'",
        ] {
            assert!(text.contains(part), "{part}\n\nis not in\n\n{text}");
        }
    }

    #[test]
    fn operations_are_methods_in_camel_case() {
        let registry = example();
        let method = "  saleCompleteMany(params: SaleData, options?: CallOptions): Promise<Receipt>";
        assert!(operations(&registry).contains(method));
        assert!(
            table(&registry).contains("  saleCompleteMany: { name: 'sale.complete_many', receiptsAt: '' },")
        );
    }
}
