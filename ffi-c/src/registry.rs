//! The registry of handles. A handle is a number in the clothes of a pointer and never dereferenced, so
//! that it does not matter what a caller hands over.

use crate::client::fiskal_client;
use crate::error::fiskal_error;
use crate::receipt::fiskal_receipt;
use crate::sale::fiskal_sale;
use crate::table::{Found, Table};
use fiskal::boundary::{Inherit, PerProcess};
use fiskal::error::{Error, Kind, Result};
use std::sync::Arc;

/// The lowest bits of a handle tell its type.
const TYPE_BITS: u32 = 3;
const TYPES: usize = (1 << TYPE_BITS) - 1;

/// The highest bits of every handle. With them no program's memory has such an address.
#[cfg(target_pointer_width = "64")]
const MARK: usize = 0xF15C << 48;
#[cfg(target_pointer_width = "64")]
const MARKED: usize = 0xFFFF << 48;
/// 32 bits leave no room for a mark.
#[cfg(target_pointer_width = "32")]
const MARK: usize = 0;
#[cfg(target_pointer_width = "32")]
const MARKED: usize = 0;

/// The largest serial number that fits between mark and type.
const LARGEST: usize = !MARKED >> TYPE_BITS;

static REGISTRY: PerProcess<Registry> = PerProcess::new();

/// All that C holds a handle of, in one process.
#[derive(Default)]
pub(crate) struct Registry {
    pub(crate) clients: Table<fiskal_client>,
    pub(crate) sales: Table<fiskal_sale>,
    pub(crate) receipts: Table<fiskal_receipt>,
    pub(crate) errors: Table<fiskal_error>,
}

impl Inherit for Registry {
    fn inherit(before: Option<&Self>) -> Self {
        before.map_or_else(Registry::default, |before| Registry {
            clients: before.clients.after_fork(),
            sales: before.sales.after_fork(),
            receipts: before.receipts.after_fork(),
            errors: before.errors.after_fork(),
        })
    }
}

/// A type that C holds handles of.
pub(crate) trait Handled: Sized + 'static {
    /// The number of the type, 1 to 7.
    const TYPE: usize;
    /// What using it after it was given back is, and how that is said.
    const GIVEN_BACK: (Kind, &'static str);
    /// Where its entries are.
    fn table(registry: &Registry) -> &Table<Self>;
}

/// The names of the types by their number; the first has none.
const NAMES: [&str; 5] = ["", "fiskal_client", "fiskal_sale", "fiskal_receipt", "fiskal_error"];

/// Registers an entry; its handle.
///
/// # Errors
/// `internal` when the process has used up all serial numbers.
pub(crate) fn register<T: Handled>(entry: T) -> Result<*mut T> {
    let registry = REGISTRY.get();
    let number = T::table(&registry).put(entry, LARGEST).ok_or_else(|| {
        let message =
            format!("this process has made {LARGEST} objects of the type {}; start it anew", name::<T>());
        Error::internal(message)
    })?;
    Ok(std::ptr::without_provenance_mut(MARK | number << TYPE_BITS | T::TYPE))
}

/// Finds the entry of a handle that was given for `argument`.
///
/// # Errors
/// `invalid` for what is no handle of this type; `closed` for one from before a fork; for one that was
/// given back, what its type says.
pub(crate) fn find<T: Handled>(argument: &str, handle: *const T) -> Result<Arc<T>> {
    let wanted = name::<T>();
    let invalid = |message: String| Error::new(Kind::Invalid, message);
    if handle.is_null() {
        return Err(invalid(format!("`{argument}` is NULL; give a {wanted}")));
    }
    let Some((number, kind)) = parts(handle) else {
        return Err(invalid(format!("`{argument}` is no {wanted} that this library has made")));
    };
    if kind != T::TYPE {
        let given = NAMES.get(kind).copied().unwrap_or_default();
        return Err(invalid(format!("`{argument}` is a {given}; give a {wanted}")));
    }
    match T::table(&REGISTRY.get()).find(number) {
        Found::Entry(entry) => Ok(entry),
        Found::Unknown => Err(invalid(format!("`{argument}` is no {wanted} that this library has made"))),
        Found::TakenOut => Err(Error::new(T::GIVEN_BACK.0, T::GIVEN_BACK.1)),
        Found::BeforeFork => {
            let message = format!(
                "`{argument}` belongs to the process that this one was forked from; open after the fork"
            );
            Err(Error::new(Kind::Closed, message))
        }
    }
}

/// Takes an entry out of the registry; nothing where the handle has none.
pub(crate) fn give_back<T: Handled>(handle: *const T) -> Option<Arc<T>> {
    let (number, kind) = parts(handle)?;
    if kind == T::TYPE { T::table(&REGISTRY.get()).take(number) } else { None }
}

/// The serial number and the type in a handle; `None` where it cannot be one.
fn parts<T>(handle: *const T) -> Option<(usize, usize)> {
    let handle = handle.addr();
    let kind = handle & TYPES;
    let is_one = handle & MARKED == MARK && (1..NAMES.len()).contains(&kind);
    is_one.then_some(((handle & !MARKED) >> TYPE_BITS, kind))
}

fn name<T: Handled>() -> &'static str {
    NAMES.get(T::TYPE).copied().unwrap_or_default()
}
