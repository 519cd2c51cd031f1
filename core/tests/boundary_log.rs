//! The log, as another language's logger hears it. A test program of its own: a logger is the whole
//! program's.
#![allow(clippy::unwrap_used)]

use fiskal::boundary::log::{self, Logger};
use fiskal::config::Config;
use serde_json::json;
use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver};

fn listening() -> (Logger, Receiver<(i32, String, String)>) {
    let (tell, told) = mpsc::channel();
    let logger = move |level: i32, target: &str, text: &str| {
        tell.send((level, target.to_owned(), text.to_owned())).unwrap();
    };
    (Box::new(logger), told)
}

/// The tests of this program, one at a time.
static ONE_LOGGER: Mutex<()> = Mutex::new(());

/// What a sandbox signs counts for nothing, and a proxy on this machine is possible: it is told, and goes on.
#[test]
fn a_live_account_whose_url_leads_to_this_machine_is_warned_about() {
    let _alone = ONE_LOGGER.lock();
    for (service, url, environment, warned) in [
        ("sign-fr", "http://127.0.0.1:8787/sign-fr", "live", 1),
        ("sign-it", "https://localhost/sign-fr", "live", 1),
        ("sign-at", "http://[::1]:8787/sign-at", "live", 1),
        ("sign-at", "http://127.0.0.1:8787/sign-at", "sandbox", 0),
        ("sign-at", "https://proxy.example", "live", 0),
    ] {
        let (logger, heard) = listening();
        log::set_logger(Some(logger), 2);
        let account = json!({
            "service": service, "environment": environment, "url": url, "key": "env:KEY", "secret": "env:SECRET",
        });
        Config::from_json(&json!({ "account": { "a": account } }).to_string()).unwrap();
        log::set_logger(None, 2);
        let warnings: Vec<_> =
            heard.try_iter().filter(|(_, _, text)| text.contains("/account/a/url")).collect();
        assert_eq!(warnings.len(), warned, "{service} {url} {environment}: {warnings:?}");
    }
}

#[test]
fn a_logger_hears_what_it_asked_for_until_it_is_replaced() {
    let _alone = ONE_LOGGER.lock();
    let warn = || tracing::warn!(target: "fiskal::engine", line = 7, "not settled");
    let debug = || tracing::debug!(target: "fiskal::transport", "sent");

    let (logger, first) = listening();
    log::set_logger(Some(logger), 2);
    warn();
    debug();
    tracing::error!(target: "hyper", "not ours");
    let heard = (2, "fiskal::engine".to_owned(), "not settled line=7".to_owned());
    assert_eq!(first.try_iter().collect::<Vec<_>>(), [heard]);

    let (logger, second) = listening();
    log::set_logger(Some(logger), i32::MAX);
    debug();
    assert!(first.recv().is_err(), "the first logger is gone");
    assert_eq!(second.try_iter().count(), 1);

    // A logger may set another, and what is logged by a logger is not logged.
    let (logger, third) = listening();
    let next = Mutex::new(Some(logger));
    let handing_over = move |_: i32, _: &str, _: &str| {
        tracing::error!(target: "fiskal", "from within");
        log::set_logger(next.lock().unwrap().take(), 5);
    };
    log::set_logger(Some(Box::new(handing_over)), 5);
    warn();
    debug();
    assert_eq!(third.try_iter().count(), 1);

    log::set_logger(None, 5);
    warn();
    assert!(third.recv().is_err(), "the third logger is gone");
}
