//! `_operations.py`: one method an operation, as functions and as coroutines.

use super::layout::{Code, WIDTH, brackets, word};
use super::{Annotations, RECEIPT, begun, docstring, variable};
use crate::codegen::naming::snake;
use crate::codegen::registry::{Operation, Registry};
use crate::codegen::schema::{Member, Type};
use crate::codegen::text::{Page, wrapped};

const IMPORTS: [&str; 8] = [
    "from __future__ import annotations",
    "",
    "from typing import TYPE_CHECKING, Any, Dict, Mapping, Optional, Sequence, cast",
    "",
    "from . import types",
    "",
    "if TYPE_CHECKING:",
    "    from ._receipt import Receipt",
];

/// Whether calls are awaited.
#[derive(Clone, Copy)]
struct Way {
    class: &'static str,
    doc: &'static str,
    define: &'static str,
    wait: &'static str,
}

const WAYS: [Way; 2] = [
    Way { class: "Operations", doc: "The operations, one method each.", define: "def", wait: "" },
    Way {
        class: "AsyncOperations",
        doc: "The operations, one coroutine each.",
        define: "async def",
        wait: "await ",
    },
];

/// The file.
pub(in crate::codegen) fn operations(registry: &Registry) -> String {
    let annotations = Annotations { registry, module: "types." };
    let mut page = begun("The operations, one method each.");
    page.lines("", IMPORTS);
    for way in WAYS {
        page.lines("", ["", "", &format!("class {}:", way.class)]);
        page.lines("", docstring(way.doc, 4));
        page.blank();
        page.line(format!("    {} _call(self, operation: str, params: Dict[str, Any]) -> Any:", way.define));
        page.line("        raise NotImplementedError");
        for operation in &registry.operations {
            page.blank();
            method(&mut page, &annotations, operation, way);
        }
    }
    page.text()
}

fn method(page: &mut Page, annotations: &Annotations<'_>, operation: &Operation, way: Way) {
    let (required, optional) = annotations.registry.params(operation).split();
    let params: Vec<&Member> = required.into_iter().chain(optional).collect();
    let mut heads = vec![word("self")];
    if !params.is_empty() {
        heads.push(word("*"));
    }
    heads.extend(params.iter().map(|param| word(parameter(annotations, param))));
    let result = annotations.reference(&operation.result);
    let head = brackets(format!("{} {}(", way.define, snake(&operation.name)), heads, ")");
    page.lines("", head.lines(4, &format!(" -> {result}:")));
    page.lines("", docstring_with_arguments(&operation.summary, &params));
    let given = params.iter().map(|param| word(format!("\"{}\": {}", param.name, variable(&param.name))));
    let params = brackets("{", given.collect(), "}");
    let call = vec![word(format!("\"{}\"", operation.name)), params];
    let call = brackets(format!("{}self._call(", way.wait), call, ")");
    page.lines("", returned(&result, call).lines(8, ""));
}

/// The result under its type.
fn returned(result: &str, call: Code) -> Code {
    let of = if result == RECEIPT { format!("\"{RECEIPT}\"") } else { result.to_owned() };
    brackets("return cast(", vec![word(of), call], ")")
}

fn parameter(annotations: &Annotations<'_>, param: &Member) -> String {
    let of = annotations.of(&param.of, true);
    let name = variable(&param.name);
    match (param.required, &param.of) {
        (true, _) => format!("{name}: {of}"),
        (false, Type::Nullable(_) | Type::Any) => format!("{name}: {of} = None"),
        (false, _) => format!("{name}: Optional[{of}] = None"),
    }
}

fn docstring_with_arguments(summary: &str, params: &[&Member]) -> Vec<String> {
    let mut lines = docstring(summary, 8);
    if params.is_empty() {
        return lines;
    }
    if let [one] = lines.as_mut_slice() {
        one.truncate(one.len() - 3);
    } else {
        lines.pop();
    }
    lines.extend([String::new(), "        Args:".to_owned()]);
    for param in params {
        let default = param.default.as_ref().filter(|default| !super::is_empty(default));
        let default = default.map(|default| format!(" (default {default})")).unwrap_or_default();
        let text = format!("{}: {}{default}", variable(&param.name), param.doc.replace("\n\n", " "));
        for (number, line) in wrapped(&text, WIDTH - 16).into_iter().enumerate() {
            lines.push(format!("{}{line}", " ".repeat(if number == 0 { 12 } else { 16 })));
        }
    }
    lines.push("        \"\"\"".to_owned());
    lines
}
