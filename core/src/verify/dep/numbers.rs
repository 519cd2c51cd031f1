//! Whether every number of a receipt is there once, in little memory however many receipts there are.

use crate::error::Result;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// How many numbers are compared with each other at a time.
const AT_ONCE: u64 = 100_000;

/// Numbers as they come along.
///
/// As long as each is greater than the one before, none is there twice, and only the last is kept. That is so
/// for every till that counts. Otherwise the export is read again, once for every [`AT_ONCE`] receipts.
#[derive(Debug)]
pub(super) struct Numbers {
    last: String,
    ascending: bool,
    count: u64,
}

impl Default for Numbers {
    fn default() -> Self {
        Numbers { last: String::new(), ascending: true, count: 0 }
    }
}

/// A number that was there before.
pub(super) struct Repeated {
    pub(super) number: String,
    pub(super) position: u64,
    pub(super) before: u64,
}

impl Numbers {
    pub(super) fn see(&mut self, number: &str) {
        self.count += 1;
        self.ascending &= is_counted(number) && order(&self.last) < order(number);
        if self.ascending {
            number.clone_into(&mut self.last);
        }
    }

    /// Finds what is there twice. `again` passes every position and number once more.
    pub(super) fn repeated(
        &self,
        again: impl Fn(&mut dyn FnMut(u64, &str)) -> Result<()>,
        mut found: impl FnMut(Repeated),
    ) -> Result<()> {
        if self.ascending {
            return Ok(());
        }
        // Keyed by chance, so that nobody can choose numbers that all fall into the same part.
        let parting = RandomState::new();
        let parts = self.count.div_ceil(AT_ONCE);
        for part in 0..parts {
            let mut seen: HashMap<[u8; 32], u64> = HashMap::new();
            again(&mut |position, number| {
                if parting.hash_one(number) % parts != part {
                    return;
                }
                let before = *seen.entry(Sha256::digest(number).into()).or_insert(position);
                if before != position {
                    found(Repeated { number: number.to_owned(), position, before });
                }
            })?;
        }
        Ok(())
    }
}

/// Whether the text is a number that has one spelling.
pub(super) fn is_counted(number: &str) -> bool {
    !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && (number.len() == 1 || !number.starts_with('0'))
}

/// By what such numbers are ordered.
pub(super) fn order(number: &str) -> (usize, &str) {
    (number.len(), number)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every repetition among these numbers, as `(position, position before)`.
    fn repeated(numbers: &[String]) -> Vec<(u64, u64)> {
        let mut seen = Numbers::default();
        numbers.iter().for_each(|number| seen.see(number));
        let again = |each: &mut dyn FnMut(u64, &str)| {
            (1..).zip(numbers).for_each(|(position, number)| each(position, number));
            Ok(())
        };
        let mut found = Vec::new();
        seen.repeated(again, |one| found.push((one.position, one.before))).unwrap();
        found.sort_unstable();
        found
    }

    #[test]
    fn repetitions_are_found_over_any_distance() {
        let many = 2 * AT_ONCE + 10;
        let mut numbers: Vec<String> = (0..many).map(|at| format!("R-{at}")).collect();
        assert_eq!(repeated(&numbers), []);
        let last = numbers.len() - 1;
        numbers[last] = "R-0".into();
        numbers[70] = "R-7".into();
        numbers[71] = "R-7".into();
        assert_eq!(repeated(&numbers), [(71, 8), (72, 8), (many, 1)]);
    }

    #[test]
    fn only_numbers_with_one_spelling_are_counted() {
        let cases = [
            ("0", true),
            ("10", true),
            ("01", false),
            ("", false),
            ("-1", false),
            ("1 ", false),
            ("١", false),
        ];
        for (number, counted) in cases {
            assert_eq!(is_counted(number), counted, "{number}");
        }
        let texts = |numbers: &[&str]| numbers.iter().map(|number| (*number).to_owned()).collect::<Vec<_>>();
        assert_eq!(repeated(&texts(&["9", "10", "11"])), []);
        assert_eq!(repeated(&texts(&["9", "10", "9"])), [(3, 1)]);
        assert_eq!(repeated(&texts(&["10", "10"])), [(2, 1)]);
    }
}
