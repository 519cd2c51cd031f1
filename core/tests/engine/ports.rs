//! Ports that fail, kill and delay at call *n* of a seeded schedule.

use crate::remote::Remote;
use fiskal::Interrupt;
use fiskal::engine::events::Event;
use fiskal::engine::ports::{Clock, Ids, SecretStore};
use fiskal::error::{Error, Kind, Result};
use fiskal::exchange::Answer;
use fiskal::transport::{Sent, Transport, Wire};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use uuid::Uuid;

/// The panic that stands for SIGKILL.
pub struct Killed;

/// A small generator whose every number is decided by its seed (SplitMix64).
#[derive(Clone)]
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// True once in `n` times.
    pub fn one_in(&mut self, n: u64) -> bool {
        n > 0 && self.next().is_multiple_of(n)
    }
}

/// A bug planted on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    /// A request is not durable before it is sent.
    RequestNotDurable,
    /// A retry goes out under a new key.
    NewKeyOnRetry,
    /// What the till was given is not written down.
    AnswerDropped,
}

/// The whole world around one till: what survives it and what happens to it.
pub struct Outside {
    pub remote: Remote,
    pub dice: Dice,
    /// How likely each call fails: one in so many; 0 is never.
    pub trouble: u64,
    pub true_time: Timestamp,
    pub wall_offset: SignedDuration,
    pub monotonic: Duration,
    pub link_down: bool,
    pub key_is_missing: bool,
    /// What a power cut leaves.
    pub on_disk: Vec<(Vec<Event>, Timestamp)>,
    /// What a killed process leaves, beyond `on_disk`.
    pub in_page_cache: Vec<(Vec<Event>, Timestamp)>,
    pub bug: Option<Bug>,
    /// The fates of the next requests, before the dice decide.
    pub script: VecDeque<Fate>,
}

pub type Shared = Arc<Mutex<Outside>>;

/// Where a service signs in; nothing ever happens to that.
pub const SIGN_IN: &str = "/sign-in";

/// The start of all schedules.
pub const BEGINNING: &str = "2026-03-01T10:00:00Z";

pub fn outside(seed: u64, trouble: u64) -> Shared {
    Arc::new(Mutex::new(Outside {
        remote: Remote::default(),
        dice: Dice(seed),
        trouble,
        true_time: BEGINNING.parse().unwrap(),
        wall_offset: SignedDuration::ZERO,
        monotonic: Duration::ZERO,
        link_down: false,
        key_is_missing: false,
        on_disk: vec![],
        in_page_cache: vec![],
        bug: None,
        script: VecDeque::new(),
    }))
}

impl Outside {
    pub fn pass(&mut self, time: Duration) {
        self.monotonic += time;
        self.true_time += SignedDuration::try_from(time).unwrap();
    }

    pub fn trouble(&mut self) -> bool {
        self.trouble > 0 && self.dice.one_in(self.trouble)
    }

    pub fn maybe_kill(&mut self) {
        if self.trouble > 0 && self.dice.one_in(self.trouble * 4) {
            std::panic::panic_any(Killed);
        }
    }
}

pub struct VirtualClock(pub Shared);

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        let mut outside = lock(&self.0);
        if outside.trouble > 0 && outside.dice.one_in(200) {
            let hours = (outside.dice.next() % 5) as i64 - 2;
            outside.wall_offset = SignedDuration::from_hours(hours);
        }
        outside.true_time + outside.wall_offset
    }

    fn monotonic(&self) -> Duration {
        lock(&self.0).monotonic
    }

    fn sleep(&self, pause: Duration, _: &Interrupt) {
        lock(&self.0).pass(pause);
    }
}

pub struct SeededIds(pub Shared);

impl Ids for SeededIds {
    fn id(&self) -> Uuid {
        let mut outside = lock(&self.0);
        let (high, low) = (outside.dice.next(), outside.dice.next());
        uuid::Builder::from_random_bytes(((u128::from(high) << 64) | u128::from(low)).to_be_bytes())
            .into_uuid()
    }

    fn jitter(&self) -> u64 {
        lock(&self.0).dice.next()
    }
}

/// One key, which the configuration may lose.
pub struct OneKey(pub Shared);

impl SecretStore for OneKey {
    fn get(&self, name: &str) -> Result<Option<SecretString>> {
        if lock(&self.0).key_is_missing {
            return Err(Error::new(Kind::Config, "the environment variable of the key is not set"));
        }
        Ok((name == "a/key").then(|| SecretString::from("key-of-a")))
    }

    fn put(&self, _name: &str, _secret: &SecretString) -> Result<()> {
        Ok(())
    }
}

/// The way to the remote, which loses, doubles and delays.
pub struct FaultyTransport(pub Shared);

impl Transport for FaultyTransport {
    fn send(&self, wire: &Wire, timeout: Duration, _: &Interrupt) -> Sent {
        let mut outside = lock(&self.0);
        outside.pass(Duration::from_millis(20));
        outside.maybe_kill();
        if outside.link_down {
            outside.pass(Duration::from_millis(100));
            return Sent::NotSent("connection refused".into());
        }
        if wire.path == SIGN_IN {
            let answer =
                Answer { status: 200, headers: vec![("x-table".into(), "1".into())], body: Value::Null };
            return Sent::Answered { answer, date: Some(outside.true_time) };
        }
        let mut wire = wire.clone();
        if outside.bug == Some(Bug::NewKeyOnRetry) {
            freshen_key(&mut wire, &mut outside);
        }
        match outside.next_fate() {
            Fate::Answered => outside.answer(&wire),
            Fate::NotSent => Sent::NotSent("connection refused".into()),
            Fate::Reset => Sent::Lost("reset before it was read".into()),
            Fate::Dropped => {
                outside.answer(&wire);
                Sent::Lost("the answer was dropped".into())
            }
            Fate::Doubled => {
                outside.answer(&wire);
                outside.answer(&wire)
            }
            Fate::Late => {
                outside.pass(timeout);
                outside.answer(&wire);
                Sent::Lost("the answer came too late".into())
            }
            Fate::Killed => {
                outside.answer(&wire);
                std::panic::panic_any(Killed)
            }
            Fate::Throttled => {
                let headers = vec![("x-table".into(), "1".into()), ("retry-after".into(), "1".into())];
                let date = Some(outside.true_time);
                Sent::Answered { answer: Answer { status: 429, headers, body: Value::Null }, date }
            }
            Fate::Refused => {
                let headers = vec![("x-table".into(), "1".into())];
                let date = Some(outside.true_time);
                Sent::Answered { answer: Answer { status: 422, headers, body: Value::Null }, date }
            }
            Fate::Portal => Sent::Answered {
                answer: Answer {
                    status: 200,
                    headers: vec![],
                    body: Value::from("<html>Please log in</html>"),
                },
                date: None,
            },
        }
    }
}

/// What happens to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Answered,
    /// The connection is refused.
    NotSent,
    /// The connection breaks before the service has read the request.
    Reset,
    /// Booked, the answer lost.
    Dropped,
    /// The network delivers it twice.
    Doubled,
    /// Booked, the answer after the deadline.
    Late,
    /// Booked, and the till's process dies.
    Killed,
    /// A captive portal answers.
    Portal,
    /// The service asks to come back in a second.
    Throttled,
    /// The service says no, and books nothing.
    Refused,
}

impl Fate {
    const TROUBLE: [Fate; 7] =
        [Fate::NotSent, Fate::Reset, Fate::Dropped, Fate::Doubled, Fate::Late, Fate::Killed, Fate::Portal];
}

impl Outside {
    fn next_fate(&mut self) -> Fate {
        if let Some(fate) = self.script.pop_front() {
            return fate;
        }
        if self.trouble() { Fate::TROUBLE[(self.dice.next() % 7) as usize] } else { Fate::Answered }
    }

    fn answer(&mut self, wire: &Wire) -> Sent {
        let now = self.true_time;
        Sent::Answered { answer: self.remote.handle(wire, now), date: Some(now) }
    }
}

fn freshen_key(wire: &mut Wire, outside: &mut Outside) {
    let fresh = outside.dice.next();
    for (name, value) in &mut wire.headers {
        if name == "key" {
            *value = format!("{value}-{fresh}");
        }
    }
    if let Some(id) = wire.path.strip_prefix("/sales/") {
        wire.path = format!("/sales/{id}-{fresh}");
    }
}

/// The lock, even after a kill in the middle.
pub fn lock(shared: &Shared) -> std::sync::MutexGuard<'_, Outside> {
    shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
