//! The QR code of a receipt, read back by a program that is not ours: zbar.
//!
//! Where it is missing, its tests are ignored, which is counted; where the environment says `CI`, they are
//! required.
#![allow(clippy::expect_used, clippy::panic)]

use fiskal::boundary::{Image, Receipt};
use libtest_mimic::{Arguments, Trial};
use std::process::{Command, ExitCode};

/// What receipts have in them: an address, an Austrian machine code, letters of France, much of it, and
/// little of it so that it can be torn.
const PAYLOADS: [(&str, &str, &str); 5] = [
    ("an address", "M", "https://example.fr/r/R-2026-0001?t=2.40"),
    (
        "a machine code",
        "M",
        "_R1-AT3_dGxx_5_2026-11-01T10:31:00_-12,00_-5,50_0,00_0,00_-20,98_U1RP_5474185F_zZKiNGakJ1s=_7JOI2tfympIgAHQByOsCgIQRvk5BsihExxh5yeNf3JMDOIZRCM8TW21mpzRCUKrn/wjMQL4qjgT934FQ5g280Q==",
    ),
    ("letters", "Q", "Boulangerie « Chez Zoé »: 12,40 €"),
    ("much", "L", LONG),
    ("high correction", "H", "R-2026-0001"),
];
const LONG: &str = "0123456789abcdefghijklmnopqrstuvwxyz_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_\
    0123456789abcdefghijklmnopqrstuvwxyz_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_\
    0123456789abcdefghijklmnopqrstuvwxyz_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_end";

fn main() -> ExitCode {
    let required = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
    let is_there = required || Command::new("zbarimg").arg("--version").output().is_ok();
    let trials = PAYLOADS.iter().flat_map(|&(name, level, payload)| {
        [2, 8].map(|module_px| {
            let read = move || {
                assert_eq!(read_back(level, payload, module_px), payload);
                Ok(())
            };
            Trial::test(format!("{name}, {module_px} pixels a module"), read).with_ignored_flag(!is_there)
        })
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}

/// What zbar reads in the PNG image of a receipt's code.
fn read_back(level: &str, payload: &str, module_px: u32) -> String {
    let qr = fiskal::receipt::Qr { payload: payload.into(), error_correction: level.into(), min_mm: 30 };
    let receipt = fiskal::receipt::Receipt { qr: Some(qr), ..Default::default() };
    let json = serde_json::to_string(&receipt).expect("a receipt is JSON");
    let receipt = Receipt::from_json(json).expect("it is a receipt");
    let image = receipt.qr(Image::Png, module_px).expect("it is drawn").expect("it has a code");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("qr.png");
    std::fs::write(&file, image).expect("the image is written");
    let zbar = Command::new("zbarimg").args(["--quiet", "--raw", "-Sbinary"]).arg(&file).output();
    let zbar = zbar.expect("zbarimg is needed here: apt-get install zbar-tools");
    assert!(zbar.status.success(), "nothing was read: {}", String::from_utf8_lossy(&zbar.stderr));
    String::from_utf8(zbar.stdout).expect("what was read is UTF-8")
}
