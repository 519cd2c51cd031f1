//! A promise that one of the core's threads settles.

use fiskal::error::{Error, Result};
use napi::bindgen_prelude::{Env, Object, ToNapiValue};
use napi::{JsDeferred, Result as NodeResult};
use std::sync::{Arc, Mutex, PoisonError};

type Resolver<T> = Box<dyn FnOnce(Env) -> NodeResult<T> + Send>;
type Deferred<T> = JsDeferred<T, Resolver<T>>;

/// The other end of a promise. Copies are the same end; the first value counts.
struct End<T: ToNapiValue>(Arc<Mutex<Option<Deferred<T>>>>);

impl<T: ToNapiValue + Send + 'static> End<T> {
    /// From any thread. Where the environment of the promise is gone, so is the value.
    fn resolve(&self, value: T) {
        let deferred = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(deferred) = deferred {
            deferred.resolve(Box::new(|_| Ok(value)));
        }
    }
}

/// A promise of what `begin` hands to its argument, or of `refused` when it could not begin.
pub(crate) fn promise<T: ToNapiValue + Send + 'static>(
    env: &Env,
    begin: impl FnOnce(Box<dyn FnOnce(T) + Send>) -> Result<()>,
    refused: impl FnOnce(Error) -> T,
) -> NodeResult<Object<'_>> {
    let (deferred, promise) = env.create_deferred()?;
    let end = End(Arc::new(Mutex::new(Some(deferred))));
    let same = End(end.0.clone());
    if let Err(error) = begin(Box::new(move |value| same.resolve(value))) {
        end.resolve(refused(error));
    }
    Ok(promise)
}
