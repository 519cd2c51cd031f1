//! Bearer tokens, fetched once for all threads.

use crate::error::Result;
use crate::exchange::Token;
use jiff::{SignedDuration, Timestamp};
use once_cell::sync::OnceCell;
use secrecy::{ExposeSecret, SecretString};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A token is renewed when less than this is left of it, or less than a tenth of its life.
const MARGIN: SignedDuration = SignedDuration::from_secs(60);

/// The tokens of all credentials, in memory only.
#[derive(Default)]
pub struct TokenCache {
    cells: Mutex<HashMap<String, Cell>>,
    refresh: Mutex<HashMap<String, (SecretString, Timestamp)>>,
}

/// Empty while its first user fetches the token; all others of that credential wait for it.
type Cell = Arc<OnceCell<Held>>;

struct Held {
    token: Token,
    renew_at: Timestamp,
}

impl TokenCache {
    /// A cache without tokens.
    pub fn new() -> Self {
        TokenCache::default()
    }

    /// The token of `credential`, from `fetch` if there is none or too little is left of it: less
    /// than 60 s, or less than a tenth of its life where that is shorter.
    ///
    /// Threads that ask for the same credential meanwhile wait for the one that fetches; if it
    /// fails, the next of them tries, so `fetch` must look at its own deadline. Other credentials
    /// are not held up. `fetch` may not ask for the same credential again.
    ///
    /// # Errors
    /// What `fetch` returns; a failure is not kept.
    pub fn get(
        &self,
        credential: &str,
        now: Timestamp,
        fetch: impl FnOnce() -> Result<Token>,
    ) -> Result<Token> {
        let cell = self.cell(credential, now);
        let held = cell.get_or_try_init(|| -> Result<Held> {
            let token = fetch()?;
            let mut refresh = lock(&self.refresh);
            match token.refresh.clone() {
                Some(next) => refresh.insert(credential.to_owned(), next),
                None => refresh.remove(credential),
            };
            Ok(Held { renew_at: renew_at(&token, now), token })
        })?;
        Ok(held.token.clone())
    }

    /// What gets the next token of `credential` without its secret, if that is still good.
    pub fn refresh(&self, credential: &str, now: Timestamp) -> Option<SecretString> {
        let refresh = lock(&self.refresh);
        refresh.get(credential).filter(|(_, expires_at)| now < *expires_at).map(|(token, _)| token.clone())
    }

    /// Drops what would get the next token: the service did not take it.
    pub fn forget_refresh(&self, credential: &str) {
        lock(&self.refresh).remove(credential);
    }

    /// Drops this very token, and what would get the next one: after a late 401, a newer one that
    /// another thread has fetched meanwhile stays.
    pub fn forget(&self, credential: &str, bearer: &SecretString) {
        let mut cells = lock(&self.cells);
        let held = cells.get(credential).and_then(|cell| cell.get());
        if held.is_some_and(|held| held.token.bearer.expose_secret() == bearer.expose_secret()) {
            cells.remove(credential);
            self.forget_refresh(credential);
        }
    }

    fn cell(&self, credential: &str, now: Timestamp) -> Cell {
        let mut cells = lock(&self.cells);
        let cell = cells.entry(credential.to_owned()).or_default();
        if cell.get().is_some_and(|held| now >= held.renew_at) {
            *cell = Cell::default();
        }
        Arc::clone(cell)
    }
}

fn lock<T>(map: &Mutex<HashMap<String, T>>) -> MutexGuard<'_, HashMap<String, T>> {
    map.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("TokenCache").field("credentials", &lock(&self.cells).len()).finish()
    }
}

fn renew_at(token: &Token, now: Timestamp) -> Timestamp {
    let life = token.expires_at.duration_since(now).max(SignedDuration::ZERO);
    token.expires_at.checked_sub(MARGIN.min(life / 10)).unwrap_or(token.expires_at)
}

#[cfg(test)]
#[path = "tokens_tests.rs"]
mod tests;
