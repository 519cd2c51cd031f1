//! A group of the export, and whether its certificate is that of its receipts.

use super::findings::{At, Findings, Rule};
use super::keys::Keys;
use crate::text::shown;
use crate::verify::rksv::Signer;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// How many different keys of a group are remembered; a group should have one.
const MOST_KEYS: usize = 16;

/// A group: its certificate may come before or after its receipts.
#[derive(Debug, Default)]
pub(super) struct Group {
    certificate: Option<String>,
    keys: Vec<Used>,
}

/// A key, with the receipt of the group that names it first.
#[derive(Debug)]
struct Used {
    name: String,
    position: u64,
    number: String,
}

impl Group {
    /// The group's certificate in base64; an empty text says that it is not told.
    pub(super) fn certificate(&mut self, text: &str) {
        self.certificate = Some(text.to_owned()).filter(|text| !text.is_empty());
    }

    pub(super) fn uses(&mut self, name: &str, position: u64, number: &str) {
        if self.keys.len() < MOST_KEYS && self.keys.iter().all(|key| key.name != name) {
            self.keys.push(Used { name: name.to_owned(), position, number: number.to_owned() });
        }
    }

    /// Holds the certificate against the keys that the receipts name. `nth` is the group's place, from 1.
    pub(super) fn finish(self, nth: u64, keys: &Keys, findings: &mut Findings) {
        let Some(text) = self.certificate else { return };
        let der = STANDARD.decode(&text).unwrap_or_default();
        let certificate = match Signer::from_certificate(&der) {
            Ok(certificate) => certificate,
            Err(cause) => {
                let found = format!("group {nth} has '{}': {cause}", shown(&text));
                findings.add(Rule::Group, At::default(), found, "a certificate in base64, or an empty text");
                return;
            }
        };
        for used in self.keys {
            if keys.find(&used.name).is_some_and(|key| *key != certificate) {
                let serial = certificate.serial().unwrap_or_default();
                let found = format!("group {nth} has certificate {serial}");
                let expected = format!("the certificate of the key {}", used.name);
                findings.add(Rule::Group, At::receipt(used.position, &used.number), found, expected);
            }
        }
    }
}
