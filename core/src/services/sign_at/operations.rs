//! Which operations of the registry SIGN AT has, and what is done instead of some that it lacks.

/// The operations.
pub(super) const OPERATIONS: [&str; 36] = [
    "provision",
    "sale.begin",
    "sale.complete",
    "sale.abort",
    "receipt.cancel",
    "receipt.zero",
    "receipt.duplicate",
    "record.get",
    "record.list",
    "record.validate",
    "metadata.get",
    "metadata.update",
    "configuration.get",
    "configuration.update",
    "export.create",
    "export.get",
    "export.fetch",
    "register.suspend",
    "register.restore",
    "register.retire",
    "register.replace",
    "credentials.update",
    "credentials.rotate",
    "credentials.revoke",
    "organization.create",
    "organization.update",
    "organization.get",
    "organization.list",
    "subject.create",
    "subject.update",
    "subject.get",
    "subject.list",
    "unit.get",
    "unit.list",
    "unit.decommission",
    "request",
];

/// Operations that it lacks, with what to do instead.
pub(super) const LACKS: [(&str, &str); 2] = [
    ("closing.create", "the service makes no closings; `report` has the sums of the journal"),
    (
        "export.list",
        "the service keeps no exports; `export.create` names one, and `export.fetch` writes it to disk",
    ),
];
