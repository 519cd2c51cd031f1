//! The data collection log (DEP7) of an Austrian register: fetched, checked, and read without the library under test.

use crate::Result;
use crate::control::Control;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use fiskal::Fiskal;
use serde_json::{Value, json};
use std::path::Path;

/// A log as it was exported.
#[derive(Debug)]
pub struct Log(Value);

impl Log {
    /// Fetches the log of the register that `name` sells with and the service calls `register`.
    ///
    /// # Errors
    /// When it cannot be fetched.
    pub fn fetch(fiskal: &Fiskal, name: &str, register: &str) -> Result<Log> {
        let path = format!("/cash-register/{register}/export");
        let asked = json!({"register": name, "method": "GET", "path": path});
        Ok(Log(fiskal.call("request", &asked)?["body"].take()))
    }

    /// What `dep.verify` says of it, given the keys that the sandbox shows for the register. Two files are left in
    /// `folder`.
    ///
    /// # Errors
    /// When the log cannot be checked at all.
    pub fn check(&self, fiskal: &Fiskal, control: &Control, register: &str, folder: &Path) -> Result<Value> {
        let mut keys = control.keys(register)?;
        // It has each certificate under two spellings of its serial number.
        if let Some(keys) = keys["certificateOrPublicKeyMap"].as_object_mut() {
            keys.retain(|serial, _| !serial.bytes().any(|byte| byte.is_ascii_uppercase()));
        }
        let files = json!({"file": folder.join("dep.json"), "keys": folder.join("keys.json")});
        for (file, content) in [("file", &self.0), ("keys", &keys)] {
            std::fs::write(files[file].as_str().unwrap_or_default(), content.to_string())?;
        }
        Ok(fiskal.call("dep.verify", &files)?)
    }

    /// The machine codes of all receipts, as they are printed (contract sign-at 6.3), in the order of the chain.
    ///
    /// # Errors
    /// When a receipt is no JWS.
    pub fn codes(&self) -> Result<Vec<String>> {
        let groups = self.0["Belege-Gruppe"].as_array().into_iter().flatten();
        let receipts = groups.flat_map(|group| group["Belege-kompakt"].as_array().into_iter().flatten());
        receipts.map(code).collect()
    }
}

/// The machine code of a receipt: the payload, and the signature in the other alphabet.
fn code(receipt: &Value) -> Result<String> {
    let parts: Vec<&str> = receipt.as_str().unwrap_or_default().split('.').collect();
    let [_, payload, signature] = parts.as_slice() else {
        return Err(format!("a receipt of the log is no JWS: {receipt}").into());
    };
    let payload = String::from_utf8(URL_SAFE_NO_PAD.decode(payload)?)?;
    Ok(format!("{payload}_{}", STANDARD.encode(URL_SAFE_NO_PAD.decode(signature)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An unsigned receipt: both spellings of its signature stand in the contract (sign-at 6.5).
    #[test]
    fn the_code_of_a_receipt_is_what_its_paper_says() {
        let jws = "eyJhbGciOiJFUzI1NiJ9.X1IxLUFUMw.U2ljaGVyaGVpdHNlaW5yaWNodHVuZyBhdXNnZWZhbGxlbg";
        let code = code(&jws.into()).unwrap();
        assert_eq!(code, "_R1-AT3_U2ljaGVyaGVpdHNlaW5yaWNodHVuZyBhdXNnZWZhbGxlbg==");
        assert!(super::code(&"a.b".into()).is_err());
    }
}
