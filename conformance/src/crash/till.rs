//! The till: a process that sells what its plan says, and can be killed at any moment.
//!
//! It says on standard output what it is about to do, one line each, so that the harness can strike
//! right then.

use super::beliefs::Beliefs;
use super::plan::{Plan, Sale, Way};
use crate::Result;
use crate::random::Random;
use fiskal::Fiskal;
use fiskal::config::Config;
use fiskal::engine::Limits;
use fiskal::error::{Error, Kind};
use fiskal::transport::Backoff;
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// The files in the till's folder.
pub mod files {
    /// The configuration.
    pub const CONFIG: &str = "fiskal.json";
    /// The plan.
    pub const PLAN: &str = "plan.json";
    /// What the till believes.
    pub const BELIEFS: &str = "beliefs.jsonl";
    /// What the sandbox has booked, where the books differ.
    pub const AUDIT: &str = "audit.json";
    /// What the journal says in the end.
    pub const JOURNAL: &str = "journal.json";
}

/// How many of a hundred sales that are over are asked for again.
const ASKED_AGAIN: u64 = 20;
/// How long what waits may take to be settled once nothing strikes any more.
const SETTLING: Duration = Duration::from_secs(60);

/// Opens a till that does not wait long between attempts.
///
/// # Errors
/// As [`Fiskal::open_with`].
pub fn open(folder: &Path) -> std::result::Result<Fiskal, Error> {
    let limits = Limits {
        attempt: Duration::from_secs(2),
        background: Duration::from_secs(5),
        backoff: Backoff { base: Duration::from_millis(5), max: Duration::from_millis(40) },
    };
    Fiskal::open_with(Config::from_file(folder.join(files::CONFIG))?, limits)
}

/// Makes the register ready.
///
/// # Errors
/// When it cannot be provisioned.
pub fn provision(folder: &Path) -> Result<()> {
    open(folder)?.call("provision", &json!({}))?;
    Ok(())
}

/// The id that an Austrian service has given to the till's register.
///
/// # Errors
/// When it has none.
pub fn cash_register(fiskal: &Fiskal) -> Result<String> {
    let listed = json!({"register": "till-1", "method": "GET", "path": "/cash-register"});
    let registers = fiskal.call("request", &listed)?;
    let id = registers["body"]["data"][0]["_id"].as_str().ok_or("the service has no register")?;
    Ok(id.to_owned())
}

/// Does one operation and prints its result, or its error, as a line of JSON.
///
/// # Errors
/// When the till cannot be opened or the line not be printed.
pub fn call(folder: &Path, operation: &str, params: &str) -> Result<()> {
    let fiskal = open(folder)?;
    let told = match fiskal.call(operation, &serde_json::from_str(params)?) {
        Ok(result) => json!({ "result": result }),
        Err(error) => json!({ "error": error }),
    };
    say(&told.to_string())
}

/// Sells all that is not sold, and asks again for some of what is.
///
/// # Errors
/// When the till cannot be opened or its beliefs not be written.
pub fn sell(folder: &Path) -> Result<()> {
    let mut till = Till::start(folder)?;
    let mut random = Random::seeded(till.plan.seed ^ till.beliefs.held.len() as u64);
    for sale in till.plan.sales.clone() {
        if !till.beliefs.is_over(&sale) || random.chance(ASKED_AGAIN) {
            till.ask(&sale)?;
        }
    }
    Ok(())
}

/// Settles what waits, asks for every sale once more, and writes down what the journal says.
///
/// # Errors
/// When something cannot be settled, or a file not be written.
pub fn finish(folder: &Path) -> Result<()> {
    let mut till = Till::start(folder)?;
    till.settle()?;
    let until = Instant::now() + SETTLING;
    for sale in till.plan.sales.clone() {
        while !till.beliefs.is_over(&sale) && Instant::now() < until {
            till.ask(&sale)?;
            till.settle()?;
            std::thread::sleep(Duration::from_millis(100));
        }
    }
    for sale in till.plan.sales.clone() {
        till.ask(&sale)?;
    }
    till.settle()?;
    let all = json!({"register": "till-1", "limit": 1000});
    let says = json!({
        "verified": till.fiskal.call("journal.verify", &json!({"online": true}))?,
        "receipts": till.fiskal.call("receipt.list", &all)?["receipts"],
        "status": till.fiskal.call("status", &json!({}))?,
        "waiting": till.fiskal.call("sync", &json!({}))?["waiting"],
    });
    Ok(std::fs::write(folder.join(files::JOURNAL), says.to_string())?)
}

struct Till {
    fiskal: Fiskal,
    plan: Plan,
    beliefs: Beliefs,
}

impl Till {
    fn start(folder: &Path) -> Result<Till> {
        let plan = Plan::read(&folder.join(files::PLAN))?;
        let beliefs = Beliefs::open(&folder.join(files::BELIEFS))?;
        Ok(Till { fiskal: open(folder)?, plan, beliefs })
    }

    /// Asks for a sale, and believes what it is told.
    fn ask(&mut self, sale: &Sale) -> Result<()> {
        say(&format!("{:?} {}", sale.way, sale.id))?;
        let told = self.sold(sale);
        let cancels = |receipt: &Value| sale.way == Way::Cancelled && receipt["state"] == "signed";
        let id = told.as_ref().ok().filter(|receipt| cancels(receipt)).map(|receipt| receipt["id"].clone());
        let kind = if sale.way == Way::Aborted { "aborted" } else { "receipt" };
        self.believe(sale, kind, told)?;
        if let Some(id) = id {
            say(&format!("take back {}", sale.id))?;
            let told = self.fiskal.call("receipt.cancel", &json!({ "id": id }));
            self.believe(sale, "cancelled", told)?;
        }
        Ok(())
    }

    fn believe(&mut self, sale: &Sale, kind: &str, told: std::result::Result<Value, Error>) -> Result<()> {
        match told {
            Ok(told) => self.beliefs.note(&sale.id, kind, told),
            Err(error) => {
                self.beliefs.note(&sale.id, "error", error.to_json())?;
                // What stands in the way is settled first; the next sale tells whether it helped.
                let _ = self.fiskal.call("sync", &json!({}));
                Ok(())
            }
        }
    }

    fn sold(&self, sale: &Sale) -> std::result::Result<Value, Error> {
        if matches!(sale.way, Way::Whole | Way::Training | Way::Cancelled) {
            return self.fiskal.call("sale.complete", &sale.params);
        }
        match self.begun(sale) {
            // Ended by the process that was killed; what it left may be settled at any time.
            Err(error) if error.kind() == Kind::Conflict => {}
            begun => begun?,
        }
        say("go on").map_err(|cause| {
            Error::new(Kind::Internal, format!("nobody reads the till's output: {cause}"))
        })?;
        if sale.way == Way::Aborted {
            return self.fiskal.call("sale.abort", &json!({"register": "till-1", "sale": sale.id}));
        }
        self.fiskal.call("sale.complete", &sale.params)
    }

    fn begun(&self, sale: &Sale) -> std::result::Result<(), Error> {
        let empty = json!({"id": sale.id, "register": "till-1"});
        self.fiskal.call("sale.begin", &empty)?;
        let cart = json!({"id": sale.id, "register": "till-1", "items": sale.params["items"]});
        self.fiskal.call("sale.update", &cart)?;
        Ok(())
    }

    fn settle(&self) -> Result<()> {
        let until = Instant::now() + SETTLING;
        loop {
            let synced = self.fiskal.call("sync", &json!({}))?;
            if synced["waiting"] == 0 {
                return Ok(());
            }
            if Instant::now() >= until {
                return Err(format!("after {} s without faults: {synced}", SETTLING.as_secs()).into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn say(line: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}
