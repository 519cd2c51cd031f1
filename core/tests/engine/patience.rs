//! Who waits for what, and how long.

use crate::ports::{Fate, lock, outside};
use crate::schedule::{Till, line, submission};
use crate::services::Rule;
use fiskal::Interrupt;
use fiskal::engine::Submission;
use fiskal::engine::ports::Store;
use fiskal::error::Kind;
use std::time::Duration;

fn till(rule: Rule, fates: &[Fate]) -> Till {
    let world = outside(1, 0);
    lock(&world).script = fates.iter().copied().collect();
    Till::start(rule, &world)
}

fn monotonic(till: &Till) -> Duration {
    lock(&till.outside).monotonic
}

fn bookings(till: &Till) -> usize {
    lock(&till.outside).remote.booked.len()
}

/// RFC 6585: 429 with `Retry-After`. The engine comes back then, with the same key.
#[test]
fn a_throttled_request_is_sent_again_when_the_service_says() {
    for rule in Rule::ALL {
        let till = till(rule, &[Fate::Throttled]);
        assert!(till.sell("r", "s", "x").unwrap().unwrap().settled, "{rule:?}");
        assert!(monotonic(&till) >= Duration::from_secs(1), "{rule:?}");
        assert_eq!(bookings(&till), 1, "{rule:?}");
    }
}

#[test]
fn a_service_that_only_throttles_has_booked_nothing() {
    let till = till(Rule::Window, &[Fate::Throttled; 20]);
    assert_eq!(till.sell("r", "s", "x").unwrap().unwrap_err().kind(), Kind::Unreachable);
    assert!(monotonic(&till) <= Duration::from_millis(3_100));
    lock(&till.outside).script.clear();
    assert!(till.sell("r", "s", "x").unwrap().unwrap().settled);
    assert_eq!(bookings(&till), 1);
}

/// A throttled repetition says nothing about the attempt before it.
#[test]
fn a_throttled_repetition_does_not_undo_a_booking() {
    let fates = [&[Fate::Dropped][..], &[Fate::Throttled; 20]].concat();
    let till = till(Rule::Window, &fates);
    assert!(!till.sell("r", "s", "x").unwrap().unwrap().settled, "pending: it may be booked");
    lock(&till.outside).script.clear();
    assert_eq!(till.sync().unwrap().unwrap().settled, 1);
    assert_eq!(bookings(&till), 1);
}

/// The core's own thread does not keep a register from its customers while the link is down.
#[test]
fn background_work_leaves_a_dead_link_alone_for_a_while() {
    let till = till(Rule::Window, &[Fate::Late; 12]);
    assert!(!till.sell("r", "s", "x").unwrap().unwrap().settled);
    lock(&till.outside).script.clear();
    let held = till.engine.sync_in_background(&Interrupt::never()).unwrap();
    assert_eq!((held.settled, held.waiting), (0, 1), "tried a moment ago");
    lock(&till.outside).pass(Duration::from_secs(11));
    let settled = till.engine.sync_in_background(&Interrupt::never()).unwrap();
    assert_eq!((settled.settled, settled.waiting), (1, 0));
}

#[test]
fn a_line_that_somebody_works_on_is_left_to_them() {
    let till = till(Rule::Window, &[Fate::Late; 12]);
    assert!(!till.sell("r", "s", "x").unwrap().unwrap().settled);
    let held = till.engine.store().try_lock(&line("r")).unwrap().unwrap();
    let synced = till.sync().unwrap().unwrap();
    assert_eq!((synced.settled, synced.waiting), (0, 1));
    drop(held);
}

/// An interrupt is the end of the caller's patience, and no sign that the link is down.
#[test]
fn who_is_interrupted_gets_what_the_end_of_patience_gives() {
    let till = till(Rule::Window, &[]);
    let interrupt = Interrupt::new();
    interrupt.raise();
    let error = till.sell_until("r", "s", "x", &interrupt).unwrap().unwrap_err();
    assert_eq!(error.kind(), Kind::Unreachable);
    assert_eq!((monotonic(&till), bookings(&till)), (Duration::ZERO, 0));
    assert!(till.sell("r", "s", "x").unwrap().unwrap().settled, "the same sale, asked for again");
    assert_eq!(bookings(&till), 1);
}

#[test]
fn an_interrupted_synchronisation_leaves_the_rest_for_the_next() {
    let till = till(Rule::Window, &[Fate::Late; 12]);
    assert!(!till.sell("r", "s", "x").unwrap().unwrap().settled);
    lock(&till.outside).script.clear();
    let interrupt = Interrupt::new();
    interrupt.raise();
    let synced = till.engine.sync(&interrupt).unwrap();
    assert_eq!((synced.settled, synced.waiting), (0, 1));
    assert_eq!(till.sync().unwrap().unwrap().settled, 1);
    assert_eq!(bookings(&till), 1);
}

/// No customer stands waiting for what is no sale: three connections that were refused end it, and the address is told.
#[test]
fn what_is_no_sale_does_not_wait_where_every_connection_is_refused() {
    let setting_up = Submission {
        params: serde_json::json!({}),
        patience: Some(Duration::from_secs(60)),
        ..submission("provision.register", "r", "", "x")
    };
    let refused = till(Rule::Window, &[Fate::NotSent; 20]);
    let error = refused.engine.submit(setting_up.clone(), &Interrupt::never()).unwrap_err();
    assert_eq!(error.kind(), Kind::Unreachable);
    assert!(error.message().ends_with("(connection refused)"), "{error}");
    assert_eq!(lock(&refused.outside).script.len(), 17, "three attempts");
    assert!(monotonic(&refused) < Duration::from_secs(3));

    let refused_twice = till(Rule::Window, &[Fate::NotSent, Fate::NotSent, Fate::Refused]);
    let error = refused_twice.engine.submit(setting_up, &Interrupt::never()).unwrap_err();
    assert_eq!(error.kind(), Kind::Refused, "the third attempt is answered");
}

/// A sale goes on until its customer's patience ends.
#[test]
fn a_sale_goes_on_where_every_connection_is_refused() {
    let refused = till(Rule::Window, &[Fate::NotSent; 20]);
    assert_eq!(refused.sell("r", "s", "x").unwrap().unwrap_err().kind(), Kind::Unreachable);
    assert!(lock(&refused.outside).script.len() < 17, "more than three attempts");
}
