//! A sale put together call by call. It only makes the JSON that `sale.complete` takes.
//!
//! A face that makes its calls in its own way, such as one whose calls are awaited, takes the results of
//! `sale.begin` and `sale.resume` to [`Cart::begun`] and [`Cart::resumed`], and the parameters of the
//! calls from [`Cart::params`] and [`Cart::abort_params`].

use super::{Client, Receipt, guard, json_of};
use crate::error::{Error, Result};
use crate::read::strict;
use crate::sale::{Sale, check_item, check_payment};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// Levels of a member's path, so that no path makes a nest that is too deep to walk through.
const DEEPEST: usize = 8;

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
        Cart::begun(sale, &client.call("sale.begin", sale)?)
    }

    /// A sale that was begun with these members; `begun` is the result of `sale.begin`.
    ///
    /// # Errors
    /// `invalid` for members that are no JSON object.
    pub fn begun(sale: &str, begun: &str) -> Result<Cart> {
        guard(|| {
            let begun = json_of(begun, "members of the result")?;
            Cart::of(begun.get("sale"), members(sale, "members of the sale")?)
        })
    }

    /// Goes on with a sale that was begun and has not ended: `sale.resume`.
    ///
    /// # Errors
    /// Those of `sale.resume`.
    pub fn resume(client: &Client, sale: &str) -> Result<Cart> {
        Cart::resumed(&client.call("sale.resume", &json!({ "sale": sale }).to_string())?)
    }

    /// A sale that goes on; `found` is the result of `sale.resume`.
    ///
    /// # Errors
    /// `invalid` for what is no such result.
    pub fn resumed(found: &str) -> Result<Cart> {
        guard(|| {
            let mut found = json_of(found, "members of the result")?;
            let cart = found.get_mut("cart").map(Value::take);
            Cart::of(found.get("sale"), cart.and_then(|cart| cart.as_object().cloned()).unwrap_or_default())
        })
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
        if field.split('.').count() > DEEPEST {
            return Err(Error::invalid(
                "",
                format!("no member of a sale is more than {DEEPEST} levels deep"),
            ));
        }
        let pointer = format!("/{}", field.replace('.', "/"));
        let mut changed = self.sale.clone();
        place(&mut changed, field, value.map(Value::from)).ok_or_else(|| {
            Error::invalid(&*pointer, "there is a list or a text in the way; set that as JSON")
        })?;
        self.replace(changed)
    }

    /// Sets several members at once, given as a JSON object; each takes the place of the one before.
    ///
    /// # Errors
    /// As [`Cart::set`].
    pub fn set_json(&mut self, given: &str) -> Result<()> {
        guard(|| {
            let mut changed = self.sale.clone();
            changed.extend(members(given, "members of the sale")?);
            self.replace(changed)
        })
    }

    fn replace(&mut self, sale: Map<String, Value>) -> Result<()> {
        let id = sale.get("id").and_then(Value::as_str);
        if id != Some(self.id()) {
            let message = format!("the sale is '{}' since it was begun; begin another one instead", self.id);
            return Err(Error::invalid("/id", message));
        }
        Sale::read(&Value::Object(sale.clone()))?;
        self.sale = sale;
        Ok(())
    }

    /// Adds an item. The quantity and the price of one unit, VAT included, are decimals; `vat` is a
    /// percentage.
    ///
    /// # Errors
    /// `invalid`, with the JSON pointer into the sale.
    pub fn add_item(&mut self, text: &str, quantity: &str, unit_price: &str, vat: &str) -> Result<()> {
        let item = json!({ "text": text, "quantity": quantity, "unit_price": unit_price, "vat": vat });
        self.add("items", item, check_item)
    }

    /// Adds an item with all its members.
    ///
    /// # Errors
    /// As [`Cart::add_item`].
    pub fn add_item_json(&mut self, item: &str) -> Result<()> {
        self.add("items", json_of(item, "item's members")?, check_item)
    }

    /// Adds a payment: `cash`, `card`, …, and the amount as a decimal.
    ///
    /// # Errors
    /// `invalid`, with the JSON pointer into the sale.
    pub fn add_payment(&mut self, method: &str, amount: &str) -> Result<()> {
        self.add("payments", json!({ "method": method, "amount": amount }), check_payment)
    }

    /// Adds a payment with all its members.
    ///
    /// # Errors
    /// As [`Cart::add_payment`].
    pub fn add_payment_json(&mut self, payment: &str) -> Result<()> {
        self.add("payments", json_of(payment, "payment's members")?, check_payment)
    }

    fn add<T: DeserializeOwned>(
        &mut self,
        list: &str,
        element: Value,
        check: impl FnOnce(&T) -> Result<()>,
    ) -> Result<()> {
        // What does not fit leaves no trace, not even an empty list.
        let count = self.sale.get(list).and_then(Value::as_array).map_or(0, Vec::len);
        strict(&element)
            .and_then(|element| check(&element))
            .map_err(|error| error.under(&format!("/{list}/{count}")))?;
        let elements = self.sale.entry(list).or_insert_with(|| json!([]));
        let Some(elements) = elements.as_array_mut() else {
            return Err(Error::internal(format!("'{list}' of a begun sale is no list")));
        };
        elements.push(element);
        Ok(())
    }

    /// Keeps what was added, so that the sale can be resumed with it: `sale.update`.
    ///
    /// # Errors
    /// Those of `sale.update`.
    pub fn save(&self, client: &Client) -> Result<()> {
        client.call("sale.update", &self.params()).map(drop)
    }

    /// Completes the sale: `sale.complete`. Called again, it gives the same receipt.
    ///
    /// # Errors
    /// Those of `sale.complete`.
    pub fn complete(&self, client: &Client) -> Result<Receipt> {
        Receipt::from_json(client.call("sale.complete", &self.params())?)
    }

    /// Ends the sale without a receipt: `sale.abort`.
    ///
    /// # Errors
    /// Those of `sale.abort`.
    pub fn abort(&self, client: &Client, reason: Option<&str>) -> Result<()> {
        client.call("sale.abort", &self.abort_params(reason)).map(drop)
    }

    /// What `sale.update` and `sale.complete` take: the whole sale as JSON.
    pub fn params(&self) -> String {
        json!(self.sale).to_string()
    }

    /// What `sale.abort` takes, as JSON.
    pub fn abort_params(&self, reason: Option<&str>) -> String {
        json!({ "register": self.sale.get("register"), "sale": self.id, "reason": reason }).to_string()
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn params(cart: &Cart) -> Value {
        serde_json::from_str(&cart.params()).unwrap()
    }

    #[test]
    fn a_begun_sale_takes_items_payments_and_members() {
        let mut cart = Cart::begun(r#"{"register": "till-1"}"#, r#"{"sale": "pos-1"}"#).unwrap();
        cart.add_item("Croissant", "2", "1.20", "5.5").unwrap();
        cart.add_payment_json(r#"{"method": "cash", "amount": "2.40", "tendered": "5.00"}"#).unwrap();
        cart.set_json(r#"{"number": "R-1", "cashier": {"id": "7"}}"#).unwrap();
        cart.set("cashier.name", Some("Anna")).unwrap();
        let whole = json!({
            "id": "pos-1", "register": "till-1", "number": "R-1", "cashier": {"id": "7", "name": "Anna"},
            "items": [{"text": "Croissant", "quantity": "2", "unit_price": "1.20", "vat": "5.5"}],
            "payments": [{"method": "cash", "amount": "2.40", "tendered": "5.00"}],
        });
        assert_eq!(params(&cart), whole);
    }

    #[test]
    fn a_resumed_sale_goes_on_with_its_cart() {
        let item = json!({"text": "Soup", "quantity": "1", "unit_price": "6.00", "vat": "10"});
        let found = json!({"sale": "t-7", "cart": {"id": "t-7", "register": "till-1", "items": [item]}});
        let mut cart = Cart::resumed(&found.to_string()).unwrap();
        cart.add_item("Water", "1", "2.50", "10").unwrap();
        assert_eq!(params(&cart).pointer("/items/1/text"), Some(&json!("Water")));
        let abort: Value = serde_json::from_str(&cart.abort_params(Some("left"))).unwrap();
        assert_eq!(abort, json!({"register": "till-1", "sale": "t-7", "reason": "left"}));
    }

    #[test]
    fn what_does_not_fit_changes_nothing() {
        let mut cart = Cart::begun(r#"{"register": "till-1"}"#, r#"{"sale": "pos-1"}"#).unwrap();
        cart.add_item("Croissant", "1", "1.20", "5.5").unwrap();
        let before = cart.params();
        for (given, pointer) in [
            (r#"{"numbr": "R-1"}"#, "/numbr"),
            (r#"{"items": [{"text": "x"}]}"#, "/items/0/quantity"),
            (r#"{"id": "pos-2"}"#, "/id"),
            (r#"{"id": null}"#, "/id"),
            ("[]", ""),
        ] {
            let error = cart.set_json(given).unwrap_err();
            assert_eq!(
                (error.kind().name(), error.pointer()),
                ("invalid", Some(pointer)),
                "{given}: {error}"
            );
        }
        let error = cart.add_item("Tea", "1", "2.0.0", "10").unwrap_err();
        assert_eq!(error.pointer(), Some("/items/1/unit_price"));
        let error = cart.add_item(&"x".repeat(251), "1", "2.00", "10").unwrap_err();
        assert_eq!(error.pointer(), Some("/items/1/text"));
        let error = cart.add_payment("cash", "2.405").unwrap_err();
        assert_eq!(error.pointer(), Some("/payments/0/amount"));
        assert_eq!(cart.set(&".".repeat(1_000_000), Some("x")).unwrap_err().pointer(), Some(""));
        assert_eq!(cart.set("id", Some("pos-2")).unwrap_err().pointer(), Some("/id"));
        assert_eq!(cart.params(), before);
    }
}
