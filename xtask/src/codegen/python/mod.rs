//! Python: what `bindings-python/python/fiskal` has of the registry.

mod decimals;
mod kinds;
mod layout;
mod operations;
mod receipt_fields;
mod types;

pub(super) use decimals::decimals;
pub(super) use kinds::{class, kinds};
pub(super) use operations::operations;
pub(super) use receipt_fields::receipt_fields;
pub(super) use types::types;

use super::registry::Registry;
use super::schema::{Name, Object, Shape, Type};
use super::text::{GENERATED, Page, wrapped};
use layout::{WIDTH, import};
use std::collections::BTreeSet;

/// The package.
const FOLDER: &str = "bindings-python/python/fiskal";

/// The class that stands for a receipt; it is written by hand.
const RECEIPT: &str = "Receipt";

/// Words that cannot be names.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// Says types as annotations do.
struct Annotations<'a> {
    registry: &'a Registry,
    /// What stands before the name of a type: nothing in the module itself.
    module: &'static str,
}

impl Annotations<'_> {
    /// The annotation of what is given, or of what comes back.
    fn of(&self, of: &Type, given: bool) -> String {
        match of {
            Type::Any => "Any".into(),
            Type::Text => "str".into(),
            Type::Integer => "int".into(),
            Type::Boolean => "bool".into(),
            Type::Decimal if given => format!("{}DecimalParam", self.module),
            Type::Decimal => "Decimal".into(),
            Type::Constant(text) => format!("Literal[\"{text}\"]"),
            Type::Named(name) => self.reference(name),
            Type::List(of) => {
                format!("{}[{}]", if given { "Sequence" } else { "List" }, self.of(of, given))
            }
            Type::Map(of) => {
                format!("{}[str, {}]", if given { "Mapping" } else { "Dict" }, self.of(of, given))
            }
            Type::Nullable(of) => format!("Optional[{}]", self.of(of, given)),
            Type::Union(variants) => {
                let parts: Vec<String> = variants.iter().map(|variant| self.of(&variant.of, given)).collect();
                format!("Union[{}]", parts.join(", "))
            }
            Type::Object(_) => "Any".into(),
        }
    }

    fn reference(&self, name: &Name) -> String {
        if name.title == RECEIPT {
            return RECEIPT.into();
        }
        format!("{}{}", self.module, self.name(name))
    }

    /// Parameters have names of their own, as they take more than results give.
    fn name(&self, name: &Name) -> String {
        let is_choice = self
            .registry
            .definition(name)
            .is_some_and(|definition| matches!(definition.shape, Shape::Choice(_)));
        let suffix = if name.given && !is_choice { "Params" } else { "" };
        format!("{}{suffix}", name.title)
    }

    /// The name of a union's part that has none.
    fn part(&self, union: &Name, object: &Object) -> String {
        let first = object.members.iter().find(|member| member.required);
        let first = first.map(|member| super::naming::pascal(&member.name)).unwrap_or_default();
        let suffix = if union.given { "Params" } else { "" };
        format!("{}{first}{suffix}", union.title)
    }
}

/// What annotations need of the module `typing`.
const TYPING: [&str; 10] =
    ["Any", "Dict", "List", "Literal", "Mapping", "Optional", "Sequence", "TypedDict", "Union", "cast"];

/// The import of what code names of `typing`, and of what tells a type checker's run, where a receipt is
/// named.
fn typing(used: &BTreeSet<String>) -> Vec<String> {
    let checking = used.contains(RECEIPT).then_some("TYPE_CHECKING");
    let named = TYPING.into_iter().filter(|name| used.contains(*name));
    let names: Vec<&str> = checking.into_iter().chain(named).collect();
    if names.is_empty() { Vec::new() } else { import("typing", &names) }
}

/// The names in a piece of code.
fn identifiers(code: &str) -> impl Iterator<Item = &str> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    code.split(move |letter| !is_part(letter)).filter(|name| !name.is_empty())
}

/// A file's first lines.
fn begun(doc: &str) -> Page {
    let mut page = Page::default();
    page.line(format!("# {GENERATED}"));
    page.lines("", docstring(doc, 0));
    page.blank();
    page
}

/// A text as a docstring, behind an indentation; nothing for nothing.
fn docstring(doc: &str, indent: usize) -> Vec<String> {
    if doc.is_empty() {
        return Vec::new();
    }
    let pad = " ".repeat(indent);
    let doc = doc.replace('\\', "\\\\").replace("\"\"\"", "'''");
    let doc = if doc.ends_with('"') { format!("{doc} ") } else { doc };
    let one = format!("{pad}\"\"\"{doc}\"\"\"");
    if !doc.contains('\n') && one.chars().count() <= WIDTH {
        return vec![one];
    }
    let mut lines = wrapped(&doc, WIDTH - indent - 3).into_iter();
    let first = format!("{pad}\"\"\"{}", lines.next().unwrap_or_default());
    let rest = lines.map(|line| format!("{pad}{line}"));
    std::iter::once(first).chain(rest).chain([format!("{pad}\"\"\"")]).collect()
}

/// A text as comment lines.
fn comment(doc: &str, indent: usize) -> Vec<String> {
    if doc.is_empty() {
        return Vec::new();
    }
    let pad = " ".repeat(indent);
    wrapped(doc, WIDTH - indent - 2)
        .into_iter()
        .map(|line| format!("{pad}# {line}").trim_end().to_owned())
        .collect()
}

/// A key as a name: `from` becomes `from_`.
fn variable(key: &str) -> String {
    if KEYWORDS.contains(&key) { format!("{key}_") } else { key.to_owned() }
}

/// Whether a default says no more than that nothing is there.
fn is_empty(default: &serde_json::Value) -> bool {
    default.as_array().is_some_and(Vec::is_empty)
        || default.as_object().is_some_and(serde_json::Map::is_empty)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codegen::Generated;
    use crate::codegen::registry::example;

    /// All files of a kind, as one text.
    fn whole(files: Vec<Generated>) -> String {
        files.into_iter().map(|file| file.text).collect()
    }

    fn has(text: &str, parts: &[&str]) {
        for part in parts {
            assert!(text.contains(part), "{part}\n\nis not in\n\n{text}");
        }
    }

    #[test]
    fn what_may_be_left_out_is_a_base_of_what_may_not() {
        has(
            &whole(types(&example())),
            &[
                "class ItemOptions(TypedDict, total=False):\n    unit: Optional[str]\n\n    vat: VatParams\n",
                "class ItemParams(ItemOptions):\n    price: DecimalParam\n",
                "class Item(TypedDict):\n    price: Decimal\n\n    unit: Optional[str]\n\n    vat: Vat\n",
                "_SaleParamsRequired = TypedDict(",
                "\"from\": \"Method\",",
                "class SaleParams(_SaleParamsRequired, _SaleParamsOptional):",
                "Vat = Union[Decimal, VatExempt]",
                "VatParams = Union[DecimalParam, VatExemptParams]",
            ],
        );
    }

    #[test]
    fn a_parameter_that_is_a_word_of_the_language_gets_an_underscore() {
        has(
            &whole(operations(&example())),
            &[
                "    def sale_complete_many(\n        self,\n        *,\n        from_: _types.Method,\n",
                "        items: Optional[Sequence[_types.ItemParams]] = None,\n",
                "{\"from\": from_, \"items\": items, \"notes\": notes}",
                "    async def sale_begin(",
                "await self._call(",
            ],
        );
    }

    #[test]
    fn decimals_are_found_in_lists_and_unions() {
        has(
            &decimals(&example()),
            &[
                "\"Receipt\": {\"items\": [\"Item\"]},",
                "\"Item\": {\"price\": \"decimal\", \"vat\": \"Vat\"},",
                "\"Vat\": {\"\": \"decimal\"},",
                "\"sale.begin\": \"Receipt\",",
            ],
        );
    }
}
