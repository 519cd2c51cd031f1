//! The receipt on paper: expectations written by hand, and texts that try to break out.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test may fail it"
)]

use fiskal::print;
use fiskal::receipt::{Fiscal, Issuer, Mention, Place, Qr, Receipt, ReceiptType, State};
use fiskal::sale::Sale;
use serde_json::{Value, json};

/// A receipt whose sale and issuer are plain.
fn receipt() -> Receipt {
    let sale = json!({
        "register": "till-1", "number": "R-2026-0001", "cashier": {"id": "7", "name": "Anna"},
        "items": [{"text": "Croissant", "quantity": 2, "unit_price": "1.20", "vat": "5.5",
                   "discounts": [{"amount": "0.20", "text": "2 pour 1"}]},
                  {"text": "Jus d'orange pressé minute bio", "quantity": 1, "unit_price": "2.50", "vat": "10"}],
        "payments": [{"method": "cash", "amount": "4.70", "tendered": "5"}]
    });
    Receipt {
        service: "sign-fr".into(),
        environment: "live".into(),
        state: State::Signed,
        signed_at: Some("2026-03-01T12:00:00+01:00".into()),
        issuer: Issuer {
            name: "Boulangerie Martin SARL".into(),
            trade_name: Some("Boulangerie Martin".into()),
            tax_id: Some("123456789".into()),
            vat_number: Some("FR12123456789".into()),
            address: vec!["123 Rue de Rivoli".into(), "75001 Paris".into()],
            location: None,
        },
        mentions: vec![Mention { place: Place::Footer, text: "Signature 1a2b3c4d".into() }],
        ..receipt_of(&sale)
    }
}

fn receipt_of(sale: &Value) -> Receipt {
    let sale = Sale::read(sale).unwrap();
    let totals = sale.amounts().unwrap().totals;
    Receipt::of_sale(&sale, totals)
}

fn qr(payload: &str) -> Qr {
    Qr { payload: payload.into(), error_correction: "M".into(), min_mm: 30 }
}

#[test]
fn paper_of_32_and_48_columns() {
    assert_eq!(print::text(&receipt(), 32), include_str!("print/receipt-32.txt"));
    assert_eq!(print::text(&receipt(), 48), include_str!("print/receipt-48.txt"));
}

#[test]
fn what_is_not_plain_is_said() {
    let cases = [
        (Receipt { copy: 2, ..receipt() }, "DUPLICATA 2"),
        (Receipt { environment: "test".into(), ..receipt() }, "ESSAI : SANS VALEUR (test)"),
        (Receipt { environment: "sandbox".into(), ..receipt() }, "ESSAI : SANS VALEUR (sandbox)"),
        (Receipt { state: State::Pending, ..receipt() }, "En attente de confirmation du service fiscal"),
        (
            Receipt { state: State::Provisional, ..receipt() },
            "Établi sans le service fiscal, à titre provisoire",
        ),
        (Receipt { state: State::Refused, ..receipt() }, "Refusé par le service fiscal"),
        (Receipt { receipt_type: ReceiptType::Training, ..receipt() }, "FORMATION : SANS VALEUR"),
        (Receipt { receipt_type: ReceiptType::Cancel, ..receipt() }, "Annulation R-2026-0001"),
    ];
    for (shown, words) in cases {
        assert!(print::text(&shown, 80).contains(words), "{words}");
        assert!(print::html(&shown).contains(words), "{words}");
        assert!(!print::text(&receipt(), 80).contains(words), "{words}");
    }
}

#[test]
fn discounts_rounding_and_payments_are_shown() {
    // 10.00 less 10 % is 9.00; 9.00 - 0.02 = 8.98 to pay; 4.80 CHF are 5.00 EUR
    let text = print::text(
        &Receipt {
            service: "sign-at".into(),
            signed_at: Some("2026-03-01T12:00:00+01:00".into()),
            fiscal: Fiscal { register_serial: Some("KA-1".into()), ..Fiscal::default() },
            ..receipt_of(&json!({
                "register": "till-1", "number": "9", "series": "A",
                "items": [{"text": "Käse", "quantity": "0.5", "unit": "kg", "unit_price": "20", "vat": "10"}],
                "discounts": [{"percent": "10", "text": "Treue"}], "rounding": "-0.02",
                "payments": [{"method": "cash", "amount": "5.00",
                              "foreign": {"currency": "CHF", "amount": "4.80", "rate": "1.0417"}},
                             {"method": "card", "amount": "3.98", "name": "Maestro",
                              "card": {"number": "****1234"}, "reference": "T-77"}],
                "customer": {"name": "Huber GmbH", "id": {"type": "vat", "number": "ATU12345678"},
                             "address": {"street": "Ring", "number": "1", "code": "1010", "city": "Wien", "country": "AT"}},
                "original": {"number": "8", "reason": "Umtausch"}
            }))
        },
        32,
    );
    let lines = [
        "Rückgabe A 9",
        "01.03.2026 12:00:00",
        "Bezug 8",
        "Umtausch",
        "Käse                       10,00",
        "  0,5 kg × 20,00",
        "Zwischensumme              10,00",
        "Treue 10 %                 -1,00",
        "SUMME EUR                   9,00",
        "Rundung                    -0,02",
        "ZU ZAHLEN EUR               8,98",
        "Bar                         5,00",
        "  4,80 CHF × 1,0417",
        "Karte Maestro               3,98",
        "  ****1234",
        "  T-77",
        "Huber GmbH",
        "Ring 1",
        "1010 Wien AT",
        "ATU12345678",
        "Seriennr. Kasse KA-1",
    ];
    let mut rest = text.lines();
    for line in lines {
        assert!(rest.any(|printed| printed == line), "'{line}' is missing, or not in its place, in\n{text}");
    }
}

#[test]
fn an_item_says_its_vat_where_there_is_more_than_one() {
    let items = |vats: &[Value]| {
        let items =
            vats.iter().map(|vat| json!({"text": "x", "quantity": 1, "unit_price": "1.00", "vat": vat}));
        let sale = json!({"register": "r", "items": items.collect::<Vec<_>>()});
        print::text(&Receipt { service: "sign-fr".into(), ..receipt_of(&sale) }, 32)
    };
    let lines = |text: &str| {
        text.lines().filter(|line| line.starts_with("  ")).map(str::to_owned).collect::<Vec<_>>()
    };
    let mixed =
        items(&[json!("20"), json!("5.50"), json!({"exempt": "export"}), json!({"reverse_charge": true})]);
    let own: Vec<String> = lines(&mixed).into_iter().filter(|line| line.len() < 16).collect();
    assert_eq!(own, ["  TVA 20 %", "  TVA 5,5 %", "  export", "  autoliq."]);
    assert!(!items(&[json!("20"), json!("20.0")]).contains("TVA 20"));
}

#[test]
fn a_line_breaks_between_parts_before_it_breaks_within_one() {
    let text = "RKSV-Beträge: Normal 9,44 / Ermäßigt-1 5,60 / Ermäßigt-2 9,00 / Null 1,20 / Besonders 15,77";
    let shown = Receipt { mentions: vec![Mention { place: Place::Footer, text: text.into() }], ..receipt() };
    let cases: [(u32, &[&str]); 3] = [
        (24, &["RKSV-Beträge: Normal", "9,44 / Ermäßigt-1 5,60 /", "Ermäßigt-2 9,00 /"]),
        (32, &["RKSV-Beträge: Normal 9,44 /", "Ermäßigt-1 5,60 /", "Ermäßigt-2 9,00 / Null 1,20 /"]),
        (
            42,
            &[
                "RKSV-Beträge: Normal 9,44 /",
                "Ermäßigt-1 5,60 / Ermäßigt-2 9,00 /",
                "Null 1,20 / Besonders 15,77",
            ],
        ),
    ];
    for (columns, expected) in cases {
        let printed = print::text(&shown, columns);
        let lines: Vec<&str> =
            printed.lines().map(str::trim).skip_while(|line| !line.starts_with("RKSV")).collect();
        assert_eq!(lines.get(..expected.len()), Some(expected), "{printed}");
    }
    assert!(print::html(&shown).contains("<span>Ermäßigt-1 5,60 /</span> <span>Ermäßigt-2 9,00 /</span>"));
}

#[test]
fn a_proof_of_payment_has_no_total() {
    let sale = json!({"register": "till-1", "payments": [{"method": "transfer", "amount": "5.90"}]});
    let sale: Sale = serde_json::from_value(sale).unwrap();
    let paid = Receipt {
        service: "sign-fr".into(),
        receipt_type: ReceiptType::Payment,
        ..Receipt::of_sale(&sale, fiskal::receipt::Totals::default())
    };
    let text = print::text(&paid, 32);
    assert!(text.contains("Virement                    5,90\n"), "{text}");
    assert!(!text.contains("TOTAL"), "{text}");
}

#[test]
fn every_mention_is_at_its_place() {
    let mention = |place, text: &str| Mention { place, text: text.into() };
    let places = [
        (Place::BelowQr, "below"),
        (Place::Footer, "foot"),
        (Place::Header, "top"),
        (Place::AboveQr, "above"),
        (Place::Body, "body"),
    ];
    let shown = Receipt {
        mentions: places.map(|(place, text)| mention(place, text)).into(),
        qr: Some(qr("QR")),
        ..receipt()
    };
    let text = print::text(&shown, 48);
    let order =
        ["FR12123456789", "top", "Ticket", "Croissant", "body", "TOTAL", "foot", "above", "█▀▀▀▀▀█", "below"];
    let found: Vec<usize> = order.iter().map(|word| text.find(word).expect(word)).collect();
    assert!(found.is_sorted(), "{found:?}\n{text}");
}

#[test]
fn labels_are_in_the_country_s_language() {
    let cases = [
        ("sign-fr", "lang=\"fr\"", "Espèces", "4,70", "01/03/2026"),
        ("sign-it", "lang=\"it\"", "Pagamento contante", "4,70", "01/03/2026"),
        ("sign-at", "lang=\"de\"", "UID-Nr. FR12123456789", "4,70", "01.03.2026"),
        ("openfiskal", "lang=\"de\"", "USt-IdNr. FR12123456789", "4,70", "01.03.2026"),
        ("sign-es", "lang=\"es\"", "Efectivo", "4,70", "01/03/2026"),
        ("another", "lang=\"en\"", "Change", "4.70", "2026-03-01"),
    ];
    for (service, language, label, amount, date) in cases {
        let html = print::html(&Receipt { service: service.into(), ..receipt() });
        for words in [language, label, amount, date] {
            assert!(html.contains(words), "{service}: {words}");
        }
    }
}

#[test]
fn a_narrow_table_is_stacked() {
    let wide = receipt_of(&json!({
        "register": "till-1",
        "items": [{"text": "Yacht", "quantity": 1, "unit_price": "1234567.89", "vat": "20"}]
    }));
    // 1234567.89 / 1.2 = 1028806.575 → 1028806.58 (a tie)
    let text = print::text(&wide, 24);
    for line in ["%                     20", "Net           1028806.58", "VAT            205761.31"] {
        assert!(text.lines().any(|printed| printed == line), "{line} in\n{text}");
    }
}

#[test]
fn the_printer_gets_its_commands() {
    let bytes = print::escpos(&Receipt { qr: Some(qr("A")), ..receipt() }, 32);
    // ESC @, FS ., ESC t 19, ESC R 0 at the start; GS V 66 3 at the end
    assert!(bytes.starts_with(b"\x1b@\x1c.\x1bt\x13\x1bR\x00"));
    assert!(bytes.ends_with(b"\x1dVB\x03"));
    let contains = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    // ESC E 1, GS ! 1, the total, GS ! 0, ESC E 0
    assert!(contains(b"\x1bE\x01\x1d!\x01TOTAL EUR                   4,70\n\x1d!\x00\x1bE\x00"));
    // è is 8A, × is 9E in code page 858
    assert!(contains(b"Esp\x8aces                     5,00\n"));
    assert!(contains(b"  2 \x9e 1,20 \xfa TVA 5,5 %\n"));
    // Model 2; 12 dots, because 30 mm are 240 dots and "A" makes 21 modules; level M; data; print. Above and below
    // four modules, 48 dots, are blank: two lines of 30
    assert!(contains(
        b"\x1ba\x01\n\n\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C\x0c\x1d(k\x03\x001E1\x1d(k\x04\x001P0A\x1d(k\x03\x001Q0\n\n\x1ba\x00"
    ));
}

#[test]
fn a_qr_code_is_the_same_in_every_form() {
    // 34 bytes at level M need version 3 (ISO/IEC 18004, table 7: 26 fit into version 2): 29 modules
    let code = qr("https://example.test/verify?id=123");
    let modules = print::qr::modules(&code).unwrap();
    assert_eq!((modules.len(), modules[0].len()), (29, 29));
    for (top, left) in [(0, 0), (0, 22), (22, 0)] {
        for y in 0..7usize {
            for x in 0..7usize {
                // A finder is a ring, a gap and a square: dark but for the ring one in from the edge
                let ring = y.abs_diff(3).max(x.abs_diff(3));
                assert_eq!(modules[top + y][left + x], ring != 2, "finder at {top},{left}");
            }
        }
    }

    let drawn: Vec<Vec<char>> =
        print::qr::terminal(&code).unwrap().lines().map(|line| line.chars().collect()).collect();
    let svg = print::qr::svg(&code).unwrap();
    let runs: Vec<[usize; 3]> = svg
        .split("M")
        .skip(1)
        .map(|run| {
            let mut numbers =
                run.split(|letter: char| !letter.is_ascii_digit()).map(|digits| digits.parse().unwrap());
            std::array::from_fn(|_| numbers.next().unwrap())
        })
        .collect();
    for (y, row) in modules.iter().enumerate() {
        for (x, dark) in row.iter().enumerate() {
            let half = drawn[(y + 2) / 2][x + 2];
            assert_eq!(if y % 2 == 0 { "▀█" } else { "▄█" }.contains(half), *dark, "terminal {x},{y}");
            let in_run = runs
                .iter()
                .any(|[left, top, length]| *top == y + 4 && (*left..left + length).contains(&(x + 4)));
            assert_eq!(in_run, *dark, "svg {x},{y}");
        }
    }
    // 30 mm for 29 modules, and the quiet zone of 8 more: 30 × 37 / 29 = 38.3
    assert!(svg.contains("width=\"39mm\""));
}

#[test]
fn what_is_no_qr_code_is_refused_and_written_out() {
    let long = qr(&"0a".repeat(1_500));
    let strange = Qr { error_correction: "X".into(), ..qr("payload-of-it") };
    assert_eq!(print::qr::svg(&long).unwrap_err().pointer(), Some("/qr/payload"));
    assert_eq!(print::qr::svg(&strange).unwrap_err().pointer(), Some("/qr/error_correction"));
    let shown = Receipt { qr: Some(strange), ..receipt() };
    assert!(print::text(&shown, 32).contains("payload-of-it"));
    assert!(print::html(&shown).contains("payload-of-it"));
    assert!(String::from_utf8_lossy(&print::escpos(&shown, 32)).contains("payload-of-it"));
}
