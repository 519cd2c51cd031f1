//! Every crate of the graph, on every platform, has a licence on the list in `deny.toml`.
//!
//! The list is cargo-deny's own format, so that either tool reads the same list.

use super::Findings;
use crate::trouble::{Result, Trouble};
use crate::workspace::{Package, Workspace};
use serde::Deserialize;
use spdx::{Expression, LicenseReq, ParseMode};
use std::fs;
use std::path::Path;

#[derive(Deserialize)]
struct Deny {
    licenses: Allowed,
}

/// `allow` holds for every crate, an exception for the one it names.
#[derive(Deserialize)]
struct Allowed {
    allow: Vec<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

#[derive(Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: Vec<String>,
}

/// Checks the graph against the list, and the list against the graph.
pub(super) fn check(workspace: &Workspace) -> Result<Findings> {
    let allowed = read(&workspace.root.join("deny.toml"))?;
    let foreign = || workspace.packages.iter().filter(|package| package.source.is_some());
    let mut findings: Findings = foreign().filter_map(|package| judge(package, &allowed)).collect();
    for exception in &allowed.exceptions {
        if !foreign().any(|package| package.name == exception.name) {
            findings.push(format!("deny.toml: {} has an exception and is not in the graph.", exception.name));
        }
    }
    Ok(findings)
}

fn read(path: &Path) -> Result<Allowed> {
    let text = fs::read_to_string(path).map_err(|source| Trouble::File { path: path.to_owned(), source })?;
    let deny: Deny = toml::from_str(&text)
        .map_err(|error| Trouble::Content { path: path.to_owned(), message: error.message().to_owned() })?;
    Ok(deny.licenses)
}

/// What is wrong with a crate's licence, if anything.
fn judge(package: &Package, allowed: &Allowed) -> Option<String> {
    let Package { name, version, .. } = package;
    let Some(licence) = &package.license else {
        return Some(format!("{name} {version} names no licence in its manifest."));
    };
    match allowed.satisfy(name, licence) {
        Ok(true) => None,
        Ok(false) => {
            Some(format!("{name} {version}: the licence \"{licence}\" is not on the list in deny.toml."))
        }
        Err(reason) => Some(format!("{name} {version}: the licence \"{licence}\" cannot be read: {reason}.")),
    }
}

impl Allowed {
    /// Whether the crate may be used under the expression: all parts of an AND, one part of an OR.
    fn satisfy(&self, name: &str, licence: &str) -> std::result::Result<bool, String> {
        // Lax reads the `MIT/Apache-2.0` of manifests older than SPDX expressions.
        let expression =
            Expression::parse_mode(licence, ParseMode::LAX).map_err(|error| error.reason.to_string())?;
        let excepted = self.exceptions.iter().filter(|exception| exception.name == name);
        let list: Vec<&String> =
            self.allow.iter().chain(excepted.flat_map(|exception| &exception.allow)).collect();
        Ok(expression.evaluate(|wanted| list.iter().any(|id| is(wanted, id))))
    }
}

/// A licence with an exception (`Apache-2.0 WITH LLVM-exception`) is an entry of its own.
fn is(wanted: &LicenseReq, listed: &str) -> bool {
    wanted.to_string() == listed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed() -> Allowed {
        let text = r#"
            [licenses]
            allow = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "ISC"]
            exceptions = [{ crate = "webpki-roots", allow = ["CDLA-Permissive-2.0"] }]
        "#;
        toml::from_str::<Deny>(text).unwrap().licenses
    }

    #[test]
    fn expressions_are_decided_as_spdx_says() {
        let cases = [
            ("MIT", true),
            ("GPL-3.0-only", false),
            ("MIT OR GPL-3.0-only", true),
            ("MIT AND GPL-3.0-only", false),
            ("MIT AND ISC", true),
            ("MIT OR GPL-3.0-only AND ISC", true),
            ("(MIT OR GPL-3.0-only) AND Zlib", false),
            ("MIT/Apache-2.0", true),
            ("Apache-2.0 / GPL-3.0", true),
            ("GPL-2.0/GPL-3.0", false),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("MIT WITH LLVM-exception", false),
            ("GPL-2.0-only WITH Classpath-exception-2.0", false),
            ("MIT OR Apache-2.0 OR LGPL-2.1-or-later", true),
        ];
        for (licence, expected) in cases {
            assert_eq!(allowed().satisfy("any", licence), Ok(expected), "{licence}");
        }
    }

    #[test]
    fn an_exception_is_for_its_crate_alone() {
        assert_eq!(allowed().satisfy("webpki-roots", "CDLA-Permissive-2.0"), Ok(true));
        assert_eq!(allowed().satisfy("other", "CDLA-Permissive-2.0"), Ok(false));
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        for licence in ["", "MIT OR", "Our own terms", "(MIT"] {
            assert!(allowed().satisfy("any", licence).is_err(), "{licence}");
        }
    }
}
