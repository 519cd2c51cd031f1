//! Texts that try to break out of the paper: in every place of a receipt, in every form.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test may fail it"
)]

use fiskal::print;
use fiskal::receipt::{Fiscal, Issuer, Mention, Place, Qr, Receipt};
use fiskal::sale::Sale;
use serde_json::json;

/// A receipt with `text` wherever a text may stand.
fn full_of(text: &str) -> Receipt {
    let sale: Sale = serde_json::from_value(json!({
        "register": text, "number": text, "series": text, "text": text,
        "cashier": {"id": text, "name": text},
        "items": [{"text": text, "quantity": 2, "unit": text, "unit_price": 1, "vat": 20,
                   "discounts": [{"amount": 1, "text": text}]}],
        "discounts": [{"percent": 10, "text": text}],
        "payments": [{"method": "other", "amount": 1, "name": text, "reference": text, "card": {"number": text},
                      "voucher": {"number": text}, "gift_card": {"id": text},
                      "foreign": {"currency": text, "amount": 1, "rate": 1}}],
        "customer": {"name": text, "code": text, "person": {"forename": text, "surname": text, "prefix": text},
                     "id": {"type": "other", "number": text},
                     "address": {"street": text, "number": text, "code": text, "city": text, "country": text}},
        "original": {"receipt": text, "series": text, "number": text, "external": text, "reason": text}
    }))
    .unwrap();
    let some = || Some(text.to_owned());
    let place = [Place::Header, Place::Body, Place::Footer, Place::AboveQr, Place::BelowQr];
    let mut receipt = Receipt {
        service: text.to_owned(),
        environment: text.to_owned(),
        signed_at: some(),
        issuer: Issuer {
            name: format!("{text} Ltd"),
            trade_name: some(),
            tax_id: some(),
            vat_number: some(),
            address: vec![text.to_owned()],
            location: some(),
        },
        fiscal: Fiscal {
            number: some(),
            register_serial: some(),
            tse_serial: some(),
            transaction_number: some(),
            signature_counter: some(),
        },
        mentions: place.map(|place| Mention { place, text: text.to_owned() }).into(),
        // No such level: the payload is written out instead of drawn.
        qr: Some(Qr { payload: text.to_owned(), error_correction: text.to_owned(), min_mm: u32::MAX }),
        ..Receipt::of_sale(&sale, sale.amounts().unwrap().totals)
    };
    for group in &mut receipt.totals.vat {
        group.rate = None;
        group.exempt = Some(text.to_owned());
    }
    receipt
}

/// Hostile texts, and a word of each that may stay.
fn texts() -> Vec<(String, &'static str)> {
    vec![
        ("<script>alert(1)</script>&amp;\"'".into(), "alert"),
        ("a</style><img src=x onerror=b>".into(), "onerror"),
        ("\u{1b}@\u{1b}p\u{0}open\u{1d}V\u{0}".into(), "open"),
        ("red\u{1b}[31m\u{9b}31m\u{7f}\u{8}\r\n\t\u{c}".into(), "red"),
        ("\u{202E}00,1\u{202C} \u{2066}abc\u{2069}\u{200B}\u{FEFF}".into(), "abc"),
        ("שלום 12 مرحبا x".into(), "x"),
        ("W".repeat(250), "WWWWWWWW"),
        ("寿司".repeat(125), ""),
        (format!("a{}", "\u{301}".repeat(249)), "a"),
        ("👩‍👩‍👧‍👦 z".into(), "z"),
        (format!("{} z", "❤\u{FE0F}".repeat(124)), "z"),
        (format!("{} z", "1\u{FE0F}\u{20E3}".repeat(83)), "z"),
        ("\u{2028}\u{2029}\u{85}y".into(), "y"),
        (" \t\n ".into(), ""),
        (String::new(), ""),
    ]
}

/// Columns of a text on a terminal, counted roughly but independently: wide for East Asian letters
/// and emoji, also for what is made one by the selector U+FE0F behind it; none for combining marks.
fn columns(line: &str) -> usize {
    let width = |character: char| match character {
        '\u{300}'..='\u{36F}' | '\u{20E3}' => 0,
        // Its letter has a column, and gets another.
        '\u{FE0F}' => 1,
        '\u{1100}'..='\u{115F}' | '\u{2E80}'..='\u{A4CF}' | '\u{1F300}'..='\u{1FAFF}' => 2,
        _ => 1,
    };
    line.chars().map(width).sum()
}

#[test]
fn text_shows_and_does_nothing_else() {
    for (hostile, kept) in texts() {
        for asked in [0, 24, 32, 48, 80, u32::MAX] {
            let text = print::text(&full_of(&hostile), asked);
            assert!(text.contains(kept), "{kept:?} is gone");
            let steers = |character: char| {
                (character.is_control() && character != '\n')
                    || "\u{200B}\u{200D}\u{202C}\u{202E}\u{2028}\u{2029}\u{2066}\u{2069}\u{FEFF}"
                        .contains(character)
            };
            assert!(!text.contains(steers), "{hostile:?}: {text:?}");
            let most = asked.clamp(24, 80) as usize;
            for line in text.lines() {
                assert!(columns(line) <= most, "{} columns on paper of {most}: {line:?}", columns(line));
            }
        }
    }
}

#[test]
fn html_holds_text_and_no_markup_of_the_receipt() {
    // Whatever the receipt says, the elements are those of a receipt that says "x".
    let elements = |html: &str| -> Vec<String> {
        html.split('<').skip(1).map(|rest| rest.split(['>', ' ']).next().unwrap().to_owned()).collect()
    };
    let expected = elements(&print::html(&full_of("x")));
    for (hostile, kept) in texts().into_iter().filter(|(_, kept)| !kept.is_empty()) {
        let html = print::html(&full_of(&hostile));
        assert!(html.contains(kept));
        assert!(!html.contains(|character: char| character.is_control() && character != '\n'), "{hostile:?}");
        if hostile.contains('\n') {
            // A line break within a text makes a second paragraph of it, and nothing else.
            assert!(elements(&html).iter().all(|element| expected.contains(element)), "{hostile:?}");
        } else {
            assert_eq!(elements(&html), expected, "{hostile:?}");
        }
    }
}

#[test]
fn the_printer_gets_no_command_from_a_text() {
    let commands: [&[u8]; 12] = [
        b"\x1b@",
        b"\x1c.",
        b"\x1bt\x13",
        b"\x1bR\x00",
        b"\x1dVB\x03",
        b"\x1bE\x01",
        b"\x1bE\x00",
        b"\x1d!\x01",
        b"\x1d!\x00",
        b"\x1ba\x01",
        b"\x1ba\x00",
        b"\n",
    ];
    for (hostile, kept) in texts() {
        let bytes = print::escpos(&full_of(&hostile), 32);
        assert!(kept.is_empty() || bytes.windows(kept.len()).any(|window| window == kept.as_bytes()));
        let (mut rest, mut resets, mut cuts) = (bytes.as_slice(), 0, 0);
        while let Some(first) = rest.first() {
            match commands.iter().find(|command| rest.starts_with(command)) {
                Some(command) => {
                    resets += usize::from(*command == b"\x1b@");
                    cuts += usize::from(*command == b"\x1dVB\x03");
                    rest = &rest[command.len()..];
                }
                None => {
                    assert!(*first >= 0x20 && *first != 0x7f, "{hostile:?} sent {first:#x}");
                    rest = &rest[1..];
                }
            }
        }
        assert_eq!((resets, cuts), (1, 1), "{hostile:?}");
    }
}
