//! What a caller says about a resource that is made or changed.

use super::{Acquirer, Coordinates, Device, OrganizationType, Program, SubjectState, SystemKind, SystemType};
use crate::sale::Address;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Parameters of a `create` or an `update`: what is said about the resource, and what is kept with it.
macro_rules! asked {
    ($(#[$doc:meta])* $name:ident { $($(#[$member:meta])* $field:ident: $type:ty,)* }) => {
        change_of_account! {
            $(#[$doc])*
            pub struct $name {
                $($(#[$member])* pub $field: $type,)*
                /// The caller's own data, kept at the service: at most 17 keys of 40 characters with values
                /// of 500. An update changes the keys that are given; an empty value takes its key away.
                #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
                pub metadata: BTreeMap<String, String>,
            }
        }
    };
}

asked! {
    /// Parameters of `organization.create`.
    CreateOrganization {
        /// The organization that it goes under; the key's own if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        organization: Option<String>,
        /// What it is.
        #[serde(rename = "type")]
        organization_type: OrganizationType,
        /// Its name, at most 128 characters.
        name: String,
        /// The billing address: needed in Austria, and not kept elsewhere.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<Address>,
        /// Per service, what only that service knows: `{"sign-at": {…}}` with `display_name`,
        /// `vat_id`, `tax_number`, `economy_id`, `contact_person_id`, `address_line2`, `state`, `billing_address_id`,
        /// `billing_options` (`bill_to_organization`, `withhold_billing`).
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        extra: Map<String, Value>,
    }
}

asked! {
    /// Parameters of `organization.update`.
    UpdateOrganization {
        /// The service's id of it.
        organization: String,
        /// Its new name, at most 128 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// The billing address, in Austria.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<Address>,
        /// Per service, what only that service knows; the keys are those of `organization.create`. What is left
        /// out stays as it is.
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        extra: Map<String, Value>,
    }
}

asked! {
    /// Parameters of `subject.create`.
    CreateSubject {
        /// The organization that it may act for; the key's own if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        organization: Option<String>,
        /// Its name: 3 to 30 of a-z, 0-9 and -.
        name: String,
    }
}

asked! {
    /// Parameters of `subject.update`.
    UpdateSubject {
        /// The service's id of it.
        subject: String,
        /// The organization that it acts for; the key's own if absent. In France the id alone says it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        organization: Option<String>,
        /// Its new name: at most 128 characters, in Austria 3 to 30 of a-z, 0-9 and -.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// Whether it may sign in; in Austria.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        state: Option<SubjectState>,
    }
}

asked! {
    /// Parameters of `merchant.create`.
    CreateMerchant {
        /// The legal name, at most 128 characters.
        name: String,
        /// The name over the door, at most 128 characters; the legal name if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        trade_name: Option<String>,
        /// The tax number: in France the SIREN, 9 digits; in Italy the codice fiscale, 11 digits, or 16 letters and
        /// digits of a person.
        tax_id: String,
        /// The seat.
        address: Address,
        /// Per service, what only that service knows: as in the configuration's `[merchant.X.sign-fr]` or
        /// `[merchant.X.sign-it]`, with the same dummies outside `live`. A secret is a reference, `env:NAME` or
        /// `file:PATH` (from the configuration's folder), never the secret itself; it has to be there, and is read
        /// whenever the request leaves. Italy's `password_changed_on` is the configuration's alone.
        #[serde(default)]
        extra: Map<String, Value>,
    }
}

asked! {
    /// Parameters of `merchant.update`.
    UpdateMerchant {
        /// The service's id of it.
        merchant: String,
        /// The legal name, at most 128 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// The name over the door, at most 128 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        trade_name: Option<String>,
        /// In France the SIREN, 9 digits. In Italy another codice fiscale is another merchant.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tax_id: Option<String>,
        /// The seat.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<Address>,
        /// Per service, what only that service knows: as in the configuration's `[merchant.X.sign-fr]` or
        /// `[merchant.X.sign-it]`, secrets by reference as in `merchant.create`. What is left out stays as it is;
        /// but Italy's `vat_id_number`, `pin`, `password` and `tax_id_number` go together, while the merchant is
        /// suspended.
        #[serde(default)]
        extra: Map<String, Value>,
    }
}

asked! {
    /// Parameters of `location.create`: of a branch; a head office comes with its merchant.
    CreateLocation {
        /// The service's id of the merchant.
        merchant: String,
        /// Its name, at most 32 characters.
        name: String,
        /// Where it is.
        address: Address,
        /// Where it is on the earth.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        coordinates: Option<Coordinates>,
        /// Per service, what only that service knows: as in the configuration's `[location.X.sign-fr]`.
        #[serde(default)]
        extra: Map<String, Value>,
    }
}

asked! {
    /// Parameters of `location.update`.
    UpdateLocation {
        /// The service's id of it.
        location: String,
        /// The service's id of the merchant that it moves to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        merchant: Option<String>,
        /// Its name, at most 32 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// Where it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<Address>,
        /// Where it is on the earth.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        coordinates: Option<Coordinates>,
        /// Per service, what only that service knows: as in the configuration's `[location.X.sign-fr]`.
        #[serde(default)]
        extra: Map<String, Value>,
    }
}

asked! {
    /// Parameters of `system.create`.
    CreateSystem {
        /// What it is.
        #[serde(default, rename = "type")]
        system_type: SystemType,
        /// `internal` or `external` for a register, `physical` or `virtual` for a terminal; the first of
        /// them if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<SystemKind>,
        /// The service's id of the location.
        location: String,
        /// The device; needed unless it is a service for electronic invoices.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        device: Option<Device>,
        /// Its program.
        software: Program,
        /// For a terminal: who the payments go to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        acquirer: Option<Acquirer>,
        /// For a terminal: what is written on it, at most 16 characters; needed for a physical one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        label: Option<String>,
        /// For a terminal: the service's ids of the systems that it is connected to, at most 100.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        connected_to: Option<Vec<String>>,
    }
}

asked! {
    /// Parameters of `system.update`.
    UpdateSystem {
        /// The service's id of it.
        system: String,
        /// The service's id of the location that it moves to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        location: Option<String>,
        /// The device.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        device: Option<Device>,
        /// Its program.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        software: Option<Program>,
        /// For a terminal: who the payments go to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        acquirer: Option<Acquirer>,
        /// For a terminal: what is written on it, at most 16 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        label: Option<String>,
        /// For a terminal: the service's ids of the systems that it is connected to, at most 100.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        connected_to: Option<Vec<String>>,
    }
}
