//! `_operations/` and `_async_operations/`: one method an operation, a file a family.

use super::layout::{Code, WIDTH, brackets, word};
use super::{Annotations, FOLDER, RECEIPT, begun, docstring, identifiers, typing, variable};
use crate::codegen::families::{self, family};
use crate::codegen::naming::{pascal, snake};
use crate::codegen::registry::{Operation, Registry};
use crate::codegen::schema::{Member, Type};
use crate::codegen::text::{Page, wrapped};
use crate::codegen::{Generated, generated};
use std::collections::BTreeSet;

/// Before the names of types. The module goes by a name that no parameter can have: parameters hide others.
const TYPES: &str = "_types.";

/// Whether calls are awaited.
#[derive(Clone, Copy)]
struct Way {
    /// Where the files are.
    package: &'static str,
    /// What stands before the names of classes.
    prefix: &'static str,
    /// What each operation is.
    is: &'static str,
    define: &'static str,
    wait: &'static str,
}

const WAYS: [Way; 2] = [
    Way { package: "_operations", prefix: "", is: "method", define: "def", wait: "" },
    Way {
        package: "_async_operations",
        prefix: "Async",
        is: "coroutine",
        define: "async def",
        wait: "await ",
    },
];

/// The files, and for each way the class of all operations.
pub(in crate::codegen) fn operations(registry: &Registry) -> Vec<Generated> {
    WAYS.iter().flat_map(|way| package(registry, *way)).collect()
}

fn package(registry: &Registry, way: Way) -> Vec<Generated> {
    let path = |file: &str| format!("{FOLDER}/{}/{file}.py", way.package);
    let families = families::families(registry);
    let files = families.iter().map(|name| generated(path(name), family_file(registry, way, name)));
    files.chain([generated(path("__init__"), whole(way, &families))]).collect()
}

/// One class that has all methods.
fn whole(way: Way, families: &[&str]) -> String {
    let mut page = begun(&format!("The operations, one {} each.", way.is));
    let mut sorted = families.to_vec();
    sorted.sort_unstable();
    page.lines("", sorted.iter().map(|name| format!("from .{name} import {}", class(way, name))));
    page.lines("", ["", ""]);
    let bases = families.iter().map(|name| word(class(way, name))).collect();
    let head = brackets(format!("class {}Operations(", way.prefix), bases, ")");
    page.lines("", head.lines(0, ":"));
    page.lines("", docstring(&format!("The operations, one {} each.", way.is), 4));
    page.text()
}

fn class(way: Way, family: &str) -> String {
    format!("{}{}Operations", way.prefix, pascal(family))
}

fn family_file(registry: &Registry, way: Way, name: &str) -> String {
    let annotations = Annotations { registry, module: TYPES };
    let operations: Vec<_> = registry.operations.iter().filter(|one| family(&one.name) == name).collect();
    let used: BTreeSet<String> = operations.iter().flat_map(|one| names(&annotations, one)).collect();
    let doc = families::does(name);
    let mut page = begun(&doc);
    page.line("from __future__ import annotations");
    page.blank();
    page.lines("", typing(&used));
    page.blank();
    if used.contains("_types") {
        page.line("from .. import types as _types");
    }
    page.line(format!("from .._calls import {}Calls", way.prefix));
    if used.contains(RECEIPT) {
        page.lines("", ["", "if TYPE_CHECKING:", "    from .._receipt import Receipt"]);
    }
    page.lines("", ["", "", &format!("class {}({}Calls):", class(way, name), way.prefix)]);
    page.lines("", docstring(&doc, 4));
    for operation in operations {
        page.blank();
        method(&mut page, &annotations, operation, way);
    }
    page.text()
}

/// What a method's code names.
fn names(annotations: &Annotations<'_>, operation: &Operation) -> Vec<String> {
    let members = annotations.registry.params(operation).members.iter();
    let params = members.map(|param| parameter(annotations, param)).collect::<Vec<_>>();
    let code = params.join(" ") + " cast " + &annotations.reference(&operation.result);
    identifiers(&code).map(str::to_owned).collect()
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
