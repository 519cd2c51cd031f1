//! The operations by method and path (contract sign-at 1.2).

use crate::routes::{Parameter, Route, many, one};

/// One operation of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Authenticate,
    AuthenticateFon,
    RetrieveFonStatus,
    CreateSignatureCreationUnit,
    RetrieveSignatureCreationUnit,
    UpdateSignatureCreationUnit,
    ListSignatureCreationUnits,
    RetrieveSignatureCreationUnitMetadata,
    UpdateSignatureCreationUnitMetadata,
    CreateCashRegister,
    RetrieveCashRegister,
    UpdateCashRegister,
    ListCashRegisters,
    RetrieveCashRegisterMetadata,
    UpdateCashRegisterMetadata,
    SignReceipt,
    RetrieveReceipt,
    RetrieveReceiptMetadata,
    UpdateReceiptMetadata,
    ValidateReceipt,
    ListCashRegisterReceipts,
    ListReceipts,
    ExportCashRegister,
    RetrieveConfiguration,
    UpdateConfiguration,
}

use Operation as O;

const PAGE: &[Parameter] = &[one("order", "Order"), one("limit", "Limit"), one("offset", "Offset")];
const RECEIPTS: &[Parameter] = &[
    one("order", "Order"),
    one("limit", "Limit"),
    one("offset", "Offset"),
    one("order_by", "OrderBy"),
    many("receipt_types", "ReceiptType"),
];
const RANGE: &[Parameter] = &[
    one("start_receipt_number", "ReceiptNumber"),
    one("end_receipt_number", "ReceiptNumber"),
    one("start_time_signature", "Time"),
    one("end_time_signature", "Time"),
];

const UNIT: &str = "/api/v1/signature-creation-unit/{signature_creation_unit_id}";
const UNIT_METADATA: &str = "/api/v1/signature-creation-unit/{signature_creation_unit_id}/metadata";
const REGISTER: &str = "/api/v1/cash-register/{cash_register_id}";
const REGISTER_METADATA: &str = "/api/v1/cash-register/{cash_register_id}/metadata";
const RECEIPT: &str = "/api/v1/cash-register/{cash_register_id}/receipt/{receipt_id_or_number}";
const RECEIPT_METADATA: &str =
    "/api/v1/cash-register/{cash_register_id}/receipt/{receipt_id_or_number}/metadata";

/// All of them.
pub(super) static OPERATIONS: &[Route<Operation>] = &[
    Route::post("/api/v1/auth", O::Authenticate, "Authentication").takes("AuthenticateRequest").open(),
    Route::put("/api/v1/fon/auth", O::AuthenticateFon, "FonStatus").takes("FonAuthenticateRequest"),
    Route::get("/api/v1/fon/auth", O::RetrieveFonStatus, "FonStatus"),
    Route::put(UNIT, O::CreateSignatureCreationUnit, "SignatureCreationUnit")
        .takes("SignatureCreationUnitCreateRequest"),
    Route::get(UNIT, O::RetrieveSignatureCreationUnit, "SignatureCreationUnit"),
    Route::patch(UNIT, O::UpdateSignatureCreationUnit, "SignatureCreationUnit")
        .takes("SignatureCreationUnitUpdateRequest"),
    Route::get("/api/v1/signature-creation-unit", O::ListSignatureCreationUnits, "SignatureCreationUnitList")
        .asks(PAGE),
    Route::get(UNIT_METADATA, O::RetrieveSignatureCreationUnitMetadata, "Metadata"),
    Route::patch(UNIT_METADATA, O::UpdateSignatureCreationUnitMetadata, "Metadata").takes("Metadata"),
    Route::put(REGISTER, O::CreateCashRegister, "CashRegister").may_take("CashRegisterCreateRequest"),
    Route::get(REGISTER, O::RetrieveCashRegister, "CashRegister"),
    Route::patch(REGISTER, O::UpdateCashRegister, "CashRegister").takes("CashRegisterUpdateRequest"),
    Route::get("/api/v1/cash-register", O::ListCashRegisters, "CashRegisterList").asks(PAGE),
    Route::get(REGISTER_METADATA, O::RetrieveCashRegisterMetadata, "Metadata"),
    Route::patch(REGISTER_METADATA, O::UpdateCashRegisterMetadata, "Metadata").takes("Metadata"),
    Route::put(
        "/api/v1/cash-register/{cash_register_id}/receipt/{receipt_id}",
        O::SignReceipt,
        "SignedReceipt",
    )
    .takes("ReceiptSignRequest"),
    Route::get(RECEIPT, O::RetrieveReceipt, "Receipt"),
    Route::get(RECEIPT_METADATA, O::RetrieveReceiptMetadata, "Metadata"),
    Route::patch(RECEIPT_METADATA, O::UpdateReceiptMetadata, "Metadata").takes("Metadata"),
    Route::post(
        "/api/v1/cash-register/{cash_register_id}/receipt/{receipt_id}/validation",
        O::ValidateReceipt,
        "Validation",
    ),
    Route::get(
        "/api/v1/cash-register/{cash_register_id}/receipt",
        O::ListCashRegisterReceipts,
        "ReceiptList",
    )
    .asks(RECEIPTS),
    Route::get("/api/v1/receipt", O::ListReceipts, "ReceiptList").asks(RECEIPTS),
    Route::get("/api/v1/cash-register/{cash_register_id}/export", O::ExportCashRegister, "DepExport")
        .asks(RANGE),
    Route::get("/api/v1/configuration", O::RetrieveConfiguration, "Configuration"),
    Route::patch("/api/v1/configuration", O::UpdateConfiguration, "Configuration")
        .takes("ConfigurationUpdateRequest"),
];
