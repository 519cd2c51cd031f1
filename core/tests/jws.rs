//! Detached signatures that OpenSSL made (`openssl dgst -sign`, with a salt of 32 bytes for PS256) over the bytes
//! 0, 7, 14, … modulo 251, a thousand of them.

#![allow(clippy::unwrap_used, reason = "a test may")]

use fiskal::error::{Kind, Result};
use fiskal::verify::DetachedJws;

const ES256: (&str, &str) = (include_str!("jws/es256.jws"), include_str!("jws/es256.pem"));
const ES384: (&str, &str) = (include_str!("jws/es384.jws"), include_str!("jws/es384.pem"));
const RS256: (&str, &str) = (include_str!("jws/rs256.jws"), include_str!("jws/rsa.pem"));
const PS256: (&str, &str) = (include_str!("jws/ps256.jws"), include_str!("jws/rsa.pem"));
const ALL: [(&str, &str); 4] = [ES256, ES384, RS256, PS256];

fn content() -> Vec<u8> {
    (0..1000_usize).map(|index| u8::try_from(index * 7 % 251).unwrap()).collect()
}

fn check(jws: &str, certificate: &str, content: &[u8], piece: usize) -> Result<()> {
    let mut signature = DetachedJws::new(jws, certificate)?;
    content.chunks(piece).for_each(|piece| signature.update(piece));
    signature.verify()
}

#[test]
fn what_openssl_signed_holds_however_it_is_cut() {
    for (jws, certificate) in ALL {
        for piece in [1, 2, 3, 4, 5, 7, 64, 999, 1000, 5000] {
            check(jws, certificate, &content(), piece).unwrap();
        }
    }
}

#[test]
fn nothing_else_holds() {
    for (jws, certificate) in ALL {
        let mut other = content();
        other[500] ^= 1;
        let mut spoiled = jws.trim().to_owned();
        let last = if spoiled.ends_with('A') { 'Q' } else { 'A' };
        spoiled.replace_range(spoiled.len() - 6..spoiled.len() - 5, &last.to_string());
        let short = jws.trim().strip_suffix(|_: char| true).unwrap();
        let cases: [(&str, &[u8]); 6] = [
            (jws, &other),
            (jws, &content()[..999]),
            (jws, &[content(), vec![0]].concat()),
            (jws, b""),
            (&spoiled, &content()),
            (short, &content()),
        ];
        for (at, (jws, content)) in cases.into_iter().enumerate() {
            let error = check(jws, certificate, content, 100).unwrap_err();
            assert_eq!(error.kind(), Kind::Mismatch, "{at}");
        }
    }
}

#[test]
fn an_algorithm_that_is_not_the_keys_is_refused() {
    for (jws, _) in ALL {
        let fitting = ALL.iter().filter(|(_, certificate)| check(jws, certificate, &content(), 10).is_ok());
        let expected = if jws == RS256.0 || jws == PS256.0 { 2 } else { 1 };
        assert_eq!(fitting.count(), expected, "the RSA certificate serves two");
    }
}

#[test]
fn what_is_no_detached_jws_is_refused() {
    use base64::Engine;
    let header = |json: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json);
    let (good, certificate) = ES256;
    let signature = good.trim().rsplit('.').next().unwrap();
    let with = |json: &str| format!("{}..{signature}", header(json));
    let (head, _) = good.split_once('.').unwrap();
    for jws in [
        String::new(),
        "..".into(),
        "a.b".into(),
        format!("{head}.eA.{signature}"),
        format!("{head}..{signature}.x"),
        format!("{head}..="),
        format!("{head}.."),
        with("{}"),
        with("[]"),
        with(r#"{"alg":"none"}"#),
        with(r#"{"alg":"HS256"}"#),
        with(r#"{"alg":1}"#),
        with(r#"{"alg":"ES256","crit":["b64"],"b64":false}"#),
        "x".repeat(1 << 20),
    ] {
        assert!(check(&jws, certificate, &content(), 10).is_err(), "{jws:.80}");
    }
    for certificate in ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        assert!(check(good, certificate, &content(), 10).is_err());
    }
}
