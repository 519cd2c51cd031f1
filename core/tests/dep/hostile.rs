//! Files that are no exports, and no key containers.

use crate::till::{AES, Files, SERIAL, certificate, day, entry, export, found, keys, signed};
use fiskal::error::Kind;
use serde_json::{Value, json};

#[test]
fn what_is_no_export_is_an_error_that_names_the_place() {
    let good = export(&signed(&day())).to_string();
    let cut = &good[..good.len() / 2];
    let nested = format!("{{\"x\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let text = format!("{{\"Belege-Gruppe\": [{{\"Belege-kompakt\": [\"{}\"]}}]}}", "x".repeat(1 << 20));
    let number = format!("{{\"x\": {}}}", "1".repeat(1 << 20));
    let cases: [(&str, &[u8]); 24] = [
        ("empty", b""),
        ("a blank", b" \n "),
        ("no JSON", b"receipts"),
        ("binary", &[0, 159, 146, 150, 255]),
        ("UTF-16", b"\xff\xfe{\0}\0"),
        ("half a mark", b"\xef\xbb"),
        ("cut off", cut.as_bytes()),
        ("a list", b"[]"),
        ("a number", b"7"),
        ("null", b"null"),
        ("no groups", b"{}"),
        ("another member", br#"{"belege-gruppe": []}"#),
        ("groups that are none", br#"{"Belege-Gruppe": {}}"#),
        ("a group that is none", br#"{"Belege-Gruppe": [[]]}"#),
        ("a group without receipts", br#"{"Belege-Gruppe": [{"Signaturzertifikat": ""}]}"#),
        ("receipts that are none", br#"{"Belege-Gruppe": [{"Belege-kompakt": "x"}]}"#),
        ("a receipt that is a number", br#"{"Belege-Gruppe": [{"Belege-kompakt": ["a.b.c", 7]}]}"#),
        ("a receipt that is null", br#"{"Belege-Gruppe": [{"Belege-kompakt": [null]}]}"#),
        ("groups twice", br#"{"Belege-Gruppe": [], "Belege-Gruppe": []}"#),
        ("receipts twice", br#"{"Belege-Gruppe": [{"Belege-kompakt": [], "Belege-kompakt": []}]}"#),
        ("a certificate under both names", br#"{"Belege-Gruppe": [{"Signaturzertifikat": "", "Signatur- bzw. Siegelzertifikat": "", "Belege-kompakt": []}]}"#),
        ("too deep", nested.as_bytes()),
        ("a text too long", text.as_bytes()),
        ("a number too long", number.as_bytes()),
    ];
    let files = Files::of(&json!({}), &keys());
    for (name, content) in cases {
        files.write("dep.json", content);
        let error = files.verify(json!({})).unwrap_err();
        assert_eq!((error.kind(), error.pointer()), (Kind::Invalid, Some("/file")), "{name}: {error}");
        assert_eq!(error.details().file.as_deref(), files.path("dep.json").to_str(), "{name}");
        assert!(error.message().len() < 500, "{name}: {error}");
    }
    files.write("dep.json", format!("{good}{good}"));
    assert_eq!(files.verify(json!({})).unwrap_err().details().line, Some(1), "two exports in a file");
}

#[test]
fn what_does_not_matter_is_passed_over() {
    let mut export = export(&signed(&day()));
    export["Belege-Gruppe"][0]["Zertifizierungsstellen"] = json!(["AA==", "AA=="]);
    export["Kommentar"] = json!({"nested": [[1, 2.5, null, "\u{1f4a9} \"\\"]]});
    let files = Files::of(&export, &keys());
    let text = format!("\u{feff}{export:#}\r\n");
    files.write("dep.json", text);
    assert_eq!(found(&files.verify(json!({})).unwrap()), []);
}

#[test]
fn receipts_of_nonsense_are_findings_not_errors() {
    let long = "x".repeat(60_000);
    let underscores = "_".repeat(60_000);
    let receipts = [
        "",
        ".",
        "..",
        "a.b.c",
        "💩",
        &long,
        "eyJhbGciOiJFUzI1NiJ9..",
        "eyJhbGciOiJFUzI1NiJ9.X19f.AAAA",
        &underscores,
    ];
    let receipts: Vec<String> = receipts.map(str::to_owned).into();
    let report = crate::till::verify(&receipts);
    let expected: Vec<_> = (1..=9).map(|at| ("form".to_owned(), at)).collect();
    assert_eq!(found(&report), expected, "{report:#}");
    assert!(report.to_string().len() < 20_000, "long texts are cut");
    assert_eq!(
        (&report["register"], &report["turnover"], &report["first"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
}

#[test]
fn findings_are_capped_and_counted() {
    let report = crate::till::verify(&vec!["nonsense".to_owned(); 5000]);
    assert_eq!(found(&report).len(), 100);
    assert_eq!(
        report["rules"][0],
        json!({"rule": "form", "findings": 5000, "demand": report["rules"][0]["demand"]})
    );
}

#[test]
fn a_key_may_stand_under_both_spellings_of_its_name() {
    let mut both = keys();
    let der = certificate(1, SERIAL, 2030);
    both["certificateOrPublicKeyMap"][SERIAL.to_uppercase()] = entry(SERIAL, "CERTIFICATE", &der);
    assert_eq!(both["certificateOrPublicKeyMap"].as_object().unwrap().len(), 3);
    let checked = Files::of(&export(&signed(&day())), &both).verify(json!({})).unwrap();
    assert_eq!(checked["findings"], json!([]), "{checked}");
}

#[test]
fn what_is_no_key_container_is_an_error() {
    let der = certificate(1, SERIAL, 2030);
    let with = |entry: Value| {
        json!({"base64AESKey": AES, "certificateOrPublicKeyMap": {"5474185f": entry}}).to_string()
    };
    let mut key = entry(SERIAL, "CERTIFICATE", &der);
    key["signatureCertificateOrPublicKey"] = json!("not base64");
    let twice = json!({"base64AESKey": AES, "certificateOrPublicKeyMap": {
        "5474185f": entry(SERIAL, "CERTIFICATE", &der), "5474185F": entry("1b", "CERTIFICATE", &certificate(2, "1b", 2030))}});
    let cases = [
        String::new(),
        "x".into(),
        "[]".into(),
        "{}".into(),
        "[".repeat(100_000),
        format!("{{\"base64AESKey\": \"{AES}\"}}"),
        json!({"base64AESKey": "AAAA", "certificateOrPublicKeyMap": {}}).to_string(),
        json!({"base64AESKey": 7, "certificateOrPublicKeyMap": {}}).to_string(),
        json!({"base64AESKey": AES, "certificateOrPublicKeyMap": []}).to_string(),
        format!(
            "{{\"base64AESKey\": \"{AES}\", \"base64AESKey\": \"{AES}\", \"certificateOrPublicKeyMap\": {{}}}}"
        ),
        with(json!({})),
        with(json!(7)),
        with(key),
        with(entry(SERIAL, "PUBLIC_KEY", &der)),
        with(entry(SERIAL, "SECRET", &der)),
        with(entry(SERIAL, "CERTIFICATE", &der[..der.len() - 1])),
        with(entry(SERIAL, "CERTIFICATE", b"")),
        twice.to_string(),
    ];
    let files = Files::of(&export(&signed(&day())), &keys());
    for container in cases {
        files.write("keys.json", &container);
        let error = files.verify(json!({})).unwrap_err();
        assert_eq!((error.kind(), error.pointer()), (Kind::Invalid, Some("/keys")), "{error}");
        assert_eq!(error.details().file.as_deref(), files.path("keys.json").to_str());
        assert!(error.message().len() < 500 && !error.to_string().contains(AES), "{error}");
    }
}

#[test]
fn what_is_no_file_is_an_error() {
    let files = Files::of(&export(&signed(&day())), &keys());
    for name in ["file", "keys", "receipts"] {
        for path in ["", "missing.json", "."] {
            let path = if path.is_empty() { "".into() } else { files.path(path) };
            let error = files.verify(json!({ name: path })).unwrap_err();
            assert_eq!(error.pointer(), Some(format!("/{name}").as_str()), "{error}");
        }
        for value in [json!(7), json!({}), json!(["x"])] {
            assert_eq!(
                files.verify(json!({ name: value })).unwrap_err().pointer(),
                Some(format!("/{name}").as_str())
            );
        }
    }
    assert_eq!(files.verify(json!({"key": "x"})).unwrap_err().pointer(), Some("/key"));
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_not_waited_for() {
    let files = Files::of(&export(&signed(&day())), &keys());
    for path in ["/dev/zero", "/dev/null", "/dev/stdin"] {
        let error = files.verify(json!({ "file": path })).unwrap_err();
        assert_eq!(error.pointer(), Some("/file"), "{error}");
    }
}
