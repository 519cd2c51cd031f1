//! Time zones of countries, and the dummies for `test` and `sandbox`.

use super::Address;

/// What a merchant gets outside `live` where it says nothing.
pub(super) struct Dummy {
    service: &'static str,
    street: &'static str,
    number: &'static str,
    code: &'static str,
    city: &'static str,
    country: &'static str,
    /// `None` where the service's own block names the taxpayer.
    pub(super) tax_id: Option<&'static str>,
}

impl Dummy {
    /// The dummy for this service.
    pub(super) fn of(service: &str) -> Option<&'static Dummy> {
        DUMMIES.iter().find(|dummy| dummy.service == service)
    }

    pub(super) fn address(&self) -> Address {
        Address {
            street: self.street.into(),
            number: Some(self.number.into()),
            code: self.code.into(),
            city: self.city.into(),
            country: self.country.into(),
        }
    }
}

#[rustfmt::skip]
const DUMMIES: [Dummy; 5] = [
    Dummy { service: "sign-fr", street: "Rue de Rivoli", number: "123", code: "75001", city: "Paris", country: "FR", tax_id: Some("123456789") },
    Dummy { service: "sign-it", street: "Via del Corso", number: "1", code: "00186", city: "Roma", country: "IT", tax_id: Some("12345678903") },
    Dummy { service: "sign-at", street: "Stephansplatz", number: "1", code: "1010", city: "Wien", country: "AT", tax_id: None },
    Dummy { service: "sign-es", street: "Calle de Alcalá", number: "1", code: "28014", city: "Madrid", country: "ES", tax_id: Some("A12345674") },
    Dummy { service: "openfiskal", street: "Unter den Linden", number: "1", code: "10117", city: "Berlin", country: "DE", tax_id: Some("37/000/00000") },
];

/// The time zone of a country's capital; a branch elsewhere (the Azores, the Canaries, Martinique)
/// has to name its own.
pub(super) fn zone_of(country: &str) -> Option<&'static str> {
    Some(match country {
        "AT" => "Europe/Vienna",
        "BE" => "Europe/Brussels",
        "BG" => "Europe/Sofia",
        "CH" => "Europe/Zurich",
        "CY" => "Asia/Nicosia",
        "CZ" => "Europe/Prague",
        "DE" => "Europe/Berlin",
        "DK" => "Europe/Copenhagen",
        "EE" => "Europe/Tallinn",
        "ES" => "Europe/Madrid",
        "FI" => "Europe/Helsinki",
        "FR" => "Europe/Paris",
        "GB" => "Europe/London",
        "GR" => "Europe/Athens",
        "HR" => "Europe/Zagreb",
        "HU" => "Europe/Budapest",
        "IE" => "Europe/Dublin",
        "IT" => "Europe/Rome",
        "LI" => "Europe/Vaduz",
        "LT" => "Europe/Vilnius",
        "LU" => "Europe/Luxembourg",
        "LV" => "Europe/Riga",
        "MC" => "Europe/Monaco",
        "MT" => "Europe/Malta",
        "NL" => "Europe/Amsterdam",
        "NO" => "Europe/Oslo",
        "PL" => "Europe/Warsaw",
        "PT" => "Europe/Lisbon",
        "RO" => "Europe/Bucharest",
        "SE" => "Europe/Stockholm",
        "SI" => "Europe/Ljubljana",
        "SK" => "Europe/Bratislava",
        "SM" => "Europe/San_Marino",
        _ => return None,
    })
}

/// Whether the bundled time zone database has this zone.
pub(super) fn is_zone(name: &str) -> bool {
    jiff::tz::db().get(name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_is_in_the_bundled_database() {
        for first in b'A'..=b'Z' {
            for second in b'A'..=b'Z' {
                let country = String::from_utf8(vec![first, second]).unwrap();
                if let Some(zone) = zone_of(&country) {
                    assert!(is_zone(zone), "{country}: {zone}");
                }
            }
        }
    }

    #[test]
    fn every_service_has_a_dummy_in_a_country_with_a_zone() {
        for service in super::super::SERVICES {
            let dummy = Dummy::of(service).unwrap();
            assert!(zone_of(dummy.country).is_some(), "{service}");
        }
    }
}
