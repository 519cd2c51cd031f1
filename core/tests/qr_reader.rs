//! The QR code of a receipt, read back by a program that is not ours: zbar.
//!
//! Where it is missing, its tests are ignored, which is counted; where the environment says `CI`, they are
//! required.
#![allow(clippy::expect_used, clippy::panic)]

use fiskal::boundary::{Image, Receipt};
use fiskal::print;
use fiskal::receipt::Qr;
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

/// A machine code of 250 characters: what Austria prints, with long numbers and every amount.
const AUSTRIAN: &str = "_R1-AT3_RegisterNumber007OfTheSecondBranch_1234567890_2026-11-01T10:31:00_-1234567,89_12345,67_-1234,56_10,00_99999,98_\
    8MG8C1Kr7HA=_20F2ED172DAA09E5_xTfZvkBSTr4=_7JOI2tfympIgAHQByOsCgIQRvk5BsihExxh5yeNf3JMDOIZRCM8TW21mpzRCUKrn/wjMQL4qjgT934FQ5g280Q==";
/// Columns of a receipt printer's paper, and the dots of its print head at 203 dpi: 48 mm of 58, and 72 of 80.
const PAPERS: [(&str, u32, u32); 2] = [("58 mm", 32, 384), ("80 mm", 48, 576)];

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
    let on_paper = PAPERS.map(|(paper, columns, dots)| {
        let read = move || {
            read_off_paper(columns, dots);
            Ok(())
        };
        Trial::test(format!("an Austrian receipt on paper of {paper}"), read).with_ignored_flag(!is_there)
    });
    libtest_mimic::run(&Arguments::from_args(), trials.chain(on_paper).collect()).exit_code()
}

/// Draws the code as the printer is told to, dot by dot, and reads it.
fn read_off_paper(columns: u32, dots: u32) {
    let qr = Qr { payload: AUSTRIAN.into(), error_correction: "M".into(), min_mm: 30 };
    let receipt = fiskal::receipt::Receipt { qr: Some(qr), ..Default::default() };
    let printer = print::escpos(&receipt, columns);
    let [module] = command(&printer, 67)[..] else { panic!("no size of a module") };
    assert_eq!(command(&printer, 69), [49], "level M");
    let told = command(&printer, 80);
    let told = std::str::from_utf8(told.get(1..).expect("the data begin with 48")).expect("UTF-8");
    let image =
        print::qr::png(&Qr { payload: told.into(), error_correction: "M".into(), min_mm: 30 }, module.into());
    let image = image.expect("it is drawn");
    // Width is the first number of the first chunk of a PNG image.
    let width = u32::from_be_bytes(image[16..20].try_into().expect("a header"));
    assert!(width <= dots, "the code is {width} dots wide, the paper has {dots}");
    assert!(width >= 30 * 8, "{width} dots are less than 30 mm");
    assert_eq!(read_image(&image), AUSTRIAN);
}

/// The parameters of a command for QR codes (Epson ESC/POS, `GS ( k`).
fn command(printer: &[u8], function: u8) -> Vec<u8> {
    let starts = printer.windows(7).enumerate().filter(|(_, bytes)| bytes.starts_with(b"\x1d(k"));
    let mut found = starts.filter(|(_, bytes)| bytes[5..7] == [49, function]);
    let (at, bytes) = found.next().expect("the command is there");
    let length = usize::from(u16::from_le_bytes([bytes[3], bytes[4]]));
    printer[at + 7..at + 5 + length].to_vec()
}

/// What zbar reads in the PNG image of a receipt's code.
fn read_back(level: &str, payload: &str, module_px: u32) -> String {
    let qr = Qr { payload: payload.into(), error_correction: level.into(), min_mm: 30 };
    let receipt = fiskal::receipt::Receipt { qr: Some(qr), ..Default::default() };
    let json = serde_json::to_string(&receipt).expect("a receipt is JSON");
    let receipt = Receipt::from_json(json).expect("it is a receipt");
    read_image(&receipt.qr(Image::Png, module_px).expect("it is drawn").expect("it has a code"))
}

/// What zbar reads in a PNG image.
fn read_image(image: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("qr.png");
    std::fs::write(&file, image).expect("the image is written");
    let zbar = Command::new("zbarimg").args(["--quiet", "--raw", "-Sbinary"]).arg(&file).output();
    let zbar = zbar.expect("zbarimg is needed here: apt-get install zbar-tools");
    assert!(zbar.status.success(), "nothing was read: {}", String::from_utf8_lossy(&zbar.stderr));
    String::from_utf8(zbar.stdout).expect("what was read is UTF-8")
}
