//! What a receipt looks like.

use crate::failed;
use fiskal::boundary::{Image, Paper, Receipt};
use fiskal::error::{Error, Result};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// Bytes, or the envelope that says why there are none.
type Drawn<'py> = (Option<Bound<'py, PyBytes>>, Option<String>);

/// The receipt on paper of so many columns; `paper` is `text`, `html` or `escpos`.
#[pyfunction]
pub(crate) fn print_receipt<'py>(py: Python<'py>, receipt: String, paper: &str, columns: u32) -> Drawn<'py> {
    let print = || Receipt::from_json(receipt)?.print(Paper::of_name(paper)?, columns);
    drawn(py, py.detach(print))
}

/// The receipt's QR code; `image` is `png`, `svg`, `escpos` or `terminal`.
#[pyfunction]
pub(crate) fn draw_qr<'py>(py: Python<'py>, receipt: String, image: &str, module_px: u32) -> Drawn<'py> {
    let draw = || {
        let qr = Receipt::from_json(receipt)?.qr(Image::of_name(image)?, module_px)?;
        qr.ok_or_else(|| Error::invalid("/qr", "the receipt has no QR code"))
    };
    drawn(py, py.detach(draw))
}

fn drawn(py: Python<'_>, bytes: Result<Vec<u8>>) -> Drawn<'_> {
    match bytes {
        Ok(bytes) => (Some(PyBytes::new(py, &bytes)), None),
        Err(error) => (None, Some(failed(error))),
    }
}
