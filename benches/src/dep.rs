//! The check of a data collection log: how fast, and in how much memory.

use crate::figures::{grouped, rate};
use crate::{Outcome, shop};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fiskal::Interrupt;
use fiskal::operations::verify_dep;
use fiskal::verify::rksv::{Amounts, Jws, MachineCode, Signature, Turnover, TurnoverKey, chain_start};
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::Signer;
use p256::pkcs8::EncodePublicKey;
use serde_json::json;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// The argument that makes this program a process that checks a log.
pub(crate) const CHILD: &str = "verify-dep";

/// How long the logs of every run are, and those of a run for logs alone.
pub(crate) const USUAL: &[u64] = &[1_000, 250_000];
pub(crate) const LONG: &[u64] = &[1_000, 250_000, 1_000_000];
const REGISTER: &str = "bench-1";
const KEY: &str = "U:ATU12345678-K0";
const AES: [u8; 32] = [7; 32];

/// What is signed in a log that is made for a measurement.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Signed {
    All,
    #[cfg(test)]
    OnlyTheFirst,
}

/// The table of checks.
pub(crate) fn measure(lengths: &[u64]) -> Outcome<String> {
    let mut table =
        "dep.verify of a log whose receipts are all signed, each size by a process of its own\n\n\
                     | receipts | size, MB | receipts, 1/s | peak memory, KiB |\n|---:|---:|---:|---:|"
            .to_owned();
    for &receipts in lengths {
        let folder = shop::folder()?;
        write_log(folder.path(), receipts, Signed::All)?;
        let size = folder.path().join("dep.json").metadata()?.len();
        let output = Command::new(std::env::current_exe()?).arg(CHILD).arg(folder.path()).output()?;
        let said = String::from_utf8(output.stdout)?;
        let figures: Vec<u64> = said.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        let [micros, peak] = figures[..] else {
            return Err(format!("the check ended with {}: {said}", output.status).into());
        };
        write!(
            table,
            "\n| {} | {}.{} | {} | {} |",
            grouped(receipts.into()),
            size / 1_000_000,
            size / 100_000 % 10,
            grouped(rate(receipts, Duration::from_micros(micros))),
            grouped(peak.into())
        )?;
    }
    Ok(table)
}

/// Checks the log in a folder, and says how many microseconds that took and how many KiB at most.
pub(crate) fn child(folder: &Path) -> Outcome<()> {
    let (took, peak) = check(folder)?;
    writeln!(std::io::stdout().lock(), "{} {peak}", took.as_micros())?;
    Ok(())
}

fn check(folder: &Path) -> Outcome<(Duration, u64)> {
    let begun = Instant::now();
    let files = json!({ "file": folder.join("dep.json"), "keys": folder.join("keys.json") });
    let report = verify_dep(&files, &Interrupt::never(), &mut |_| {})?;
    let took = begun.elapsed();
    if report["fits"] != true {
        return Err(format!("the log does not fit: {}", report["findings"]).into());
    }
    Ok((took, peak_kib()?))
}

/// The most memory that this process has had, by the kernel's account.
fn peak_kib() -> Outcome<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let digits = line.and_then(|line| line.split_whitespace().next());
    Ok(digits.ok_or("the kernel does not tell the peak")?.parse()?)
}

/// Writes a log and its key container into a folder, a receipt at a time.
fn write_log(folder: &Path, receipts: u64, signed: Signed) -> Outcome<()> {
    let key = SigningKey::from_slice(&[1; 32])?;
    let public = STANDARD.encode(key.verifying_key().to_public_key_der()?.as_bytes());
    let entry = json!({ "signatureDeviceType": "PUBLIC_KEY", "signatureCertificateOrPublicKey": public });
    let keys = json!({ "base64AESKey": STANDARD.encode(AES), "certificateOrPublicKeyMap": { KEY: entry } });
    std::fs::write(folder.join("keys.json"), keys.to_string())?;

    let mut file = BufWriter::new(File::create(folder.join("dep.json"))?);
    write!(file, "{{\"Belege-Gruppe\":[{{\"Belege-kompakt\":[")?;
    let turnover = TurnoverKey::from_base64(&STANDARD.encode(AES))?;
    let mut chain = chain_start(REGISTER);
    for index in 0..receipts {
        let is_signed = signed == Signed::All || index == 0;
        let payload = code(&turnover, index, chain)?.to_string();
        let mut jws = Jws { payload, signature: Signature::Outage };
        if is_signed {
            let signature: p256::ecdsa::Signature = key.sign(jws.signing_input().as_bytes());
            jws.signature = Signature::Es256(signature.to_bytes().into());
        }
        chain = jws.chain_value();
        write!(file, "{}\n\"{jws}\"", if index == 0 { "" } else { "," })?;
    }
    write!(file, "]}}]}}")?;
    Ok(file.flush()?)
}

/// A receipt of one euro, a second after the one before.
fn code(turnover: &TurnoverKey, index: u64, chain: [u8; 8]) -> Outcome<MachineCode> {
    let number = (index + 1).to_string();
    let counter = turnover.encrypt(REGISTER, &number, i128::from(index) * 100, 8).ok_or("no counter")?;
    let begin = jiff::civil::date(2026, 11, 1).at(9, 0, 0, 0);
    Ok(MachineCode {
        provider: "AT0".to_owned(),
        register: REGISTER.to_owned(),
        number,
        date: begin.checked_add(jiff::SignedDuration::from_secs(index.try_into()?))?,
        amounts: Amounts { standard: if index == 0 { 0 } else { 100 }, ..Amounts::default() },
        turnover: Turnover::Encrypted(counter),
        certificate: KEY.to_owned(),
        chain,
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::ffi::OsStr;

    const FOLDER: &str = "FISKAL_TEST_DEP";

    /// Not a test by itself: the process whose memory the next one looks at.
    #[test]
    fn child_checks_a_log() {
        let Some(folder) = std::env::var_os(FOLDER) else { return };
        println!("\npeak {}", check(folder.as_ref()).unwrap().1);
    }

    fn peak_of_a_child(folder: &OsStr) -> Outcome<u64> {
        let mut child = Command::new(std::env::current_exe()?);
        let test = ["--exact", "dep::tests::child_checks_a_log", "--nocapture"];
        let said = String::from_utf8(child.args(test).env(FOLDER, folder).output()?.stdout)?;
        let peak = said.lines().find_map(|line| line.strip_prefix("peak "));
        Ok(peak.ok_or_else(|| said.clone())?.parse()?)
    }

    /// Unsigned receipts cost no signature, and are otherwise checked like all.
    #[test]
    fn a_long_log_takes_no_more_memory_than_a_short_one() {
        let peaks = [1_000, 40_000].map(|receipts| {
            let folder = tempfile::tempdir().unwrap();
            write_log(folder.path(), receipts, Signed::OnlyTheFirst).unwrap();
            peak_of_a_child(folder.path().as_os_str()).unwrap()
        });
        assert!(peaks[1] < peaks[0] + 1024, "{peaks:?} KiB");
    }
}
