//! A sale put together call by call, for a language in which JSON is no pleasure. It only makes the
//! JSON that `sale.complete` takes.

use super::{Client, Receipt, json_of};
use crate::error::{Error, Result};
use crate::read::strict;
use crate::sale::{Item, Payment, Sale};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// A begun sale with what was added to it here.
pub struct Cart {
    id: String,
    sale: Map<String, Value>,
}

impl Cart {
    /// Begins a sale: `sale.begin` with these members, of which `register` is needed.
    ///
    /// # Errors
    /// Those of `sale.begin`.
    pub fn begin(client: &Client, sale: &str) -> Result<Cart> {
        let sale = members(sale, "members of the sale")?;
        let begun = call(client, "sale.begin", &Value::Object(sale.clone()))?;
        Cart::of(begun.get("sale"), sale)
    }

    /// Goes on with a sale that was begun and has not ended: `sale.resume`.
    ///
    /// # Errors
    /// Those of `sale.resume`.
    pub fn resume(client: &Client, sale: &str) -> Result<Cart> {
        let mut found = call(client, "sale.resume", &json!({ "sale": sale }))?;
        let cart = found.get_mut("cart").map(Value::take);
        Cart::of(found.get("sale"), cart.and_then(|cart| cart.as_object().cloned()).unwrap_or_default())
    }

    fn of(id: Option<&Value>, mut sale: Map<String, Value>) -> Result<Cart> {
        let id = id.and_then(Value::as_str).map(str::to_owned);
        let id = id.ok_or_else(|| Error::internal("a begun sale has no id"))?;
        sale.insert("id".into(), Value::from(id.as_str()));
        Ok(Cart { id, sale })
    }

    /// The sale's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Sets a member, such as `number` or `cashier.id`; no value takes it away.
    ///
    /// # Errors
    /// `invalid` for a member that a sale does not have, and for a value that does not fit.
    pub fn set(&mut self, field: &str, value: Option<&str>) -> Result<()> {
        let pointer = format!("/{}", field.replace('.', "/"));
        let mut changed = self.sale.clone();
        place(&mut changed, field, value.map(Value::from))
            .ok_or_else(|| Error::invalid(&*pointer, "there is a list or a text in the way; set that as JSON"))?;
        Sale::read(&Value::Object(changed.clone()))?;
        self.sale = changed;
        Ok(())
    }

    /// Adds an item. The quantity and the price of one unit, VAT included, are decimals; `vat` is a
    /// percentage.
    ///
    /// # Errors
    /// `invalid`, with the JSON pointer into the sale.
    pub fn add_item(&mut self, text: &str, quantity: &str, unit_price: &str, vat: &str) -> Result<()> {
        let item = json!({ "text": text, "quantity": quantity, "unit_price": unit_price, "vat": vat });
        self.add::<Item>("items", item)
    }

    /// Adds an item with all its members.
    ///
    /// # Errors
    /// As [`Cart::add_item`].
    pub fn add_item_json(&mut self, item: &str) -> Result<()> {
        self.add::<Item>("items", json_of(item, "item's members")?)
    }

    /// Adds a payment: `cash`, `card`, …, and the amount as a decimal.
    ///
    /// # Errors
    /// `invalid`, with the JSON pointer into the sale.
    pub fn add_payment(&mut self, method: &str, amount: &str) -> Result<()> {
        self.add::<Payment>("payments", json!({ "method": method, "amount": amount }))
    }

    /// Adds a payment with all its members.
    ///
    /// # Errors
    /// As [`Cart::add_payment`].
    pub fn add_payment_json(&mut self, payment: &str) -> Result<()> {
        self.add::<Payment>("payments", json_of(payment, "payment's members")?)
    }

    fn add<T: DeserializeOwned>(&mut self, list: &str, element: Value) -> Result<()> {
        let elements = self.sale.entry(list).or_insert_with(|| json!([]));
        let Some(elements) = elements.as_array_mut() else {
            return Err(Error::internal(format!("'{list}' of a begun sale is no list")));
        };
        strict::<T>(&element).map_err(|error| error.under(&format!("/{list}/{}", elements.len())))?;
        elements.push(element);
        Ok(())
    }

    /// Keeps what was added, so that the sale can be resumed with it: `sale.update`.
    ///
    /// # Errors
    /// Those of `sale.update`.
    pub fn save(&self, client: &Client) -> Result<()> {
        call(client, "sale.update", &Value::Object(self.sale.clone())).map(drop)
    }

    /// Completes the sale: `sale.complete`. Called again, it gives the same receipt.
    ///
    /// # Errors
    /// Those of `sale.complete`.
    pub fn complete(&self, client: &Client) -> Result<Receipt> {
        Receipt::from_json(client.call("sale.complete", &Value::Object(self.sale.clone()).to_string())?)
    }

    /// Ends the sale without a receipt: `sale.abort`.
    ///
    /// # Errors
    /// Those of `sale.abort`.
    pub fn abort(&self, client: &Client, reason: Option<&str>) -> Result<()> {
        let params = json!({ "register": self.sale.get("register"), "sale": self.id, "reason": reason });
        call(client, "sale.abort", &params).map(drop)
    }
}

fn call(client: &Client, operation: &str, params: &Value) -> Result<Value> {
    json_of(&client.call(operation, &params.to_string())?, "members of the result")
}

fn members(text: &str, what: &str) -> Result<Map<String, Value>> {
    match json_of(text, what)? {
        Value::Object(members) => Ok(members),
        _ => Err(Error::invalid("", format!("the {what} are a JSON object"))),
    }
}

/// Puts a value at a path of members; `None` when something else than an object is on the way.
fn place(members: &mut Map<String, Value>, path: &str, value: Option<Value>) -> Option<()> {
    match path.split_once('.') {
        Some((first, rest)) => {
            let inner = members.entry(first).or_insert_with(|| json!({}));
            if inner.is_null() {
                *inner = json!({});
            }
            place(inner.as_object_mut()?, rest, value)
        }
        None => {
            match value {
                Some(value) => members.insert(path.to_owned(), value),
                None => members.shift_remove(path),
            };
            Some(())
        }
    }
}
