//! The journal, asked for proof.

use super::{Definition, Nothing, Run, given, read, returned, written};
use crate::error::Result;
use crate::fiskal::Call;
use crate::journal::Verification;
use serde_json::Value;

pub(super) const VERIFY: Definition = Definition {
    name: "journal.verify",
    summary: "Checks every entry of the journal, its chains and the ties between them; names the first that does not fit.",
    params: given::<Nothing>,
    result: returned::<Verification>,
    run: Run::Client(verify),
};

fn verify(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    read::<Nothing>(params)?;
    written(&fiskal.journal().verify()?)
}
