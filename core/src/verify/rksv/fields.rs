//! Single fields of a machine code.

use super::Malformed;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::DateTime;

/// How the date is written, in Austria's local time.
const DATE: &str = "%Y-%m-%dT%H:%M:%S";
/// Far more digits than any till turns over, and few enough that no sum of a file's amounts overflows.
const MOST_DIGITS: usize = 20;

/// Cents of a decimal with a comma: `^-?([1-9]\d+|\d),\d\d$`.
pub(super) fn cents(part: &'static str, text: &str) -> Result<i128, Malformed> {
    let expected = "an amount such as 1234,56, without grouping and with two places,";
    let malformed = || Malformed::new(part, text, expected);
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, places) = digits.split_once(',').ok_or_else(malformed)?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let padded = whole.len() > 1 && whole.starts_with('0');
    if !is_number(whole) || !is_number(places) || places.len() != 2 || padded || whole.len() > MOST_DIGITS {
        return Err(malformed());
    }
    let cents: i128 = format!("{whole}{places}").parse().map_err(|_| malformed())?;
    Ok(if text.starts_with('-') { -cents } else { cents })
}

/// The decimal with a comma that [`cents`] reads.
pub(super) fn amount(cents: i128) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let whole = cents.unsigned_abs();
    format!("{sign}{},{:02}", whole / 100, whole % 100)
}

/// A date and time of day without a zone, to the second.
pub(super) fn date(text: &str) -> Result<DateTime, Malformed> {
    let read = DateTime::strptime(DATE, text).ok();
    // The parser forgives signs, blanks and leap seconds; the form does not.
    read.filter(|date| date_text(*date) == text)
        .ok_or_else(|| Malformed::new("date", text, "a local time such as 2026-11-01T09:00:00"))
}

/// The text that [`date`] reads.
pub(super) fn date_text(date: DateTime) -> String {
    date.strftime(DATE).to_string()
}

/// Bytes in padded base64 (RFC 4648, section 4).
pub(super) fn base64(part: &'static str, text: &str) -> Result<Vec<u8>, Malformed> {
    STANDARD.decode(text).map_err(|_| Malformed::new(part, text, "padded base64"))
}

/// The text of bytes that [`base64`] reads.
pub(super) fn base64_text(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The key's name of field 11: in a closed system `company-key`, elsewhere the certificate's serial number.
pub(super) fn certificate(closed: bool, text: &str) -> Result<(), Malformed> {
    if closed {
        let (company, key) = text.split_once('-').unwrap_or_default();
        let known = ["U:", "S:", "G:"].iter().any(|prefix| company.len() > 2 && company.starts_with(prefix));
        let expected = "company and key of a closed system, such as U:ATU12345678-K0,";
        return (known && !key.is_empty())
            .then_some(())
            .ok_or_else(|| Malformed::new("certificate", text, expected));
    }
    let hex = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    (hex && !text.starts_with('0')).then_some(()).ok_or_else(|| {
        Malformed::new("certificate", text, "a serial number in hexadecimal digits, without leading zeros,")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_cents() {
        let cases = [
            ("0,00", Some(0)),
            ("-0,00", Some(0)),
            ("5,50", Some(550)),
            ("-5,00", Some(-500)),
            ("1200,34", Some(120_034)),
            ("99999999999999999999,99", Some(9_999_999_999_999_999_999_999)),
            ("1.200,34", None),
            ("1200.34", None),
            ("1,2", None),
            ("1,234", None),
            ("01,00", None),
            (",50", None),
            ("--1,00", None),
            ("+1,00", None),
            (" 1,00", None),
            ("1,0\u{0660}", None),
            ("100000000000000000000,00", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(cents("amount", text).ok(), expected, "{text}");
        }
        for (cents, text) in [(0, "0,00"), (-1, "-0,01"), (123_456, "1234,56"), (-500, "-5,00")] {
            assert_eq!(amount(cents), text);
        }
    }

    #[test]
    fn dates_have_one_form() {
        assert_eq!(date("2024-02-29T23:59:59").map(date_text).unwrap(), "2024-02-29T23:59:59");
        let wrong = [
            "2023-02-29T00:00:00",
            "2026-11-01 09:00:00",
            "2026-11-01T09:00:00Z",
            "2026-11-01T9:00:00",
            "2026-11-01T09:00:60",
            "2026-11-01T24:00:00",
            "+2026-11-01T09:00:00",
            "2026-11-01T09:00",
            "",
        ];
        for text in wrong {
            assert_eq!(date(text).unwrap_err().part, "date", "{text}");
        }
    }

    #[test]
    fn a_certificate_is_named_as_its_system_wants() {
        let cases = [
            (false, "5474185F", true),
            (false, "5c8e5", true),
            (false, "0474185F", false),
            (false, "0x5474", false),
            (false, "f5286073-ab7f-4550-8585-0653a9550677", false),
            (false, "", false),
            (true, "U:ATU12345678-K0", true),
            (true, "G:9110000000000-7", true),
            (true, "U:-K0", false),
            (true, "ATU12345678-K0", false),
            (true, "U:ATU12345678", false),
            (true, "5474185F", false),
        ];
        for (closed, text, fits) in cases {
            assert_eq!(certificate(closed, text).is_ok(), fits, "{text}");
        }
    }
}
