//! As much of SIGN FR as a test of the steps needs: it keeps what is made, and can be told to fail.

use crate::driver::{address, answer, header};
use fiskal::exchange::{Answer, Effect, Known, Request};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What happens to a request instead of its answer.
#[derive(Clone)]
pub(crate) enum Fault {
    /// It is booked, and the answer is lost.
    Lose,
    /// Nobody knows whether it arrived; it did not.
    Vanish,
    /// It is booked, and what comes back says nothing.
    Garble,
    /// This is the answer, and nothing is booked.
    Say(Answer),
}

/// A change of a record.
pub(crate) type Tamper = Box<dyn Fn(&mut Value)>;

/// The service.
#[derive(Default)]
pub(crate) struct Fisc {
    /// Resources by path, such as `/records`, oldest first.
    pub made: BTreeMap<String, Vec<Value>>,
    /// For the nth request (from 0) whose `METHOD path` begins like this.
    pub faults: Vec<(String, usize, Fault)>,
    /// What the sign-in says: organization id and its type.
    pub organization: (String, String),
    /// Changes a record before it is shown.
    pub tamper: Option<Tamper>,
    /// The state and mode of new transactions.
    pub transaction_state: Option<(&'static str, &'static str)>,
    /// Whether the answer to a booking lacks the operation.
    pub hides_operation: bool,
    /// The records that were replayed, in their order.
    replayed: Vec<String>,
    answered: BTreeMap<String, Answer>,
    counts: BTreeMap<String, usize>,
    ids: usize,
    /// How many resources a list shows at once.
    pub page: usize,
}

impl Fisc {
    pub(crate) fn new() -> Self {
        Fisc { organization: ("g-1".into(), "GROUP".into()), page: 100, ..Fisc::default() }
    }

    pub(crate) fn failing(faults: &[(&str, usize, Fault)]) -> Self {
        let faults = faults.iter().map(|(at, nth, fault)| ((*at).to_owned(), *nth, fault.clone())).collect();
        Fisc { faults, ..Fisc::new() }
    }

    pub(crate) fn of(&self, path: &str) -> &[Value] {
        self.made.get(path).map_or(&[], Vec::as_slice)
    }

    /// A day has passed (contract sign-fr 6).
    pub(crate) fn forget_keys(&mut self) {
        self.answered.clear();
    }

    pub(crate) fn exchange(&mut self, request: &Request) -> Known {
        let fault = self.fault(&address(request));
        match fault {
            Some(Fault::Say(answer)) => Known::Answered(answer),
            Some(Fault::Lose) => {
                self.answer(request);
                Known::Unknown
            }
            Some(Fault::Vanish) => Known::Unknown,
            Some(Fault::Garble) => {
                self.answer(request);
                Known::Answered(answer(502, Value::Null))
            }
            None => Known::Answered(self.answer(request)),
        }
    }

    fn fault(&mut self, address: &str) -> Option<Fault> {
        let mut hit = None;
        for (start, nth, fault) in &self.faults {
            if address.starts_with(start.as_str()) {
                let count = self.counts.get(start).copied().unwrap_or(0);
                if count == *nth {
                    hit = Some(fault.clone());
                }
            }
        }
        let mut starts: Vec<String> = self.faults.iter().map(|(start, ..)| start.clone()).collect();
        starts.dedup();
        for start in starts.into_iter().filter(|start| address.starts_with(start.as_str())) {
            *self.counts.entry(start).or_default() += 1;
        }
        hit
    }

    fn answer(&mut self, request: &Request) -> Answer {
        let key = header(request, "X-Idempotency-Key").filter(|_| request.effect == Effect::Write);
        if let Some(known) = key.and_then(|key| self.answered.get(key)) {
            return known.clone();
        }
        let said = self.work(request);
        if let Some(key) = key {
            self.answered.insert(key.to_owned(), said.clone());
        }
        said
    }

    fn work(&mut self, request: &Request) -> Answer {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let body = request.body.clone().unwrap_or_default();
        let at = address(request);
        if at == "POST /tokens" {
            return answer(
                200,
                json!({"content": {
                    "id": "token-1", "organization": {"id": self.organization.0},
                    "authentication": {"type": "JWT", "bearer": "b", "issued_at": "2026-03-01T11:00:00Z", "expires_at": "2026-03-02T11:00:00Z"},
                }}),
            );
        }
        if at == format!("GET /organizations/{}", self.organization.0) {
            return answer(200, json!({"content": {"id": self.organization.0, "type": self.organization.1}}));
        }
        let (list, id) = match path.rsplit_once('/') {
            Some(("", _)) | None => (path.to_owned(), None),
            Some((list, id)) => (list.to_owned(), Some(id.to_owned())),
        };
        match (json!(request.method).as_str().unwrap(), id) {
            ("POST", None) => self.make(&list, &body),
            ("PATCH", Some(id)) => self.change(&list, &id, &body["content"]),
            ("GET", Some(id)) => self.show(&list, &id, query),
            ("GET", None) => self.list(&list, query),
            _ => answer(405, json!({"content": {"code": "E_METHOD_NOT_ALLOWED", "message": "no"}})),
        }
    }

    fn make(&mut self, list: &str, body: &Value) -> Answer {
        self.ids += 1;
        let id = format!("{}-{}", list.trim_matches('/'), self.ids);
        let mut content = body["content"].clone();
        content["id"] = id.clone().into();
        match list {
            "/records" => return self.book(id, body),
            "/subjects" => {
                content["state"] = "ENABLED".into();
                content["credentials"] = json!({"key": "kkkk", "secret": "ssss"});
            }
            "/organizations" => content["state"] = "ENABLED".into(),
            _ => {
                content["state"] = "ACQUIRED".into();
                content["mode"] = "INACTIVE".into();
            }
        }
        if list == "/taxpayers" {
            content["country"] = "France".into();
            content["vat_number"] = "FR12345678901".into();
            let office = json!({"content": {"id": id, "type": "HEAD_OFFICE", "state": "ACQUIRED"}});
            self.made.entry("/locations".into()).or_default().push(office);
        }
        if list == "/systems" {
            content["records"] = json!([{"type": "INTENTION::TRANSACTION", "description": "d"}, {"type": "TRANSACTION::RECEIPT"}]);
            content["vat_rates"] = json!([{"code": "STANDARD", "percentage": "20", "description": "d"}, {"code": "REDUCED_1", "percentage": 10}]);
            content["vat_exemptions"] = json!([{"code": "NOT_SUBJECT", "description": "d"}]);
            content["journal"] = json!({"cryptography": {"certificate": {"serial_number": "01"}}});
        }
        let mut resource = json!({"content": content});
        if let Some(metadata) = body.get("metadata") {
            resource["metadata"] = metadata.clone();
        }
        self.made.entry(list.into()).or_default().push(resource.clone());
        answer(200, resource)
    }

    /// A record made offline, out of the intention that brings it; offsets count what came before.
    fn unwrapped(&mut self, id: &str, content: &Value) -> Value {
        let mut inner = content["operation"]["content"].clone();
        if let Some(offset) = inner.pointer("/record/offset").and_then(Value::as_str) {
            inner["record"] = json!({"id": self.replayed[offset.parse::<usize>().unwrap()]});
        }
        self.replayed.push(id.to_owned());
        inner
    }

    fn book(&mut self, id: String, body: &Value) -> Answer {
        let is_replay = body["content"]["operation"]["type"] == "REPLAY";
        let sent = if is_replay { self.unwrapped(&id, &body["content"]) } else { body["content"].clone() };
        let kind =
            format!("{}::{}", sent["type"].as_str().unwrap(), sent["operation"]["type"].as_str().unwrap());
        let previous = self.of("/records").last().map(|record| record["content"]["id"].clone());
        let mut operation = sent["operation"].clone();
        for entry in operation.get_mut("entries").and_then(Value::as_array_mut).into_iter().flatten() {
            entry["details"]["purpose"] = "STANDARD".into();
        }
        let (state, mode) = match (sent["type"].as_str(), self.transaction_state) {
            (Some("INTENTION"), _) => ("ACCEPTED", "PROCESSING"),
            (_, Some(state)) => state,
            _ => ("COMPLETED", "FINISHED"),
        };
        let mut content = Map::from_iter([
            ("id".to_owned(), json!(id)),
            ("type".to_owned(), json!(kind)),
            ("state".to_owned(), json!(state)),
            ("mode".to_owned(), json!(mode)),
            ("system".to_owned(), json!({"id": "sys-1"})),
            ("operation".to_owned(), json!(operation.to_string())),
            ("file".to_owned(), json!({"location": "SERVICE"})),
        ]);
        let signature = format!("abCdefGhijklMnopqrStuvwxyz{:038}", self.ids);
        let mut journal = json!({"signature": signature, "signed_at": "2026-03-01T11:00:00.339716Z"});
        if let Some(previous) = previous {
            journal["record"] = json!({"id": previous});
        }
        content.insert("journal".into(), journal);
        if state == "REJECTED" {
            content.insert(
                "logs".into(),
                json!([{"severity": "ERROR", "message": "Validation checks failed."}]),
            );
        }
        if let Some(intention) = sent.get("record") {
            content.insert("record".into(), intention.clone());
            for record in self.made.entry("/records".into()).or_default() {
                if record["content"]["id"] == intention["id"] {
                    record["content"]["used_in"] = json!({"id": id});
                }
            }
        }
        let record = json!({"content": content, "metadata": body["metadata"]});
        self.made.entry("/records".into()).or_default().push(record.clone());
        answer(200, self.shown(record, !self.hides_operation))
    }

    fn shown(&self, mut record: Value, operation: bool) -> Value {
        if let Some(tamper) = &self.tamper {
            tamper(&mut record);
        }
        if !operation && let Some(content) = record["content"].as_object_mut() {
            content.remove("operation");
        }
        record
    }

    fn change(&mut self, list: &str, id: &str, change: &Value) -> Answer {
        let found =
            self.made.entry(list.into()).or_default().iter_mut().find(|made| made["content"]["id"] == *id);
        let Some(found) = found else { return missing() };
        for (key, value) in change.as_object().unwrap() {
            found["content"][key] = value.clone();
        }
        answer(200, found.clone())
    }

    fn show(&self, list: &str, id: &str, query: &str) -> Answer {
        match self.of(list).iter().find(|made| made["content"]["id"] == *id) {
            Some(found) if list == "/records" => {
                answer(200, self.shown(found.clone(), query.contains("operation=")))
            }
            Some(found) => answer(200, found.clone()),
            None => missing(),
        }
    }

    fn list(&self, list: &str, query: &str) -> Answer {
        let value = |name: &str| query.split('&').find_map(|part| part.strip_prefix(&format!("{name}=")));
        let kind = value("type").map(|kind| kind.replace("%3A", ":"));
        let start: usize = value("token")
            .map_or(0, |token| token.replace("%3D", "=").trim_end_matches('=').parse().unwrap());
        let matching: Vec<&Value> = self
            .of(list)
            .iter()
            .filter(|made| kind.as_ref().is_none_or(|kind| made["content"]["type"] == **kind))
            .collect();
        let page: Vec<&&Value> = matching.iter().skip(start).take(self.page).collect();
        let mut body = json!({"results": page});
        if start + self.page < matching.len() {
            let token = format!("{:04}", start + self.page);
            body["pagination"] = json!({"next": "x", "token": token, "limit": self.page});
        }
        answer(200, body)
    }
}

fn missing() -> Answer {
    answer(404, json!({"content": {"status": 404, "code": "E_RESOURCE_NOT_FOUND", "message": "unknown id"}}))
}
