//! A sale put together call by call.

use crate::failed;
use fiskal::boundary;
use fiskal::error::Result;
use pyo3::prelude::*;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A begun sale with what was added to it here.
#[pyclass(frozen, module = "fiskal._native")]
pub(crate) struct Cart(Mutex<boundary::Cart>);

type Made = (Option<Cart>, Option<String>);

#[pymethods]
impl Cart {
    /// The sale of these members, as `sale.begin` began it.
    #[staticmethod]
    fn begun(sale: &str, result: &str) -> Made {
        made(boundary::Cart::begun(sale, result))
    }

    /// The sale that `sale.resume` found.
    #[staticmethod]
    fn resumed(result: &str) -> Made {
        made(boundary::Cart::resumed(result))
    }

    /// The sale's id.
    #[getter]
    fn id(&self) -> String {
        self.cart().id().to_owned()
    }

    /// Adds an item with all its members.
    fn add_item(&self, item: &str) -> Option<String> {
        self.cart().add_item_json(item).err().map(failed)
    }

    /// Adds a payment with all its members.
    fn add_payment(&self, payment: &str) -> Option<String> {
        self.cart().add_payment_json(payment).err().map(failed)
    }

    /// Sets members.
    fn set(&self, members: &str) -> Option<String> {
        self.cart().set_json(members).err().map(failed)
    }

    /// What `sale.update` and `sale.complete` take.
    fn params(&self) -> String {
        self.cart().params()
    }

    /// What `sale.abort` takes.
    #[pyo3(signature = (reason=None))]
    fn abort_params(&self, reason: Option<&str>) -> String {
        self.cart().abort_params(reason)
    }
}

impl Cart {
    fn cart(&self) -> MutexGuard<'_, boundary::Cart> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn made(cart: Result<boundary::Cart>) -> Made {
    match cart {
        Ok(cart) => (Some(Cart(Mutex::new(cart))), None),
        Err(error) => (None, Some(failed(error))),
    }
}
