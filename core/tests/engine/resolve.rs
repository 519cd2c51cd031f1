//! What somebody decides about what was refused, or what waits.

use crate::ports::{Fate, Shared, lock, outside};
use crate::schedule::{Till, line, silence_kills};
use crate::services::Rule;
use fiskal::Interrupt;
use fiskal::engine::ports::{Entry, ReceiptKey, Store, Waiting};
use fiskal::engine::{Decided, Decision, Resolution};
use fiskal::error::{Error, Kind};
use fiskal::receipt::{Receipt, State};
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

/// A till that sold `a` and `b` without its service.
fn offline() -> (Till, Shared) {
    silence_kills();
    let world = outside(1, 0);
    let till = Till::start(Rule::PutForEver, &world);
    lock(&world).link_down = true;
    for sale in ["a", "b"] {
        till.sell("r", sale, "x").unwrap().unwrap();
    }
    (till, world)
}

/// The same, with the service's refusal of `a`.
fn refused() -> (Till, Shared, Uuid) {
    let (till, world) = offline();
    lock(&world).link_down = false;
    lock(&world).script = [Fate::Refused].into();
    till.sync().unwrap().unwrap();
    let [entry] = &on_the_list(&till)[..] else { panic!("one is refused") };
    let id = entry.operation.id;
    (till, world, id)
}

fn on_the_list(till: &Till) -> Vec<Entry> {
    till.engine.store().refused(&line("r")).unwrap()
}

fn queued(till: &Till) -> Vec<Uuid> {
    till.engine.store().queue(&line("r")).unwrap().iter().map(|entry| entry.operation.id).collect()
}

fn resolve(till: &Till, operation: Uuid, how: Resolution) -> Result<Decided, Error> {
    amend(till, operation, how, None)
}

fn amend(till: &Till, operation: Uuid, how: Resolution, content: Option<&str>) -> Result<Decided, Error> {
    let params = content.map(|content| json!({ "sale": { "id": "a", "content": content } }));
    let decision = Decision { operation, how, reason: "the boss says so".into(), params, original: None };
    till.engine.resolve(decision.operation, &|| Ok(decision.clone()), &Interrupt::never())
}

fn receipt(till: &Till, id: &str) -> Receipt {
    till.engine.store().receipt(&ReceiptKey::Id(id.into())).unwrap().unwrap()
}

fn booked(world: &Shared, sale: &str) -> usize {
    lock(world).remote.booked.iter().filter(|booking| booking.sale == sale).count()
}

#[test]
fn a_refused_sale_is_sent_again_once() {
    let (till, world, id) = refused();
    assert_eq!(booked(&world, "b"), 1, "the later one went on");
    let decided = resolve(&till, id, Resolution::Retry).unwrap();
    let made = decided.outcome.as_ref().unwrap().receipts[0].clone();
    assert!(decided.settled);
    assert_eq!((made.state, made.replaces.as_deref()), (State::Signed, Some(id.to_string().as_str())));
    assert_eq!(receipt(&till, &made.id), made);
    assert_eq!(receipt(&till, &id.to_string()).state, State::Refused, "the evidence stays");
    assert!(on_the_list(&till).is_empty());
    assert_eq!(resolve(&till, id, Resolution::Retry).unwrap(), decided);
    assert_eq!(booked(&world, "a"), 1);
    assert_eq!(resolve(&till, id, Resolution::SetAside).unwrap_err().kind(), Kind::NotFound);
    till.engine.store().verify();
}

#[test]
fn what_is_refused_again_stays_on_the_list() {
    let (till, world, id) = refused();
    lock(&world).script = [Fate::Refused].into();
    assert_eq!(resolve(&till, id, Resolution::Retry).unwrap_err().kind(), Kind::Refused);
    assert_eq!(on_the_list(&till).len(), 1);
    let decided = amend(&till, id, Resolution::Amend, Some("y")).unwrap();
    assert_eq!(decided.outcome.as_ref().unwrap().receipts[0].state, State::Signed);
    assert_eq!(amend(&till, id, Resolution::Amend, Some("y")).unwrap(), decided);
    let error = amend(&till, id, Resolution::Amend, Some("z")).unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict);
    assert_eq!(booked(&world, "a"), 1);
}

#[test]
fn an_amended_sale_may_be_made_without_the_service_too() {
    let (till, world, id) = refused();
    lock(&world).link_down = true;
    let decided = amend(&till, id, Resolution::Amend, Some("y")).unwrap();
    let made = decided.outcome.unwrap().receipts[0].clone();
    assert_eq!((decided.settled, made.state), (false, State::Provisional));
    assert_eq!(made.replaces, Some(id.to_string()));
    assert!(on_the_list(&till).is_empty(), "it waits now, and is no longer refused");
    lock(&world).link_down = false;
    lock(&world).pass(Duration::from_secs(60));
    till.sync().unwrap().unwrap();
    let signed = receipt(&till, &made.id);
    assert_eq!((signed.state, signed.replaces), (State::Signed, Some(id.to_string())));
}

#[test]
fn a_refused_sale_is_set_aside() {
    let (till, world, id) = refused();
    let decided = resolve(&till, id, Resolution::SetAside).unwrap();
    let left = receipt(&till, &id.to_string());
    assert_eq!(left.state, State::Refused);
    assert!(left.todo.as_ref().unwrap().contains("the boss says so"), "{:?}", left.todo);
    assert_eq!(decided.outcome.unwrap().receipts, std::slice::from_ref(&left));
    assert!(on_the_list(&till).is_empty());
    assert!(resolve(&till, id, Resolution::SetAside).unwrap().settled);
    assert_eq!(resolve(&till, id, Resolution::Retry).unwrap_err().kind(), Kind::NotFound);
    assert_eq!(booked(&world, "a"), 0);
    till.engine.store().journal().rebuild().unwrap();
    assert_eq!(receipt(&till, &id.to_string()), left);
}

#[test]
fn what_waits_is_set_aside_and_later_ones_go_on() {
    let (till, world) = offline();
    let first = queued(&till)[0];
    assert_eq!(amend(&till, first, Resolution::Amend, Some("y")).unwrap_err().kind(), Kind::NotReady);
    let decided = resolve(&till, first, Resolution::SetAside).unwrap();
    assert!(decided.settled, "its service need not be told");
    assert_eq!(receipt(&till, &first.to_string()).state, State::Refused);
    assert!(on_the_list(&till).is_empty(), "it was decided about");
    lock(&world).link_down = false;
    lock(&world).pass(Duration::from_secs(60));
    till.sync().unwrap().unwrap();
    assert_eq!((booked(&world, "a"), booked(&world, "b")), (0, 1));
}

#[test]
fn what_waits_is_sent_at_once() {
    let (till, world) = offline();
    let second = queued(&till)[1];
    assert!(!resolve(&till, second, Resolution::Retry).unwrap().settled, "the link is down");
    lock(&world).link_down = false;
    let decided = resolve(&till, second, Resolution::Retry).unwrap();
    assert_eq!(decided.outcome.unwrap().receipts[0].state, State::Signed);
    assert_eq!((booked(&world, "a"), booked(&world, "b")), (1, 1), "and what stands before it");
}

#[test]
fn what_may_be_booked_is_not_set_aside() {
    let (till, world) = offline();
    lock(&world).link_down = false;
    lock(&world).script = [Fate::Dropped; 40].into();
    lock(&world).pass(Duration::from_secs(60));
    till.sync().unwrap().unwrap();
    let first = queued(&till)[0];
    let error = resolve(&till, first, Resolution::SetAside).unwrap_err();
    assert_eq!((error.kind(), error.pointer()), (Kind::UnknownOutcome, Some("/how")));
    lock(&world).script.clear();
    assert!(resolve(&till, first, Resolution::Retry).unwrap().settled);
    assert_eq!(booked(&world, "a"), 1);
}

#[test]
fn a_missing_key_is_told_and_is_in_the_way() {
    let (till, world) = offline();
    lock(&world).link_down = false;
    lock(&world).key_is_missing = true;
    lock(&world).pass(Duration::from_secs(60));
    for _ in 0..3 {
        till.sync().unwrap().unwrap();
    }
    let queue = till.engine.store().queue(&line("r")).unwrap();
    assert!(queue[0].stuck.as_ref().unwrap().contains("environment variable"), "{:?}", queue[0].stuck);
    let waiting = till.engine.store().waiting(&line("r")).unwrap();
    assert_eq!((waiting.count, &waiting.stuck), (queue.len(), &queue[0].stuck));
    assert_eq!(till.engine.store().waiting(&line("other")).unwrap(), Waiting::default());
    let page = fiskal::journal::Filter { kind: Some("operation.stuck".into()), ..Default::default() };
    let told = till.engine.store().journal().entries(&page).unwrap();
    assert_eq!(told.len(), 1, "it is written down once");
}

#[test]
fn nothing_is_decided_about_what_is_not_there() {
    let (till, _, _) = refused();
    for how in [Resolution::Retry, Resolution::SetAside] {
        let error = resolve(&till, Uuid::nil(), how).unwrap_err();
        assert_eq!((error.kind(), error.pointer()), (Kind::NotFound, Some("/operation")));
    }
}
