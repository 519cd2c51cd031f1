//! A call of an operation, which can be interrupted.

use crate::promise::promise;
use fiskal::boundary::Client;
use fiskal::error::Result;
use napi::Result as NodeResult;
use napi::bindgen_prelude::{ClassInstance, Env, Object, ToNapiValue};
use napi_derive::napi;
use std::sync::OnceLock;

/// Starts an operation, and promises what `told` makes of its result. `interrupt` becomes that of this call.
pub(crate) fn started<'env, T: ToNapiValue + Send + 'static>(
    env: &'env Env,
    client: &Client,
    operation: String,
    params: Result<String>,
    interrupt: Option<ClassInstance<'_, NativeInterrupt>>,
    told: impl FnOnce(Result<String>) -> T + Clone + Send + 'static,
) -> NodeResult<Object<'env>> {
    let refused = told.clone();
    let begin = |done: Box<dyn FnOnce(T) + Send>| {
        let own = client.start(operation, params?, move |result| done(told(result)))?;
        if let Some(interrupt) = interrupt {
            // One that was given to an earlier call stays that call's.
            let _ = interrupt.0.set(own);
        }
        Ok(())
    };
    promise(env, begin, |error| refused(Err(error)))
}

/// What lets one call stop waiting.
#[napi]
#[derive(Default)]
pub struct NativeInterrupt(OnceLock<fiskal::Interrupt>);

#[napi]
impl NativeInterrupt {
    /// One that belongs to no call yet.
    #[napi(constructor)]
    pub fn new() -> Self {
        NativeInterrupt::default()
    }

    /// Lets its call return as if its patience had run out.
    #[napi]
    pub fn raise(&self) {
        if let Some(interrupt) = self.0.get() {
            interrupt.raise();
        }
    }
}
