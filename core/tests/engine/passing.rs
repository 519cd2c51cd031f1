//! What is in the way for a while and says nothing about the sale: no key, no link, a wrong clock,
//! another operation of the same sale.

use crate::ports::{Fate, Shared, lock, outside};
use crate::schedule::{Till, line, silence_kills, submission};
use crate::services::Rule;
use fiskal::Interrupt;
use fiskal::engine::ports::{ReceiptKey, Store};
use fiskal::error::Kind;
use fiskal::receipt::State;
use jiff::SignedDuration;
use std::time::Duration;

fn till(rule: Rule) -> (Till, Shared) {
    silence_kills();
    let world = outside(1, 0);
    (Till::start(rule, &world), world)
}

fn bookings(world: &Shared) -> usize {
    lock(world).remote.booked.len()
}

fn state(till: &Till) -> Option<State> {
    let receipt = till.engine.store().receipt(&ReceiptKey::Sale(line("r"), "s".into())).unwrap();
    receipt.map(|receipt| receipt.state)
}

fn pass(world: &Shared, time: Duration) {
    lock(world).pass(time);
}

/// A key that cannot be read refuses no sale that was handed over.
#[test]
fn a_deferred_sale_outlives_a_missing_key() {
    let (mut till, world) = till(Rule::PutForEver);
    lock(&world).link_down = true;
    let handed_over = till.sell("r", "s", "x").unwrap().unwrap();
    lock(&world).link_down = false;
    lock(&world).key_is_missing = true;
    till.restart(false);
    assert_eq!(till.sync().unwrap().unwrap().waiting, 1);
    assert_eq!(till.sell("r", "s", "x").unwrap().unwrap(), handed_over, "the same receipt as before");
    assert_eq!(state(&till), Some(State::Provisional));
    lock(&world).key_is_missing = false;
    assert_eq!(till.sync().unwrap().unwrap().waiting, 0);
    assert_eq!((bookings(&world), state(&till)), (1, Some(State::Signed)));
}

/// Nobody asks for a follow-up again, so nothing but its own verdict may end it.
#[test]
fn a_follow_up_outlives_a_missing_key() {
    let (till, world) = till(Rule::VerdictLater);
    assert!(till.sell("r", "s", "x").unwrap().is_ok());
    lock(&world).key_is_missing = true;
    assert_eq!(till.sync().unwrap().unwrap().waiting, 1);
    assert_eq!(state(&till), Some(State::Pending));
    lock(&world).key_is_missing = false;
    for _ in 0..4 {
        till.sync().unwrap().unwrap();
        pass(&world, Duration::from_secs(5));
    }
    assert_eq!((bookings(&world), state(&till)), (1, Some(State::Signed)));
}

/// A till without a clock battery starts a day late and thinks it is yesterday.
#[test]
fn a_new_process_learns_the_time_before_it_repeats() {
    let (mut till, world) = till(Rule::Window);
    lock(&world).script = [Fate::Dropped; 6].into();
    assert!(!till.sell("r", "s", "x").unwrap().unwrap().settled);
    lock(&world).script.clear();
    pass(&world, Duration::from_secs(25 * 3600));
    lock(&world).wall_offset = SignedDuration::from_hours(-25);
    till.restart(false);
    assert_eq!(till.sync().unwrap().unwrap().settled, 1);
    assert_eq!((bookings(&world), state(&till)), (1, Some(State::Signed)));
}

/// The same within one process, which has heard the time before.
#[test]
fn a_clock_set_back_in_a_running_process_is_noticed() {
    let (till, world) = till(Rule::Window);
    lock(&world).script = [Fate::Dropped; 6].into();
    assert!(!till.sell("r", "s", "x").unwrap().unwrap().settled);
    lock(&world).script.clear();
    pass(&world, Duration::from_secs(25 * 3600));
    lock(&world).wall_offset = SignedDuration::from_hours(-25);
    assert_eq!(till.sync().unwrap().unwrap().settled, 1);
    assert_eq!((bookings(&world), state(&till)), (1, Some(State::Signed)));
}

/// A clock that was ten days fast once has left its mark on the journal's time, not on the window.
#[test]
fn a_clock_that_was_fast_once_does_not_keep_the_window_open() {
    let (mut till, world) = till(Rule::Window);
    lock(&world).wall_offset = SignedDuration::from_hours(240);
    assert!(till.sell("r", "earlier", "x").unwrap().is_ok());
    lock(&world).wall_offset = SignedDuration::ZERO;
    till.restart(false);
    assert!(till.sell("r", "second", "x").unwrap().is_ok(), "an answer tells the time");
    lock(&world).script = [Fate::Dropped; 6].into();
    assert!(!till.sell("r", "s", "x").unwrap().unwrap().settled);
    lock(&world).script.clear();
    pass(&world, Duration::from_secs(25 * 3600));
    assert_eq!(till.sync().unwrap().unwrap().settled, 1);
    assert_eq!((bookings(&world), state(&till)), (3, Some(State::Signed)));
}

/// What waits is tried once a round, not until the round's time is over: each attempt is an entry.
#[test]
fn a_night_without_a_link_does_not_fill_the_journal() {
    let (till, world) = till(Rule::PutForEver);
    lock(&world).link_down = true;
    assert!(till.sell("r", "s", "x").unwrap().is_ok());
    let written = || {
        let world = lock(&world);
        world.on_disk.len() + world.in_page_cache.len()
    };
    let before = written();
    till.sync().unwrap().unwrap();
    assert!(written() - before <= 4, "{} appends in one round", written() - before);
    let before = written();
    till.engine.sync_in_background(&Interrupt::never()).unwrap();
    assert_eq!(written(), before, "the link has just failed");
}

/// Whether it was sold is not known yet, so it cannot be aborted; and then it can no more.
#[test]
fn a_sale_that_may_be_booked_is_not_aborted() {
    let (till, world) = till(Rule::AskFirst);
    assert!(till.ask("sale.begin", "r", "s", "x").unwrap().is_ok());
    lock(&world).script = [Fate::Answered, Fate::Dropped].into_iter().chain([Fate::NotSent; 40]).collect();
    assert_eq!(till.sell("r", "s", "x").unwrap().unwrap_err().kind(), Kind::UnknownOutcome);
    assert_eq!(till.ask("sale.abort", "r", "s", "x").unwrap().unwrap_err().kind(), Kind::Conflict);
    lock(&world).script.clear();
    assert_eq!(till.ask("sale.abort", "r", "s", "x").unwrap().unwrap_err().kind(), Kind::Conflict);
    assert_eq!(bookings(&world), 2, "begun and completed");
    assert!(till.sell("r", "s", "x").unwrap().is_ok());
}

/// What only looks may send no write, whatever the service asks for, and leaves nothing to settle.
#[test]
fn a_look_sends_no_write_and_leaves_nothing_behind() {
    for rule in Rule::ALL {
        let (till, world) = till(rule);
        let asked = submission("sale.complete", "r", "s", "x");
        let error = till.engine.look(asked, &Interrupt::never()).unwrap_err();
        assert_eq!(error.kind(), Kind::Internal, "{rule:?}: {error}");
        assert_eq!((bookings(&world), state(&till)), (0, None), "{rule:?}");
        assert!(till.engine.store().find(&line("r"), "sale.complete:s").unwrap().is_none(), "{rule:?}");
        assert_eq!(till.sync().unwrap().unwrap().waiting, 0, "{rule:?}");
        assert!(till.sell("r", "s", "x").unwrap().is_ok(), "{rule:?}: the line is free");
    }
}
