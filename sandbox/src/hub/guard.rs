//! Who may use the hub. It has no password: it is for whoever sits at this machine. What must not use it is a page of
//! another site in the same browser, by posting a form here or by giving this address a name of its own.

use std::net::IpAddr;

use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method};

/// Why a request is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) status: u16,
    pub(crate) message: &'static str,
}

/// Lets a request in whose `Host` no other site can own, and which no page of another site wrote.
pub(crate) fn check(method: &Method, headers: &HeaderMap) -> Result<(), Refused> {
    let host = text(headers, "host").unwrap_or_default();
    if !is_local(host) {
        return Err(Refused {
            status: 421,
            message: "The sandbox's pages answer under an IP address, localhost or a name without a dot, so that no other site can point its own name at them.",
        });
    }
    if !method.is_safe() && !is_own(headers, host) {
        return Err(Refused {
            status: 403,
            message: "This request did not come from one of the sandbox's own pages, and nothing was changed. A program sends the header Origin with the sandbox's own address.",
        });
    }
    Ok(())
}

/// Lets a program's request in, and refuses what a page of another site wrote: a browser always says who did.
pub(crate) fn check_program(method: &Method, headers: &HeaderMap) -> Result<(), Refused> {
    let from_a_page = headers.contains_key("origin") || headers.contains_key("sec-fetch-site");
    if method.is_safe() || !from_a_page { Ok(()) } else { check(method, headers) }
}

fn is_local(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host().trim_start_matches('[').trim_end_matches(']');
    name.parse::<IpAddr>().is_ok() || !name.contains('.') || name.ends_with(".localhost")
}

fn is_own(headers: &HeaderMap, host: &str) -> bool {
    if let Some(site) = text(headers, "sec-fetch-site")
        && site != "same-origin"
    {
        return false;
    }
    let origin = text(headers, "origin").or_else(|| text(headers, "referer"));
    let written_at = origin.and_then(|origin| origin.split_once("://"));
    written_at.is_some_and(|(_, rest)| rest.split('/').next() == Some(host))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    fn status(method: Method, pairs: &[(&'static str, &'static str)]) -> u16 {
        check(&method, &headers(pairs)).map_or_else(|refused| refused.status, |()| 200)
    }

    #[test]
    fn names_that_another_site_can_own_are_refused() {
        for host in ["127.0.0.1:8787", "[::1]:8787", "localhost:8787", "hub.localhost", "sandbox:8787"] {
            assert_eq!(status(Method::GET, &[("host", host)]), 200, "{host}");
        }
        for host in ["evil.example", "127.0.0.1.evil.example:8787", "localhost.evil.example", "", "a b"] {
            assert_eq!(status(Method::GET, &[("host", host)]), 421, "{host}");
        }
    }

    #[test]
    fn only_a_page_of_the_same_origin_may_post() {
        let host = ("host", "127.0.0.1:1");
        let own = ("origin", "http://127.0.0.1:1");
        assert_eq!(status(Method::POST, &[host, own]), 200);
        assert_eq!(status(Method::POST, &[host, own, ("sec-fetch-site", "same-origin")]), 200);
        assert_eq!(status(Method::POST, &[host, ("referer", "http://127.0.0.1:1/hub/faults")]), 200);
        for foreign in
            ["http://127.0.0.1:2", "http://evil.example", "null", "http://127.0.0.1:1.evil.example"]
        {
            assert_eq!(status(Method::POST, &[host, ("origin", foreign)]), 403, "{foreign}");
        }
        assert_eq!(status(Method::POST, &[host, own, ("sec-fetch-site", "cross-site")]), 403);
        assert_eq!(status(Method::POST, &[host]), 403);
    }

    #[test]
    fn a_program_needs_no_origin_but_another_page_is_refused() {
        let put =
            |pairs: &[(&'static str, &'static str)]| check_program(&Method::PUT, &headers(pairs)).is_ok();
        assert!(put(&[("host", "sandbox.example.internal:1")]));
        assert!(put(&[("host", "127.0.0.1:1"), ("origin", "http://127.0.0.1:1")]));
        assert!(!put(&[("host", "127.0.0.1:1"), ("origin", "http://evil.example")]));
        assert!(!put(&[("host", "127.0.0.1:1"), ("sec-fetch-site", "cross-site")]));
    }
}
