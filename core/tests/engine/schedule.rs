//! One schedule: a till that sells through trouble, and the books compared afterwards.

use crate::ports::{Bug, FaultyTransport, Killed, OneKey, SeededIds, Shared, VirtualClock, lock, outside};
use crate::services::{Rule, Table};
use crate::store::FaultyStore;
use fiskal::Interrupt;
use fiskal::engine::ports::{ReceiptKey, Store};
use fiskal::engine::{Account, Engine, Limits, Reply, Submission};
use fiskal::error::{Error, Kind};
use fiskal::exchange::Line;
use fiskal::receipt::State;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

pub type TestEngine = Engine<FaultyStore, FaultyTransport, VirtualClock, SeededIds, OneKey>;

/// A till that can be killed and started again.
pub struct Till {
    pub outside: Shared,
    pub rule: Rule,
    pub engine: TestEngine,
}

impl Till {
    pub fn start(rule: Rule, outside: &Shared) -> Self {
        Till {
            outside: outside.clone(),
            rule,
            engine: engine(rule, FaultyStore::reopen(outside, false), outside),
        }
    }

    /// Starts again after a kill, or after a power cut, which takes with it what was not durable.
    pub fn restart(&mut self, power_cut: bool) {
        self.engine = engine(self.rule, FaultyStore::reopen(&self.outside, power_cut), &self.outside);
    }

    /// Asks for one sale; `None` when the process was killed meanwhile.
    pub fn sell(&self, register: &str, sale: &str, content: &str) -> Option<Result<Reply, Error>> {
        self.ask("sale.complete", register, sale, content)
    }

    /// Sells until an interrupt.
    pub fn sell_until(
        &self,
        register: &str,
        sale: &str,
        content: &str,
        interrupt: &Interrupt,
    ) -> Option<Result<Reply, Error>> {
        self.ask_until("sale.complete", register, sale, content, interrupt)
    }

    /// Asks for an operation on a sale; `None` when the process was killed meanwhile.
    pub fn ask(&self, name: &str, register: &str, sale: &str, content: &str) -> Option<Result<Reply, Error>> {
        self.ask_until(name, register, sale, content, &Interrupt::never())
    }

    fn ask_until(
        &self,
        name: &str,
        register: &str,
        sale: &str,
        content: &str,
        interrupt: &Interrupt,
    ) -> Option<Result<Reply, Error>> {
        let submission = submission(name, register, sale, content);
        self.unless_killed(|| self.engine.submit(submission, interrupt))
    }

    pub fn sync(&self) -> Option<Result<fiskal::engine::Synced, Error>> {
        self.unless_killed(|| self.engine.sync(&Interrupt::never()))
    }

    fn unless_killed<T>(&self, work: impl FnOnce() -> T) -> Option<T> {
        match catch_unwind(AssertUnwindSafe(work)) {
            Ok(done) => Some(done),
            Err(panic) if panic.is::<Killed>() => None,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
}

/// An operation on a sale, as a caller asks for it.
pub fn submission(name: &str, register: &str, sale: &str, content: &str) -> Submission {
    Submission {
        name: name.into(),
        line: line(register),
        above: vec![],
        zone: "UTC".into(),
        params: json!({ "sale": { "id": sale, "content": content } }),
        at: None,
        original: None,
        replaces: None,
        key: format!("{name}:{sale}"),
        fingerprint: content.into(),
        once: true,
        patience: None,
    }
}

fn engine(rule: Rule, store: FaultyStore, outside: &Shared) -> TestEngine {
    let account = Account { service: Box::new(Table(rule)), patience: Duration::from_secs(3) };
    Engine::new(
        store,
        FaultyTransport(outside.clone()),
        VirtualClock(outside.clone()),
        SeededIds(outside.clone()),
        OneKey(outside.clone()),
        BTreeMap::from([("a".to_owned(), account)]),
        Limits::default(),
    )
}

pub fn line(register: &str) -> Line {
    format!("a@test/register/{register}").parse().unwrap()
}

/// Keeps the panics that stand for kills out of the output.
pub fn silence_kills() {
    use std::sync::Once;
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !info.payload().is::<Killed>() {
                usual(info);
            }
        }));
    });
}

const SALES: usize = 6;

/// What the till got for each sale.
#[derive(Default)]
struct HandedOver {
    receipts: BTreeMap<String, String>,
    /// The sales whose receipt no power cut has endangered since it was handed over.
    safe: BTreeSet<String>,
}

/// Runs the schedule of a seed; an `Err` says which promise was broken.
pub fn run(rule: Rule, seed: u64, bug: Option<Bug>) -> Result<(), String> {
    silence_kills();
    let world = outside(seed, 5);
    lock(&world).bug = bug;
    let mut till = Till::start(rule, &world);
    let mut handed_over = HandedOver::default();
    for sale in 0..SALES {
        let (register, sale) = (register_of(sale), format!("s{sale}"));
        sell_through_trouble(&mut till, &register, &sale, &mut handed_over)?;
    }
    heal(&world);
    till.restart(false);
    for sale in 0..SALES {
        let (register, sale) = (register_of(sale), format!("s{sale}"));
        let reply = till.sell(&register, &sale, "same").ok_or("killed without trouble")?;
        note(&mut handed_over, &sale, reply)?;
        if !matches!(till.sell(&register, &sale, "other"), Some(Err(error)) if error.kind() == Kind::Conflict)
        {
            return Err(format!("{sale}: other content under the same id is no conflict"));
        }
    }
    settle(&till)?;
    audit(&till, &handed_over)?;
    // Some of them are enough, and it costs as much as the rest.
    if seed.is_multiple_of(7) { till.engine.store().rebuilds_to_the_same() } else { Ok(()) }
}

fn register_of(sale: usize) -> String {
    format!("r{}", sale % 2)
}

fn sell_through_trouble(
    till: &mut Till,
    register: &str,
    sale: &str,
    handed_over: &mut HandedOver,
) -> Result<(), String> {
    for _ in 0..4 {
        let (link_down, asks_again, power_cut, long_pause) = {
            let mut outside = lock(&till.outside);
            let dice = &mut outside.dice;
            (dice.one_in(4), dice.one_in(2), dice.one_in(2), dice.one_in(3))
        };
        lock(&till.outside).link_down = link_down;
        match till.sell(register, sale, "same") {
            Some(reply) => note(handed_over, sale, reply)?,
            None => {
                till.restart(power_cut);
                if power_cut {
                    handed_over.safe.clear();
                }
                still_there(till, register, sale, handed_over)?;
                if long_pause {
                    lock(&till.outside).pass(Duration::from_secs(25 * 3600));
                }
                continue;
            }
        }
        if !asks_again {
            return Ok(());
        }
        if till.sync().is_none() {
            till.restart(false);
            still_there(till, register, sale, handed_over)?;
        }
    }
    Ok(())
}

/// Same sale, same receipt: every answer for a sale names the same one.
fn note(handed_over: &mut HandedOver, sale: &str, reply: Result<Reply, Error>) -> Result<(), String> {
    let Ok(reply) = reply else { return Ok(()) };
    let receipt = reply.outcome.result["receipt"].as_str().unwrap_or_default().to_owned();
    handed_over.safe.insert(sale.to_owned());
    match handed_over.receipts.insert(sale.to_owned(), receipt.clone()) {
        Some(before) if before != receipt => Err(format!("{sale}: first receipt {before}, then {receipt}")),
        _ => Ok(()),
    }
}

/// What was handed over survives the process.
fn still_there(till: &Till, register: &str, sale: &str, handed_over: &HandedOver) -> Result<(), String> {
    let Some(receipt) = handed_over.receipts.get(sale).filter(|_| handed_over.safe.contains(sale)) else {
        return Ok(());
    };
    let found = till
        .engine
        .store()
        .receipt(&ReceiptKey::Sale(line(register), sale.into()))
        .map_err(|e| e.to_string())?;
    match found {
        Some(found) if found.id == *receipt => Ok(()),
        _ => Err(format!("{sale}: the receipt {receipt} was handed over and is not in the journal")),
    }
}

fn heal(world: &Shared) {
    let mut outside = lock(world);
    outside.trouble = 0;
    outside.link_down = false;
}

fn settle(till: &Till) -> Result<(), String> {
    for _ in 0..50 {
        let synced = till.sync().ok_or("killed without trouble")?.map_err(|error| error.to_string())?;
        if synced.waiting == 0 {
            return Ok(());
        }
        // A clock that jumped ahead when a follow-up was planned makes it late by as much.
        lock(&till.outside).pass(Duration::from_secs(600));
    }
    Err("something waits for ever".into())
}

/// Compares the service's books with the journal.
fn audit(till: &Till, handed_over: &HandedOver) -> Result<(), String> {
    let store = till.engine.store();
    store.verify();
    let booked = lock(&till.outside).remote.booked.clone();
    for sale in 0..SALES {
        let (register, sale) = (register_of(sale), format!("s{sale}"));
        let numbers: Vec<usize> =
            (0..booked.len()).filter(|at| booked[*at].sale == sale).map(|at| at + 1).collect();
        let [number] = numbers.as_slice() else {
            return Err(format!("{sale}: booked {} times", numbers.len()));
        };
        let receipt = store
            .receipt(&ReceiptKey::Sale(line(&register), sale.clone()))
            .map_err(|error| error.to_string())?
            .ok_or_else(|| format!("{sale}: booked, and the journal has no receipt"))?;
        if receipt.number != Some(number.to_string()) {
            return Err(format!("{sale}: booked as {number}, receipt says {:?}", receipt.number));
        }
        let refused = till.rule == Rule::VerdictLater && number % 7 == 0;
        if receipt.state != (if refused { State::Refused } else { State::Signed }) {
            return Err(format!("{sale}: the receipt is {:?} in the end", receipt.state));
        }
        let held = handed_over.receipts.get(&sale);
        if held != Some(&receipt.id) {
            return Err(format!("{sale}: the till holds {held:?}, the journal {}", receipt.id));
        }
    }
    Ok(())
}
