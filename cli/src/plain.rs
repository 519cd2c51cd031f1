//! JSON as indented lines for people.

use serde_json::Value;
use std::fmt::Write;

/// The value as lines of `key: value`; what is `null` or empty is left out.
pub(crate) fn lines(value: &Value) -> String {
    let mut text = String::new();
    write(&mut text, value, "", "");
    text
}

/// Writes a value whose first line begins with `first`, and whose other lines begin with `rest`.
fn write(text: &mut String, value: &Value, first: &str, rest: &str) {
    match value {
        Value::Object(fields) => {
            let mut lead = first;
            for (key, field) in fields.iter().filter(|(_, field)| !is_empty(field)) {
                let _ = write!(text, "{lead}{key}:");
                lead = rest;
                match scalar(field) {
                    Some(scalar) => {
                        let _ = writeln!(text, " {scalar}");
                    }
                    None => {
                        let indented = format!("{rest}  ");
                        text.push('\n');
                        write(text, field, &indented, &indented);
                    }
                }
            }
        }
        Value::Array(items) => {
            let (bullet, indented) = (format!("{rest}- "), format!("{rest}  "));
            items
                .iter()
                .filter(|item| !is_empty(item))
                .for_each(|item| write(text, item, &bullet, &indented));
        }
        other => {
            let _ = writeln!(text, "{first}{}", scalar(other).unwrap_or_default());
        }
    }
}

/// A text without what would steer a terminal.
pub(crate) fn harmless(text: &str) -> String {
    text.chars().map(|one| if one.is_control() { ' ' } else { one }).collect()
}

/// A value that fits on its key's line.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Object(_) | Value::Array(_) => None,
        Value::String(text) => Some(harmless(text)),
        other => Some(other.to_string()),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.iter().all(is_empty),
        Value::Object(fields) => fields.values().all(is_empty),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::lines;
    use serde_json::json;

    #[test]
    fn values_become_lines() {
        let cases = [
            (json!({}), ""),
            (json!("x"), "x\n"),
            (json!({"a": 1, "b": null, "c": "", "d": [], "e": {"f": null}}), "a: 1\n"),
            (json!({"a": {"b": {"c": true}}}), "a:\n  b:\n    c: true\n"),
            (json!({"a": ["x", "y"]}), "a:\n  - x\n  - y\n"),
            (json!([{"a": 1, "b": 2}, {"a": 3}]), "- a: 1\n  b: 2\n- a: 3\n"),
            (json!({"a": [{"b": 1, "c": {"d": 2}}]}), "a:\n  - b: 1\n    c:\n      d: 2\n"),
            (json!({"a": "x\u{1b}[2Jy\nz"}), "a: x [2Jy z\n"),
        ];
        for (value, expected) in cases {
            assert_eq!(lines(&value), expected, "{value}");
        }
    }
}
