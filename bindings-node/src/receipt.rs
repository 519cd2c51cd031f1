//! What a receipt looks like.

use fiskal::boundary::{Image, Paper, Receipt, envelope};
use fiskal::error::{Error, Result};
use napi::Result as NodeResult;
use napi::bindgen_prelude::{BufferSlice, Either, Env};
use napi_derive::napi;

/// Bytes, copied into memory of Node's own (Electron allows no other), or the envelope of an error.
type Drawn<'env> = Either<String, BufferSlice<'env>>;

/// The receipt on paper of so many columns; `paper` is `text`, `html` or `escpos`.
#[napi]
pub fn print_receipt(env: &Env, receipt: String, paper: String, columns: u32) -> NodeResult<Drawn<'_>> {
    drawn(env, Paper::of_name(&paper).and_then(|paper| Receipt::from_json(receipt)?.print(paper, columns)))
}

/// The receipt's QR code; `image` is `png`, `svg`, `escpos` or `terminal`.
#[napi]
pub fn draw_qr(env: &Env, receipt: String, image: String, module_px: u32) -> NodeResult<Drawn<'_>> {
    let qr = || {
        let qr = Receipt::from_json(receipt)?.qr(Image::of_name(&image)?, module_px)?;
        qr.ok_or_else(|| Error::invalid("/qr", "the receipt has no QR code"))
    };
    drawn(env, qr())
}

fn drawn(env: &Env, bytes: Result<Vec<u8>>) -> NodeResult<Drawn<'_>> {
    Ok(match bytes {
        Ok(bytes) => Either::B(BufferSlice::copy_from(env, bytes)?),
        Err(error) => Either::A(envelope(Err(error))),
    })
}
