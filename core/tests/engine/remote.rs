//! A fiscal service of four kinds, as small as can be: what is booked here is the truth that the
//! till and its journal are compared with.

use fiskal::exchange::{Answer, Method};
use fiskal::transport::Wire;
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A key is recognised for so long by the service of the second kind.
pub const WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// One sale in the service's books.
#[derive(Clone, Debug, PartialEq)]
pub struct Booking {
    pub register: String,
    pub sale: String,
    pub operation: String,
}

/// The service's memory. It survives everything that happens to the till.
#[derive(Default)]
pub struct Remote {
    pub booked: Vec<Booking>,
    keys: BTreeMap<String, (Timestamp, Value, Value)>,
    tickets: BTreeMap<String, u32>,
}

impl Remote {
    /// Handles one request; what it returns may still get lost on its way back.
    pub fn handle(&mut self, wire: &Wire, now: Timestamp) -> Answer {
        if wire.bearer.as_ref().map(ExposeSecret::expose_secret) != Some("key-of-a") {
            return answer(401, json!({}));
        }
        let body: Value = wire
            .body
            .as_ref()
            .map_or(Value::Null, |body| serde_json::from_str(body.expose_secret()).unwrap());
        let parts: Vec<&str> = wire.path.trim_start_matches('/').split('/').collect();
        match (wire.method, parts.as_slice()) {
            (Method::Put, ["sales", key]) => self.keyed(key, body, now, None, 200),
            (Method::Post, ["windowed"]) => self.keyed(&header(wire, "key"), body, now, Some(WINDOW), 200),
            (Method::Post, ["tickets"]) => self.keyed(&header(wire, "key"), body, now, None, 202),
            (Method::Get, ["tickets", number]) => self.ticket(number),
            (Method::Get, ["operations", operation]) => self.operation(operation),
            (Method::Get, ["registers", register]) => self.register(register),
            (Method::Post, ["tagged"]) => self.tagged(&header(wire, "if-match"), body),
            _ => answer(404, json!({})),
        }
    }

    fn keyed(
        &mut self,
        key: &str,
        body: Value,
        now: Timestamp,
        window: Option<SignedDuration>,
        status: u16,
    ) -> Answer {
        if let Some((since, first, reply)) = self.keys.get(key)
            && window.is_none_or(|window| now.duration_since(*since) < window)
        {
            return if *first == body { answer(status, reply.clone()) } else { answer(422, json!({})) };
        }
        let reply = self.book(&body);
        self.keys.insert(key.to_owned(), (now, body, reply.clone()));
        answer(status, reply)
    }

    fn book(&mut self, body: &Value) -> Value {
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        self.booked.push(Booking {
            register: text("register"),
            sale: text("sale"),
            operation: text("operation"),
        });
        json!({ "number": self.booked.len().to_string() })
    }

    /// The verdict is there after three questions; every seventh sale is refused.
    fn ticket(&mut self, number: &str) -> Answer {
        let asked = self.tickets.entry(number.to_owned()).or_default();
        *asked += 1;
        let verdict = match number.parse::<usize>() {
            _ if *asked < 3 => "processing",
            Ok(number) if number % 7 == 0 => "refused",
            _ => "accepted",
        };
        answer(200, json!({ "verdict": verdict, "number": number }))
    }

    fn operation(&self, operation: &str) -> Answer {
        match self.booked.iter().position(|booking| booking.operation == operation) {
            Some(at) => answer(200, json!({ "number": (at + 1).to_string() })),
            None => answer(404, json!({})),
        }
    }

    fn register(&self, register: &str) -> Answer {
        let of_register: Vec<(usize, &Booking)> =
            self.booked.iter().enumerate().filter(|(_, booking)| booking.register == register).collect();
        let last = of_register.last();
        answer(
            200,
            json!({
                "etag": of_register.len().to_string(),
                "operation": last.map(|(_, booking)| booking.operation.clone()),
                "number": last.map(|(at, _)| (at + 1).to_string()),
            }),
        )
    }

    fn tagged(&mut self, etag: &str, body: Value) -> Answer {
        let register = body["register"].as_str().unwrap();
        let count = self.booked.iter().filter(|booking| booking.register == register).count();
        if etag != count.to_string() {
            return answer(412, json!({}));
        }
        let reply = self.book(&body);
        answer(200, reply)
    }
}

fn answer(status: u16, body: Value) -> Answer {
    Answer { status, headers: vec![("x-table".into(), "1".into())], body }
}

fn header(wire: &Wire, name: &str) -> String {
    wire.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default()
}
