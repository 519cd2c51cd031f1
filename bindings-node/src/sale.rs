//! A begun sale, put together call by call.

use crate::call::{NativeInterrupt, started};
use crate::client::NativeClient;
use fiskal::boundary::{Cart, envelope, guard};
use fiskal::error::Result;
use napi::Result as NodeResult;
use napi::bindgen_prelude::{ClassInstance, Either, Env, Object};
use napi_derive::napi;
use std::sync::{Mutex, PoisonError};

/// A begun sale, or the envelope that says why there is none.
pub(crate) type Begun = Either<String, NativeCart>;

pub(crate) fn begun(cart: Result<Cart>) -> Begun {
    match cart {
        Ok(cart) => Either::B(NativeCart(Mutex::new(cart))),
        Err(error) => Either::A(envelope(Err(error))),
    }
}

/// A begun sale with what was added to it. Its methods that change it give an envelope.
#[napi]
pub struct NativeCart(Mutex<Cart>);

#[napi]
impl NativeCart {
    /// The sale's id.
    #[napi(getter)]
    pub fn id(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).id().to_owned()
    }

    /// Adds an item with all its members.
    #[napi]
    pub fn add_item(&self, item: String) -> String {
        self.change(|cart| cart.add_item_json(&item))
    }

    /// Adds a payment with all its members.
    #[napi]
    pub fn add_payment(&self, payment: String) -> String {
        self.change(|cart| cart.add_payment_json(&payment))
    }

    /// Sets members.
    #[napi]
    pub fn set(&self, members: String) -> String {
        self.change(|cart| cart.set_json(&members))
    }

    /// The envelope of the whole sale.
    #[napi]
    pub fn params(&self) -> String {
        envelope(self.with(|cart| Ok(cart.params())))
    }

    /// Does `sale.update` or `sale.complete`, and promises its envelope.
    #[napi]
    pub fn call<'env>(
        &self,
        env: &'env Env,
        client: &NativeClient,
        operation: String,
        interrupt: Option<ClassInstance<'_, NativeInterrupt>>,
    ) -> NodeResult<Object<'env>> {
        started(env, client.core(), operation, self.with(|cart| Ok(cart.params())), interrupt, envelope)
    }

    /// Does `sale.abort`, and promises its envelope.
    #[napi]
    pub fn abort<'env>(
        &self,
        env: &'env Env,
        client: &NativeClient,
        reason: Option<String>,
        interrupt: Option<ClassInstance<'_, NativeInterrupt>>,
    ) -> NodeResult<Object<'env>> {
        let params = self.with(|cart| Ok(cart.abort_params(reason.as_deref())));
        started(env, client.core(), "sale.abort".into(), params, interrupt, envelope)
    }

    fn change(&self, change: impl FnOnce(&mut Cart) -> Result<()>) -> String {
        envelope(self.with(change).map(|()| "null".to_owned()))
    }

    /// On Node's own thread, where a panic would end the process.
    fn with<T>(&self, work: impl FnOnce(&mut Cart) -> Result<T>) -> Result<T> {
        guard(|| work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}
