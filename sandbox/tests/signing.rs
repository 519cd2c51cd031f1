//! What a sandbox signs, over HTTP: the journal's chain and the artifacts, both checked with a few lines of
//! our own and a certificate reader that did not make the certificate.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test may")]

#[path = "support/jws.rs"]
mod jws;
#[path = "support/line.rs"]
mod line;
#[path = "support/merchant.rs"]
mod merchant;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use line::{Line, Request};
use merchant::{begin, complete, provision};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha384};

const SALES: usize = 10;

/// Texts that are easy to spell in two ways, in JSON or in XML.
const TEXTS: [&str; 5] =
    ["Croissant", "Pain «au» chocolat", "<b>&amp;</b> ]]>", "a\"b\\c\r\nd\te", "\u{1}\u{7f} 🥐 é e\u{301}"];

fn fetch(line: &Line, path: String) -> Value {
    let (status, answer) = line.send(&Request::new("GET", path), true);
    assert_eq!(status, 200, "{answer}");
    answer["content"].clone()
}

fn sorted(value: &Value) -> Value {
    let Value::Object(members) = value else { return value.clone() };
    let mut names: Vec<&String> = members.keys().collect();
    names.sort();
    Value::Object(names.into_iter().map(|name| (name.clone(), sorted(&members[name]))).collect())
}

/// The chain value of contract 10, from what a record's answer shows: SHA-384 over the signature before it
/// and the record's unchanging members, in order, without the signature itself.
fn chained(previous: &str, record: &Value) -> String {
    let lasting = ["id", "type", "system", "record", "operation", "journal"];
    let mut members: Map<String, Value> = Map::new();
    for name in lasting {
        if let Some(value) = record.get(name) {
            members.insert(name.to_owned(), value.clone());
        }
    }
    members["journal"].as_object_mut().unwrap().shift_remove("signature");
    // Only strings and objects with ASCII names: sorting bytes and writing compactly is RFC 8785.
    let text = sorted(&Value::Object(members)).to_string();
    URL_SAFE_NO_PAD.encode(Sha384::digest(format!("{previous}{text}")))
}

fn decoded(content: &Value) -> Vec<u8> {
    STANDARD.decode(content["data"].as_str().unwrap()).unwrap()
}

#[test]
fn the_journal_is_a_chain_and_each_artifact_is_signed_by_the_system() {
    let line = Line::open();
    let system = &provision(&line)["system"];
    let mut booked = Vec::new();
    for number in 0..SALES {
        let intention = begin(&line, system);
        let receipt = complete(&line, &intention, &format!("R-{number}"), TEXTS[number % TEXTS.len()]);
        booked.extend([intention, receipt]);
    }
    let other = &provision(&line)["system"];
    let certificate = |system: &str| {
        let cryptography = fetch(&line, format!("/systems/{system}"))["journal"]["cryptography"].clone();
        assert_eq!(cryptography["signature"], json!({"type": "ECDSA", "hash": "SHA-256"}));
        cryptography["certificate"]["x509_pem"].as_str().unwrap().to_owned()
    };
    let (own, foreign) = (certificate(system), certificate(other));

    let mut previous: Option<(String, String)> = None;
    for id in booked {
        let record = fetch(&line, format!("/records/{id}?operation=&file-artifact=&file-integrity="));
        let journal = &record["journal"];
        let (before, seed) = previous.clone().unzip();
        assert_eq!(journal["record"]["id"].as_str(), before.as_deref(), "the record before {id}");
        let signature = journal["signature"].as_str().unwrap();
        assert_eq!(signature.len(), 64);
        assert_eq!(signature, chained(&seed.clone().unwrap_or_default(), &record), "{record}");
        assert_ne!(signature, chained("", &json!({"id": id, "journal": {}})));
        let mut changed = record.clone();
        changed["operation"] = json!(record["operation"].as_str().unwrap().replace("12.00", "11.00") + " ");
        assert_ne!(signature, chained(&seed.unwrap_or_default(), &changed));

        let artifact = decoded(&record["file"]["artifact"]);
        let signed = String::from_utf8(decoded(&record["file"]["integrity"])).unwrap();
        assert!(jws::verifies(&signed, &artifact, &own), "{id}");
        let artifact = String::from_utf8(artifact).unwrap();
        assert!(artifact.contains(&format!("<signature>{signature}</signature>")), "{artifact}");
        assert!(artifact.contains(&format!("<id>{id}</id>")), "{artifact}");
        for tampered in [artifact.replacen('0', "1", 1), artifact.trim_end().to_owned(), String::new()] {
            assert!(!jws::verifies(&signed, tampered.as_bytes(), &own), "{tampered}");
        }
        let (header, seal) = signed.split_once("..").unwrap();
        let turned: String = seal.chars().rev().collect();
        assert!(!jws::verifies(&format!("{header}..{turned}"), artifact.as_bytes(), &own));
        previous = Some((id, signature.to_owned()));
    }
    assert_ne!(own, foreign, "each system has a key of its own");
}
