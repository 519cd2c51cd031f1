//! What can be checked of a file before it comes to its place.

use crate::error::{Error, Kind, Result};
use crate::interrupt::Interrupt;
use crate::text::quoted;
use crate::verify::DetachedJws;
use crate::verify::dep::{Contents, Expected, contents};
use serde::Deserialize;
use std::io::Read;

/// Bytes that are read at once.
const PIECE: usize = 64 * 1024;

/// A data collection log as the service describes it.
#[derive(Deserialize)]
pub(super) struct Log {
    /// The register's id in FinanzOnline.
    register: String,
    /// Whether it begins with the start receipt and ends with the last one.
    pub(super) whole: bool,
    /// The last receipt that the journal knows, where it must be in it.
    last: Option<Known>,
}

/// A receipt that the journal knows.
#[derive(Deserialize)]
struct Known {
    number: String,
    /// Its machine code with the signature.
    code: String,
}

/// By what a file is checked.
pub(super) enum Proof<'a> {
    /// The service's signature over it.
    Signature(Box<DetachedJws>),
    /// What the journal knows of the receipts in it: nobody signs the file itself.
    Log(&'a Log),
}

/// What the check says.
#[derive(Debug, Default)]
pub(super) struct Checked {
    pub(super) verified: Vec<&'static str>,
    pub(super) contents: Option<Contents>,
    pub(super) todo: Option<String>,
}

impl Proof<'_> {
    /// A signature, and the certificate that it was made with.
    pub(super) fn signature(jws: Option<&str>, certificate: Option<&str>) -> Result<Self> {
        let (Some(jws), Some(certificate)) = (jws, certificate) else {
            let message = "the file has no signature, or the register no certificate to check it with; nothing was written; provision again, or ask the service's support";
            return Err(Error::new(Kind::Mismatch, message));
        };
        Ok(Proof::Signature(Box::new(DetachedJws::new(jws, certificate)?)))
    }

    /// Checks a file from its beginning to its end.
    ///
    /// # Errors
    /// `mismatch` where it is not what it should be, or not all of it.
    pub(super) fn check(self, mut file: impl Read, interrupt: &Interrupt) -> Result<Checked> {
        match self {
            Proof::Signature(mut signature) => {
                let mut piece = vec![0; PIECE];
                loop {
                    match file.read(&mut piece) {
                        Ok(0) => break,
                        Ok(length) => signature.update(&piece[..length]),
                        Err(cause) => {
                            let message = format!("what was fetched cannot be read back: {cause}");
                            return Err(Error::new(Kind::Invalid, message).at("/to"));
                        }
                    }
                }
                signature.verify()?;
                Ok(Checked { verified: vec!["signature"], ..Checked::default() })
            }
            Proof::Log(log) => log.check(file, interrupt),
        }
    }
}

impl Log {
    fn check(&self, file: impl Read, interrupt: &Interrupt) -> Result<Checked> {
        let expected = Expected {
            register: &self.register,
            whole: self.whole,
            number: self.last.as_ref().map(|known| known.number.as_str()),
        };
        let contents = contents(file, &expected, interrupt).map_err(|error| match error.kind() {
            Kind::Invalid => wrong(&format!("it is no whole DEP export: {}", error.message())),
            _ => error,
        })?;
        if let Some(foreign) = &contents.foreign {
            let message = format!("receipt {} is of another register", quoted(&foreign.number));
            return Err(wrong(&message));
        }
        let mut checked = Checked { verified: vec!["form"], ..Checked::default() };
        // Machine codes that cannot be read were seen in the service's test environment.
        let is_readable = contents.receipts == 0 || contents.first.is_some();
        match (&self.last, &contents.code) {
            (Some(known), None) if is_readable => {
                let message = format!(
                    "receipt {} is missing, which this journal has the signature of",
                    quoted(&known.number)
                );
                return Err(wrong(&message));
            }
            (Some(known), Some(code)) if known.code == *code => checked.verified.push("content"),
            (Some(known), _) => checked
                .look_at(&format!("receipt {} is not the one that this journal has", quoted(&known.number))),
            (None, _) => {}
        }
        if contents.chained {
            checked.verified.push("chain");
        } else {
            checked.look_at("its receipts do not carry the hashes of those before them");
        }
        Ok(Checked { contents: Some(contents), ..checked })
    }
}

impl Checked {
    fn look_at(&mut self, what: &str) {
        let told = self.todo.take().map(|told| format!("{told}; ")).unwrap_or_default();
        self.todo = Some(format!("{told}{what}: check the file with `dep.verify`"));
    }
}

/// The error of a file that is not the log that was asked for.
fn wrong(what: &str) -> Error {
    Error::new(Kind::Mismatch, format!("what the service gave is not the register's log: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// Nine receipts of one register (contract sign-at 6.9, vector C).
    fn golden() -> Vec<Value> {
        let golden: Value = serde_json::from_str(include_str!("../../../tests/dep/golden.json")).unwrap();
        golden["receipts"].as_array().unwrap().clone()
    }

    fn texts(form: &str) -> Vec<String> {
        golden().iter().map(|receipt| receipt[form].as_str().unwrap().to_owned()).collect()
    }

    fn file(receipts: &[String]) -> String {
        json!({"Belege-Gruppe": [{"Signaturzertifikat": "", "Belege-kompakt": receipts}]}).to_string()
    }

    /// The whole log, of which the journal knows the receipt of this number.
    fn log(number: usize) -> Log {
        let known = Known { number: number.to_string(), code: texts("qr")[number - 1].clone() };
        Log { register: "dGxx".into(), whole: true, last: Some(known) }
    }

    fn check(log: &Log, file: &str) -> Result<Checked> {
        Proof::Log(log).check(file.as_bytes(), &Interrupt::never())
    }

    #[test]
    fn a_sound_log_is_verified() {
        let checked = check(&log(9), &file(&texts("jws"))).unwrap();
        assert_eq!((checked.verified, checked.todo), (vec!["form", "content", "chain"], None));
        assert_eq!(checked.contents.unwrap().receipts, 9);
        let part = Log { register: "dGxx".into(), whole: false, last: None };
        let checked = check(&part, &file(&texts("jws")[3..6])).unwrap();
        assert_eq!((checked.verified, checked.todo), (vec!["form", "chain"], None));
    }

    #[test]
    fn what_is_not_all_of_the_registers_log_is_refused() {
        let receipts = texts("jws");
        let whole = file(&receipts);
        let other = Log { register: "other".into(), ..log(9) };
        let cases = [
            (log(9), file(&receipts[..8]), "receipt '9' is missing"),
            (log(9), file(&[]), "receipt '9' is missing"),
            (other, whole.clone(), "receipt '1' is of another register"),
            (log(9), whole[..whole.len() - 1].to_owned(), "ends in the middle"),
            (log(9), format!("{whole}{whole}"), "is not JSON"),
            (log(9), String::new(), "ends in the middle"),
            (log(9), "<html>busy</html>".into(), "is not JSON"),
            (log(9), "{}".into(), "no member"),
            (log(9), r#"{"status_code": 500, "code": "E_INTERNAL"}"#.into(), "no member"),
            (log(9), r#"{"Belege-Gruppe": [{"Belege-kompakt": [7]}]}"#.into(), "not what was expected"),
            (log(9), r#"{"Belege-Gruppe": [{"Belege-kompakt": []}], "Belege-Gruppe": []}"#.into(), "twice"),
            (log(9), format!("{{\"x\": {}", "[".repeat(1 << 20)), "nested"),
            (log(9), format!("{{\"x\": \"{}", "x".repeat(1 << 20)), "more than"),
        ];
        for (log, file, said) in cases {
            let error = check(&log, &file).unwrap_err();
            assert_eq!(error.kind(), Kind::Mismatch, "{said}: {error}");
            assert!(error.message().contains(said), "{said}: {error}");
            assert!(error.message().len() < 600, "{error}");
        }
    }

    #[test]
    fn a_log_that_is_not_as_it_should_be_is_kept_and_told() {
        let receipts = texts("jws");
        let lacking = [&receipts[..4], &receipts[5..]].concat();
        let checked = check(&log(9), &file(&lacking)).unwrap();
        assert_eq!(checked.verified, ["form", "content"]);
        assert!(checked.todo.unwrap().contains("hashes"));

        let mut other = log(9);
        other.last.as_mut().unwrap().code.push('x');
        let checked = check(&other, &file(&receipts)).unwrap();
        assert_eq!(checked.verified, ["form", "chain"]);
        assert!(checked.todo.unwrap().contains("receipt '9' is not the one"));
    }

    #[test]
    fn codes_that_cannot_be_read_are_no_reason_to_refuse() {
        let checked = check(&log(9), &file(&["a.b.c".to_owned()])).unwrap();
        assert_eq!(checked.verified, ["form"]);
        assert!(checked.todo.is_some());
    }
}
