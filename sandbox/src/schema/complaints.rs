//! Everything that is wrong with a value, in the words of the validator that the Austrian services use.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde_json::Value;

use super::{Contract, definition};

impl Contract {
    /// Everything that is wrong with a value, as Ajv 6 tells it with `allErrors` (contract sign-at 4.2): one sentence
    /// each, beginning with the path of the offending value below `root`. Empty for a value that fits `name`.
    ///
    /// An unknown member of an alternative is not told, only that no alternative fits: so it was recorded.
    #[must_use]
    pub fn complaints(&self, name: &str, value: &Value, root: &str) -> Vec<String> {
        let Some(validator) = self.validator(&definition(name)) else {
            return vec![format!("{root} cannot be checked: the contract defines no {name}")];
        };
        let mut all = Vec::new();
        for error in validator.iter_errors(value) {
            tell(&error, root, false, &mut all);
        }
        all
    }
}

fn tell(error: &ValidationError<'_>, root: &str, nested: bool, all: &mut Vec<String>) {
    let path = path(root, error.instance_path().as_str());
    match error.kind() {
        ValidationErrorKind::OneOfNotValid { context } | ValidationErrorKind::AnyOf { context } => {
            for inner in context.iter().flatten() {
                tell(inner, root, true, all);
            }
            all.push(format!("{path} {}", no_alternative(error.kind())));
        }
        ValidationErrorKind::OneOfMultipleValid { .. } => {
            all.push(format!("{path} {}", no_alternative(error.kind())));
        }
        ValidationErrorKind::AdditionalProperties { .. } if nested => {}
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            all.extend(unexpected.iter().map(|_| format!("{path} should NOT have additional properties")));
        }
        kind => all.push(format!("{path} {}", sentence(kind, error))),
    }
}

fn no_alternative(kind: &ValidationErrorKind) -> &'static str {
    match kind {
        ValidationErrorKind::AnyOf { .. } => "should match some schema in anyOf",
        _ => "should match exactly one schema in oneOf",
    }
}

fn sentence(kind: &ValidationErrorKind, error: &ValidationError<'_>) -> String {
    match kind {
        ValidationErrorKind::Type { kind: TypeKind::Single(wanted) } => format!("should be {wanted}"),
        ValidationErrorKind::Constant { .. } => "should be equal to constant".to_owned(),
        ValidationErrorKind::Enum { .. } => "should be equal to one of the allowed values".to_owned(),
        ValidationErrorKind::Pattern { pattern } => format!("should match pattern \"{pattern}\""),
        ValidationErrorKind::Format { format } => format!("should match format \"{format}\""),
        ValidationErrorKind::MinLength { limit } => {
            format!("should NOT be shorter than {limit} characters")
        }
        ValidationErrorKind::MaxLength { limit } => format!("should NOT be longer than {limit} characters"),
        ValidationErrorKind::MaxProperties { limit } => {
            format!("should NOT have more than {limit} properties")
        }
        ValidationErrorKind::Minimum { limit } => format!("should be >= {limit}"),
        ValidationErrorKind::Maximum { limit } => format!("should be <= {limit}"),
        ValidationErrorKind::MultipleOf { multiple_of } => format!("should be multiple of {multiple_of}"),
        ValidationErrorKind::Required { property } => {
            format!("should have required property '{}'", property.as_str().unwrap_or_default())
        }
        ValidationErrorKind::PropertyNames { .. } => "should have only valid property names".to_owned(),
        _ => format!("is refused: {}", error.masked()),
    }
}

/// A JSON pointer in JavaScript's notation: `body.lines[0].text`.
fn path(root: &str, pointer: &str) -> String {
    let mut path = root.to_owned();
    for step in pointer.split('/').skip(1) {
        let name = step.replace("~1", "/").replace("~0", "~");
        if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit()) {
            path.push_str(&format!("[{name}]"));
        } else if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            path.push_str(&format!(".{name}"));
        } else {
            path.push_str(&format!("['{name}']"));
        }
    }
    path
}
