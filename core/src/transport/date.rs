//! The dates of HTTP header fields.

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

/// Reads an IMF-fixdate (RFC 9110 5.6.7) such as `Sun, 06 Nov 1994 08:49:37 GMT`.
///
/// The two obsolete forms, which servers no longer send, are `None`, like anything else.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    static PARSER: DateTimeParser = DateTimeParser::new();
    PARSER.parse_timestamp(text.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_date_of_rfc_9110() {
        let expected: Timestamp = "1994-11-06T08:49:37Z".parse().unwrap();
        assert_eq!(parse("Sun, 06 Nov 1994 08:49:37 GMT"), Some(expected));
        for wrong in ["", "yesterday", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 31 Feb 1994 08:49:37 GMT"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
