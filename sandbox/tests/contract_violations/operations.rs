//! The operations of contract sign-fr 1.2 with what they take and give. A row is read from the contract,
//! not from the sandbox.

/// One operation: a method on a path, and the definitions of what goes in and out.
pub(crate) struct Operation {
    pub(crate) method: &'static str,
    /// The path, with the path parameter, if any, as `{}`.
    pub(crate) path: &'static str,
    /// The definition of the path parameter.
    pub(crate) id: Option<&'static str>,
    pub(crate) query: &'static [(&'static str, &'static str)],
    /// Headers beside `X-Api-Version` and, on writes, `X-Idempotency-Key`.
    pub(crate) headers: &'static [(&'static str, &'static str)],
    pub(crate) body: Option<&'static str>,
    /// The definition of a successful answer; none for a stream of bytes.
    pub(crate) answer: Option<&'static str>,
}

impl Operation {
    pub(crate) fn writes(&self) -> bool {
        self.method != "GET"
    }
}

const LIMIT: (&str, &str) = ("limit", "PaginationLimit");
const TOKEN: (&str, &str) = ("token", "PaginationToken");
const TAXPAYER: (&str, &str) = ("taxpayer_id", "TaxpayerIdentifier");
const LOCATION: (&str, &str) = ("location_id", "LocationIdentifier");
const SYSTEM: (&str, &str) = ("system_id", "SystemIdentifier");
const SCOPE: &[(&str, &str)] = &[("X-Scope-Identifier", "ScopeIdentifier")];
const REPLAY: &[(&str, &str)] = &[("X-Replay-Remaining", "ReplayRemaining"), ("X-Replay-Hash", "ReplayHash")];
const FLAGS: &[(&str, &str)] = &[
    ("operation", "Flag"),
    ("file-artifact", "Flag"),
    ("file-integrity", "Flag"),
    ("compliance-artifact", "Flag"),
    ("data-artifact", "Flag"),
    ("data-integrity", "Flag"),
];

const fn list(
    path: &'static str,
    query: &'static [(&'static str, &'static str)],
    answer: &'static str,
) -> Operation {
    Operation { method: "GET", path, id: None, query, headers: &[], body: None, answer: Some(answer) }
}

const fn create(path: &'static str, body: &'static str, answer: &'static str) -> Operation {
    Operation {
        method: "POST",
        path,
        id: None,
        query: &[],
        headers: &[],
        body: Some(body),
        answer: Some(answer),
    }
}

const fn update(path: &'static str, id: &'static str, body: &'static str, answer: &'static str) -> Operation {
    Operation {
        method: "PATCH",
        path,
        id: Some(id),
        query: &[],
        headers: &[],
        body: Some(body),
        answer: Some(answer),
    }
}

const fn retrieve(path: &'static str, id: &'static str, answer: &'static str) -> Operation {
    Operation {
        method: "GET",
        path,
        id: Some(id),
        query: &[],
        headers: &[],
        body: None,
        answer: Some(answer),
    }
}

/// All 27.
pub(crate) const OPERATIONS: &[Operation] = &[
    create("/tokens", "TokenCreateRequest", "TokenResource"),
    Operation { headers: SCOPE, ..list("/subjects", &[LIMIT, TOKEN], "SubjectResources") },
    Operation { headers: SCOPE, ..create("/subjects", "SubjectCreateRequest", "SubjectResource") },
    update("/subjects/{}", "SubjectIdentifier", "SubjectUpdateRequest", "SubjectResource"),
    retrieve("/subjects/{}", "SubjectIdentifier", "SubjectResource"),
    Operation { headers: SCOPE, ..list("/organizations", &[LIMIT, TOKEN], "OrganizationResources") },
    Operation {
        headers: SCOPE,
        ..create("/organizations", "OrganizationCreateRequest", "OrganizationResource")
    },
    update(
        "/organizations/{}",
        "OrganizationIdentifier",
        "OrganizationUpdateRequest",
        "OrganizationResource",
    ),
    retrieve("/organizations/{}", "OrganizationIdentifier", "OrganizationResource"),
    list("/taxpayers", &[LIMIT, TOKEN], "TaxpayerResources"),
    create("/taxpayers", "TaxpayerCreateRequest", "TaxpayerResource"),
    update("/taxpayers/{}", "TaxpayerIdentifier", "TaxpayerUpdateRequest", "TaxpayerResource"),
    retrieve("/taxpayers/{}", "TaxpayerIdentifier", "TaxpayerResource"),
    list("/locations", &[LIMIT, TOKEN, TAXPAYER], "LocationResources"),
    create("/locations", "LocationCreateRequest", "LocationResource"),
    update("/locations/{}", "LocationIdentifier", "LocationUpdateRequest", "LocationResource"),
    retrieve("/locations/{}", "LocationIdentifier", "LocationResource"),
    list("/systems", &[LIMIT, TOKEN, TAXPAYER, LOCATION], "SystemResources"),
    create("/systems", "SystemCreateRequest", "SystemResource"),
    update("/systems/{}", "SystemIdentifier", "SystemUpdateRequest", "SystemResource"),
    retrieve("/systems/{}", "SystemIdentifier", "SystemResource"),
    list(
        "/records",
        &[LIMIT, TOKEN, TAXPAYER, LOCATION, SYSTEM, ("type", "RecordTypeFilter")],
        "RecordResources",
    ),
    Operation { headers: REPLAY, ..create("/records", "RecordCreateRequest", "RecordResource") },
    update("/records/{}", "RecordIdentifier", "RecordUpdateRequest", "RecordResource"),
    Operation { query: FLAGS, ..retrieve("/records/{}", "RecordIdentifier", "RecordResource") },
    list(
        "/files",
        &[LIMIT, TOKEN, SYSTEM, ("start", "DatetimeFormatRFC3339"), ("end", "DatetimeFormatRFC3339")],
        "FileResources",
    ),
    Operation { answer: None, ..retrieve("/files/{}", "Path", "FileResource") },
];
