//! The machine-readable code of a receipt, without its signature.

use super::Malformed;
use super::fields::{amount, base64, base64_text, cents, certificate, date, date_text};
use super::turnover::WIDTHS;
use jiff::civil::DateTime;
use std::fmt;

/// What begins every code: the suite of ES256, AES-256-ICM and SHA-256.
const SUITE: &str = "R1-";
/// The trust service provider's place in a closed system, which has none.
const CLOSED: &str = "AT0";
/// The turnover of a training receipt.
const TRAINING: &[u8] = b"TRA";
/// The turnover of a cancellation (Storno).
const CANCELLATION: &[u8] = b"STO";
/// Longer than any field that RKSV describes.
const LONGEST_TEXT: usize = 1000;

/// The signed part of a receipt's code: what was sold when on which register, and where it stands in the
/// chain.
///
/// ```
/// use fiskal::verify::rksv::MachineCode;
/// let text = "_R1-AT3_dGxx_2_2026-11-01T09:15:30_12,00_5,50_0,00_0,00_20,98_rceBjkzuONI=_5474185F_tTdItjfZ1rs=";
/// let code: MachineCode = text.parse()?;
/// assert_eq!(code.number, "2");
/// assert_eq!(code.amounts.sum(), 3848);
/// assert_eq!(code.to_string(), text);
/// # Ok::<(), fiskal::verify::rksv::Malformed>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MachineCode {
    /// The trust service provider, such as `AT1`; `AT0` in a closed system.
    pub provider: String,
    /// The register's id in FinanzOnline (Kassen-ID).
    pub register: String,
    /// The receipt's number, unique on the register.
    pub number: String,
    /// When it was made, in Austria's local time.
    pub date: DateTime,
    /// What was paid, by VAT rate.
    pub amounts: Amounts,
    /// The register's turnover so far, or the mark of a receipt that hides it.
    pub turnover: Turnover,
    /// The certificate's serial number in hexadecimal digits; in a closed system company and key.
    pub certificate: String,
    /// The tie to the receipt before.
    pub chain: [u8; 8],
}

/// Gross amounts by VAT rate, in cents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    /// Normal: 20 %.
    pub standard: i128,
    /// Ermäßigt-1: 10 %.
    pub reduced_1: i128,
    /// Ermäßigt-2: 13 %.
    pub reduced_2: i128,
    /// Null: 0 %.
    pub zero: i128,
    /// Besonders: 19 % and 4.9 %.
    pub special: i128,
}

impl Amounts {
    /// By how much the receipt changes the register's turnover.
    pub fn sum(&self) -> i128 {
        self.standard + self.reduced_1 + self.reduced_2 + self.zero + self.special
    }

    /// Whether nothing was sold: what a start, closing or collective receipt says.
    pub fn are_zero(&self) -> bool {
        *self == Amounts::default()
    }

    /// The amounts in the order of the code, which has Null before Besonders.
    fn in_order(&self) -> [i128; 5] {
        [self.standard, self.reduced_1, self.reduced_2, self.zero, self.special]
    }
}

impl fmt::Display for Amounts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.in_order().map(amount).join(" "))
    }
}

/// The field of the turnover counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turnover {
    /// The register's turnover after this receipt, encrypted.
    Encrypted(Vec<u8>),
    /// A training receipt (TRA): it does not count.
    Training,
    /// A cancellation (STO): it counts, and hides the turnover.
    Cancellation,
}

impl Turnover {
    fn read(text: &str) -> Result<Self, Malformed> {
        let bytes = base64("turnover counter", text)?;
        match bytes.as_slice() {
            TRAINING => Ok(Turnover::Training),
            CANCELLATION => Ok(Turnover::Cancellation),
            bytes if WIDTHS.contains(&bytes.len()) => Ok(Turnover::Encrypted(bytes.to_vec())),
            _ => Err(Malformed::new("turnover counter", text, "base64 of 5 to 16 bytes, or of TRA or STO,")),
        }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Turnover::Encrypted(bytes) => bytes,
            Turnover::Training => TRAINING,
            Turnover::Cancellation => CANCELLATION,
        }
    }
}

impl MachineCode {
    /// Whether the register belongs to a closed system, whose keys have no certificates of a provider.
    pub fn is_closed(&self) -> bool {
        self.provider == CLOSED
    }
}

impl std::str::FromStr for MachineCode {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let fields: Vec<&str> = text.split('_').take(14).collect();
        let fields: [&str; 13] = fields.try_into().map_err(|_| {
            Malformed::new("code", text, "an underscore and twelve fields between underscores")
        })?;
        let [before, suite, register, number, day, standard, reduced_1, reduced_2, zero, special, ..] =
            fields;
        let [.., turnover, key, chain] = fields;
        if !before.is_empty() {
            return Err(Malformed::new("beginning", before, "an underscore"));
        }
        let provider = provider(suite)?;
        certificate(provider == CLOSED, key)?;
        Ok(MachineCode {
            provider: provider.to_owned(),
            register: name("register", register)?,
            number: name("receipt number", number)?,
            date: date(day)?,
            amounts: Amounts {
                standard: cents("amount Normal", standard)?,
                reduced_1: cents("amount Ermäßigt-1", reduced_1)?,
                reduced_2: cents("amount Ermäßigt-2", reduced_2)?,
                zero: cents("amount Null", zero)?,
                special: cents("amount Besonders", special)?,
            },
            turnover: Turnover::read(turnover)?,
            certificate: name("certificate", key)?,
            chain: base64("chain value", chain)?
                .try_into()
                .map_err(|_| Malformed::new("chain value", chain, "base64 of 8 bytes"))?,
        })
    }
}

impl fmt::Display for MachineCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let amounts = self.amounts.in_order().map(amount).join("_");
        write!(
            out,
            "_{SUITE}{}_{}_{}_{}_{amounts}_{}_{}_{}",
            self.provider,
            self.register,
            self.number,
            date_text(self.date),
            base64_text(self.turnover.bytes()),
            self.certificate,
            base64_text(&self.chain),
        )
    }
}

/// The trust service provider behind the suite: `AT` and its number.
fn provider(suite: &str) -> Result<&str, Malformed> {
    let provider = suite.strip_prefix(SUITE).unwrap_or_default();
    let number = provider.strip_prefix("AT").unwrap_or_default();
    (!number.is_empty() && number.len() <= 9 && number.bytes().all(|byte| byte.is_ascii_digit()))
        .then_some(provider)
        .ok_or_else(|| Malformed::new("suite", suite, "R1- and a trust service provider such as AT1"))
}

/// A text that is there, and no longer than can be shown and compared.
fn name(part: &'static str, text: &str) -> Result<String, Malformed> {
    (!text.is_empty() && text.len() <= LONGEST_TEXT)
        .then(|| text.to_owned())
        .ok_or_else(|| Malformed::new(part, text, "a text of 1 to 1000 bytes"))
}
