//! Countries as the Management API writes them (contract sign-at 2.11: ISO 3166-1 alpha-3).

/// Those of the European Union and its neighbours, where a taxpayer with a till in Austria may have its seat.
const CODES: [(&str, &str); 33] = [
    ("AT", "AUT"),
    ("BE", "BEL"),
    ("BG", "BGR"),
    ("CH", "CHE"),
    ("CY", "CYP"),
    ("CZ", "CZE"),
    ("DE", "DEU"),
    ("DK", "DNK"),
    ("EE", "EST"),
    ("ES", "ESP"),
    ("FI", "FIN"),
    ("FR", "FRA"),
    ("GB", "GBR"),
    ("GR", "GRC"),
    ("HR", "HRV"),
    ("HU", "HUN"),
    ("IE", "IRL"),
    ("IS", "ISL"),
    ("IT", "ITA"),
    ("LI", "LIE"),
    ("LT", "LTU"),
    ("LU", "LUX"),
    ("LV", "LVA"),
    ("MC", "MCO"),
    ("MT", "MLT"),
    ("NL", "NLD"),
    ("NO", "NOR"),
    ("PL", "POL"),
    ("PT", "PRT"),
    ("RO", "ROU"),
    ("SE", "SWE"),
    ("SI", "SVN"),
    ("SK", "SVK"),
];

/// The three letters of a country given by its two.
pub(super) fn alpha_3(country: &str) -> Option<&'static str> {
    CODES.iter().find(|(two, _)| *two == country).map(|(_, three)| *three)
}
