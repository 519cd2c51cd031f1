//! Whatever is done in whatever order, the journal holds what a plain list would hold.
#![allow(clippy::unwrap_used)]

mod journal_support;

use fiskal::journal::{Durability, Entry, Filter, Journal};
use journal_support::{at, draft, open, tally};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Clone, Debug)]
enum Action {
    /// Appends to these lines at once, at this second; with `fail`, the projection refuses.
    Append {
        lines: Vec<u8>,
        second: i64,
        fail: bool,
    },
    Tie,
    /// Erases the entry that is this far (in 256ths) along the list.
    Erase(u8),
    Rebuild,
    Close,
    Drop,
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        6 => (prop::collection::vec(0..3_u8, 1..4), 0..100_i64, prop::bool::weighted(0.2))
            .prop_map(|(lines, second, fail)| Action::Append { lines, second, fail }),
        1 => Just(Action::Tie),
        1 => any::<u8>().prop_map(Action::Erase),
        1 => Just(Action::Rebuild),
        1 => Just(Action::Close),
        1 => Just(Action::Drop),
    ]
}

/// Lines and payloads by number; `None` once erased. The journal's own entries are left out.
type Model = BTreeMap<u64, (String, Option<Value>)>;

fn act(journal: Journal, path: &Path, model: &mut Model, action: &Action) -> Journal {
    match action {
        Action::Append { lines, second, fail } => append(&journal, model, lines, *second, *fail),
        Action::Tie => journal.tie(at(0)).unwrap(),
        Action::Erase(along) => {
            let place = usize::from(*along) * model.len() / 256;
            if let Some((&seq, kept)) = model.iter_mut().nth(place) {
                journal.erase(&[seq], at(0), "test").unwrap();
                kept.1 = None;
            }
        }
        Action::Rebuild => journal.rebuild().unwrap(),
        Action::Close => {
            journal.close().unwrap();
            return open(path).unwrap();
        }
        Action::Drop => {
            drop(journal);
            return open(path).unwrap();
        }
    }
    journal
}

fn append(journal: &Journal, model: &mut Model, lines: &[u8], second: i64, fail: bool) {
    let mut drafts: Vec<_> =
        lines.iter().map(|line| draft(&line.to_string(), json!({"second": second, "line": line}))).collect();
    let written = drafts.clone();
    if fail {
        drafts.push(draft("0", json!({"fail": "planted"})));
        journal.append(drafts, at(second), Durability::Lazy).unwrap_err();
        return;
    }
    let seqs = journal.append(drafts, at(second), Durability::Lazy).unwrap();
    model.extend(seqs.into_iter().zip(written.into_iter().map(|draft| (draft.line, Some(draft.payload)))));
}

fn all(journal: &Journal) -> Vec<Entry> {
    journal.entries(&Filter { limit: 1000, ..Filter::default() }).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn the_journal_is_an_append_only_list(actions in prop::collection::vec(action(), 1..30)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fiskal.db");
        let mut journal = open(&path).unwrap();
        let mut model = Model::new();
        for action in &actions {
            journal = act(journal, &path, &mut model, action);
        }

        let entries = all(&journal);
        let held: Model = entries
            .iter()
            .filter(|entry| entry.line != "journal")
            .map(|entry| (entry.seq, (entry.line.clone(), entry.payload.clone())))
            .collect();
        prop_assert_eq!(&held, &model);
        prop_assert!(entries.is_sorted_by_key(|entry| entry.at));
        prop_assert_eq!(journal.last_seq().unwrap(), entries.len() as u64);
        let verification = journal.verify().unwrap();
        prop_assert_eq!(verification.misfit, None);
        prop_assert_eq!(verification.entries, entries.len() as u64);
        prop_assert_eq!(verification.erased, model.values().filter(|(_, kept)| kept.is_none()).count() as u64);

        let live: Vec<_> = tally(&journal).into_iter().map(|(line, count, _)| (line, count)).collect();
        let counted = entries.iter().fold(BTreeMap::new(), |mut counts, entry| {
            *counts.entry(entry.line.clone()).or_insert(0) += 1;
            counts
        });
        prop_assert_eq!(live, counted.into_iter().collect::<Vec<_>>());
    }
}
