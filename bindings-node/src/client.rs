//! An open journal.

use crate::call::{NativeInterrupt, started};
use crate::promise::promise;
use crate::sale::begun;
use fiskal::boundary::{Cart, Client, envelope, run_aside};
use fiskal::error::Result;
use napi::Result as NodeResult;
use napi::bindgen_prelude::{ClassInstance, Either, Env, Object};
use napi_derive::napi;
use std::sync::Arc;

/// An open client, or the envelope that says why there is none.
type Opened = Either<String, NativeClient>;

/// Opens the configuration in a file.
#[napi]
pub fn open_file(env: &Env, path: String, overrides: Option<String>) -> NodeResult<Object<'_>> {
    opened(env, move || Client::open_file(&path, overrides.as_deref()))
}

/// Opens a configuration in JSON.
#[napi]
pub fn open_json(env: &Env, config: String) -> NodeResult<Object<'_>> {
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
    /// Does one named operation, and promises its envelope.
    #[napi]
    pub fn call<'env>(
        &self,
        env: &'env Env,
        operation: String,
        params: String,
        interrupt: Option<ClassInstance<'_, NativeInterrupt>>,
    ) -> NodeResult<Object<'env>> {
        started(env, &self.0, operation, Ok(params), interrupt, envelope)
    }

    /// Begins a sale with these members.
    #[napi]
    pub fn begin<'env>(
        &self,
        env: &'env Env,
        sale: String,
        interrupt: Option<ClassInstance<'_, NativeInterrupt>>,
    ) -> NodeResult<Object<'env>> {
        let members = sale.clone();
        let told =
            move |result: Result<String>| begun(result.and_then(|result| Cart::begun(&members, &result)));
        started(env, &self.0, "sale.begin".into(), Ok(sale), interrupt, told)
    }

    /// Goes on with a sale: the parameters of `sale.resume`.
    #[napi]
    pub fn resume<'env>(
        &self,
        env: &'env Env,
        params: String,
        interrupt: Option<ClassInstance<'_, NativeInterrupt>>,
    ) -> NodeResult<Object<'env>> {
        let told = |result: Result<String>| begun(result.and_then(|found| Cart::resumed(&found)));
        started(env, &self.0, "sale.resume".into(), Ok(params), interrupt, told)
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

impl NativeClient {
    pub(crate) fn core(&self) -> &Client {
        &self.0
    }
}
