//! One broken rule, told in one sentence.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde_json::Value;

pub(super) const MISFIT: &str = "fits none of the forms the contract allows";

/// How many allowed values of an enum a message lists; country codes would fill a page.
const LISTED_VALUES: usize = 12;

/// Where and how a value leaves the contract.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} {message}", if pointer.is_empty() { "the value" } else { pointer.as_str() })]
pub struct Violation {
    /// JSON pointer (RFC 6901) of the offending value; for a missing member, of the place where it
    /// should stand; for an unknown member, of the member. Empty for the value as a whole.
    pub pointer: String,
    /// What is wrong there, as the end of a sentence that begins with the pointer. It never repeats the
    /// offending value, which may be large or secret.
    pub message: String,
}

/// A name as one step of a JSON pointer (RFC 6901).
pub(super) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

pub(super) fn violation(pointer: String, message: String) -> Violation {
    Violation { pointer, message }
}

/// What the library found at one place, in our words.
pub(super) fn describe(error: &ValidationError<'_>, pointer: String) -> Violation {
    if let ValidationErrorKind::Required { property } = error.kind() {
        let name = property.as_str().unwrap_or_default();
        return violation(format!("{pointer}/{}", escape(name)), "is required, but missing".into());
    }
    let message = message(error.kind()).unwrap_or_else(|| format!("is refused: {}", error.masked()));
    violation(pointer, message)
}

fn message(kind: &ValidationErrorKind) -> Option<String> {
    Some(match kind {
        ValidationErrorKind::Type { kind: TypeKind::Single(wanted) } => format!("must be of type {wanted}"),
        ValidationErrorKind::Constant { expected_value } => format!("must be {expected_value}"),
        ValidationErrorKind::Enum { options } => format!("must be one of {}", list(options)),
        ValidationErrorKind::Pattern { pattern } => format!("must match the pattern {pattern}"),
        ValidationErrorKind::Format { format } => format!("must be a valid {format}"),
        ValidationErrorKind::MinLength { limit } => format!("must have at least {limit} characters"),
        ValidationErrorKind::MaxLength { limit } => format!("must have at most {limit} characters"),
        ValidationErrorKind::MinItems { limit } => format!("must have at least {limit} items"),
        ValidationErrorKind::MaxItems { limit } => format!("must have at most {limit} items"),
        ValidationErrorKind::MaxProperties { limit } => format!("must have at most {limit} members"),
        ValidationErrorKind::Minimum { limit } => format!("must be at least {limit}"),
        ValidationErrorKind::Maximum { limit } => format!("must be at most {limit}"),
        ValidationErrorKind::UniqueItems => "must not hold an item twice".into(),
        ValidationErrorKind::PropertyNames { error } => {
            format!("has a member whose name {}", message(error.kind())?)
        }
        ValidationErrorKind::OneOfNotValid { .. } | ValidationErrorKind::AnyOf { .. } => MISFIT.into(),
        _ => return None,
    })
}

fn list(options: &Value) -> String {
    let options: Vec<String> = options.as_array().into_iter().flatten().map(Value::to_string).collect();
    match options.get(..LISTED_VALUES) {
        Some(first) if options.len() > LISTED_VALUES => {
            format!("{} and {} more", first.join(", "), options.len() - LISTED_VALUES)
        }
        _ => options.join(", "),
    }
}
