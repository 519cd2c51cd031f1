//! The operations of the Management API (contract sign-at 1.5).

use crate::routes::{Parameter, Route, many, one};

/// One operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Authenticate,
    CreateOrganization,
    ListOrganizations,
    RetrieveOrganization,
    UpdateOrganization,
    EnableEnvironment,
    CreateApiKey,
    ListApiKeys,
    RetrieveApiKey,
    UpdateApiKey,
}

use Operation as O;

const PAGE: &[Parameter] = &[one("order", "Order"), one("limit", "Limit"), one("offset", "Offset")];
const KEYS: &[Parameter] = &[
    one("status", "KeyStatus"),
    one("order_by", "KeyOrderBy"),
    one("order", "Order"),
    one("limit", "Limit"),
    one("offset", "Offset"),
    many("kind", "KeyKind"),
];

/// All of them.
pub(super) static OPERATIONS: &[Route<Operation>] = &[
    Route::post("/api/v0/auth", O::Authenticate, "Authentication").takes("AuthenticateRequest").open(),
    Route::post("/api/v0/organizations", O::CreateOrganization, "Organization")
        .takes("OrganizationCreateRequest"),
    Route::get("/api/v0/organizations", O::ListOrganizations, "OrganizationList").asks(PAGE),
    Route::get("/api/v0/organizations/{organization_id}", O::RetrieveOrganization, "Organization"),
    Route::patch("/api/v0/organizations/{organization_id}", O::UpdateOrganization, "Organization")
        .takes("OrganizationUpdateRequest"),
    Route::post("/api/v0/organizations/{organization_id}/enable-env", O::EnableEnvironment, "Organization")
        .takes("EnableEnvironmentRequest"),
    Route::post("/api/v0/organizations/{organization_id}/api-keys", O::CreateApiKey, "NewApiKey")
        .takes("ApiKeyCreateRequest"),
    Route::get("/api/v0/organizations/{organization_id}/api-keys", O::ListApiKeys, "ApiKeyList").asks(KEYS),
    Route::get("/api/v0/organizations/{organization_id}/api-keys/{key_id}", O::RetrieveApiKey, "ApiKey"),
    Route::patch("/api/v0/organizations/{organization_id}/api-keys/{key_id}", O::UpdateApiKey, "ApiKey")
        .takes("ApiKeyUpdateRequest"),
];
