use std::fmt::Write;

use jiff::Timestamp;
use p256::ecdsa::VerifyingKey;
use p256::pkcs8::DecodePublicKey;
use p256::pkcs8::der::asn1::{AnyRef, GeneralizedTime, UtcTime};
use p256::pkcs8::der::{self, Decode, Encode, Reader, Tag, Tagged, pem};

/// What a system's certificate says about itself.
pub(crate) struct Certificate {
    pub(crate) der: Vec<u8>,
    pub(crate) serial_number: String,
    pub(crate) expires_at: Timestamp,
    pub(crate) public_key: VerifyingKey,
}

impl Certificate {
    /// Reads the fields of an X.509 certificate (RFC 5280, 4.1) with a P-256 key. Its signature is not
    /// checked: the sandbox reads only what it has written itself.
    pub(crate) fn from_pem(text: &str) -> Result<Certificate, String> {
        let (label, der) = pem::decode_vec(text.as_bytes()).map_err(|error| error.to_string())?;
        if label != "CERTIFICATE" {
            return Err(format!("expected a CERTIFICATE, found a {label}"));
        }
        let (serial_number, expires_at, public_key) = read(&der).map_err(|error| error.to_string())?;
        let public_key = VerifyingKey::from_public_key_der(&public_key).map_err(|error| error.to_string())?;
        Ok(Certificate { der, serial_number, expires_at, public_key })
    }
}

fn read(certificate: &[u8]) -> der::Result<(String, Timestamp, Vec<u8>)> {
    let [to_be_signed, _algorithm, _signature] = fields(AnyRef::from_der(certificate)?)?;
    let [_version, serial, _algorithm, _issuer, validity, _subject, public_key] = fields(to_be_signed)?;
    let [_not_before, not_after] = fields(validity)?;
    serial.tag().assert_eq(Tag::Integer)?;
    Ok((hexadecimal(serial.value()), time(not_after)?, public_key.to_der()?))
}

/// The first fields of a sequence; those behind them are optional in a certificate.
fn fields<const N: usize>(sequence: AnyRef<'_>) -> der::Result<[AnyRef<'_>; N]> {
    sequence.sequence(|reader| {
        let mut found = [AnyRef::NULL; N];
        for field in &mut found {
            *field = reader.decode()?;
        }
        while !reader.is_finished() {
            reader.decode::<AnyRef<'_>>()?;
        }
        Ok(found)
    })
}

fn time(value: AnyRef<'_>) -> der::Result<Timestamp> {
    let since_1970 = match value.tag() {
        Tag::UtcTime => value.decode_as::<UtcTime>()?.to_unix_duration(),
        _ => value.decode_as::<GeneralizedTime>()?.to_unix_duration(),
    };
    i64::try_from(since_1970.as_secs())
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .ok_or_else(|| value.tag().value_error().into())
}

/// A positive integer's bytes, without the zero that DER puts before a high bit.
fn hexadecimal(integer: &[u8]) -> String {
    let significant = integer.iter().skip_while(|byte| **byte == 0);
    significant.fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
