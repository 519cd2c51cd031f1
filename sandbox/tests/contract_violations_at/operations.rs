//! The operations of contract sign-at 1.2 and 1.5 with what they take. A row is read from the contract, not from the
//! sandbox.

/// One operation: a method on a path, and the definitions of what goes in.
pub(crate) struct Operation {
    pub(crate) method: &'static str,
    /// The path, with an id in the place of each `{}`.
    pub(crate) path: &'static str,
    pub(crate) query: &'static [(&'static str, &'static str)],
    pub(crate) body: Option<&'static str>,
    /// Whether the body may be left out.
    pub(crate) bodiless: bool,
}

const fn get(path: &'static str, query: &'static [(&'static str, &'static str)]) -> Operation {
    Operation { method: "GET", path, query, body: None, bodiless: false }
}

const fn write(method: &'static str, path: &'static str, body: &'static str) -> Operation {
    Operation { method, path, query: &[], body: Some(body), bodiless: false }
}

const PAGE: &[(&str, &str)] = &[("order", "Order"), ("limit", "Limit"), ("offset", "Offset")];
const RECEIPTS: &[(&str, &str)] = &[
    ("order", "Order"),
    ("limit", "Limit"),
    ("offset", "Offset"),
    ("order_by", "OrderBy"),
    ("receipt_types", "ReceiptType"),
];
const RANGE: &[(&str, &str)] = &[
    ("start_receipt_number", "ReceiptNumber"),
    ("end_receipt_number", "ReceiptNumber"),
    ("start_time_signature", "Time"),
    ("end_time_signature", "Time"),
];
const KEYS: &[(&str, &str)] = &[
    ("status", "KeyStatus"),
    ("order_by", "KeyOrderBy"),
    ("order", "Order"),
    ("limit", "Limit"),
    ("offset", "Offset"),
    ("kind", "KeyKind"),
];

/// SIGN AT, below `/api/v1`.
pub(crate) const SIGN_AT: &[Operation] = &[
    write("POST", "/auth", "AuthenticateRequest"),
    write("PUT", "/fon/auth", "FonAuthenticateRequest"),
    get("/fon/auth", &[]),
    write("PUT", "/signature-creation-unit/{}", "SignatureCreationUnitCreateRequest"),
    get("/signature-creation-unit/{}", &[]),
    write("PATCH", "/signature-creation-unit/{}", "SignatureCreationUnitUpdateRequest"),
    get("/signature-creation-unit", PAGE),
    get("/signature-creation-unit/{}/metadata", &[]),
    write("PATCH", "/signature-creation-unit/{}/metadata", "Metadata"),
    Operation { bodiless: true, ..write("PUT", "/cash-register/{}", "CashRegisterCreateRequest") },
    get("/cash-register/{}", &[]),
    write("PATCH", "/cash-register/{}", "CashRegisterUpdateRequest"),
    get("/cash-register", PAGE),
    get("/cash-register/{}/metadata", &[]),
    write("PATCH", "/cash-register/{}/metadata", "Metadata"),
    write("PUT", "/cash-register/{}/receipt/{}", "ReceiptSignRequest"),
    get("/cash-register/{}/receipt/{}", &[]),
    get("/cash-register/{}/receipt/{}/metadata", &[]),
    write("PATCH", "/cash-register/{}/receipt/{}/metadata", "Metadata"),
    Operation { body: None, ..write("POST", "/cash-register/{}/receipt/{}/validation", "") },
    get("/cash-register/{}/receipt", RECEIPTS),
    get("/receipt", RECEIPTS),
    get("/cash-register/{}/export", RANGE),
    get("/configuration", &[]),
    write("PATCH", "/configuration", "ConfigurationUpdateRequest"),
];

/// The Management API, below `/api/v0`.
pub(crate) const MANAGEMENT: &[Operation] = &[
    write("POST", "/auth", "AuthenticateRequest"),
    write("POST", "/organizations", "OrganizationCreateRequest"),
    get("/organizations", PAGE),
    get("/organizations/{}", &[]),
    write("PATCH", "/organizations/{}", "OrganizationUpdateRequest"),
    write("POST", "/organizations/{}/enable-env", "EnableEnvironmentRequest"),
    write("POST", "/organizations/{}/api-keys", "ApiKeyCreateRequest"),
    get("/organizations/{}/api-keys", KEYS),
    get("/organizations/{}/api-keys/{}", &[]),
    write("PATCH", "/organizations/{}/api-keys/{}", "ApiKeyUpdateRequest"),
];
