//! The same two requests without the core: a keep-alive client that remembers nothing.

use crate::Outcome;
use crate::shop::Shop;
use reqwest::blocking::{Client, RequestBuilder};
use serde_json::{Value, json};
use uuid::Uuid;

/// Sends what the core sent for one sale, again and again, as new sales.
pub(crate) struct Bare {
    client: Client,
    url: String,
    version: String,
    bearer: String,
    intention: Value,
    receipt: Value,
}

impl Bare {
    /// Takes both bodies from the journal of the core, which must have sold at the register before.
    /// Signs in with the same credential; that is not measured.
    pub(crate) fn of(shop: &Shop, register: &str) -> Outcome<Bare> {
        let intention = shop.request(register, "intention")?;
        let receipt = shop.request(register, "receipt")?;
        let credential = text(&intention, "/credential")?;
        let mut bare = Bare {
            client: Client::builder().no_proxy().build()?,
            url: text(&intention, "/base")?,
            version: version(&intention)?,
            bearer: String::new(),
            intention: intention["body"].clone(),
            receipt: receipt["body"].clone(),
        };
        let key = shop.secret(&format!("{credential}/key"))?;
        let secret = shop.secret(&format!("{credential}/secret"))?;
        let body = json!({ "content": { "type": "API_KEY", "key": key, "secret": secret } });
        let answer = bare.post("/tokens", &body, bare.request("/tokens"))?;
        bare.bearer = text(&answer, "/content/authentication/bearer")?;
        Ok(bare)
    }

    /// What a client in another language needs to send the same.
    pub(crate) fn described(&self) -> Value {
        json!({
            "url": self.url,
            "version": self.version,
            "bearer": self.bearer,
            "intention": self.intention,
            "receipt": self.receipt,
        })
    }

    /// INTENTION, then TRANSACTION with the intention's id; both answers are parsed.
    pub(crate) fn sell(&self) -> Outcome<()> {
        let intention = self.record(&self.intention)?;
        let mut receipt = self.receipt.clone();
        receipt["content"]["record"]["id"] = intention["content"]["id"].clone();
        self.record(&receipt)?;
        Ok(())
    }

    fn record(&self, body: &Value) -> Outcome<Value> {
        self.post("/records", body, self.request("/records").bearer_auth(&self.bearer))
    }

    fn request(&self, path: &str) -> RequestBuilder {
        self.client
            .post(format!("{}{path}", self.url))
            .header("X-Api-Version", &self.version)
            .header("X-Idempotency-Key", Uuid::new_v4().to_string())
            .header("Content-Type", "application/json")
    }

    fn post(&self, path: &str, body: &Value, request: RequestBuilder) -> Outcome<Value> {
        let response = request.body(serde_json::to_vec(body)?).send()?;
        let status = response.status();
        let answer = response.bytes()?;
        if !status.is_success() {
            return Err(format!("{path} answered {status}: {}", String::from_utf8_lossy(&answer)).into());
        }
        Ok(serde_json::from_slice(&answer)?)
    }
}

fn version(request: &Value) -> Outcome<String> {
    let headers = request["headers"].as_array().into_iter().flatten();
    let mut versions = headers.filter(|header| header[0] == "X-Api-Version");
    versions.next().ok_or("no version").map_err(Into::into).and_then(|header| text(header, "/1"))
}

fn text(value: &Value, pointer: &str) -> Outcome<String> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.map(str::to_owned).ok_or_else(|| format!("no {pointer} in {value}").into())
}
