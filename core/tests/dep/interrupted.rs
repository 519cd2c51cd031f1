//! A check that nobody waits for any more ends soon.

use crate::till::{Files, day, export, keys, signed};
use fiskal::Interrupt;
use fiskal::error::Kind;
use fiskal::operations::verify_dep;
use fiskal::verify::dep::{Expected, Material, contents, verify};
use serde_json::json;
use std::cell::Cell;
use std::io::Read;

/// Many more receipts than are read ahead.
const MANY: usize = 20_000;

#[test]
fn an_interrupt_ends_a_check_and_nothing_is_said() {
    let files = Files::of(&export(&vec!["nonsense".to_owned(); MANY]), &keys());
    let params = json!({"file": files.path("dep.json"), "keys": files.path("keys.json")});
    let (interrupt, mut last) = (Interrupt::new(), 0);
    let error = verify_dep(&params, &interrupt, &mut |progress| {
        last = progress.receipts;
        interrupt.raise();
    });
    let error = error.unwrap_err();
    assert_eq!((error.kind(), error.retryable()), (Kind::Busy, true), "{error}");
    assert!(error.message().contains("interrupted"), "{error}");
    assert!(last < MANY as u64 / 2, "{last} receipts were read");
    // An interrupt belongs to one call.
    assert_eq!(verify_dep(&params, &Interrupt::new(), &mut |_| {}).unwrap()["receipts"], MANY);
}

#[test]
fn an_export_that_is_read_again_can_be_interrupted_again() {
    let mut specs = day();
    specs[5].number = "R-6".into();
    let (export, keys) = (export(&signed(&specs)).to_string(), keys().to_string());
    let (interrupt, opened) = (Interrupt::new(), Cell::new(0));
    let open = || -> fiskal::error::Result<Box<dyn Read>> {
        opened.set(opened.get() + 1);
        if opened.get() == 2 {
            interrupt.raise();
        }
        Ok(Box::new(std::io::Cursor::new(export.clone())))
    };
    let material =
        Material { export: &open, keys: keys.as_bytes(), printed: &[], receipts: None, partial: false };
    assert_eq!(verify(material, &interrupt, &mut |_| {}).unwrap_err().kind(), Kind::Busy);
    assert_eq!(opened.get(), 2);
}

#[test]
fn what_an_export_holds_is_not_looked_for_after_an_interrupt() {
    let interrupt = Interrupt::new();
    interrupt.raise();
    let expected = Expected { register: "dGxx", whole: true, number: None };
    assert_eq!(contents(&b"{}"[..], &expected, &interrupt).unwrap_err().kind(), Kind::Busy);
}
