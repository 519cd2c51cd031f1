//! What a service keeps apart from sales: organizations, the subjects that sign in for them, merchants,
//! locations, systems and signature creation units. Their data as a caller gives it, and each as its service shows it.
//!
//! ```
//! use fiskal::resource::{CreateSystem, SystemType};
//!
//! // What `system.create` takes, as JSON and typed. A register is what a system is where nothing else is said.
//! let asked: CreateSystem = serde_json::from_value(serde_json::json!({
//!     "account": "paris",
//!     "credential": "martin",
//!     "location": "0189f7ea-ae2c-7809-8aeb-b819cf5e9e7f",
//!     "device": {"number": "POS-1000", "name": "till-2"},
//!     "software": {"name": "My POS", "version": "1.0.0"},
//! }))
//! .expect("a system");
//! assert_eq!(asked.system_type, SystemType::FiscalDevice);
//! ```
//!
//! A merchant is the service's taxpayer, and a system what stands for a register there, or for another
//! device. The ids are the service's own.

/// Parameters of an operation on what an account's service keeps: all of them say whose that is.
macro_rules! of_account {
    ($(#[$doc:meta])* $vis:vis struct $name:ident { $($body:tt)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        $vis struct $name {
            /// The account's name in the configuration.
            pub account: String,
            /// Whose key goes along: a merchant's name in the configuration, or the `credential` that
            /// `subject.create` gave; the account's own key if absent.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub credential: Option<String>,
            $($body)*
        }
    };
}
pub(crate) use of_account;

/// Parameters of an operation that changes something there: done once under the caller's id.
macro_rules! change_of_account {
    ($(#[$doc:meta])* $vis:vis struct $name:ident { $($body:tt)* }) => {
        crate::resource::of_account! {
            $(#[$doc])*
            $vis struct $name {
                /// The caller's id of this change, unique per account and operation: a repeated call with it
                /// changes nothing anew. Made if absent.
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub id: Option<String>,
                $($body)*
            }
        }
    };
}
pub(crate) use change_of_account;

mod change;
mod shown;

pub use change::{
    CreateLocation, CreateMerchant, CreateOrganization, CreateSubject, CreateSystem, UpdateLocation,
    UpdateMerchant, UpdateOrganization, UpdateSubject, UpdateSystem,
};
pub use shown::{Location, Merchant, Organization, Page, Subject, System, Unit};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a new organization is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrganizationType {
    /// Holds other organizations.
    Group,
    /// Holds merchants.
    Unit,
}

/// Whether a subject may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SubjectState {
    /// It may.
    Enabled,
    /// It may not, until it is enabled again.
    Disabled,
}

/// What a new system is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SystemType {
    /// A register.
    #[default]
    FiscalDevice,
    /// A terminal that takes payments.
    PaymentDevice,
    /// What sends and receives electronic invoices.
    EInvoiceService,
}

/// Where a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SystemKind {
    /// A register: the service signs for it.
    Internal,
    /// A register: a device of its own signs.
    External,
    /// A terminal that stands there.
    Physical,
    /// A terminal in software.
    Virtual,
}

/// A program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Program {
    /// Its name, at most 128 characters.
    pub name: String,
    /// Its version, at most 128 characters.
    pub version: String,
}

/// A point on the earth, in degrees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Coordinates {
    /// North of the equator, such as `48.856613`; at most six places.
    pub latitude: String,
    /// East of Greenwich, such as `2.352222`; at most six places.
    pub longitude: String,
}

/// Who a terminal's payments go to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Acquirer {
    /// The tax number, at most 16 characters.
    pub tax_id: String,
    /// The legal name, at most 128 characters.
    pub name: String,
}

/// A device as its maker names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// The maker's part number, at most 128 characters.
    pub number: String,
    /// Its name, at most 256 characters.
    pub name: String,
    /// The brand, at most 128 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// The model, at most 128 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The serial number, at most 256 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// A label, at most 256 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The batch, at most 128 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<String>,
    /// The day from which it is used, as `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_of_entry: Option<String>,
    /// The day on which it was made, as `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_of_production: Option<String>,
}
