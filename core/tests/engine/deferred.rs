//! What waits to be replayed: what its requests say, and what those behind it are told.

use crate::ports::{Fate, Shared, lock, outside};
use crate::schedule::{Till, line, silence_kills};
use crate::services::Rule;
use fiskal::engine::ports::{Entry, Progress, Store};
use fiskal::receipt::State;
use serde_json::json;
use std::time::Duration;

fn offline() -> (Till, Shared) {
    silence_kills();
    let world = outside(1, 0);
    let till = Till::start(Rule::PutForEver, &world);
    lock(&world).link_down = true;
    (till, world)
}

fn queue(till: &Till) -> Vec<Entry> {
    till.engine.store().queue(&line("r")).unwrap()
}

/// How many the request of the first one in the queue says are behind it.
fn said_to_be_behind(till: &Till) -> String {
    let first = queue(till).remove(0).operation.id;
    let exchanges = till.engine.store().exchanges(first).unwrap();
    exchanges[0].request.headers.iter().find(|(name, _)| name == "behind").unwrap().1.clone()
}

fn were_replaying(till: &Till) -> Vec<bool> {
    let entries = queue(till).into_iter();
    let deferred = entries.filter_map(|entry| match entry.progress {
        Progress::Deferred(_, deferred) => deferred["replaying"].as_bool(),
        _ => None,
    });
    deferred.collect()
}

#[test]
fn a_request_that_never_left_is_rendered_anew() {
    let (till, world) = offline();
    for (sale, behind) in [("a", "0"), ("b", "1"), ("c", "2")] {
        till.sell("r", sale, "x").unwrap().unwrap();
        till.sync().unwrap().unwrap();
        assert_eq!(said_to_be_behind(&till), behind);
    }
    lock(&world).link_down = false;
    assert_eq!(till.sync().unwrap().unwrap().settled, 3);
}

#[test]
fn a_request_that_may_have_arrived_stays_as_it_is() {
    let (till, world) = offline();
    till.sell("r", "a", "x").unwrap().unwrap();
    lock(&world).link_down = false;
    lock(&world).script = [Fate::Dropped; 12].into();
    lock(&world).pass(Duration::from_secs(60));
    till.sell("r", "b", "x").unwrap().unwrap();
    assert_eq!(said_to_be_behind(&till), "0");
    till.sync().unwrap().unwrap();
    assert_eq!(queue(&till).len(), 0);
}

#[test]
fn those_behind_a_replay_are_told_of_it() {
    let (till, world) = offline();
    till.sell("r", "a", "x").unwrap().unwrap();
    till.sync().unwrap().unwrap();
    till.sell("r", "b", "x").unwrap().unwrap();
    assert_eq!(were_replaying(&till), [false, false], "nothing has left");
    lock(&world).link_down = false;
    lock(&world).script = [Fate::Dropped; 12].into();
    lock(&world).pass(Duration::from_secs(60));
    till.sell("r", "c", "x").unwrap().unwrap();
    assert_eq!(were_replaying(&till), [false, false, true]);
}

/// What a deferred operation taught was learned when it was deferred; its refusal does not undo what others
/// taught since.
#[test]
fn a_refusal_later_teaches_nothing() {
    let (till, world) = offline();
    for sale in ["a", "b"] {
        till.sell("r", sale, "x").unwrap().unwrap();
    }
    lock(&world).link_down = false;
    lock(&world).script = [Fate::Refused].into();
    let synced = till.sync().unwrap().unwrap();
    let ends: Vec<State> = synced.changed.iter().map(|changed| changed.to).collect();
    assert_eq!(ends, [State::Refused, State::Signed]);
    assert_eq!(till.engine.store().facts(&line("r")).unwrap(), json!({ "recorded": "b" }));
}
