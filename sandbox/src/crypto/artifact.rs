use std::fmt::Write;

use serde_json::{Map, Value};

/// The namespace of the artifact; ours, as the contract leaves the document's content open.
const NAMESPACE: &str = "urn:libfiskal:sandbox:record";

/// A record as an XML document, signature included: the complete artifact that the system's key signs
/// (contract 1.7, `file-artifact`). Equal records give equal bytes.
///
/// Members become elements, sorted by name; an item of a list becomes `item`; `null` an empty element. A
/// member whose name is no XML name becomes `member` with the attribute `name`. Characters that XML 1.0
/// cannot carry (most control characters) are written as U+FFFD.
#[must_use]
pub fn artifact_xml(record: &Value) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = write!(xml, "<record xmlns=\"{NAMESPACE}\">");
    write_content(&mut xml, record);
    xml.push_str("</record>\n");
    xml
}

fn write_content(xml: &mut String, value: &Value) {
    match value {
        Value::Null => {}
        Value::Bool(flag) => xml.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => {
            let _ = write!(xml, "{number}");
        }
        Value::String(text) => write_text(xml, text),
        Value::Array(items) => {
            for item in items {
                xml.push_str("<item>");
                write_content(xml, item);
                xml.push_str("</item>");
            }
        }
        Value::Object(members) => write_members(xml, members),
    }
}

fn write_members(xml: &mut String, members: &Map<String, Value>) {
    let mut members: Vec<_> = members.iter().collect();
    members.sort_unstable_by_key(|(name, _)| *name);
    for (name, value) in members {
        if is_element_name(name) {
            let _ = write!(xml, "<{name}>");
            write_content(xml, value);
            let _ = write!(xml, "</{name}>");
        } else {
            xml.push_str("<member name=\"");
            write_text(xml, name);
            xml.push_str("\">");
            write_content(xml, value);
            xml.push_str("</member>");
        }
    }
}

/// The part of XML's names that the contract's own members use; `xml…` is reserved by XML itself, `item`
/// and `member` are taken by us.
fn is_element_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        && !name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("xml"))
        && !matches!(name, "item" | "member")
}

/// Escapes text for an element or an attribute, so that a parser reads back the same characters: line
/// ends and tabs are written as references, because parsers normalise them otherwise.
fn write_text(xml: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\t' | '\n' | '\r' => {
                let _ = write!(xml, "&#{};", u32::from(character));
            }
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => xml.push('\u{fffd}'),
            _ => xml.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn content(record: &Value) -> String {
        let xml = artifact_xml(record);
        let start = xml.find("record\">").map(|at| at + "record\">".len()).unwrap();
        xml[start..].strip_suffix("</record>\n").unwrap().to_owned()
    }

    #[test]
    fn member_order_does_not_matter() {
        assert_eq!(artifact_xml(&json!({"b": "2", "a": {"y": 1, "x": true}})), {
            artifact_xml(&json!({"a": {"x": true, "y": 1}, "b": "2"}))
        });
    }

    #[test]
    fn every_kind_of_value_and_name() {
        let cases = [
            (
                json!({"state": "COMPLETED", "journal": {"signature": "aB-_"}}),
                "<journal><signature>aB-_</signature></journal><state>COMPLETED</state>",
            ),
            (
                json!({"logs": [{"severity": "ERROR"}, "x"], "n": null}),
                "<logs><item><severity>ERROR</severity></item><item>x</item></logs><n></n>",
            ),
            (json!({"a": "<![CDATA[&\"']]>"}), "<a>&lt;![CDATA[&amp;&quot;']]&gt;</a>"),
            (json!({"a": "l1\r\nl2\t\u{1}\u{ffff}é€😀"}), "<a>l1&#13;&#10;l2&#9;\u{fffd}\u{fffd}é€😀</a>"),
            (json!({"1 bad\"><x": "v"}), "<member name=\"1 bad&quot;&gt;&lt;x\">v</member>"),
            (
                json!({"item": "v", "XmlId": "w", "": "u"}),
                "<member name=\"\">u</member><member name=\"XmlId\">w</member><member name=\"item\">v</member>",
            ),
        ];
        for (record, expected) in cases {
            assert_eq!(content(&record), expected, "{record}");
        }
    }
}
