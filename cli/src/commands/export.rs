//! `fiskal export`

use super::{from_here, text};
use crate::args::{Export, ExportType};
use crate::output::{Exit, Output};
use fiskal::error::Result;
use fiskal::operations::fetch_export;
use fiskal::{Fiskal, Interrupt};
use serde_json::{Map, Value, json};

/// Orders an export, or takes up one that was ordered, and fetches its file where it is ready.
pub(super) fn run(fiskal: &Fiskal, wanted: &Export, output: &mut Output) -> Result<Exit> {
    let ordered = match &wanted.export {
        Some(export) => fiskal.call("export.get", &json!({"register": wanted.register, "export": export}))?,
        None => fiskal.call("export.create", &order(wanted))?,
    };
    match text(&ordered, "/state") {
        "ready" => {
            let to = from_here(&wanted.to)?;
            let fetch = json!({"register": wanted.register, "export": ordered["export"], "to": to});
            let steps = output.steps(1);
            steps.next("fetching");
            let fetched = fetch_export(fiskal, &fetch, &Interrupt::never(), &mut |bytes| {
                steps.at(0, format_args!("{bytes} bytes fetched"));
            });
            drop(steps);
            output.result(&fetched?);
            Ok(Exit::Done)
        }
        state => {
            output.result(&ordered);
            Ok(if state == "failed" { Exit::Failed } else { Exit::Pending })
        }
    }
}

fn order(wanted: &Export) -> Value {
    let mut params = Map::new();
    params.insert("register".into(), wanted.register.as_str().into());
    let given = [
        ("type", wanted.export_type.map(ExportType::name)),
        ("start", wanted.start.as_deref()),
        ("end", wanted.end.as_deref()),
        ("first", wanted.first.as_deref()),
        ("last", wanted.last.as_deref()),
        ("filter", wanted.filter.as_deref()),
    ];
    params.extend(given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))));
    Value::Object(params)
}
