//! The turnover counter: a whole number of cents, encrypted with the register's key.

use super::Malformed;
use super::fields::base64;
use aes::Aes256;
use aes::cipher::{BlockCipherEncrypt, KeyInit};
use sha2::{Digest, Sha256};
use std::ops::RangeInclusive;
use zeroize::Zeroizing;

/// How many bytes a counter may have.
pub(super) const WIDTHS: RangeInclusive<usize> = 5..=16;
/// A block of AES.
const BLOCK: usize = 16;

/// The AES key of a register, which FinanzOnline knows too.
///
/// ```
/// use fiskal::verify::rksv::TurnoverKey;
/// let key = TurnoverKey::from_base64("9Dkvhh6oupcaR2tzKC/ABKsH+mgIcTEVQrIA/EqWdfE=")?;
/// let counter = key.encrypt("1", "1", 0, 8).unwrap_or_default();
/// assert_eq!(key.decrypt("1", "1", &counter), Some(0));
/// # Ok::<(), fiskal::verify::rksv::Malformed>(())
/// ```
pub struct TurnoverKey(Aes256);

impl std::fmt::Debug for TurnoverKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("TurnoverKey(…)")
    }
}

impl TurnoverKey {
    /// The key in base64, as FinanzOnline takes it and the key container holds it.
    ///
    /// # Errors
    /// [`Malformed`] when the text is not base64 of 32 bytes; it does not repeat the text.
    pub fn from_base64(text: &str) -> Result<Self, Malformed> {
        let malformed = || Malformed::new("AES key", "(not shown)", "padded base64 of 32 bytes");
        let bytes = Zeroizing::new(base64("AES key", text).map_err(|_| malformed())?);
        Aes256::new_from_slice(&bytes).map(TurnoverKey).map_err(|_| malformed())
    }

    /// The counter of a receipt in `width` bytes; `None` when the cents do not fit, or no counter is that wide.
    pub fn encrypt(&self, register: &str, number: &str, cents: i128, width: usize) -> Option<Vec<u8>> {
        if !WIDTHS.contains(&width) {
            return None;
        }
        let whole = cents.to_be_bytes();
        let plain = &whole[BLOCK - width..];
        (number_of(plain) == cents).then(|| self.applied(register, number, plain))
    }

    /// The cents of a receipt's counter; `None` when no counter is that wide.
    pub fn decrypt(&self, register: &str, number: &str, counter: &[u8]) -> Option<i128> {
        WIDTHS.contains(&counter.len()).then(|| number_of(&self.applied(register, number, counter)))
    }

    /// AES in integer counter mode. No counter is longer than a block, so the first block of the key stream,
    /// which is the encrypted start value, is all there is to it.
    fn applied(&self, register: &str, number: &str, bytes: &[u8]) -> Vec<u8> {
        let mut stream = start_value(register, number).into();
        self.0.encrypt_block(&mut stream);
        bytes.iter().zip(stream).map(|(byte, key)| byte ^ key).collect()
    }
}

/// The first 16 bytes of SHA-256 over the register's id and the receipt's number, without a separator.
fn start_value(register: &str, number: &str) -> [u8; BLOCK] {
    let hash = Sha256::new().chain_update(register).chain_update(number).finalize();
    let mut start = [0; BLOCK];
    start.copy_from_slice(&hash[..BLOCK]);
    start
}

/// The number that bytes of two's complement are, the most significant first.
fn number_of(bytes: &[u8]) -> i128 {
    let sign = if bytes.first().is_some_and(|byte| byte & 0x80 != 0) { -1 } else { 0 };
    bytes.iter().fold(sign, |number, byte| (number << 8) | i128::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> TurnoverKey {
        TurnoverKey::from_base64("9Dkvhh6oupcaR2tzKC/ABKsH+mgIcTEVQrIA/EqWdfE=").unwrap()
    }

    #[test]
    fn a_counter_that_does_not_fit_is_not_written() {
        let most = (1_i128 << 39) - 1;
        let cases = [
            (0, 5, true),
            (most, 5, true),
            (most + 1, 5, false),
            (-most - 1, 5, true),
            (-most - 2, 5, false),
            (most + 1, 8, true),
            (i128::MAX, 16, true),
            (i128::MIN, 16, true),
            (0, 4, false),
            (0, 17, false),
        ];
        for (cents, width, fits) in cases {
            let counter = key().encrypt("r", "1", cents, width);
            assert_eq!(counter.as_ref().map(Vec::len), fits.then_some(width), "{cents} in {width}");
        }
        assert_eq!(key().decrypt("r", "1", &[0; 4]), None);
    }

    #[test]
    fn a_key_is_32_bytes_and_does_not_show_itself() {
        for text in ["", "AAAA", "9Dkvhh6oupcaR2tzKC/ABKsH+mgIcTEVQrIA/EqWdfE", "!"] {
            let error = TurnoverKey::from_base64(text).unwrap_err();
            assert!(!error.to_string().contains("9Dkv"), "{error}");
        }
        assert_eq!(format!("{:?}", key()), "TurnoverKey(…)");
    }

    proptest! {
        #[test]
        fn what_is_encrypted_is_decrypted(cents: i64, width in 8_usize..=16, register: String, number: String) {
            let counter = key().encrypt(&register, &number, cents.into(), width).unwrap();
            prop_assert_eq!(key().decrypt(&register, &number, &counter), Some(cents.into()));
        }
    }
}
