//! What happens to a service beside the faults on its line, between two tills: months pass, signature creation
//! units and registers go out of service and come back.

use super::till;
use crate::Result;
use crate::control::Control;
use crate::country::Country;
use crate::random::Random;
use serde_json::json;
use std::path::Path;

/// A day in seconds.
const DAY: u64 = 86_400;

/// How things stand at the service.
#[derive(Debug)]
pub struct Weather {
    country: Country,
    days: u64,
    units_work: bool,
    register_works: bool,
}

impl Weather {
    /// As a sandbox begins.
    pub fn fair(country: Country) -> Weather {
        Weather { country, days: 0, units_work: true, register_works: true }
    }

    /// What a run of this country is in for from its beginning.
    ///
    /// # Errors
    /// When the sandbox does not play along.
    pub fn begin(&self, random: &mut Random, control: &Control) -> Result<()> {
        if self.country == Country::It && random.chance(30) {
            // Receipts are pending until the tax agency has them.
            control.set(&json!({"sign-it": {"transmission_s": 1}}))?;
        }
        Ok(())
    }

    /// Lets something happen; nothing may strike the line meanwhile.
    ///
    /// # Errors
    /// When the sandbox or the till in `folder` does not play along.
    pub fn change(&mut self, random: &mut Random, control: &Control, folder: &Path) -> Result<()> {
        if self.country != Country::At {
            return Ok(());
        }
        if random.chance(40) {
            self.days += 10 + random.below(30);
            control.set_clock(&json!({"offset_s": self.days * DAY}))?;
        }
        if random.chance(40) {
            self.turn_units(!self.units_work, control)?;
        }
        if !self.register_works || random.chance(15) {
            self.turn_register(!self.register_works, folder)?;
        }
        Ok(())
    }

    /// Lets everything work again.
    ///
    /// # Errors
    /// As [`Weather::change`].
    pub fn clear(&mut self, control: &Control, folder: &Path) -> Result<()> {
        if !self.units_work {
            self.turn_units(true, control)?;
        }
        if !self.register_works {
            self.turn_register(true, folder)?;
        }
        Ok(())
    }

    fn turn_units(&mut self, work: bool, control: &Control) -> Result<()> {
        control.set(&json!({"sign-at": {"devices": if work { "work" } else { "fail" }}}))?;
        self.units_work = work;
        Ok(())
    }

    /// Out of service is what somebody else reports (contract sign-at 5.5), of which the till is not told.
    fn turn_register(&mut self, works: bool, folder: &Path) -> Result<()> {
        let fiskal = till::open(folder)?;
        if works {
            fiskal.call("register.restore", &json!({"register": "till-1"}))?;
        } else {
            let id = till::cash_register(&fiskal)?;
            let out = json!({
                "register": "till-1", "method": "PATCH", "path": format!("/cash-register/{id}"),
                "body": {"state": "OUTAGE"},
            });
            fiskal.call("request", &out)?;
        }
        self.register_works = works;
        Ok(())
    }
}
