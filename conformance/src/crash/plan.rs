//! What a till sells in one run, and what strikes it meanwhile: drawn from a seed.

use crate::Result;
use crate::country::Country;
use crate::random::Random;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::Path;

/// The sales of a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Plan {
    /// The seed it was drawn from.
    pub seed: u64,
    /// Where it is sold.
    pub country: Country,
    /// The sales, in their order.
    pub sales: Vec<Sale>,
}

/// One sale.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sale {
    /// The caller's id.
    pub id: String,
    /// How it is sold.
    pub way: Way,
    /// What is sold, as `sale.complete` takes it.
    pub params: Value,
}

/// How a sale is sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Completed at once.
    Whole,
    /// Begun, its cart kept, completed.
    Begun,
    /// Completed at once, for training.
    Training,
    /// Completed at once, and its receipt cancelled.
    Cancelled,
    /// Begun and aborted.
    Aborted,
}

impl Way {
    /// How sales are sold in a country, each as likely as the others.
    fn of(country: Country) -> &'static [Way] {
        use Way::{Aborted, Begun, Cancelled, Training, Whole};
        match country {
            Country::Fr | Country::It => &[Whole, Whole, Begun, Begun, Cancelled, Aborted],
            Country::At => &[Whole, Whole, Begun, Cancelled, Training, Aborted],
        }
    }

    /// What the service books of such a sale: the types, in their order.
    pub fn booked_as(self, country: Country) -> &'static [&'static str] {
        match (country, self) {
            (Country::Fr, Way::Aborted) => &["TRANSACTION::ABORT"],
            // The one has no records of that kind, the other none of begun sales.
            (Country::It | Country::At, Way::Aborted) => &[],
            (Country::Fr | Country::It, Way::Cancelled) => {
                &["TRANSACTION::RECEIPT", "TRANSACTION::CANCELLATION"]
            }
            (Country::Fr | Country::It, _) => &["TRANSACTION::RECEIPT"],
            (Country::At, Way::Training) => &["TRAINING"],
            (Country::At, Way::Cancelled) => &["NORMAL", "CANCELLATION"],
            (Country::At, Way::Whole | Way::Begun) => &["NORMAL"],
        }
    }
}

impl Plan {
    /// Draws the plan of a run.
    pub fn drawn(seed: u64, country: Country, sales: usize) -> Plan {
        let mut random = Random::seeded(seed);
        let sales = (1..=sales).map(|number| Sale::drawn(number, country, &mut random)).collect();
        Plan { seed, country, sales }
    }

    /// Reads the plan that [`Plan::write`] wrote.
    ///
    /// # Errors
    /// When the file is not there or no plan.
    pub fn read(file: &Path) -> Result<Plan> {
        Ok(serde_json::from_str(&std::fs::read_to_string(file)?)?)
    }

    /// Writes it for the till.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, file: &Path) -> Result<()> {
        Ok(std::fs::write(file, serde_json::to_string(self)?)?)
    }

    /// The sale with this id.
    pub fn sale(&self, id: &str) -> Option<&Sale> {
        self.sales.iter().find(|sale| sale.id == id)
    }
}

impl Sale {
    /// The sale sold in another way.
    pub fn sold(self, way: Way) -> Sale {
        let mut params = self.params;
        params["training"] = (way == Way::Training).into();
        Sale { way, params, ..self }
    }

    fn drawn(number: usize, country: Country, random: &mut Random) -> Sale {
        let id = format!("s-{number}");
        let way = random.pick(Way::of(country)).copied().unwrap_or(Way::Whole);
        let quantity = 1 + random.below(5);
        let cents = quantity * 125;
        let (text, vat) = country.item();
        let params = json!({
            "id": id, "register": "till-1", "number": format!("R-{number}"),
            "items": [{"text": text, "quantity": quantity, "unit_price": "1.25", "vat": vat}],
            "payments": [{"method": "cash", "amount": format!("{}.{:02}", cents / 100, cents % 100)}],
        });
        Sale { id, way, params }.sold(way)
    }
}

/// The faults of a run, as `POST /_sandbox/faults` takes them.
pub fn faults(random: &mut Random, country: Country) -> Vec<Value> {
    let kinds = [
        json!({"kind": "drop-answer"}),
        json!({"kind": "drop-answer"}),
        json!({"kind": "reset"}),
        json!({"kind": "delay", "ms": 60 + random.below(500)}),
        json!({"kind": "status", "status": 503}),
        json!({"kind": "status", "status": 500}),
    ];
    let targets = [country.bookings(), country.records(), json!({"path": country.path()})];
    let chances = [json!(0.1), json!(0.2), json!(0.4)];
    let mut faults: Vec<Value> = (0..1 + random.below(3))
        .map(|_| {
            json!({
                "match": random.pick(&targets),
                "fault": random.pick(&kinds),
                "probability": random.pick(&chances),
            })
        })
        .collect();
    // Once only: a till that is refused again with a token it has just got takes the service's word.
    if random.chance(40) {
        faults.push(json!({
            "match": country.records(),
            "fault": {"kind": "expire-tokens"},
            "probability": 0.2,
            "count": 1,
        }));
    }
    faults
}
