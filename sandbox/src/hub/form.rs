//! A form as a browser sends it, and what was wrong with it.

use axum::body::Bytes;
use axum::http::HeaderMap;

/// Longest form that is read: names and numbers, no files.
const LONGEST: usize = 64 * 1024;

/// The fields of a form. Shown again with what is wrong with them, so that nothing has to be typed twice.
#[derive(Debug, Clone, Default)]
pub(super) struct Form {
    fields: Vec<(String, String)>,
    trouble: Option<(String, String)>,
}

impl Form {
    /// Reads a posted form, or says with which status it is refused and why.
    pub(super) fn read(headers: &HeaderMap, body: &Bytes) -> Result<Form, (u16, &'static str)> {
        let kind = headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !kind.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded") {
            return Err((415, "A form of these pages is sent as application/x-www-form-urlencoded."));
        }
        if body.len() > LONGEST {
            return Err((413, "The form is larger than 64 KiB. Nothing was changed."));
        }
        let fields: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().collect();
        let twice = |name: &str| fields.iter().filter(|(other, _)| other == name).count() > 1;
        if fields.iter().any(|(name, _)| twice(name)) {
            return Err((400, "A field of the form came twice. Nothing was changed."));
        }
        Ok(Form { fields, trouble: None })
    }

    /// A field's text without white space around it; empty when it is not there.
    pub(super) fn text(&self, name: &str) -> &str {
        self.fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    /// A field's text, if there is any.
    pub(super) fn given(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// The same form with what is wrong with one of its fields.
    #[must_use]
    pub(super) fn wrong(mut self, field: &str, message: impl Into<String>) -> Form {
        self.trouble = Some((field.to_owned(), message.into()));
        self
    }

    /// What is wrong with a field.
    pub(super) fn trouble(&self, field: &str) -> Option<&str> {
        self.trouble.as_ref().filter(|(name, _)| name == field).map(|(_, message)| message.as_str())
    }

    pub(super) fn is_wrong(&self) -> bool {
        self.trouble.is_some()
    }
}
