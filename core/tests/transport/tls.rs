//! TLS: who is trusted, and that nothing leaves where nobody is.

use crate::server::{Reply, Server};
use crate::{NEVER, PLENTY, answered, not_sent, post};
use fiskal::transport::{HttpTransport, Network, Proxy, Roots, Transport};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, SupportedProtocolVersion};
use std::process::Command;
use std::sync::Arc;
use std::{env, fs};
use tempfile::NamedTempFile;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn trusting(authority: &Authority) -> (HttpTransport, NamedTempFile) {
    let file = NamedTempFile::new().unwrap();
    fs::write(file.path(), authority.pem()).unwrap();
    let roots = Roots::Pem(file.path().to_owned());
    (HttpTransport::new(&Network { proxy: Proxy::None, roots }).unwrap(), file)
}

fn for_host(name: &str) -> CertificateParams {
    CertificateParams::new(vec![name.to_owned()]).unwrap()
}

const BOTH: [&SupportedProtocolVersion; 2] = [&rustls::version::TLS13, &rustls::version::TLS12];

fn server(
    authority: &Authority,
    certificate: CertificateParams,
    versions: &[&'static SupportedProtocolVersion],
) -> Server {
    let key = KeyPair::generate().unwrap();
    let certificate = certificate.signed_by(&key, authority).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    Server::start_tls(config, |_, _| Reply::json("{}"))
}

fn base(server: &Server) -> String {
    format!("https://127.0.0.1:{}", server.port())
}

#[test]
fn a_server_under_the_given_root_is_spoken_to_in_both_versions() {
    let authority = authority();
    let (transport, _file) = trusting(&authority);
    for versions in [&BOTH[..], &BOTH[..1], &BOTH[1..]] {
        let server = server(&authority, for_host("127.0.0.1"), versions);
        for _ in 0..2 {
            assert_eq!(answered(transport.send(&post(&base(&server), "/"), PLENTY, NEVER)).status, 200);
        }
        assert_eq!(server.connections(), 1, "the connection is kept");
    }
}

#[test]
fn a_certificate_that_does_not_hold_keeps_the_request_here() {
    let (trusted, other) = (authority(), authority());
    let mut expired = for_host("127.0.0.1");
    expired.not_before = date_time_ymd(2019, 1, 1);
    expired.not_after = date_time_ymd(2020, 1, 1);
    for (name, server) in [
        ("unknown authority", server(&other, for_host("127.0.0.1"), &BOTH)),
        ("another host's", server(&trusted, for_host("127.0.0.2"), &BOTH)),
        ("expired", server(&trusted, expired, &BOTH)),
    ] {
        let (transport, _file) = trusting(&trusted);
        let why = not_sent(transport.send(&post(&base(&server), "/"), PLENTY, NEVER));
        assert!(why.contains("certificate"), "{name}: {why}");
        assert!(server.seen().is_empty(), "{name}");
    }
}

#[test]
fn the_bundled_roots_do_not_trust_a_private_authority() {
    let server = server(&authority(), for_host("127.0.0.1"), &BOTH);
    let why = not_sent(crate::transport().send(&post(&base(&server), "/"), PLENTY, NEVER));
    assert!(why.contains("certificate"), "{why}");
    assert!(server.seen().is_empty());
}

/// On Linux `SSL_CERT_FILE` stands for the system's store; the environment belongs to the whole
/// process, so it is set for a second run of this program.
#[cfg(target_os = "linux")]
#[test]
fn the_platform_roots_are_those_of_the_system() {
    let (trusted, other) = (authority(), authority());
    let server = server(&trusted, for_host("127.0.0.1"), &BOTH);
    for (authority, requests) in [(&other, 0), (&trusted, 1)] {
        let file = NamedTempFile::new().unwrap();
        fs::write(file.path(), authority.pem()).unwrap();
        let run = Command::new(env::current_exe().unwrap())
            .args(["--exact", "tls::in_a_second_run", "--ignored"])
            .env("SSL_CERT_FILE", file.path())
            .env("FISKAL_TEST_BASE", base(&server))
            .output()
            .unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
        assert_eq!(server.seen().len(), requests);
    }
}

#[test]
#[ignore = "run by the_platform_roots_are_those_of_the_system"]
fn in_a_second_run() {
    let Ok(base) = env::var("FISKAL_TEST_BASE") else { return };
    let network = Network { proxy: Proxy::None, roots: Roots::Platform };
    HttpTransport::new(&network).unwrap().send(&post(&base, "/"), PLENTY, NEVER);
}

#[test]
fn a_server_that_speaks_plain_http_gets_nothing() {
    let server = Server::start(|_, _| Reply::json("{}"));
    let why = not_sent(crate::transport().send(&post(&base(&server), "/"), PLENTY, NEVER));
    assert!(why.contains("no connection"), "{why}");
    assert!(server.seen().iter().all(|seen| !seen.head.contains("hunter2")));
}

#[test]
fn a_process_wide_provider_is_neither_needed_nor_set() {
    let (_transport, _file) = trusting(&authority());
    assert!(rustls::crypto::CryptoProvider::get_default().is_none());
}
