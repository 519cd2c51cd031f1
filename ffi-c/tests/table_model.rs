//! The table of handles against the plainest model of it: random sequences of what can be done to it.
//!
//! The table is taken in as it is, without the library, so that Miri can run this:
//! `MIRIFLAGS=-Zmiri-disable-isolation cargo +nightly miri test -p fiskal-ffi --test table_model`.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]
#![allow(unreachable_pub, dead_code, reason = "the table is a part of another crate")]

#[path = "../src/table.rs"]
mod table;

use proptest::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;
use table::{Found, Table};

/// Numbers up to this one are given.
const LARGEST: usize = 12;

#[derive(Clone, Debug)]
enum Step {
    Put(u8),
    Find(usize),
    Take(usize),
    Fork,
}

fn step() -> impl Strategy<Value = Step> {
    let number = 0..LARGEST + 3;
    prop_oneof![
        4 => any::<u8>().prop_map(Step::Put),
        4 => number.clone().prop_map(Step::Find),
        3 => number.prop_map(Step::Take),
        1 => Just(Step::Fork),
    ]
}

/// What the table should be: what is in it, which numbers are used up, and which were before the fork.
#[derive(Default)]
struct Model {
    entries: HashMap<usize, u8>,
    given: usize,
    before_fork: usize,
}

fn word<T>(found: &Found<T>) -> &'static str {
    match found {
        Found::Entry(_) => "entry",
        Found::TakenOut => "taken out",
        Found::BeforeFork => "before fork",
        Found::Unknown => "unknown",
    }
}

fn cases() -> ProptestConfig {
    // Miri is some hundred times slower, and has no files to keep failures in.
    if cfg!(miri) {
        ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() }
    } else {
        ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) }
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_table_does_what_its_model_does(steps in prop::collection::vec(step(), 0..40)) {
        let mut table = Table::<u8>::default();
        let mut model = Model::default();
        let mut held: Vec<(u8, Arc<u8>)> = Vec::new();
        for step in steps {
            match step {
                Step::Put(entry) => {
                    let number = table.put(entry, LARGEST);
                    if model.given == LARGEST {
                        prop_assert_eq!(number, None);
                    } else {
                        model.given += 1;
                        prop_assert_eq!(number, Some(model.given));
                        model.entries.insert(model.given, entry);
                    }
                }
                Step::Find(number) => {
                    let found = table.find(number);
                    let expected = match model.entries.get(&number) {
                        Some(_) => "entry",
                        None if number == 0 || number > model.given => "unknown",
                        None if number <= model.before_fork => "before fork",
                        None => "taken out",
                    };
                    prop_assert_eq!(word(&found), expected);
                    if let Found::Entry(entry) = found {
                        prop_assert_eq!(Some(&*entry), model.entries.get(&number));
                        held.push((*entry, entry));
                    }
                }
                Step::Take(number) => {
                    let taken = table.take(number);
                    prop_assert_eq!(taken.as_deref(), model.entries.get(&number));
                    model.entries.remove(&number);
                }
                Step::Fork => {
                    table = table.after_fork();
                    model.entries.clear();
                    model.before_fork = model.given;
                }
            }
        }
        // What was found stays, whatever became of its number.
        for (entry, found) in held {
            prop_assert_eq!(entry, *found);
        }
    }
}

#[test]
fn threads_get_numbers_of_their_own() {
    let table = Table::<usize>::default();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let table = &table;
            scope.spawn(move || {
                for _ in 0..if cfg!(miri) { 5 } else { 500 } {
                    let number = table.put(thread, usize::MAX - 1).unwrap();
                    assert!(matches!(table.find(number), Found::Entry(entry) if *entry == thread));
                    assert_eq!(table.take(number).as_deref(), Some(&thread));
                    assert!(table.take(number).is_none());
                }
            });
        }
    });
}
