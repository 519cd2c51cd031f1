use jiff::Timestamp;
use rcgen::{BasicConstraints, IsCa, Issuer, KeyPair, KeyUsagePurpose};

use super::key::{CryptoError, SystemKey, params};

/// The authority's name.
const NAME: &str = "Sandbox certification authority";
/// The authority's serial number; it has one certificate only.
const SERIAL: &str = "01";
/// 2020-01-01 and thirty years: as far as anybody moves the sandbox's clock.
const BEGIN: i64 = 1_577_836_800;
const YEARS: i64 = 30;
/// How long a certificate of a signature creation unit is valid.
const UNIT_YEARS: i64 = 5;

/// The sandbox's own certification authority. It certifies keys that sign receipts, as a trust service provider does;
/// nobody else has a reason to trust it.
#[derive(Debug)]
pub struct Authority {
    key: SystemKey,
}

impl Authority {
    /// Makes an authority.
    ///
    /// # Errors
    ///
    /// [`CryptoError::Issue`] if the machine makes no key.
    pub fn generate() -> Result<Authority, CryptoError> {
        let pair = KeyPair::generate()?;
        let begin = Timestamp::from_second(BEGIN).unwrap_or(Timestamp::UNIX_EPOCH);
        let mut params = params(NAME, SERIAL, begin, YEARS)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let certificate = params.self_signed(&pair)?;
        Authority::from_pem(&pair.serialize_pem(), &certificate.pem())
    }

    /// Takes up an authority that [`Authority::generate`] made, from a store.
    ///
    /// # Errors
    ///
    /// If one of the two cannot be read, or they do not belong together.
    pub fn from_pem(key_pem: &str, cert_pem: &str) -> Result<Authority, CryptoError> {
        Ok(Authority { key: SystemKey::from_pem(key_pem, cert_pem)? })
    }

    /// The private key, PKCS #8 as PEM. Secret.
    #[must_use]
    pub fn private_key_pem(&self) -> &str {
        self.key.private_key_pem()
    }

    /// The certificate, X.509 as PEM.
    #[must_use]
    pub fn certificate_pem(&self) -> &str {
        self.key.certificate_pem()
    }

    /// The certificate, X.509 as DER.
    #[must_use]
    pub fn certificate_der(&self) -> &[u8] {
        self.key.certificate_der()
    }

    /// Makes a key with a certificate for `subject`, valid for five years from `not_before`. `serial` is its serial
    /// number in hexadecimal.
    ///
    /// # Errors
    ///
    /// As for [`SystemKey::generate`].
    pub fn issue(
        &self,
        subject: &str,
        serial: &str,
        not_before: Timestamp,
    ) -> Result<SystemKey, CryptoError> {
        let begin = Timestamp::from_second(BEGIN).unwrap_or(Timestamp::UNIX_EPOCH);
        let own = params(NAME, SERIAL, begin, YEARS)?;
        let issuer = Issuer::new(own, KeyPair::from_pem(self.key.private_key_pem())?);
        let pair = KeyPair::generate()?;
        let mut params = params(subject, serial, not_before, UNIT_YEARS)?;
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        let certificate = params.signed_by(&pair, &issuer)?;
        SystemKey::from_pem(&pair.serialize_pem(), &certificate.pem())
    }
}
