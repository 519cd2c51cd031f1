//! Exact sums of amounts: the contract allows 64 places behind the point, more than a decimal of this machine has
//! (contract sign-at 2.7).

/// Places of each of the two parts that stand behind the cents: together as many as an amount has there.
const PLACES: usize = 31;
const WHOLE: i128 = 10_i128.pow(31);

/// A sum, as cents and two parts of them: `cents + upper / WHOLE + lower / WHOLE²`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sum {
    cents: i128,
    upper: i128,
    lower: i128,
}

impl Sum {
    /// Adds an amount as the contract writes it, `-1.005`. None if it is none, or too large.
    pub(super) fn add(&mut self, amount: &str) -> Option<()> {
        let (sign, digits) = amount.strip_prefix('-').map_or((1, amount), |digits| (-1, digits));
        let (whole, places) = digits.split_once('.').unwrap_or((digits, ""));
        let places = format!("{places:0<width$}", width = 2 + 2 * PLACES);
        let (hundredths, behind) = places.split_at_checked(2)?;
        let (upper, lower) = behind.split_at_checked(PLACES)?;
        let number = |text: &str| text.parse::<i128>().ok()?.checked_mul(sign);
        self.cents = self.cents.checked_add(number(&format!("{whole}{hundredths}"))?)?;
        self.upper = self.upper.checked_add(number(upper)?)?;
        self.lower = self.lower.checked_add(number(lower)?)?;
        Some(())
    }

    /// The sum in whole cents: half a cent is rounded away from zero.
    pub(super) fn cents(self) -> Option<i64> {
        let upper = self.upper.checked_add(self.lower.div_euclid(WHOLE))?;
        let lower = self.lower.rem_euclid(WHOLE);
        let cents = self.cents.checked_add(upper.div_euclid(WHOLE))?;
        // What is left is positive; below zero, more than half of it leads back towards zero.
        let (left, half) = ((upper.rem_euclid(WHOLE), lower), (WHOLE / 2, 0));
        let is_up = left > half || (left == half && cents >= 0);
        cents.checked_add(i128::from(is_up))?.try_into().ok()
    }
}
