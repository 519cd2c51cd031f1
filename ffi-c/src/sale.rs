//! A sale, put together call by call.

use crate::arguments::{Out, optional_text, text};
use crate::client::fiskal_client;
use crate::constants::fiskal_status;
use crate::error::fiskal_error;
use crate::receipt::fiskal_receipt;
use crate::registry::{self, Handled, Registry};
use crate::table::Table;
use crate::{guard, text::for_c};
use fiskal::boundary::{Cart, Client};
use fiskal::error::{Error, Kind, Result};
use serde_json::json;
use std::ffi::{CString, c_char};
use std::ptr::{null, null_mut};
use std::sync::{Arc, Mutex, TryLockError};

/// A sale that was begun, with what was added to it. It is used from one thread at a time.
pub struct fiskal_sale {
    client: Arc<Client>,
    id: CString,
    cart: Mutex<Cart>,
}

impl Handled for fiskal_sale {
    const TYPE: usize = 2;
    const GIVEN_BACK: (Kind, &'static str) =
        (Kind::Invalid, "the fiskal_sale was freed; resume the sale by its id");

    fn table(registry: &Registry) -> &Table<Self> {
        &registry.sales
    }
}

impl fiskal_sale {
    fn new(client: &Arc<Client>, cart: Cart) -> Self {
        fiskal_sale { client: client.clone(), id: for_c(cart.id()), cart: Mutex::new(cart) }
    }

    /// Does something with the cart. Waits for nobody: a logger that calls back would wait for itself.
    fn with<T>(&self, work: impl FnOnce(&Client, &mut Cart) -> Result<T>) -> Result<T> {
        let mut cart = match self.cart.try_lock() {
            Ok(cart) => cart,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => {
                let message = "another call works on this fiskal_sale; use a sale from one thread at a time";
                return Err(Error::new(Kind::Busy, message));
            }
        };
        work(&self.client, &mut cart)
    }
}

/// Begins a sale on a register of the configuration. Its id is made; see fiskal_sale_id.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fiskal_sale_begin(
    client: *mut fiskal_client,
    register_name: *const c_char,
    out: *mut *mut fiskal_sale,
    error: *mut *mut fiskal_error,
) -> fiskal_status {
    // SAFETY: the header asks the caller for it.
    let (out, error) = unsafe { (Out::new("out", out, null_mut()), Out::new("error", error, null_mut())) };
    // SAFETY: the header asks the caller for it.
    let register = || unsafe { text("register_name", register_name) };
    guard::status(&error, || {
        start(client, &out, |client| Cart::begin(client, &json!({ "register": register()? }).to_string()))
    })
}

/// Begins a sale with these members: "register" is needed; "id", "cashier" and "training" are fixed from
/// now on. An id makes the call safe to repeat: the same sale is begun once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fiskal_sale_begin_json(
    client: *mut fiskal_client,
    sale_json: *const c_char,
    out: *mut *mut fiskal_sale,
    error: *mut *mut fiskal_error,
) -> fiskal_status {
    // SAFETY: the header asks the caller for it.
    let (out, error) = unsafe { (Out::new("out", out, null_mut()), Out::new("error", error, null_mut())) };
    // SAFETY: the header asks the caller for it.
    let sale = || unsafe { text("sale_json", sale_json) };
    guard::status(&error, || start(client, &out, |client| Cart::begin(client, sale()?)))
}

/// Goes on with a sale that was begun and has not ended, such as a table that was opened yesterday or by
/// another process, with what was in it when it was last saved.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fiskal_sale_resume(
    client: *mut fiskal_client,
    sale_id: *const c_char,
    out: *mut *mut fiskal_sale,
    error: *mut *mut fiskal_error,
) -> fiskal_status {
    // SAFETY: the header asks the caller for it.
    let (out, error) = unsafe { (Out::new("out", out, null_mut()), Out::new("error", error, null_mut())) };
    // SAFETY: the header asks the caller for it.
    let id = || unsafe { text("sale_id", sale_id) };
    guard::status(&error, || start(client, &out, |client| Cart::resume(client, id()?)))
}

fn start(
    client: *mut fiskal_client,
    out: &Out<*mut fiskal_sale>,
    cart: impl FnOnce(&Client) -> Result<Cart>,
) -> Result<()> {
    let client = registry::find("client", client)?;
    out.needed()?;
    let cart = cart(client.client())?;
    out.set(registry::register(fiskal_sale::new(client.client(), cart))?);
    Ok(())
}

/// The sale's id, by which it can be resumed; NULL where there is no such sale. The text belongs to the
/// sale.
#[unsafe(no_mangle)]
pub extern "C" fn fiskal_sale_id(sale: *const fiskal_sale) -> *const c_char {
    guard::value(null(), || Ok(registry::find("sale", sale)?.id.as_ptr()))
}

/// Sets a member of the sale: "number", "series", "cashier.id", "customer.name" and so on.
///
/// value: a text; NULL takes the member away. Members that are no text are set with fiskal_sale_set_json.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fiskal_sale_set(
    sale: *mut fiskal_sale,
    field: *const c_char,
    value: *const c_char,
    error: *mut *mut fiskal_error,
) -> fiskal_status {
    // SAFETY: the header asks the caller for it.
    let field = || unsafe { text("field", field) };
    // SAFETY: the header asks the caller for it.
    let value = || unsafe { optional_text("value", value) };
    // SAFETY: the header asks the caller for it.
    unsafe { change(sale, error, |_, cart| cart.set(field()?, value()?)) }
}

/// Sets several members at once, given as a JSON object; each takes the place of the one before. null
/// takes a member away.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fiskal_sale_set_json(
    sale: *mut fiskal_sale,
    members: *const c_char,
    error: *mut *mut fiskal_error,
) -> fiskal_status {
    // SAFETY: the header asks the caller for it.
    let members = || unsafe { text("members", members) };
    // SAFETY: the header asks the caller for it.
    unsafe { change(sale, error, |_, cart| cart.set_json(members()?)) }
}

/// Adds an item.
///
/// text: what is printed.
/// quantity: a decimal, such as "2" or "0.350"; negative for what comes back.
/// unit_price: a decimal, the price of one unit in euros with VAT.
/// vat: a percentage, such as "5.5".
///
/// FISKAL_INVALID names the field by JSON pointer, such as /items/0/vat; nothing is added then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fiskal_sale_add_item(
    sale: *mut fiskal_sale,
    text: *const c_char,
    quantity: *const c_char,
    unit_price: *const c_char,
    vat: *const c_char,
    error: *mut *mut fiskal_error,
) -> fiskal_status {
    // SAFETY: the header asks the caller for it.
    let argument = |name, argument| unsafe { crate::arguments::text(name, argument) };
    let add = |cart: &mut Cart| {
        cart.add_item(
            argument("text", text)?,
            argument("quantity", quantity)?,
            argument("unit_price", unit_price)?,
            argument("vat", vat)?,
        )
    };
    // SAFETY: the header asks the caller for it.
    unsafe { change(sale, error, |_, cart| add(cart)) }
}

/// Adds an item with all its members, such as {"text": "Tea", "quantity": "1", "total": "2.40", "vat": "20"}.
/// Decimals are texts or whole numbers; a number with a fraction is FISKAL_INVALID.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fiskal_sale_add_item_json(
    sale: *mut fiskal_sale,
    item: *const c_char,
    error: *mut *mut fiskal_error,
) -> fiskal_status {
    // SAFETY: the header asks the caller for it.
    let item = || unsafe { text("item", item) };
    // SAFETY: the header asks the caller for it.
    unsafe { change(sale, error, |_, cart| cart.add_item_json(item()?)) }
}

/// Adds a payment.
///
/// method: "cash", "card", "meal_voucher", "voucher", "gift_card", "wallet", "online", "transfer",
/// "on_account" or "other".
/// amount: a decimal, in euros.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fiskal_sale_add_payment(
    sale: *mut fiskal_sale,
    method: *const c_char,
    amount: *const c_char,
    error: *mut *mut fiskal_error,
) -> fiskal_status {
    // SAFETY: the header asks the caller for it.
    let argument = |name, argument| unsafe { text(name, argument) };
    let add = |cart: &mut Cart| cart.add_payment(argument("method", method)?, argument("amount", amount)?);
    // SAFETY: the header asks the caller for it.
    unsafe { change(sale, error, |_, cart| add(cart)) }
}

/// Adds a payment with all its members, such as
/// {"method": "cash", "amount": "3.90", "tendered": "5.00"}.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fiskal_sale_add_payment_json(
    sale: *mut fiskal_sale,
    payment: *const c_char,
    error: *mut *mut fiskal_error,
) -> fiskal_status {
    // SAFETY: the header asks the caller for it.
    let payment = || unsafe { text("payment", payment) };
    // SAFETY: the header asks the caller for it.
    unsafe { change(sale, error, |_, cart| cart.add_payment_json(payment()?)) }
}

/// Keeps what was added in the journal, so that the sale can be resumed with it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fiskal_sale_save(
    sale: *mut fiskal_sale,
    error: *mut *mut fiskal_error,
) -> fiskal_status {
    // SAFETY: the header asks the caller for it.
    unsafe { change(sale, error, |client, cart| cart.save(client)) }
}

/// Completes the sale. Called again, also after an error or a crash, it gives the same receipt and books
/// nothing twice.
///
/// The receipt's state says how final it is: one that is FISKAL_PENDING or FISKAL_PROVISIONAL is printed
/// and handed over like one that is FISKAL_SIGNED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fiskal_sale_complete(
    sale: *mut fiskal_sale,
    out: *mut *mut fiskal_receipt,
    error: *mut *mut fiskal_error,
) -> fiskal_status {
    // SAFETY: the header asks the caller for it.
    let (out, error) = unsafe { (Out::new("out", out, null_mut()), Out::new("error", error, null_mut())) };
    guard::status(&error, || {
        let sale = registry::find("sale", sale)?;
        out.needed()?;
        let receipt = sale.with(|client, cart| cart.complete(client))?;
        out.set(registry::register(fiskal_receipt::new(receipt))?);
        Ok(())
    })
}

/// Ends the sale without a receipt: nobody buys.
///
/// reason: NULL, or why, in at most 128 characters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fiskal_sale_abort(
    sale: *mut fiskal_sale,
    reason: *const c_char,
    error: *mut *mut fiskal_error,
) -> fiskal_status {
    // SAFETY: the header asks the caller for it.
    let reason = || unsafe { optional_text("reason", reason) };
    // SAFETY: the header asks the caller for it.
    unsafe { change(sale, error, |client, cart| cart.abort(client, reason()?)) }
}

/// Frees the handle. The sale itself stays open and can be resumed by its id, without what was added
/// since it was last saved. NULL and a sale that is freed already do nothing.
#[unsafe(no_mangle)]
pub extern "C" fn fiskal_sale_free(sale: *mut fiskal_sale) {
    guard::value((), || {
        registry::give_back(sale);
        Ok(())
    });
}

/// Does something with a sale that has no output but an error.
///
/// # Safety
/// `error` is NULL, or can be written until the call ends.
unsafe fn change(
    sale: *mut fiskal_sale,
    error: *mut *mut fiskal_error,
    work: impl FnOnce(&Client, &mut Cart) -> Result<()>,
) -> fiskal_status {
    // SAFETY: as this function asks.
    let error = unsafe { Out::new("error", error, null_mut()) };
    guard::status(&error, || registry::find("sale", sale)?.with(work))
}
