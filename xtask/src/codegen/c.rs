//! C: the kinds of errors in `ffi-c/src/kinds.rs`, and the header that cbindgen makes of that crate.

use super::naming::screaming;
use super::registry::Registry;
use super::text::{GENERATED, Page, wrapped};
use crate::trouble::{Result, Trouble};
use std::path::Path;

/// Columns for a comment behind its mark.
const WIDTH: usize = 100;

/// What the header ends with.
const GUARD: &str = "#endif  /* FISKAL_H */";

const NAMES: &str = "The operations, as fiskal_call takes them. What each of them takes and gives is JSON, which \
                     docs/operations.md lists, and the operation describe as JSON Schemas.";

/// The statuses: success, and a number for each kind of error.
pub(super) fn kinds(registry: &Registry) -> String {
    let mut page = begun("The kinds of errors as numbers. They are fixed for ever and only added to.");
    page.blank();
    comment(&mut page, "What a call came to: FISKAL_OK, or one of the kinds of error below.");
    page.line("pub type fiskal_status = i32;");
    page.blank();
    comment(&mut page, "Done.");
    page.line("pub const FISKAL_OK: fiskal_status = 0;");
    for error in &registry.errors {
        comment(&mut page, &error.meaning);
        page.line(format!("pub const FISKAL_{}: fiskal_status = {};", screaming(&error.kind), error.status));
    }
    page.text()
}

fn begun(doc: &str) -> Page {
    let mut page = Page::default();
    page.line(format!("// {GENERATED}"));
    page.blank();
    page.line(format!("//! {doc}"));
    page
}

/// C knows no backquotes around code.
fn comment(page: &mut Page, doc: &str) {
    page.lines("/// ", wrapped(&doc.replace('`', ""), WIDTH));
}

/// The header: what cbindgen makes of the crate's sources by its `cbindgen.toml`, with the names of the
/// operations at its end.
///
/// # Errors
/// `Content`, with what cbindgen says.
pub(super) fn header(root: &Path, registry: &Registry) -> Result<String> {
    let folder = root.join("ffi-c");
    let settings = folder.join("cbindgen.toml");
    let trouble = |message| Trouble::Content { path: settings.clone(), message };
    let config = cbindgen::Config::from_file(&settings).map_err(trouble)?;
    let bindings =
        cbindgen::generate_with_config(&folder, config).map_err(|error| trouble(error.to_string()))?;
    let mut made = Vec::new();
    bindings.write(&mut made);
    let made = String::from_utf8(made).map_err(|error| trouble(error.to_string()))?;
    let (body, guard) = made.rsplit_once(GUARD).ok_or_else(|| trouble("the header has no guard".into()))?;
    Ok(format!("{body}{}\n{GUARD}{guard}", names(registry)))
}

/// The names of the operations as constants. cbindgen knows no texts.
fn names(registry: &Registry) -> String {
    let mut page = Page::default();
    page.line("/*");
    page.lines(" * ", wrapped(NAMES, WIDTH));
    page.line(" */");
    for operation in &registry.operations {
        page.blank();
        page.lines("", in_c(&operation.summary));
        page.line(format!("#define FISKAL_OP_{} \"{}\"", screaming(&operation.name), operation.name));
    }
    page.text()
}

/// A comment in the manner of the header.
fn in_c(doc: &str) -> Vec<String> {
    let lines = wrapped(&doc.replace('`', ""), WIDTH).into_iter().map(|line| format!(" * {line}"));
    ["/**".to_owned()].into_iter().chain(lines).chain([" */".to_owned()]).collect()
}
