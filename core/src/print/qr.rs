//! The QR code of a receipt (ISO/IEC 18004): as SVG, for a terminal, and for a receipt printer.

use crate::error::{Error, Result};
use crate::receipt::Qr;
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write as _;

/// Light modules around the code (ISO/IEC 18004: four).
const QUIET: usize = 4;
/// Light modules around the code on a terminal, which has light or dark enough around it already.
const QUIET_TERMINAL: usize = 2;
/// No printer needs a module of a PNG to be wider, in pixels.
const MOST_PIXELS: u32 = 64;
/// Dots in a millimetre at 203 dpi, which receipt printers have.
const DOTS_PER_MM: u64 = 8;
/// Dots of a blank line on a receipt printer: 30 where the line spacing is small, 34 by Epson's default of 1/6 inch.
const DOTS_PER_LINE: usize = 30;

/// The modules of the code, row by row from the top left, `true` for dark, without a quiet zone.
///
/// # Errors
/// `invalid` when the payload is too long for a QR code or the error correction is none of L, M, Q
/// and H.
pub fn modules(qr: &Qr) -> Result<Vec<Vec<bool>>> {
    let code = QrCode::with_error_correction_level(qr.payload.as_bytes(), level(qr)?.0).map_err(|cause| {
        let message = format!("{} bytes do not fit into a QR code: {cause}", qr.payload.len());
        Error::invalid("/qr/payload", message)
    })?;
    let dark: Vec<bool> = code.to_colors().into_iter().map(|color| color == Color::Dark).collect();
    Ok(dark.chunks(code.width()).map(<[bool]>::to_vec).collect())
}

/// The code as an SVG image, black on white with its quiet zone, at least `min_mm` wide.
///
/// # Errors
/// Those of [`modules`].
pub fn svg(qr: &Qr) -> Result<String> {
    let modules = modules(qr)?;
    let side = modules.len() + 2 * QUIET;
    // The least width is that of the code itself; the quiet zone comes on top.
    let millimetres = (u64::from(qr.min_mm) * side as u64).div_ceil(modules.len().max(1) as u64);
    let mut path = String::new();
    for (y, row) in modules.iter().enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run.first() == Some(&true) {
                let (left, top, length) = (x + QUIET, y + QUIET, run.len());
                // Writing to a String cannot fail.
                let _ = write!(path, "M{left} {top}h{length}v1h-{length}z");
            }
            x += run.len();
        }
    }
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{millimetres}mm\" height=\"{millimetres}mm\" \
         viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\"><rect width=\"{side}\" height=\"{side}\" \
         fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/></svg>"
    ))
}

/// The code as a PNG image, black on white with its quiet zone, `module_px` pixels a module (1 to 64).
///
/// # Errors
/// Those of [`modules`]; `invalid` for another width of a module.
pub fn png(qr: &Qr, module_px: u32) -> Result<Vec<u8>> {
    if !(1..=MOST_PIXELS).contains(&module_px) {
        let message = format!("a module is 1 to {MOST_PIXELS} pixels wide");
        return Err(Error::invalid("/module_px", message));
    }
    let modules = modules(qr)?;
    let side = (modules.len() + 2 * QUIET) * module_px as usize;
    let dark = |x: usize, y: usize| {
        let module = |at: usize| (at / module_px as usize).checked_sub(QUIET);
        let found = module(x).zip(module(y)).and_then(|(x, y)| modules.get(y)?.get(x).copied());
        found.unwrap_or(false)
    };
    let pixels: Vec<u8> = (0..side)
        .flat_map(|y| (0..side).map(move |x| (x, y)))
        .map(|(x, y)| if dark(x, y) { 0 } else { 255 })
        .collect();
    let side = u32::try_from(side).map_err(|_| Error::internal("a QR code is too wide for a PNG image"))?;
    let mut image = Vec::new();
    let mut encoder = png::Encoder::new(&mut image, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&pixels));
    written.map_err(|cause| Error::internal(format!("a QR code could not be written as PNG: {cause}")))?;
    Ok(image)
}

/// The code in half blocks, two modules to a character's height, dark modules as ink.
///
/// # Errors
/// Those of [`modules`].
pub fn terminal(qr: &Qr) -> Result<String> {
    let modules = modules(qr)?;
    let side = modules.len() + 2 * QUIET_TERMINAL;
    let dark = |x: usize, y: usize| {
        let module = x.checked_sub(QUIET_TERMINAL).zip(y.checked_sub(QUIET_TERMINAL));
        module.and_then(|(x, y)| modules.get(y)?.get(x).copied()).unwrap_or(false)
    };
    let mut out = String::new();
    for y in (0..side).step_by(2) {
        out.extend((0..side).map(|x| match (dark(x, y), dark(x, y + 1)) {
            (true, true) => '█',
            (true, false) => '▀',
            (false, true) => '▄',
            (false, false) => ' ',
        }));
        out.push('\n');
    }
    Ok(out)
}

/// The commands by which a receipt printer draws the code itself (Epson ESC/POS, `GS ( k`), in
/// modules of as many dots as `min_mm` needs at 203 dpi (3 to 16), at the beginning of a line.
///
/// Blank lines above and below are its quiet zone there, which printers leave to the program. At its sides the
/// quiet zone is four modules; in the middle of the paper (`ESC a 1`) it has them.
///
/// # Errors
/// Those of [`modules`].
pub fn escpos(qr: &Qr) -> Result<Vec<u8>> {
    let side = modules(qr)?.len().max(1) as u64;
    let dots = (u64::from(qr.min_mm) * DOTS_PER_MM).div_ceil(side).clamp(3, 16);
    let dots = u8::try_from(dots).map_err(|_| Error::internal("a QR module has more than 255 dots"))?;
    let quiet = vec![b'\n'; (QUIET * usize::from(dots)).div_ceil(DOTS_PER_LINE)];
    let mut out = quiet.clone();
    for (function, parameters) in [
        (65, &[50, 0][..]),                             // model 2
        (67, &[dots]),                                  // size of a module
        (69, &[level(qr)?.1]),                          // error correction
        (80, &[&[48], qr.payload.as_bytes()].concat()), // store the data
        (81, &[48]),                                    // print them
    ] {
        // "cn" 49 is QR code; the length counts cn, fn and the parameters.
        let length = u16::try_from(parameters.len() + 2)
            .map_err(|_| Error::invalid("/qr/payload", "the payload is too long for a printer"))?;
        out.extend([0x1D, b'(', b'k']);
        out.extend(length.to_le_bytes());
        out.extend([49, function]);
        out.extend(parameters);
    }
    out.extend(quiet);
    Ok(out)
}

/// The error correction level, and its number at a printer.
fn level(qr: &Qr) -> Result<(EcLevel, u8)> {
    match qr.error_correction.as_str() {
        "L" => Ok((EcLevel::L, 48)),
        "M" => Ok((EcLevel::M, 49)),
        "Q" => Ok((EcLevel::Q, 50)),
        "H" => Ok((EcLevel::H, 51)),
        _ => Err(Error::invalid("/qr/error_correction", "the error correction is one of L, M, Q and H")),
    }
}
