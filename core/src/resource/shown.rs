//! A resource as its service shows it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// What all resources have beside their own.
macro_rules! shown {
    ($(#[$doc:meta])* $name:ident { $($(#[$member:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
        pub struct $name {
            /// The service's id of it.
            pub id: String,
            /// The service's word for what it is, in small letters.
            #[serde(rename = "type")]
            pub resource_type: String,
            $($(#[$member])* pub $field: $type,)*
            /// Data that is kept with it: the caller's own, and `fiskal_…` of what this library made.
            pub metadata: BTreeMap<String, String>,
            /// All that the service said of it, untouched.
            pub answer: Value,
        }
    };
}

shown! {
    /// An organization: an account above groups above units; in Austria one above those that it manages.
    Organization {
        /// Its name.
        name: String,
        /// `enabled` or `disabled`; `unknown` where the service does not say.
        state: String,
        /// The service's id of the organization above it.
        organization: Option<String>,
    }
}

shown! {
    /// Somebody who may sign in: an API key.
    Subject {
        /// Its name.
        name: String,
        /// `enabled` or `disabled`.
        state: String,
        /// Only where it was just made: the name under which its key and its secret lie in the file of
        /// secrets beside the journal (`NAME/key`, `NAME/secret`); other operations take it as `credential`.
        credential: Option<String>,
        /// Only where it was just made: the ids of subjects that were made before it for the same call and
        /// whose secrets are lost with the answers. Disable them at the service.
        orphans: Vec<String>,
    }
}

shown! {
    /// A merchant: the service's taxpayer.
    Merchant {
        /// The legal name.
        name: String,
        /// The name over the door.
        trade_name: Option<String>,
        /// `acquired`, `commissioned` or `decommissioned`.
        state: String,
        /// `inactive`, `operative`, `suspended` or `degraded`.
        mode: String,
        /// The tax number.
        tax_id: Option<String>,
        /// The VAT number.
        vat_number: Option<String>,
        /// The country, in the service's words.
        country: Option<String>,
        /// When it was made (RFC 3339).
        created_at: Option<String>,
        /// When it was changed last (RFC 3339).
        updated_at: Option<String>,
    }
}

shown! {
    /// A branch or a head office.
    Location {
        /// Its name.
        name: String,
        /// `acquired`, `commissioned` or `decommissioned`.
        state: String,
        /// `inactive`, `operative`, `suspended` or `degraded`.
        mode: String,
        /// The service's id of the merchant.
        merchant: Option<String>,
        /// The establishment's own number; in France the SIRET.
        number: Option<String>,
        /// When it was made (RFC 3339).
        created_at: Option<String>,
        /// When it was changed last (RFC 3339).
        updated_at: Option<String>,
    }
}

shown! {
    /// What stands for a register or another device.
    System {
        /// The device's name, or the program's where there is no device.
        name: String,
        /// `acquired`, `commissioned` or `decommissioned`.
        state: String,
        /// `inactive`, `operative`, `suspended` or `degraded`.
        mode: String,
        /// Where it is: `internal`, `external`, `physical` or `virtual`.
        kind: Option<String>,
        /// The service's id of the location.
        location: Option<String>,
        /// The types of records that it takes, in the service's words.
        records: Vec<String>,
        /// When it was made (RFC 3339).
        created_at: Option<String>,
        /// When it was changed last (RFC 3339).
        updated_at: Option<String>,
    }
}

shown! {
    /// A signature creation unit: what signs an Austrian taxpayer's receipts.
    Unit {
        /// The taxpayer's name, as the unit was told it.
        name: String,
        /// `pending`, `created`, `initialized`, `outage`, `defective` or `decommissioned`, or a word that the
        /// service has added since.
        state: String,
        /// The number of the taxpayer whom it signs for, by what it is: `vat_id`, `tax_id` or `gln`.
        taxpayer: BTreeMap<String, String>,
        /// The serial number of its certificate, in hexadecimal digits; absent until it has one.
        certificate: Option<String>,
        /// When it got its certificate (RFC 3339).
        created_at: Option<String>,
        /// When it began to sign (RFC 3339).
        initialized_at: Option<String>,
        /// Since when it cannot sign (RFC 3339); absent while it can.
        outage_since: Option<String>,
        /// When its life ended (RFC 3339); absent while it lives.
        ended_at: Option<String>,
    }
}

/// Resources of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "{T}Page")]
pub struct Page<T> {
    /// Those of this page, in the service's order.
    pub results: Vec<T>,
    /// What asks for the next page; absent on the last one.
    pub token: Option<String>,
}
