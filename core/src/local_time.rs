//! Times as the clock of a place shows them.

use crate::error::{Error, Kind, Result};
use jiff::{Timestamp, Zoned};

/// `at` in `zone`, an IANA name.
///
/// # Errors
/// `config` where there is no such zone.
pub(crate) fn zoned(at: Timestamp, zone: &str) -> Result<Zoned> {
    at.in_tz(zone).map_err(|_| {
        let message = format!("'{zone}' is not a time zone; give an IANA name such as Europe/Paris");
        Error::new(Kind::Config, message)
    })
}

/// `at` in `zone` to the second, with the zone's offset, as in `2026-03-01T12:00:00+01:00`: 25 characters.
///
/// # Errors
/// `config` where there is no such zone.
pub(crate) fn local(at: Timestamp, zone: &str) -> Result<String> {
    Ok(zoned(at, zone)?.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_the_offset_of_its_place_and_season() {
        for (at, zone, expected) in [
            ("2026-03-01T11:00:00.999Z", "Europe/Paris", "2026-03-01T12:00:00+01:00"),
            ("2026-07-01T11:00:00Z", "Europe/Vienna", "2026-07-01T13:00:00+02:00"),
            ("2026-03-01T11:00:00Z", "America/Martinique", "2026-03-01T07:00:00-04:00"),
            ("2026-03-01T11:00:00Z", "UTC", "2026-03-01T11:00:00+00:00"),
        ] {
            assert_eq!(local(at.parse().unwrap(), zone).unwrap(), expected);
        }
        for nowhere in ["", "Paris", "Europe/Nowhere", "+01:00x"] {
            let error = local(Timestamp::UNIX_EPOCH, nowhere).unwrap_err();
            assert_eq!(error.kind(), Kind::Config, "{nowhere}");
        }
    }
}
