//! The queue between the core's threads and Python's.

#[path = "../src/inbox.rs"]
mod inbox;

use inbox::Inbox;
use std::sync::Arc;
use std::time::{Duration, Instant};

#[test]
fn what_does_not_fit_is_counted() {
    let inbox = Inbox::new(3);
    for number in 0..5 {
        inbox.put(number);
    }
    assert_eq!(inbox.take(), (vec![0, 1, 2], 2));
    assert_eq!(inbox.take(), (vec![], 0));
}

#[test]
fn who_waits_is_told_at_once() {
    let inbox = Arc::new(Inbox::new(3));
    let other = inbox.clone();
    let begun = Instant::now();
    let waiting = std::thread::spawn(move || other.wait(Duration::from_secs(60)));
    inbox.put(1);
    assert!(waiting.join().unwrap());
    assert!(begun.elapsed() < Duration::from_secs(30));
    assert_eq!(inbox.take(), (vec![1], 0));
    assert!(!inbox.wait(Duration::from_millis(1)));
}
