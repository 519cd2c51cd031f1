//! The TLS side of a connection: ring, TLS 1.2 and 1.3, and the chosen roots.

use crate::error::{Error, Kind, Result};
use crate::transport::Roots;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// The configuration handed to the HTTP client.
///
/// The crypto provider is named here and never installed for the process: that belongs to the
/// program which uses this library.
pub(super) fn client_config(roots: &Roots) -> Result<ClientConfig> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|cause| Error::internal(format!("TLS cannot be set up: {cause}")))?;
    let config = match roots {
        Roots::Bundled => builder.with_root_certificates(bundled()),
        Roots::Pem(path) => builder.with_root_certificates(from_file(path)?),
        Roots::Platform => builder.dangerous().with_custom_certificate_verifier(platform(provider)?),
    };
    Ok(config.with_no_client_auth())
}

fn bundled() -> RootCertStore {
    RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
}

fn platform(provider: Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>> {
    let verifier = Verifier::new(provider).map_err(|cause| {
        wrong(format!("the system's certificates cannot be used ({cause}); set roots = \"bundled\""))
    })?;
    Ok(Arc::new(verifier))
}

fn from_file(path: &Path) -> Result<RootCertStore> {
    let in_file = |what: String| wrong(what).with(|details| details.file = Some(path.display().to_string()));
    let pem = fs::read(path)
        .map_err(|cause| in_file(format!("the file of root certificates cannot be read: {cause}")))?;
    let mut store = RootCertStore::empty();
    for (number, certificate) in (1..).zip(CertificateDer::pem_slice_iter(&pem)) {
        let certificate = certificate.map_err(|cause| {
            in_file(format!("certificate {number} in the file of root certificates is not PEM: {cause}"))
        })?;
        store.add(certificate).map_err(|cause| {
            in_file(format!("certificate {number} in the file of root certificates is unusable: {cause}"))
        })?;
    }
    if store.is_empty() {
        return Err(in_file("the file of root certificates contains no certificate in PEM form".into()));
    }
    Ok(store)
}

fn wrong(message: String) -> Error {
    Error::new(Kind::Config, message).at("/network/roots")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_come_from_the_bundle() {
        assert!(client_config(&Roots::Bundled).is_ok());
        assert!(bundled().len() > 50);
    }

    #[test]
    fn a_wrong_file_of_roots_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, content: &[u8]| {
            let path = folder.path().join(name);
            fs::write(&path, content).unwrap();
            path
        };
        let broken = b"-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n";
        let foreign = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for (path, says) in [
            (folder.path().join("absent.pem"), "cannot be read"),
            (folder.path().to_owned(), "cannot be read"),
            (file("empty.pem", b""), "no certificate"),
            (file("text.pem", b"hello"), "no certificate"),
            (file("broken.pem", broken), "not PEM"),
            (file("foreign.pem", foreign), "unusable"),
        ] {
            let error = client_config(&Roots::Pem(path.clone())).unwrap_err();
            assert_eq!(error.kind(), Kind::Config, "{error}");
            assert!(error.message().contains(says), "{error}");
            assert_eq!(error.details().file.as_deref(), path.to_str(), "{error}");
        }
    }
}
