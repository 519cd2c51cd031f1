//! Plays one case against a sandbox of its own.

use crate::Result;
use crate::case::{Case, Step, folder};
use crate::control::Control;
use crate::matching::{self, Results, compare, remove, resolved};
use crate::shop::Shop;
use fiskal::Fiskal;
use fiskal::config::Config;
use fiskal_sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use std::path::Path;

/// What did not come as the case says; empty when all did.
///
/// # Errors
/// When the machine does not play along: no sandbox, no folder.
pub fn run(case: &Case) -> Result<Vec<String>> {
    let sandbox = Sandbox::start(Options::default())?;
    let control = Control::of(sandbox.url());
    if let Some(settings) = &case.sandbox {
        control.set(settings)?;
    }
    let shop = Shop::new(&sandbox, &case.config)?;
    let mut wrong = Vec::new();
    let opened = open(&shop.config());
    let fiskal = match (opened, &case.open_error) {
        (Ok(_), Some(expected)) => return Ok(vec![format!("opened, but should fail with {expected}")]),
        (Err(error), Some(expected)) => {
            judge("open", compare(expected, &error, &Results::new()), &mut wrong);
            return Ok(wrong);
        }
        (Err(error), None) => return Ok(vec![format!("cannot be opened: {error}")]),
        (Ok(fiskal), None) => fiskal,
    };
    let mut player = Player { control, shop, fiskal: Some(fiskal), results: Results::new(), wrong };
    if case.provision {
        player.play("provision", &Step { call: Some("provision".into()), ..Step::default() })?;
    }
    for (part, steps) in [("setup", &case.setup), ("step", &case.steps)] {
        for (index, step) in steps.iter().enumerate() {
            player.play(&format!("{part} {index}"), step)?;
        }
    }
    player.close(case)
}

/// A case at work.
struct Player {
    control: Control,
    shop: Shop,
    fiskal: Option<Fiskal>,
    results: Results,
    wrong: Vec<String>,
}

impl Player {
    fn play(&mut self, place: &str, step: &Step) -> Result<()> {
        if step.heal {
            self.control.heal()?;
        }
        if let Some(clock) = &step.clock {
            self.control.set_clock(clock)?;
        }
        if let Some(settings) = &step.settings {
            self.control.set(settings)?;
        }
        for fault in &step.faults {
            self.control.plant(fault)?;
        }
        if step.reopen {
            self.fiskal = None;
            self.fiskal = Some(open(&self.shop.config()).map_err(|error| error.to_string())?);
        }
        let (Some(call), Some(fiskal)) = (&step.call, &self.fiskal) else { return Ok(()) };
        let place = format!("{place} ({call})");
        let answer = fiskal.call(call, &resolved(&step.params, &self.results));
        match (answer, &step.error) {
            (Ok(result), None) => self.judge_result(&place, step, result),
            (Err(error), Some(expected)) => {
                judge(&place, compare(expected, &error.to_json(), &self.results), &mut self.wrong);
                Ok(())
            }
            (Ok(result), Some(expected)) => {
                self.wrong.push(format!("{place}: succeeded, but should fail with {expected}: {result}"));
                Ok(())
            }
            (Err(error), None) => {
                self.wrong.push(format!("{place}: failed: {}", error.to_json()));
                Ok(())
            }
        }
    }

    fn judge_result(&mut self, place: &str, step: &Step, result: Value) -> Result<()> {
        if let Some(expected) = &step.expect {
            judge(place, compare(expected, &result, &self.results), &mut self.wrong);
        }
        if let Some(expected) = &step.whole {
            let masked = without_volatile(result.clone())?;
            if masked != *expected {
                judge(place, compare(expected, &masked, &self.results), &mut self.wrong);
                judge(place, compare(&masked, expected, &self.results), &mut self.wrong);
            }
        }
        if let Some(name) = &step.name {
            self.results.insert(name.clone(), result);
        }
        Ok(())
    }

    /// What must hold in the end, whatever the case is about.
    fn close(mut self, case: &Case) -> Result<Vec<String>> {
        if let Some(fiskal) = &self.fiskal {
            match fiskal.call("journal.verify", &json!({})) {
                Ok(verified) => {
                    let green = json!({"misfit": {"$absent": true}});
                    judge("journal.verify", compare(&green, &verified, &self.results), &mut self.wrong);
                }
                Err(error) => self.wrong.push(format!("journal.verify: {error}")),
            }
        }
        if let Some(booked) = &case.booked {
            let found = Value::from(self.control.booked()?);
            let expected = Value::from(booked.clone());
            judge("booked", compare(&expected, &found, &self.results), &mut self.wrong);
        }
        if let Some(cents) = &case.cents {
            self.wrong.extend(cents.check(&self.results));
        }
        Ok(self.wrong)
    }
}

fn open(config: &Path) -> std::result::Result<Fiskal, Value> {
    Config::from_file(config).and_then(Fiskal::open).map_err(|error| error.to_json())
}

fn judge(place: &str, differences: Vec<matching::Difference>, wrong: &mut Vec<String>) {
    wrong.extend(differences.into_iter().map(|difference| format!("{place}: {difference}")));
}

fn without_volatile(mut result: Value) -> Result<Value> {
    let pointers: Vec<String> =
        serde_json::from_str(&std::fs::read_to_string(folder().join("volatile.json"))?)?;
    for pointer in pointers {
        remove(&mut result, &pointer);
    }
    Ok(result)
}
