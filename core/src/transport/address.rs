//! Which addresses may be spoken to, and how a path is put behind a base.

use crate::error::{Error, Kind, Result};
use reqwest::Url;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Whether `url` may be a service's base address: `https`, or `http` to this machine's own
/// loopback (127.0.0.0/8, `::1`, `localhost`); no user name, password, query or fragment.
///
/// # Errors
/// [`Kind::Config`], in a sentence that does not repeat the address, which may hold a password.
pub fn check_base(url: &str) -> Result<()> {
    parse_base(url).map(drop).map_err(|wrong| Error::new(Kind::Config, wrong))
}

/// The address of `path` at `base`; the text of the error says what is wrong.
pub(super) fn target(base: &str, path: &str) -> std::result::Result<Url, String> {
    let parsed = parse_base(base)?;
    if !path.starts_with('/') {
        return Err("the path of a request must begin with '/'".into());
    }
    if path.contains('#') || has_blank(path) {
        return Err("the path of a request may not contain '#', spaces or control characters".into());
    }
    let url = Url::parse(&format!("{}{path}", base.trim_end_matches('/')))
        .map_err(|cause| format!("the path of the request cannot be used: {cause}"))?;
    if url.origin() != parsed.origin() {
        return Err("the path of a request may not lead to another host".into());
    }
    Ok(url)
}

/// Where a redirect leads, if it stays within scheme, host and port.
pub(super) fn same_origin(from: &Url, location: &str) -> Option<Url> {
    let next = from.join(location).ok()?;
    let bare = next.username().is_empty() && next.password().is_none();
    (bare && next.origin() == from.origin()).then_some(next)
}

/// Whether the address leads to this machine's own loopback.
pub(crate) fn is_on_this_machine(base: &str) -> bool {
    Url::parse(base).is_ok_and(|url| is_loopback(&url))
}

/// Whether the host of `url` is this machine's own loopback.
pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || bare.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
        || bare.parse::<Ipv6Addr>().is_ok_and(|ip| ip.is_loopback())
}

fn parse_base(text: &str) -> std::result::Result<Url, String> {
    if text.is_empty() {
        return Err("the service's address is empty; give an https address".into());
    }
    if has_blank(text) {
        return Err("the service's address contains spaces or control characters; remove them".into());
    }
    let url = Url::parse(text).map_err(|cause| {
        format!("the service's address is not a URL ({cause}); give one such as https://host/path")
    })?;
    let wrong = match url.scheme() {
        _ if url.host_str().is_none_or(str::is_empty) => {
            Some("names no host; give one such as https://host/path")
        }
        _ if !url.username().is_empty() || url.password().is_some() => {
            Some("contains a user name or password; take it out and use the account's key and secret")
        }
        _ if url.query().is_some() => Some("contains a query ('?'); take it out"),
        _ if url.fragment().is_some() => Some("contains a fragment ('#'); take it out"),
        "https" => None,
        "http" if is_loopback(&url) => None,
        "http" => Some("is plain http, which is allowed only to this machine's loopback; use https"),
        _ => Some("is neither https nor http; use https"),
    };
    match wrong {
        Some(wrong) => Err(format!("the service's address {wrong}")),
        None => Ok(url),
    }
}

fn has_blank(text: &str) -> bool {
    text.chars().any(|c| c.is_control() || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_is_https_or_http_on_loopback() {
        for right in [
            "https://api.example.org",
            "https://api.example.org:8443/v1",
            "https://10.0.0.7/x",
            "http://127.0.0.1:8787/sign-fr",
            "http://127.8.9.10",
            "http://[::1]:80",
            "http://localhost:1",
            "HTTP://LOCALHOST",
        ] {
            assert_eq!(check_base(right), Ok(()), "{right}");
        }
        for (wrong, says) in [
            ("", "empty"),
            ("api.example.org", "not a URL"),
            ("https://", "not a URL"),
            ("ftp://example.org", "neither https nor http"),
            ("file:///etc/passwd", "no host"),
            ("http://example.org", "plain http"),
            ("http://192.168.0.1", "plain http"),
            ("http://localhost.example.org", "plain http"),
            ("http://127.0.0.1.example.org", "plain http"),
            ("http://[::2]", "plain http"),
            ("https://anna:hunter2@example.org", "user name or password"),
            ("https://:hunter2@example.org", "user name or password"),
            ("https://example.org/?a=b", "query"),
            ("https://example.org/#a", "fragment"),
            ("https://exa mple.org", "spaces"),
            ("https://example.org\n", "spaces"),
        ] {
            let error = check_base(wrong).unwrap_err();
            assert_eq!(error.kind(), Kind::Config, "{wrong}");
            assert!(error.message().contains(says), "{wrong}: {error}");
            assert!(!error.message().contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_path_stays_at_its_base() {
        for (base, path, expected) in [
            ("https://h", "/a?b=c", "https://h/a?b=c"),
            ("https://h/v1", "/a", "https://h/v1/a"),
            ("https://h/v1/", "/a", "https://h/v1/a"),
            ("https://h", "//other/a", "https://h//other/a"),
        ] {
            assert_eq!(target(base, path).unwrap().as_str(), expected);
        }
        for (base, path) in [
            ("https://h", ""),
            ("https://h", "a"),
            ("https://h", ".other.org/a"),
            ("https://h", "@other.org/a"),
            ("https://h", ":81/a"),
            ("https://h", "/a#b"),
            ("https://h", "/a b"),
            ("https://h", "/a\r\nX: y"),
            ("http://h", "/a"),
        ] {
            assert!(target(base, path).is_err(), "{base} {path:?}");
        }
    }

    #[test]
    fn a_redirect_is_followed_only_within_its_origin() {
        let from = Url::parse("https://h/v1/a").unwrap();
        for (location, expected) in [
            ("/b", Some("https://h/b")),
            ("b?c", Some("https://h/v1/b?c")),
            ("https://h:443/b", Some("https://h/b")),
            ("https://h:444/b", None),
            ("http://h/b", None),
            ("https://other/b", None),
            ("//other/b", None),
            ("https://anna@h/b", None),
            ("https://[", None),
        ] {
            assert_eq!(same_origin(&from, location).as_ref().map(Url::as_str), expected, "{location}");
        }
    }
}
