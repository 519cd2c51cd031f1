//! `_kinds.py`: one exception a kind of error.

use super::{begun, docstring};
use crate::codegen::naming::pascal;
use crate::codegen::registry::{ErrorKind, Registry};

/// A kind that no Python program can meet: its package brings the library that it fits.
const NOT_IN_PYTHON: &str = "abi";

/// The exception's name; none for a kind that Python does not have.
pub(in crate::codegen) fn class(error: &ErrorKind) -> Option<String> {
    (error.kind != NOT_IN_PYTHON).then(|| format!("{}Error", pascal(&error.kind)))
}

/// The file.
pub(in crate::codegen) fn kinds(registry: &Registry) -> String {
    let classes = || registry.errors.iter().filter_map(|error| Some((class(error)?, error)));
    let mut page = begun("One exception for each kind of error.");
    page.lines("", ["from typing import Dict, Type", "", "from ._error import Error", "", "__all__ = ["]);
    let mut names: Vec<String> = classes().map(|(class, _)| class).collect();
    names.push("BY_KIND".into());
    names.sort();
    page.lines("    ", names.iter().map(|name| format!("\"{name}\",")));
    page.line("]");
    for (class, error) in classes() {
        page.lines("", ["", "", &format!("class {class}(Error):")]);
        page.lines("", docstring(&error.meaning, 4));
    }
    page.lines("", ["", "", "BY_KIND: Dict[str, Type[Error]] = {"]);
    page.lines("    ", classes().map(|(class, error)| format!("\"{}\": {class},", error.kind)));
    page.line("}");
    page.line("\"\"\"The exception of each kind.\"\"\"");
    page.text()
}
