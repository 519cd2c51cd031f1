//! `_receipt_fields.py`: one property a member of a receipt, with what stands for an absent one.

use super::layout::{brackets, word};
use super::{Annotations, RECEIPT, begun, docstring, variable};
use crate::codegen::registry::Registry;
use crate::codegen::schema::{Member, Shape, Type};
use crate::codegen::text::Page;

/// Members whose properties are written by hand, because they give objects with methods.
const BY_HAND: [&str; 2] = ["qr", "also"];

const IMPORTS: [&str; 9] = [
    "from __future__ import annotations",
    "",
    "from decimal import Decimal",
    "from typing import Any, Dict, List, Optional, cast",
    "",
    "from . import types",
    "",
    "",
    "class ReceiptFields:",
];

/// The file.
pub(in crate::codegen) fn receipt_fields(registry: &Registry) -> String {
    let annotations = Annotations { registry, module: "types." };
    let mut page = begun("The members of a receipt as properties.");
    page.lines("", IMPORTS);
    page.lines("", ["    \"\"\"The members of a receipt.\"\"\"", "", "    _data: Dict[str, Any]"]);
    let is_receipt = |name: &str, given: bool| name == RECEIPT && !given;
    let receipt = registry.definitions.iter().find(|one| is_receipt(&one.name.title, one.name.given));
    if let Some(Shape::Object(object)) = receipt.map(|receipt| &receipt.shape) {
        for member in object.members.iter().filter(|member| !BY_HAND.contains(&member.name.as_str())) {
            property(&mut page, &annotations, member);
        }
    }
    page.text()
}

fn property(page: &mut Page, annotations: &Annotations<'_>, member: &Member) {
    let key = &member.name;
    let absent = member.default.as_ref().filter(|default| default.is_string()).map(ToString::to_string);
    let absent = absent.or_else(|| match member.of {
        Type::List(_) => Some("[]".to_owned()),
        Type::Map(_) => Some("{}".to_owned()),
        _ => None,
    });
    let value = match (member.required, &absent) {
        (true, _) => format!("self._data[\"{key}\"]"),
        (false, Some(absent)) => format!("self._data.get(\"{key}\", {absent})"),
        (false, None) => format!("self._data.get(\"{key}\")"),
    };
    let of = annotations.of(&member.of, false);
    let is_there = member.required || absent.is_some() || matches!(member.of, Type::Nullable(_) | Type::Any);
    let of = if is_there { of } else { format!("Optional[{of}]") };
    page.blank();
    page.line("    @property");
    page.line(format!("    def {}(self) -> {of}:", variable(key)));
    page.lines("", docstring(&member.doc, 8));
    if member.of == Type::Any {
        page.line(format!("        return {value}"));
    } else {
        page.lines("", brackets("return cast(", vec![word(of), word(value)], ")").lines(8, ""));
    }
}
