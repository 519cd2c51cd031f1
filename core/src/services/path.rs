//! The path of a raw request, which a caller writes.

/// Whether it is the path of what it seems to be: no part of it is another one for the service, so that what may not be
/// asked for can be told by its beginning.
pub(super) fn is_plain(path: &str) -> bool {
    let before_query = path.split('?').next().unwrap_or_default();
    let is_plain = |part: &str| !matches!(part, "." | "..") && !part.contains(['%', '\\']);
    path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#')
        && before_query.split('/').all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_means_another_one_is_none() {
        for path in ["/", "/records?limit=10", "/cash-register/1/receipt?note=a%20b..", "/a.b", "/..a"] {
            assert!(is_plain(path), "{path}");
        }
        for path in [
            "",
            "auth",
            "//host/auth",
            "/./auth",
            "/x/../fon/auth",
            "/..",
            "/%61uth",
            "/x/%2e%2e/auth",
            "/x\\..\\auth",
            "/auth#x",
            "/a b",
            "/a\n",
            "/ä",
        ] {
            assert!(!is_plain(path), "{path}");
        }
    }
}
