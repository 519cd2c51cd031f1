//! The form in which a receipt is submitted, and what only that form has room for: `extra.sign-at` (contract sign-at
//! 2.7).

use super::ekabs::{Frame, Texts};
use super::run::Run;
use crate::error::{Error, Result};
use crate::receipt::Receipt;
use crate::sale::{Item, Sale};
use crate::services::extra::extra_of;
use serde::Deserialize;
use serde_json::{Map, Value};

/// The block that is for SIGN AT alone.
const EXTRA: &str = "sign-at";
/// The longest text in the block, as everywhere in a sale; SIGN AT names no bound of its own.
const TEXT: usize = 250;

/// What only SIGN AT knows of a sale, or of a receipt over nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfSale {
    /// The form of the receipt.
    #[serde(default)]
    form: Name,
    /// What only `ekabs_v0` has room for.
    #[serde(default)]
    ekabs_v0: Option<Texts>,
}

/// What only SIGN AT knows of an item: `ekabs_v0` alone has room for it.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfItem {
    /// What is said of the item beside its name.
    #[serde(default)]
    pub(super) additional_text: Option<String>,
    /// The first day of the supply.
    #[serde(default)]
    pub(super) delivery_period_start: Option<String>,
    /// The last day of the supply.
    #[serde(default)]
    pub(super) delivery_period_end: Option<String>,
}

/// The forms by their names in requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Name {
    #[default]
    StandardV1,
    Raw,
    EkabsV0,
}

/// The form of one receipt, with all that it takes beside the sale.
#[derive(Clone, Debug)]
pub(super) enum Form {
    /// Amounts by rate and payment, and the lines.
    Standard,
    /// The five amounts of the machine code alone.
    Raw,
    /// An electronic receipt with seller, buyer, VAT and lines.
    Ekabs(Box<Frame>),
}

impl Form {
    /// The name in requests and answers.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Form::Standard => "standard_v1",
            Form::Raw => "raw",
            Form::Ekabs(_) => "ekabs_v0",
        }
    }

    /// The form that a sale asks for.
    ///
    /// # Errors
    /// `invalid` with the JSON pointer of what its form has no room for.
    pub(super) fn of_sale(run: &Run<'_>, sale: &Sale) -> Result<Form> {
        let form = Form::asked(run, sale, &sale.extra)?;
        form.check_items(&sale.items)?;
        Ok(form)
    }

    /// The form that the caller asks for in `extra`, for a receipt of this sale.
    ///
    /// # Errors
    /// `invalid` with the JSON pointer of what is wrong with the block; for `ekabs_v0` also `config`, where the
    /// merchant's own data do not fit in.
    pub(super) fn asked(run: &Run<'_>, sale: &Sale, extra: &Map<String, Value>) -> Result<Form> {
        let OfSale { form, ekabs_v0 } = extra_of(EXTRA, extra)?;
        match (form, ekabs_v0) {
            (Name::EkabsV0, texts) => {
                let texts = texts.unwrap_or_default();
                texts.check(TEXT).map_err(|error| error.under(&format!("/extra/{EXTRA}/ekabs_v0")))?;
                Ok(Form::Ekabs(Box::new(Frame::new(run, sale, texts)?)))
            }
            (_, Some(_)) => {
                let message =
                    "only receipts of the form ekabs_v0 have this; set form to ekabs_v0, or leave it out";
                Err(Error::invalid(format!("/extra/{EXTRA}/ekabs_v0"), message))
            }
            (Name::StandardV1, None) => Ok(Form::Standard),
            (Name::Raw, None) => Ok(Form::Raw),
        }
    }

    /// The form in which a receipt was submitted, by the service's own answer, for one that takes it back.
    pub(super) fn repeated(run: &Run<'_>, original: &Receipt) -> Result<Form> {
        let submitted = |name: &str| original.answer.pointer(&format!("/schema/{name}"));
        if let Some(frame) = submitted("ekabs_v0").and_then(|ekabs| Frame::repeated(run, ekabs).transpose()) {
            return Ok(Form::Ekabs(Box::new(frame?)));
        }
        // `raw` is in every answer, whatever was submitted (contract sign-at 2.8).
        let raw_alone = submitted("raw").is_some() && submitted("standard_v1").is_none();
        Ok(if raw_alone { Form::Raw } else { Form::Standard })
    }

    /// Refuses what is said of an item and has no place in this form.
    fn check_items(&self, items: &[Item]) -> Result<()> {
        for (index, item) in items.iter().enumerate() {
            let under = |error: Error| error.under(&format!("/items/{index}"));
            let own = OfItem::of(item).map_err(under)?;
            if own != OfItem::default() && !matches!(self, Form::Ekabs(_)) {
                let message = "only receipts of the form ekabs_v0 say this of an item; leave it out";
                return Err(under(Error::invalid(format!("/extra/{EXTRA}"), message)));
            }
        }
        Ok(())
    }
}

impl OfItem {
    /// The block of an item.
    ///
    /// # Errors
    /// `invalid` with the JSON pointer, from the item, of what is unknown or too long.
    pub(super) fn of(item: &Item) -> Result<OfItem> {
        let own: OfItem = extra_of(EXTRA, &item.extra)?;
        let texts = [
            ("additional_text", &own.additional_text),
            ("delivery_period_start", &own.delivery_period_start),
            ("delivery_period_end", &own.delivery_period_end),
        ];
        check_texts(&texts, TEXT).map_err(|error| error.under(&format!("/extra/{EXTRA}")))?;
        Ok(own)
    }
}

/// Refuses a text that is empty or too long.
pub(super) fn check_texts(texts: &[(&str, &Option<String>)], most: usize) -> Result<()> {
    let wrong = texts.iter().find(|(_, text)| {
        text.as_ref().is_some_and(|text| text.trim().is_empty() || text.chars().count() > most)
    });
    match wrong {
        Some((name, _)) => {
            Err(Error::invalid(format!("/{name}"), format!("give 1 to {most} characters, or leave it out")))
        }
        None => Ok(()),
    }
}
