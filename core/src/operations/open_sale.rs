//! Begun sales that have not ended: listed, and found again.

use super::sale::ended;
use super::{Definition, Run, given, read, written};
use crate::engine::ports::{OpenSale, Store};
use crate::error::{Error, Result};
use crate::fiskal::Call;
use crate::sale::Sale;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(super) const LIST: Definition = Definition {
    name: "sale.list",
    summary: "Lists the begun sales that have not ended, of one register or of all.",
    params: given::<List>,
    // The carts in it have the members that were given.
    result: given::<OpenSales>,
    run: Run::Client(list),
};

pub(super) const RESUME: Definition = Definition {
    name: "sale.resume",
    summary: "Finds a begun sale that has not ended, with its cart, so that any process or day can go on with it.",
    params: given::<Resume>,
    result: given::<Open>,
    run: Run::Client(resume),
};

/// Parameters of `sale.list`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct List {
    /// Only of this register; of all if absent.
    #[serde(default)]
    register: Option<String>,
}

/// Parameters of `sale.resume`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Resume {
    /// The sale's id.
    sale: String,
    /// The register's name in the configuration; needed where several have a sale of this id.
    #[serde(default)]
    register: Option<String>,
}

/// Result of `sale.list`.
#[derive(Serialize, JsonSchema)]
struct OpenSales {
    /// The open sales, register by register, oldest first.
    sales: Vec<Open>,
}

/// A sale that was begun and has not ended.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OpenSale")]
struct Open {
    /// The sale's id.
    sale: String,
    /// The register that it was begun on.
    register: String,
    /// When it was begun (RFC 3339).
    begun_at: String,
    /// The sale as it was begun or last updated, with the members that were given then.
    #[schemars(with = "Sale")]
    cart: Value,
}

fn list(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let List { register } = read(params)?;
    let mut sales = Vec::new();
    for name in registers(fiskal, register.as_deref()) {
        let place = fiskal.place(name)?;
        let open = fiskal.engine().store().open_sales(&place.line)?.into_iter();
        sales.extend(open.map(|sale| opened(sale, name)));
    }
    written(&OpenSales { sales })
}

fn resume(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let Resume { sale, register } = read(params)?;
    let mut found = Vec::new();
    for name in registers(fiskal, register.as_deref()) {
        let place = fiskal.place(name)?;
        found.extend(fiskal.engine().store().sale(&place.line, &sale)?.map(|known| (known, name)));
    }
    let exists = !found.is_empty();
    found.retain(|(known, _)| !known.ended);
    match (found.pop(), exists) {
        (Some((open, name)), _) if found.is_empty() => written(&opened(open, name)),
        (Some(_), _) => {
            let message = format!("several registers have an open sale '{sale}'; say which register");
            Err(Error::invalid("/register", message))
        }
        (None, true) => Err(ended(&sale).at("/sale")),
        (None, false) => Err(crate::engine::no_such_sale(&sale).at("/sale")),
    }
}

/// The register that was named, or all.
fn registers<'a>(fiskal: &'a Call<'_>, named: Option<&'a str>) -> Vec<&'a str> {
    match named {
        Some(register) => vec![register],
        None => fiskal.config().registers.keys().map(String::as_str).collect(),
    }
}

fn opened(sale: OpenSale, register: &str) -> Open {
    Open {
        sale: sale.id,
        register: register.to_owned(),
        begun_at: sale.begun_at.to_string(),
        cart: sale.cart,
    }
}
