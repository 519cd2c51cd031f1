//! Plays one case against a sandbox of its own, through a door.

use crate::Result;
use crate::case::{Case, Step};
use crate::control::Control;
use crate::door::{Door, Handing};
use crate::matching::{Results, compare, resolved};
use crate::shop::Shop;
use crate::story::Story;
use crate::varying::Varying;
use fiskal_sandbox::{Options, Sandbox};
use serde_json::{Value, json};

/// What came of a case.
#[derive(Debug)]
pub struct Played {
    /// What did not come as the case says; empty when all did.
    pub wrong: Vec<String>,
    /// What to compare with other doors.
    pub story: Story,
}

/// Plays a case through a door; in the end the door is closed.
///
/// # Errors
/// When the machine does not play along: no sandbox, no folder, a door that ends.
pub fn run(case: &Case, door: &mut dyn Door, varying: &Varying) -> Result<Played> {
    let sandbox = Sandbox::start(Options::default())?;
    let control = Control::of(sandbox.url());
    if let Some(settings) = &case.sandbox {
        control.set(settings)?;
    }
    let shop = Shop::from(&case.from, &sandbox, &case.config)?;
    let mut player = Player {
        control,
        shop,
        door,
        varying,
        results: Results::new(),
        played: Played { wrong: Vec::new(), story: Story::default() },
    };
    if player.open(case)? {
        player.play_all(case)?;
        player.judge_end(case)?;
        player.door.close()?;
        player.played.story.add_journal(&player.shop.config())?;
    }
    player.played.story.add_requests(&player.control)?;
    if case.timing.is_some() {
        player.played.story.forget_repetitions();
    }
    Ok(player.played)
}

/// A case at work.
struct Player<'a> {
    control: Control,
    shop: Shop,
    door: &'a mut dyn Door,
    varying: &'a Varying,
    results: Results,
    played: Played,
}

impl Player<'_> {
    /// Whether there is something open to go on with.
    fn open(&mut self, case: &Case) -> Result<bool> {
        let reply = self.door.open(&self.shop.config())?;
        self.played.story.reply("open", &reply);
        match (reply, &case.open_error) {
            (Ok(_), None) => return Ok(true),
            (Ok(_), Some(expected)) => {
                self.door.close()?;
                self.wrong(format!("opened, but should fail with {expected}"));
            }
            (Err(error), Some(expected)) => self.compare("open", expected, &error),
            (Err(error), None) => self.wrong(format!("cannot be opened: {error}")),
        }
        Ok(false)
    }

    fn play_all(&mut self, case: &Case) -> Result<()> {
        if case.provision {
            self.play("provision", &Step { call: Some("provision".into()), ..Step::default() })?;
        }
        for (part, steps) in [("setup", &case.setup), ("step", &case.steps)] {
            for (index, step) in steps.iter().enumerate() {
                self.play(&format!("{part} {index}"), step)?;
            }
        }
        Ok(())
    }

    fn play(&mut self, place: &str, step: &Step) -> Result<()> {
        self.prepare(step)?;
        if step.reopen {
            self.door.close()?;
            self.door.open(&self.shop.config())?.map_err(|error| error.to_string())?;
        }
        let Some(call) = &step.call else { return Ok(()) };
        let place = format!("{place} ({call})");
        let params = resolved(&step.params, &self.results);
        let reply = self.door.call(call, &params, Handing::of(step))?;
        self.played.story.reply(&place, &reply);
        match (reply, &step.error) {
            (Ok(result), None) => self.judge_result(&place, step, result),
            (Err(error), Some(expected)) => self.compare(&place, expected, &error),
            (Ok(result), Some(expected)) => {
                self.wrong(format!("{place}: succeeded, but should fail with {expected}: {result}"));
            }
            (Err(error), None) => self.wrong(format!("{place}: failed: {error}")),
        }
        Ok(())
    }

    /// What strikes the sandbox before the call.
    fn prepare(&mut self, step: &Step) -> Result<()> {
        if step.heal {
            self.control.heal()?;
        }
        if let Some(clock) = &step.clock {
            self.control.set_clock(clock)?;
        }
        if let Some(settings) = &step.settings {
            self.control.set(settings)?;
        }
        step.faults.iter().try_for_each(|fault| self.control.plant(fault))
    }

    fn judge_result(&mut self, place: &str, step: &Step, result: Value) {
        if let Some(expected) = &step.expect {
            self.compare(place, expected, &result);
        }
        if let Some(expected) = &step.whole {
            let masked = self.varying.without(result.clone());
            if masked != *expected {
                self.compare(place, expected, &masked);
                self.compare(place, &masked, expected);
            }
        }
        if let Some(name) = &step.name {
            self.results.insert(name.clone(), result);
        }
    }

    /// What must hold in the end, whatever the case is about.
    fn judge_end(&mut self, case: &Case) -> Result<()> {
        let verified = self.door.call("journal.verify", &json!({}), Handing::Typed)?;
        self.played.story.reply("journal.verify", &verified);
        match verified {
            Ok(verified) => self.compare("journal.verify", &json!({"misfit": {"$absent": true}}), &verified),
            Err(error) => self.wrong(format!("journal.verify: {error}")),
        }
        if let Some(booked) = &case.booked {
            let found = Value::from(self.control.booked()?);
            self.compare("booked", &Value::from(booked.clone()), &found);
        }
        if let Some(cents) = &case.cents {
            let wrong = cents.check(&self.results);
            self.played.wrong.extend(wrong);
        }
        Ok(())
    }

    fn compare(&mut self, place: &str, expected: &Value, got: &Value) {
        for difference in compare(expected, got, &self.results) {
            self.wrong(format!("{place}: {difference}"));
        }
    }

    fn wrong(&mut self, sentence: String) {
        self.played.wrong.push(sentence);
    }
}
