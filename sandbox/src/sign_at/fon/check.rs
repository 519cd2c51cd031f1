//! What FinanzOnline makes of a receipt. Everything is worked out anew from the receipts' own texts and from what was
//! handed over, by nothing that had a part in signing them (contract sign-at 6.1 to 6.8).

use aes::Aes256;
use aes::cipher::{BlockCipherEncrypt as _, KeyInit as _};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::civil::DateTime;
use p256::ecdsa::Signature;
use p256::ecdsa::signature::Verifier as _;
use sha2::{Digest as _, Sha256};

use super::entries::{RegisterEntry, UnitEntry};
use crate::crypto::Certificate;

/// The protected header of every receipt, in its base64url.
const ES256: &str = "eyJhbGciOiJFUzI1NiJ9";
/// What a register without a working unit writes in the place of a signature (6.5).
const FAILED: &[u8] = b"Sicherheitseinrichtung ausgefallen";
/// What a training and a cancellation have in the place of the counter (6.2).
const WORDS: [&[u8]; 2] = [TRAINING, b"STO"];
const TRAINING: &[u8] = b"TRA";
const CHAIN_BYTES: usize = 8;
const AMOUNTS: usize = 5;

/// A receipt that is asked about.
pub(super) struct Question<'a> {
    /// The receipt as the data collection protocol has it.
    pub(super) receipt: &'a str,
    /// All receipts of the register before it, in their order.
    pub(super) before: Vec<&'a str>,
    /// Whether it has to be a receipt over nothing.
    pub(super) is_zero: bool,
}

/// Checks a receipt against what was handed over. The error says what is wrong, in a sentence.
pub(super) fn check(
    question: &Question<'_>,
    register: &RegisterEntry,
    units: &[&UnitEntry],
) -> Result<(), &'static str> {
    let signed = Signed::read(question.receipt)?;
    let code = Code::read(&signed.payload)?;
    let rule = |holds: bool, wrong| if holds { Ok(()) } else { Err(wrong) };
    rule(code.register == register.serial, "the receipt is of another register than was registered")?;
    rule(signed.signature != FAILED, "the receipt is not signed")?;
    check_signature(&signed, &code, units)?;
    let is_start = question.before.is_empty();
    let link = question.before.last().copied().unwrap_or(code.register.as_str());
    rule(code.chain == chained(link), "the chain value is not that of the receipt before")?;
    if is_start || question.is_zero {
        rule(code.amounts == [0; AMOUNTS], "the receipt is not one over nothing")?;
    }
    if WORDS.contains(&code.counter.as_slice()) {
        return rule(!is_start && !question.is_zero, "the receipt has no turnover counter");
    }
    let mut turnover = code.turnover();
    for text in &question.before {
        turnover = turnover.saturating_add(Code::read(&Signed::read(text)?.payload)?.turnover());
    }
    let counted = decrypt(&register.counter_key, &code).ok_or("the turnover counter cannot be decrypted")?;
    rule(counted == turnover, "the turnover counter is not the sum of the receipts")
}

/// A receipt's parts (6.3).
struct Signed<'a> {
    input: &'a str,
    payload: String,
    signature: Vec<u8>,
}

impl Signed<'_> {
    fn read(jws: &str) -> Result<Signed<'_>, &'static str> {
        const WRONG: &str = "the receipt is not a signed text of three parts under ES256";
        let (input, signature) = jws.rsplit_once('.').ok_or(WRONG)?;
        let (header, payload) = input.split_once('.').ok_or(WRONG)?;
        let bytes = |text| URL_SAFE_NO_PAD.decode(text).map_err(|_| WRONG);
        let payload = String::from_utf8(bytes(payload)?).map_err(|_| WRONG)?;
        if header != ES256 {
            return Err(WRONG);
        }
        Ok(Signed { input, payload, signature: bytes(signature)? })
    }
}

/// A machine code, read (6.1).
struct Code {
    register: String,
    number: String,
    /// Cents: standard, reduced 1, reduced 2, zero, special.
    amounts: [i128; AMOUNTS],
    counter: Vec<u8>,
    serial: String,
    chain: String,
}

impl Code {
    fn read(payload: &str) -> Result<Code, &'static str> {
        const WRONG: &str = "the machine code has not the fields of the ordinance";
        let fields: Vec<&str> = payload.split('_').collect();
        let [
            "",
            suite,
            register,
            number,
            time,
            normal,
            reduced_1,
            reduced_2,
            zero,
            special,
            counter,
            serial,
            chain,
        ] = fields.as_slice()
        else {
            return Err(WRONG);
        };
        let provider = suite.strip_prefix("R1-AT").filter(|digits| is_digits(digits));
        let time = DateTime::strptime("%Y-%m-%dT%H:%M:%S", time).ok().filter(|_| time.len() == 19);
        if provider.is_none() || register.is_empty() || number.is_empty() || time.is_none() {
            return Err(WRONG);
        }
        let mut amounts = [0; AMOUNTS];
        for (amount, text) in amounts.iter_mut().zip([normal, reduced_1, reduced_2, zero, special]) {
            *amount = cents(text).ok_or(WRONG)?;
        }
        let counter = STANDARD.decode(counter).map_err(|_| WRONG)?;
        if !WORDS.contains(&counter.as_slice()) && !(5..=16).contains(&counter.len()) {
            return Err(WRONG);
        }
        Ok(Code {
            register: (*register).to_owned(),
            number: (*number).to_owned(),
            amounts,
            counter,
            serial: (*serial).to_owned(),
            chain: (*chain).to_owned(),
        })
    }

    /// What the receipt adds to the counter: a training nothing (6.2).
    fn turnover(&self) -> i128 {
        if self.counter == TRAINING { 0 } else { self.amounts.iter().sum() }
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `-12,05` as -1205: no thousands, no leading zeros, two digits behind the comma.
fn cents(text: &str) -> Option<i128> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, part) = digits.split_once(',')?;
    let is_plain = is_digits(whole) && is_digits(part) && part.len() == 2;
    let leads = whole.len() > 1 && whole.starts_with('0');
    let value: i128 = format!("{whole}{part}").parse().ok().filter(|_| is_plain && !leads)?;
    value.checked_mul(sign)
}

/// The value that ties the next receipt to a text (6.4).
fn chained(text: &str) -> String {
    let hash = Sha256::digest(text);
    STANDARD.encode(hash.get(..CHAIN_BYTES).unwrap_or_default())
}

/// FinanzOnline takes a serial number in capitals and in small letters (6.1).
fn check_signature(signed: &Signed<'_>, code: &Code, units: &[&UnitEntry]) -> Result<(), &'static str> {
    let unit = units.iter().find(|unit| unit.serial.eq_ignore_ascii_case(&code.serial));
    let unit = unit.ok_or("no unit with this certificate was registered")?;
    let certificate =
        Certificate::from_pem(&unit.certificate).map_err(|_| "the certificate cannot be read")?;
    let own = certificate.serial_number.trim_start_matches('0');
    if !own.eq_ignore_ascii_case(&code.serial) {
        return Err("the certificate has another serial number");
    }
    let signature = Signature::from_slice(&signed.signature).map_err(|_| "the signature is none of ES256")?;
    certificate
        .public_key
        .verify(signed.input.as_bytes(), &signature)
        .map_err(|_| "the signature is not that of the receipt")
}

/// The counter's cents: what is encrypted, XOR the key stream that begins at SHA-256(register ‖ number), as a signed
/// number with its largest byte in front (6.2).
fn decrypt(base64_key: &str, code: &Code) -> Option<i128> {
    let key: [u8; 32] = STANDARD.decode(base64_key).ok()?.try_into().ok()?;
    let start = Sha256::digest(format!("{}{}", code.register, code.number));
    let mut stream = aes::Block::default();
    stream.iter_mut().zip(start).for_each(|(to, from)| *to = from);
    Aes256::new(&key.into()).encrypt_block(&mut stream);
    let plain: Vec<u8> = code.counter.iter().zip(stream).map(|(byte, mask)| byte ^ mask).collect();
    let is_negative = plain.first()? & 0x80 != 0;
    let mut bytes = [if is_negative { 0xff } else { 0 }; 16];
    bytes.iter_mut().rev().zip(plain.iter().rev()).for_each(|(to, from)| *to = *from);
    Some(i128::from_be_bytes(bytes))
}
