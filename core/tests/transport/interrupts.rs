//! Who no longer waits gets the word at once; what was sent stays sent.

use crate::server::{Reply, Server, Then};
use crate::{lost, post, transport};
use fiskal::Interrupt;
use fiskal::transport::Transport;
use std::time::{Duration, Instant};

#[test]
fn an_interrupt_ends_the_wait_and_the_answer_is_lost() {
    let server = Server::start(|_, _| Reply::raw("").then(Then::Stall));
    let interrupt = Interrupt::new();
    let budget = Duration::from_secs(2);
    let started = Instant::now();
    let why = std::thread::scope(|scope| {
        let sending = scope.spawn(|| transport().send(&post(&server.base(), "/records"), budget, &interrupt));
        while server.seen().is_empty() {
            assert!(started.elapsed() < budget, "nothing arrived");
            std::thread::sleep(Duration::from_millis(2));
        }
        interrupt.raise();
        lost(sending.join().unwrap())
    });
    assert!(started.elapsed() < budget, "{:?}", started.elapsed());
    assert_eq!(why, "the caller stopped waiting");
}

#[test]
fn an_attempt_that_nobody_interrupts_ends_like_any_other() {
    let server = Server::start(|_, _| Reply::raw("").then(Then::Stall));
    let short = Duration::from_millis(200);
    let why = lost(transport().send(&post(&server.base(), "/"), short, &Interrupt::new()));
    assert!(why.contains("in time"), "{why}");
    let server = Server::start(|_, _| Reply::json("{}"));
    let sent = transport().send(&post(&server.base(), "/"), Duration::from_secs(5), &Interrupt::new());
    assert_eq!(crate::answered(sent).status, 200);
}
