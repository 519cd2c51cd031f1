//! Medians and ratios, in whole numbers.

use std::time::Duration;

/// The median; zero of nothing.
pub(crate) fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// `one` per `other` with two digits after the point, `-` where there is no such number.
pub(crate) fn ratio(one: u128, other: u128) -> String {
    match (one * 100).checked_div(other) {
        Some(hundredths) => format!("{}.{:02}", hundredths / 100, hundredths % 100),
        None => "-".to_owned(),
    }
}

/// How many a second.
pub(crate) fn rate(count: u64, time: Duration) -> u128 {
    (u128::from(count) * 1_000_000).checked_div(time.as_micros()).unwrap_or_default()
}

/// A whole number with commas: `1,234,567`.
pub(crate) fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_right() {
        let micros = |times: &[u64]| times.iter().copied().map(Duration::from_micros).collect::<Vec<_>>();
        assert_eq!(median(&mut micros(&[9, 1, 5])), Duration::from_micros(5));
        assert_eq!(median(&mut micros(&[])), Duration::ZERO);
        assert_eq!(ratio(150, 100), "1.50");
        assert_eq!(ratio(1005, 1000), "1.00");
        assert_eq!(ratio(1, 0), "-");
        assert_eq!(rate(500, Duration::from_millis(250)), 2000);
        assert_eq!(rate(500, Duration::ZERO), 0);
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
    }
}
