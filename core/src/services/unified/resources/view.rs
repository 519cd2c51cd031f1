//! A resource of the service in the words that callers get. Unknown members stay in `answer`.

use super::Collection;
use crate::error::{Error, Result};
use crate::resource::{Location, Merchant, Organization, Subject, System};
use crate::services::unified::provision::id_of;
use crate::services::unified::wire::text;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The resource in the shape of its kind.
pub(super) fn shown(collection: &Collection, body: &Value) -> Result<Value> {
    let seen = Seen(body);
    Ok(match collection.word {
        "organization" => json!(organization(&seen)?),
        "subject" => json!(subject(&seen)?),
        "merchant" => json!(merchant(&seen)?),
        "location" => json!(location(&seen)?),
        "system" => json!(system(&seen)?),
        other => return Err(Error::internal(format!("the service has no resource {other}"))),
    })
}

fn organization(seen: &Seen<'_>) -> Result<Organization> {
    Ok(Organization {
        id: seen.id()?,
        resource_type: seen.word("type"),
        name: seen.text("name").unwrap_or_default(),
        state: seen.word("state"),
        organization: seen.text("organization/id"),
        metadata: seen.metadata(),
        answer: seen.0.clone(),
    })
}

fn subject(seen: &Seen<'_>) -> Result<Subject> {
    Ok(Subject {
        id: seen.id()?,
        resource_type: seen.word("type"),
        name: seen.text("name").unwrap_or_default(),
        state: seen.word("state"),
        credential: None,
        orphans: Vec::new(),
        metadata: seen.metadata(),
        answer: seen.0.clone(),
    })
}

fn merchant(seen: &Seen<'_>) -> Result<Merchant> {
    Ok(Merchant {
        id: seen.id()?,
        resource_type: seen.word("type"),
        name: seen.text("name/legal").unwrap_or_default(),
        trade_name: seen.text("name/trade"),
        state: seen.word("state"),
        mode: seen.word("mode"),
        tax_id: seen.text("fiscalization/tax_id_number"),
        vat_number: seen.text("vat_number"),
        country: seen.text("country"),
        created_at: seen.text("created_at"),
        updated_at: seen.text("updated_at"),
        metadata: seen.metadata(),
        answer: seen.0.clone(),
    })
}

fn location(seen: &Seen<'_>) -> Result<Location> {
    Ok(Location {
        id: seen.id()?,
        resource_type: seen.word("type"),
        // A head office is named as its taxpayer is (Appendix A, HeadOfficeLocation).
        name: seen.text("name").or_else(|| seen.text("name/legal")).unwrap_or_default(),
        state: seen.word("state"),
        mode: seen.word("mode"),
        merchant: seen.text("taxpayer/id"),
        number: seen.text("label"),
        created_at: seen.text("created_at"),
        updated_at: seen.text("updated_at"),
        metadata: seen.metadata(),
        answer: seen.0.clone(),
    })
}

fn system(seen: &Seen<'_>) -> Result<System> {
    let records = seen.0.pointer("/content/records").and_then(Value::as_array).into_iter().flatten();
    let name = seen.text("producer/details/name").or_else(|| seen.text("software/name"));
    Ok(System {
        id: seen.id()?,
        resource_type: seen.word("type"),
        name: name.unwrap_or_default(),
        state: seen.word("state"),
        mode: seen.word("mode"),
        kind: seen.text("kind").map(|kind| kind.to_lowercase()),
        location: seen.text("location/id"),
        records: records.filter_map(|record| text(record, "/type").map(str::to_owned)).collect(),
        created_at: seen.text("created_at"),
        updated_at: seen.text("updated_at"),
        metadata: seen.metadata(),
        answer: seen.0.clone(),
    })
}

/// A resource as it came.
struct Seen<'a>(&'a Value);

impl Seen<'_> {
    fn id(&self) -> Result<String> {
        id_of(self.0)
    }

    fn text(&self, path: &str) -> Option<String> {
        text(self.0, &format!("/content/{path}")).map(str::to_owned)
    }

    /// One of the service's words, in small letters; `unknown` where it said none.
    fn word(&self, name: &str) -> String {
        self.text(name).map_or_else(|| "unknown".into(), |word| word.to_lowercase())
    }

    fn metadata(&self) -> BTreeMap<String, String> {
        let members = self.0.get("metadata").and_then(Value::as_object).into_iter().flatten();
        members.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
    }
}
