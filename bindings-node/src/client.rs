//! An open journal, and a call of it that can be interrupted.

use crate::promise::promise;
use fiskal::boundary::{Client, envelope, run_aside};
use fiskal::error::Result;
use napi::Result as NodeResult;
use napi::bindgen_prelude::{ClassInstance, Either, Env, Object};
use napi_derive::napi;
use std::sync::{Arc, OnceLock};

/// An open client, or the envelope that says why there is none.
type Opened = Either<String, NativeClient>;

/// Opens the configuration in a file.
#[napi]
pub(crate) fn open_file(env: &Env, path: String, overrides: Option<String>) -> NodeResult<Object<'_>> {
    opened(env, move || Client::open_file(&path, overrides.as_deref()))
}

/// Opens a configuration in JSON.
#[napi]
pub(crate) fn open_json(env: &Env, config: String) -> NodeResult<Object<'_>> {
    opened(env, move || Client::open_json(&config))
}

fn opened(env: &Env, open: impl FnOnce() -> Result<Client> + Send + 'static) -> NodeResult<Object<'_>> {
    let told = |opened: Result<Client>| -> Opened {
        match opened {
            Ok(client) => Either::B(NativeClient(Arc::new(client))),
            Err(error) => Either::A(envelope(Err(error))),
        }
    };
    promise(
        env,
        move |done| run_aside(open, move |opened| done(told(opened))),
        |error| Either::A(envelope(Err(error))),
    )
}

/// An open journal. It keeps no process alive; calls under way do.
#[napi]
pub struct NativeClient(Arc<Client>);

#[napi]
impl NativeClient {
    /// Does one named operation, and promises its envelope. `interrupt` becomes that of this call.
    #[napi]
    pub fn call<'env>(
        &self,
        env: &'env Env,
        operation: String,
        params: String,
        interrupt: Option<ClassInstance<'_, NativeInterrupt>>,
    ) -> NodeResult<Object<'env>> {
        let begin = |done: Box<dyn FnOnce(String) + Send>| {
            let own = self.0.start(operation, params, move |result| done(envelope(result)))?;
            if let Some(interrupt) = interrupt {
                // One that was given to an earlier call stays that call's.
                let _ = interrupt.0.set(own);
            }
            Ok(())
        };
        promise(env, begin, |error| envelope(Err(error)))
    }

    /// Lets all calls that wait return as if their patience had run out.
    #[napi]
    pub fn interrupt(&self) {
        self.0.interrupt();
    }

    /// Closes the client, and promises an envelope when that is done. Closing again does nothing.
    #[napi]
    pub fn close<'env>(&self, env: &'env Env) -> NodeResult<Object<'env>> {
        let client = self.0.clone();
        let close = move || {
            client.close();
            Ok("null".to_owned())
        };
        let begin =
            |done: Box<dyn FnOnce(String) + Send>| run_aside(close, move |closed| done(envelope(closed)));
        promise(env, begin, |error| envelope(Err(error)))
    }
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
