//! The calls that are under way, each with its own interrupt.

use super::process::Inherit;
use crate::interrupt::Interrupt;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The interrupts of the calls that are under way.
#[derive(Default)]
pub(super) struct Calls(Mutex<(u64, BTreeMap<u64, Interrupt>)>);

impl Calls {
    /// Counts a call in, until what comes with its interrupt is dropped.
    pub(super) fn enter(calls: &Arc<Calls>) -> (Interrupt, UnderWay) {
        let interrupt = Interrupt::new();
        let mut state = calls.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.0 += 1;
        let number = state.0;
        state.1.insert(number, interrupt.clone());
        (interrupt, UnderWay { calls: calls.clone(), number })
    }

    /// Interrupts all of them.
    pub(super) fn raise_all(&self) {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.1.values().for_each(Interrupt::raise);
    }
}

/// A call that has not ended.
pub(super) struct UnderWay {
    calls: Arc<Calls>,
    number: u64,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.calls.0.lock().unwrap_or_else(PoisonError::into_inner).1.remove(&self.number);
    }
}

/// The calls of this process that belong to no client.
#[derive(Default)]
pub(super) struct Alone(pub(super) Arc<Calls>);

impl Inherit for Alone {
    /// None of the calls of the process that this one was forked from goes on here.
    fn inherit(_: Option<&Self>) -> Self {
        Alone::default()
    }
}
