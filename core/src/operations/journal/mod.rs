//! The journal, asked for proof.

mod files;
mod online;

pub(super) use files::{BACKUP, EXPORT, REDACT};

use super::{Definition, Run, given, read, returned, written};
use crate::error::Result;
use crate::fiskal::Call;
use crate::journal::{Exported, Manifest, Misfit, Verification, verify_export};
use online::Online;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(super) const VERIFY: Definition = Definition {
    name: "journal.verify",
    summary: "Checks every entry of the journal, its chains and the ties between them; names the first that does not fit. With `online` also what the services know of it.",
    params: given::<Verify>,
    result: returned::<Verified>,
    run: Run::Client(verify),
};

/// Parameters of `journal.verify`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Verify {
    /// Whether the records that the services have are held against the journal too. Every record carries the
    /// last entry before it, so they witness that nothing was rewritten since.
    #[serde(default)]
    online: bool,
    /// With `online`: only the records of this register; of all that are provisioned if absent.
    #[serde(default)]
    register: Option<String>,
    /// Not the journal but the export in this folder is checked, from its files alone. Relative to the
    /// journal's folder.
    #[serde(default)]
    export: Option<String>,
}

/// Result of `journal.verify`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Verification")]
struct Verified {
    /// How many entries were read before the check ended, the first misfit left out.
    entries: u64,
    /// How many of these are erased, as a later entry says.
    erased: u64,
    /// The first entry that does not fit; none when all do.
    misfit: Option<Misfit>,
    /// What the checked export says of itself; absent for the journal.
    #[serde(skip_serializing_if = "Option::is_none")]
    export: Option<Manifest>,
    /// What the services know; absent where they were not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    online: Option<Online>,
}

fn verify(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let asked: Verify = read(params)?;
    if asked.register.is_some() && !asked.online {
        let message =
            "only with `online` are registers checked one by one; add it, or leave the register out";
        return Err(crate::error::Error::invalid("/register", message));
    }
    if let Some(folder) = &asked.export {
        if asked.online {
            let message = "an export is checked from its files alone; leave one of the two out";
            return Err(crate::error::Error::invalid("/online", message));
        }
        let Exported { manifest, entries, erased, misfit } =
            verify_export(&files::place_of(fiskal, folder, "/export")?)?;
        return written(&Verified { entries, erased, misfit, export: Some(manifest), online: None });
    }
    let found = fiskal.journal().verify()?;
    let online = match asked.online {
        true => Some(online::verify(fiskal, asked.register.as_deref())?),
        false => None,
    };
    let Verification { entries, erased, misfit } = found;
    written(&Verified { entries, erased, misfit, export: None, online })
}
