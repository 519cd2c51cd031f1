//! What a till sees of each rule, one trouble at a time.

use crate::ports::{Fate, Shared, lock, outside};
use crate::schedule::{Till, line, silence_kills};
use crate::services::Rule;
use fiskal::engine::ports::{ReceiptKey, Store};
use fiskal::error::Kind;
use fiskal::receipt::State;
use std::time::Duration;

fn till(rule: Rule) -> (Till, Shared) {
    silence_kills();
    let world = outside(1, 0);
    (Till::start(rule, &world), world)
}

fn script(world: &Shared, fates: &[Fate]) {
    lock(world).script = fates.iter().copied().collect();
}

fn bookings(world: &Shared, sale: &str) -> usize {
    lock(world).remote.booked.iter().filter(|booking| booking.sale == sale).count()
}

fn state(till: &Till, sale: &str) -> Option<State> {
    till.engine
        .store()
        .receipt(&ReceiptKey::Sale(line("r"), sale.into()))
        .unwrap()
        .map(|receipt| receipt.state)
}

/// Trouble that a caller with three seconds of patience never notices.
#[test]
fn one_trouble_is_settled_within_the_callers_patience() {
    for rule in Rule::ALL {
        for fate in [Fate::NotSent, Fate::Reset, Fate::Dropped, Fate::Doubled, Fate::Portal] {
            if rule == Rule::AskFirst && fate == Fate::Doubled {
                continue; // The network does not double what an ETag guards: the second gets 412.
            }
            let (till, world) = till(rule);
            let before_the_write =
                if rule == Rule::AskFirst { vec![Fate::Answered, fate] } else { vec![fate] };
            script(&world, &before_the_write);
            let reply = till.sell("r", "s", "x").unwrap().unwrap();
            assert!(reply.settled, "{rule:?} {fate:?}");
            assert_eq!(bookings(&world, "s"), 1, "{rule:?} {fate:?}");
        }
    }
}

#[test]
fn a_doubled_tagged_request_is_booked_once() {
    let (till, world) = till(Rule::AskFirst);
    script(&world, &[Fate::Answered, Fate::Doubled]);
    assert!(till.sell("r", "s", "x").unwrap().is_ok());
    assert_eq!(bookings(&world, "s"), 1);
    assert_eq!(state(&till, "s"), Some(State::Signed));
}

/// Killed after the service booked: asking again, or syncing, gives the one receipt.
#[test]
fn a_kill_after_booking_is_settled_by_asking_again_or_by_sync() {
    for rule in Rule::ALL {
        for power_cut in [false, true] {
            for asks in [false, true] {
                let (mut till, world) = till(rule);
                let answered = usize::from(rule == Rule::AskFirst);
                let mut fates = vec![Fate::Answered; answered];
                fates.push(Fate::Killed);
                script(&world, &fates);
                assert!(till.sell("r", "s", "x").is_none(), "{rule:?}");
                till.restart(power_cut);
                if asks {
                    assert!(till.sell("r", "s", "x").unwrap().is_ok(), "{rule:?}");
                }
                for _ in 0..4 {
                    till.sync().unwrap().unwrap();
                    lock(&world).pass(Duration::from_secs(5));
                }
                assert_eq!(bookings(&world, "s"), 1, "{rule:?} power cut {power_cut}, asks {asks}");
                assert_eq!(state(&till, "s"), Some(State::Signed), "{rule:?}");
            }
        }
    }
}

/// After the service has forgotten the key, the engine looks before it books.
#[test]
fn past_the_window_the_service_is_asked_first() {
    for fate in [Fate::Dropped, Fate::Reset] {
        let (till, world) = till(Rule::Window);
        script(&world, &[fate; 6]);
        let reply = till.sell("r", "s", "x").unwrap().unwrap();
        assert!(!reply.settled);
        assert_eq!(state(&till, "s"), Some(State::Pending));
        script(&world, &[]);
        lock(&world).pass(Duration::from_secs(25 * 3600));
        let synced = till.sync().unwrap().unwrap();
        assert_eq!((synced.settled, synced.waiting), (1, 0), "{fate:?}");
        assert_eq!(synced.changed.len(), 1);
        assert_eq!((synced.changed[0].from, synced.changed[0].to), (State::Pending, State::Signed));
        assert_eq!(bookings(&world, "s"), 1, "{fate:?}");
    }
}

/// A clock set back by a day does not make a forgotten key look fresh.
#[test]
fn a_clock_set_back_does_not_open_the_window_again() {
    let (till, world) = till(Rule::Window);
    script(&world, &[Fate::Dropped; 6]);
    assert!(!till.sell("r", "s", "x").unwrap().unwrap().settled);
    script(&world, &[]);
    {
        let mut world = lock(&world);
        world.pass(Duration::from_secs(25 * 3600));
        world.wall_offset = jiff::SignedDuration::from_hours(-25);
    }
    // Any answer tells the service's time; a sale on another register brings one.
    assert!(till.sell("other", "t", "x").unwrap().is_ok());
    till.sync().unwrap().unwrap();
    assert_eq!(bookings(&world, "s"), 1);
}

/// What the till gets while the service gives no answer, by the rule of its country.
#[test]
fn the_deadline_and_the_offline_rule() {
    struct Case {
        rule: Rule,
        fate: Fate,
        expect: Result<State, Kind>,
    }
    let case = |rule, fate, expect| Case { rule, fate, expect };
    let cases = [
        case(Rule::PutForEver, Fate::NotSent, Ok(State::Provisional)),
        case(Rule::PutForEver, Fate::Late, Ok(State::Provisional)),
        case(Rule::Window, Fate::NotSent, Err(Kind::Unreachable)),
        case(Rule::Window, Fate::Late, Ok(State::Pending)),
        case(Rule::AskFirst, Fate::NotSent, Err(Kind::Unreachable)),
        case(Rule::VerdictLater, Fate::Late, Ok(State::Provisional)),
    ];
    for Case { rule, fate, expect } in cases {
        let (till, world) = till(rule);
        let started = lock(&world).monotonic;
        script(&world, &[fate; 12]);
        let got = till.sell("r", "s", "x").unwrap();
        let waited = lock(&world).monotonic - started;
        assert!(waited <= Duration::from_millis(3_300), "{rule:?} {fate:?} kept the customer for {waited:?}");
        match expect {
            Ok(expected) => {
                assert!(!got.unwrap().settled);
                assert_eq!(state(&till, "s"), Some(expected), "{rule:?} {fate:?}");
            }
            Err(kind) => {
                assert_eq!(got.unwrap_err().kind(), kind, "{rule:?} {fate:?}");
                assert_eq!(state(&till, "s"), None);
            }
        }
    }
}

/// Sold offline: replayed in the order of the sales, later sales behind them.
#[test]
fn deferred_sales_are_replayed_in_order() {
    let (till, world) = till(Rule::PutForEver);
    lock(&world).link_down = true;
    for sale in ["a", "b", "c"] {
        assert!(!till.sell("r", sale, "x").unwrap().unwrap().settled);
    }
    assert!(till.sync().unwrap().unwrap().waiting == 3);
    lock(&world).link_down = false;
    lock(&world).pass(Duration::from_secs(60));
    assert!(till.sell("r", "d", "x").unwrap().unwrap().settled);
    let order: Vec<String> = lock(&world).remote.booked.iter().map(|booking| booking.sale.clone()).collect();
    assert_eq!(order, ["a", "b", "c", "d"]);
    for sale in ["a", "b", "c", "d"] {
        assert_eq!(state(&till, sale), Some(State::Signed));
    }
}

/// Nothing was booked, so the same call may simply be made again.
#[test]
fn an_unreachable_sale_goes_on_when_asked_again() {
    let (till, world) = till(Rule::AskFirst);
    lock(&world).link_down = true;
    assert_eq!(till.sell("r", "s", "x").unwrap().unwrap_err().kind(), Kind::Unreachable);
    lock(&world).link_down = false;
    assert!(till.sell("r", "s", "x").unwrap().unwrap().settled);
    assert_eq!(bookings(&world, "s"), 1);
}

/// Who was told that nothing was booked has written it on paper, or sold it otherwise.
#[test]
fn what_was_told_not_to_be_booked_is_not_booked_after_a_power_cut() {
    for (rule, fate, kind) in [
        (Rule::Window, Fate::NotSent, Kind::Unreachable),
        (Rule::Window, Fate::Refused, Kind::Refused),
        (Rule::PutForEver, Fate::Refused, Kind::Refused),
    ] {
        let (mut till, world) = till(rule);
        script(&world, &[fate; 12]);
        assert_eq!(till.sell("r", "s", "x").unwrap().unwrap_err().kind(), kind, "{rule:?} {fate:?}");
        till.restart(true);
        script(&world, &[]);
        till.sync().unwrap().unwrap();
        assert_eq!(bookings(&world, "s"), 0, "{rule:?} {fate:?}");
    }
}

/// A refused connection after a lost answer does not undo what may be booked.
#[test]
fn what_may_be_booked_stays_unknown_when_the_link_goes() {
    let (till, world) = till(Rule::AskFirst);
    script(&world, &[&[Fate::Answered, Fate::Dropped][..], &[Fate::NotSent; 12]].concat());
    let error = till.sell("r", "s", "x").unwrap().unwrap_err();
    assert_eq!(error.kind(), Kind::UnknownOutcome);
    script(&world, &[]);
    assert_eq!(till.sync().unwrap().unwrap().settled, 1);
    assert_eq!((bookings(&world, "s"), state(&till, "s")), (1, Some(State::Signed)));
}

#[test]
fn the_same_id_gives_the_same_receipt_or_a_conflict() {
    for rule in Rule::ALL {
        let (mut till, world) = till(rule);
        let first = till.sell("r", "s", "x").unwrap().unwrap();
        assert_eq!(till.sell("r", "s", "x").unwrap().unwrap(), first);
        till.restart(false);
        assert_eq!(till.sell("r", "s", "x").unwrap().unwrap(), first);
        assert_eq!(till.sell("r", "s", "y").unwrap().unwrap_err().kind(), Kind::Conflict);
        assert_eq!(
            till.sell("other", "s", "y").unwrap().unwrap().outcome.receipts.len(),
            1,
            "ids are per register"
        );
        assert_eq!(bookings(&world, "s"), 2);
    }
}

#[test]
fn a_held_register_is_busy_after_the_callers_patience() {
    let (till, world) = till(Rule::Window);
    let _held = till.engine.store().try_lock(&line("r")).unwrap().unwrap();
    let started = lock(&world).monotonic;
    assert_eq!(till.sell("r", "s", "x").unwrap().unwrap_err().kind(), Kind::Busy);
    assert!(lock(&world).monotonic - started >= Duration::from_secs(3));
    assert!(till.sell("other", "s", "x").unwrap().is_ok(), "other registers go on");
}
