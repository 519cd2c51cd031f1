//! A receipt, as faces read and render it.

use super::{guard, json_of};
use crate::error::{Error, Result};
use crate::print;
use crate::read::strict;
use crate::receipt::{self, State};

/// A receipt with its JSON text.
pub struct Receipt {
    receipt: receipt::Receipt,
    json: String,
}

/// What a QR code is drawn as; the numbers are those of the C interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Image {
    /// A PNG image.
    Png = 0,
    /// An SVG image.
    Svg = 1,
    /// Commands by which a receipt printer draws it (ESC/POS).
    Escpos = 2,
    /// Half blocks for a terminal.
    Terminal = 3,
}

/// What a receipt is printed as; the numbers are those of the C interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    /// Plain text.
    Text = 0,
    /// An HTML page.
    Html = 1,
    /// Commands and bytes for a receipt printer (ESC/POS).
    Escpos = 2,
}

impl Image {
    /// Every image with its name.
    pub const ALL: [(Image, &'static str); 4] =
        [(Image::Png, "png"), (Image::Svg, "svg"), (Image::Escpos, "escpos"), (Image::Terminal, "terminal")];
}

impl Paper {
    /// Every paper with its name.
    pub const ALL: [(Paper, &'static str); 3] =
        [(Paper::Text, "text"), (Paper::Html, "html"), (Paper::Escpos, "escpos")];
}

macro_rules! numbered_and_named {
    ($kind:ident, $what:literal) => {
        impl $kind {
            /// The one of this number.
            ///
            /// # Errors
            /// `invalid`, with the numbers that there are.
            pub fn of_number(number: i32) -> Result<Self> {
                let found = Self::ALL.into_iter().find(|(each, _)| *each as i32 == number);
                found.map(|(each, _)| each).ok_or_else(|| {
                    let known: Vec<String> =
                        Self::ALL.iter().map(|(each, name)| format!("{} ({name})", *each as i32)).collect();
                    Error::invalid("", format!("{number} is no {}; there are {}", $what, known.join(", ")))
                })
            }

            /// The one of this name.
            ///
            /// # Errors
            /// `invalid`, with the names that there are.
            pub fn of_name(name: &str) -> Result<Self> {
                let found = Self::ALL.into_iter().find(|(_, known)| *known == name);
                found.map(|(each, _)| each).ok_or_else(|| {
                    let known: Vec<&str> = Self::ALL.iter().map(|(_, name)| *name).collect();
                    let given = crate::text::quoted(name);
                    Error::invalid("", format!("{given} is no {}; there are {}", $what, known.join(", ")))
                })
            }
        }
    };
}

numbered_and_named!(Image, "image");
numbered_and_named!(Paper, "paper");

impl Receipt {
    /// Reads what an operation gave.
    ///
    /// # Errors
    /// `invalid` for what is no receipt.
    pub fn from_json(json: impl Into<String>) -> Result<Receipt> {
        let json = json.into();
        guard(|| {
            let receipt = strict(&json_of(&json, "receipt's members")?)?;
            Ok(Receipt { receipt, json })
        })
    }

    /// The receipt's JSON text.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// How final it is.
    pub fn state(&self) -> State {
        self.receipt.state
    }

    /// The value at a path such as `totals.gross`, as [`receipt::Receipt::get`] tells it.
    pub fn get(&self, path: &str) -> Option<String> {
        self.receipt.get(path)
    }

    /// How many elements the list at a path has; `None` where there is no list.
    pub fn count(&self, path: &str) -> Option<usize> {
        self.receipt.count(path)
    }

    /// The QR code that must be printed; `None` where there is none. `module_px` is the width of one
    /// module of a PNG in pixels, 1 to 64.
    ///
    /// # Errors
    /// `invalid` when the width is out of its bounds or the payload does not fit into a QR code.
    pub fn qr(&self, image: Image, module_px: u32) -> Result<Option<Vec<u8>>> {
        guard(|| {
            let Some(qr) = &self.receipt.qr else { return Ok(None) };
            Ok(Some(match image {
                Image::Png => print::qr::png(qr, module_px)?,
                Image::Svg => print::qr::svg(qr)?.into_bytes(),
                Image::Escpos => print::qr::escpos(qr)?,
                Image::Terminal => print::qr::terminal(qr)?.into_bytes(),
            }))
        })
    }

    /// The receipt on paper of so many columns, 24 to 80.
    ///
    /// # Errors
    /// `invalid` when the columns are out of their bounds.
    pub fn print(&self, paper: Paper, columns: u32) -> Result<Vec<u8>> {
        guard(|| {
            print::check_columns(columns)?;
            Ok(match paper {
                Paper::Text => print::text(&self.receipt, columns).into_bytes(),
                Paper::Html => print::html(&self.receipt).into_bytes(),
                Paper::Escpos => print::escpos(&self.receipt, columns),
            })
        })
    }
}
