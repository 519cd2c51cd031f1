//! `fiskal doctor`

use super::journal;
use crate::output::{Exit, Output};
use fiskal::Fiskal;
use fiskal::config::Config;
use fiskal::doctor::{self, Reached};
use fiskal::error::{Error, Kind, Result};
use fiskal::journal::Journal;
use serde_json::{Value, json};
use std::path::Path;

/// Seconds by which a clock may be wrong; libfiskal corrects that much by the service's own.
const MOST_SKEW: i64 = 60;

/// Checks all that selling needs, as far as it gets.
pub(super) fn run(config: &Path, output: &mut Output) -> Result<Exit> {
    let mut report = Report::default();
    examine(config, &mut report);
    let failed = report.0.iter().any(|check| check.found.is_err());
    if output.is_json() {
        let checks: Vec<Value> = report.0.iter().map(Check::to_json).collect();
        output.value(&json!({"ok": !failed, "checks": checks}));
    } else {
        report.0.iter().for_each(|check| output.line(check.to_line()));
    }
    Ok(if failed { Exit::Failed } else { Exit::Done })
}

fn examine(path: &Path, report: &mut Report) {
    let Some(config) = report.check("config", Config::from_file(path), |config| {
        format!(
            "{} with accounts: {}, registers: {}",
            path.display(),
            config.accounts.len(),
            config.registers.len()
        )
    }) else {
        return;
    };
    for (name, account) in &config.accounts {
        let mut has_secrets = true;
        for (key, secret) in [("key", Some(&account.key)), ("secret", account.secret.as_ref())] {
            if let Some(secret) = secret {
                let found =
                    report.check("secrets", secret.resolve(), |_| format!("account.{name}.{key} is there"));
                has_secrets &= found.is_some();
            }
        }
        if let Some(reached) = report.check("service", doctor::reach(&config, name), |reached| {
            format!("{} answers at {}", account.service, reached.base)
        }) {
            report.check("clock", clock(&reached), |ahead| format!("{ahead} s from the service's"));
            if has_secrets {
                report.check("sign-in", doctor::sign_in(&config, name), |()| {
                    format!("account.{name} is accepted")
                });
            }
        }
    }
    for (name, secret) in config.secrets.iter().filter(|(_, secret)| !secret.is_dummy()) {
        report.check("secrets", secret.resolve(), |_| format!("{name} is there"));
    }
    let journal = config.journal.clone();
    if report.check("journal", Fiskal::open(config), |_| format!("{} is usable", journal.display())).is_some()
    {
        let chain = Journal::verify_file(&journal).and_then(|found| journal::fits(&found));
        report.check("chain", chain, String::clone);
    }
}

/// How many seconds this machine's clock and the service's are apart, if that can be borne.
fn clock(reached: &Reached) -> Result<i64> {
    let ahead = reached.ahead.unwrap_or_default().as_secs();
    if ahead.abs() <= MOST_SKEW {
        return Ok(ahead.abs());
    }
    let side = if ahead > 0 { "behind" } else { "ahead of" };
    let message = format!("this machine's clock is {} s {side} the service's; set it", ahead.abs());
    Err(Error::new(Kind::NotReady, message))
}

/// What was checked, and what was found.
struct Check {
    name: &'static str,
    found: Result<String>,
}

impl Check {
    fn to_line(&self) -> String {
        match &self.found {
            Ok(found) => format!("ok    {:<10} {found}", self.name),
            Err(error) => format!("FAIL  {:<10} {error}", self.name),
        }
    }

    fn to_json(&self) -> Value {
        match &self.found {
            Ok(found) => json!({"check": self.name, "ok": true, "message": found}),
            Err(error) => json!({"check": self.name, "ok": false, "error": error}),
        }
    }
}

#[derive(Default)]
struct Report(Vec<Check>);

impl Report {
    /// Notes a result, and gives its value to go on with.
    fn check<T>(
        &mut self,
        name: &'static str,
        result: Result<T>,
        describe: impl Fn(&T) -> String,
    ) -> Option<T> {
        let found = result.as_ref().map(describe).map_err(Error::clone);
        self.0.push(Check { name, found });
        result.ok()
    }
}
