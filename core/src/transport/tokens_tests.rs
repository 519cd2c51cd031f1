use super::*;
use crate::error::{Error, Kind};
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn token(bearer: &str, expires: i64) -> Token {
    Token { bearer: bearer.into(), expires_at: at(expires), refresh: None }
}

fn bearer(token: &Token) -> &str {
    token.bearer.expose_secret()
}

/// What the cache hands out at `second`, where a fetch would bring "new".
fn ask(cache: &TokenCache, second: i64) -> String {
    let got = cache.get("a", at(second), || Ok(token("new", second + 1_000_000))).unwrap();
    bearer(&got).to_owned()
}

#[test]
fn a_token_is_renewed_shortly_before_its_end() {
    for (life, last_second_of_use) in [
        // A day: 60 s before its end.
        (86_400, 86_400 - 61),
        (600, 539),
        // Five minutes: a tenth is 30 s.
        (300, 269),
        (10, 8),
    ] {
        let cache = TokenCache::new();
        cache.get("a", at(0), || Ok(token("old", life))).unwrap();
        assert_eq!(ask(&cache, last_second_of_use), "old", "life {life}");
        assert_eq!(ask(&cache, last_second_of_use + 1), "new", "life {life}");
        assert_eq!(ask(&cache, last_second_of_use + 2), "new", "life {life}");
    }
}

#[test]
fn a_token_that_arrives_expired_is_used_once() {
    let cache = TokenCache::new();
    let got = cache.get("a", at(0), || Ok(token("late", -5))).unwrap();
    assert_eq!(bearer(&got), "late");
    assert_eq!(ask(&cache, 0), "new");
}

#[test]
fn all_threads_share_one_fetch() {
    let cache = TokenCache::new();
    let fetches = AtomicUsize::new(0);
    let start = Barrier::new(16);
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                start.wait();
                let got = cache.get("a", at(0), || {
                    fetches.fetch_add(1, Ordering::SeqCst);
                    thread::sleep(Duration::from_millis(30));
                    Ok(token("one", 3600))
                });
                assert_eq!(bearer(&got.unwrap()), "one");
            });
        }
    });
    assert_eq!(fetches.load(Ordering::SeqCst), 1);
}

#[test]
fn a_slow_sign_in_holds_up_no_other_credential() {
    let cache = TokenCache::new();
    let (release, wait) = mpsc::channel::<()>();
    let (started, fetching) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let cache = &cache;
        let slow = scope.spawn(move || {
            cache.get("slow", at(0), || {
                started.send(()).unwrap();
                // Ends only when the other credential has been served; a cache that held it up
                // would let this run into its timeout.
                wait.recv_timeout(Duration::from_secs(5)).map_err(|_| Error::internal("held up"))?;
                Ok(token("slow", 3600))
            })
        });
        fetching.recv().unwrap();
        let got = cache.get("quick", at(0), || Ok(token("quick", 3600))).unwrap();
        assert_eq!(bearer(&got), "quick");
        release.send(()).unwrap();
        assert_eq!(bearer(&slow.join().unwrap().unwrap()), "slow");
    });
}

#[test]
fn a_failure_is_not_kept() {
    let cache = TokenCache::new();
    let failed = cache.get("a", at(0), || Err(Error::new(Kind::Unauthorized, "no")));
    assert_eq!(failed.unwrap_err().kind(), Kind::Unauthorized);
    assert_eq!(ask(&cache, 0), "new");
}

#[test]
fn a_late_401_does_not_drop_a_newer_token() {
    let cache = TokenCache::new();
    let old = cache.get("a", at(0), || Ok(token("old", 3600))).unwrap();
    cache.forget("a", &old.bearer);
    assert_eq!(ask(&cache, 1), "new");
    cache.forget("a", &old.bearer);
    cache.forget("b", &old.bearer);
    let kept = cache.get("a", at(2), || Ok(token("third", 3600))).unwrap();
    assert_eq!(bearer(&kept), "new");
}

#[test]
fn debug_shows_no_token() {
    let cache = TokenCache::new();
    cache.get("key-of-anna", at(0), || Ok(token("hunter2", 3600))).unwrap();
    let shown = format!("{cache:?}");
    assert!(!shown.contains("hunter2") && !shown.contains("anna"), "{shown}");
}

#[test]
fn a_refresh_token_goes_with_its_token() {
    let cache = TokenCache::new();
    let refresh = |second| cache.refresh("a", at(second)).map(|token| token.expose_secret().to_owned());
    let with = |next: Option<(&str, i64)>| Token {
        refresh: next.map(|(text, end)| (text.into(), at(end))),
        ..token("t", 100)
    };
    assert_eq!(refresh(0), None);
    cache.get("a", at(0), || Ok(with(Some(("r-1", 500))))).unwrap();
    assert_eq!(refresh(499).as_deref(), Some("r-1"));
    assert_eq!(refresh(500), None, "it has ended");
    assert_eq!(cache.refresh("b", at(0)).map(|_| ()), None, "it is another's");
    cache.get("a", at(99), || Ok(with(Some(("r-2", 900))))).unwrap();
    assert_eq!(refresh(500).as_deref(), Some("r-2"));
    cache.forget("a", &"t".into());
    assert_eq!(refresh(500), None, "after a 401 the key itself signs in");
    cache.get("a", at(500), || Ok(with(None))).unwrap();
    assert_eq!(refresh(500), None);
}
