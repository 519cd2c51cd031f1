/*
 * libfiskal: a till hands over a sale; libfiskal writes down what it is about to do, does it with the
 * country's fiscal service, writes down the answer, and hands back what must be printed.
 *
 *     fiskal_client *client;
 *     fiskal_sale *sale;
 *     fiskal_receipt *receipt;
 *     fiskal_error *error;
 *
 *     if (fiskal_open(FISKAL_ABI_VERSION, "fiskal.toml", NULL, &client, &error) != FISKAL_OK) ...
 *     fiskal_sale_begin(client, "till-1", &sale, &error);
 *     fiskal_sale_add_item(sale, "Croissant", "2", "1.20", "5.5", &error);
 *     fiskal_sale_add_payment(sale, "cash", "2.40", &error);
 *     fiskal_sale_set(sale, "number", "R-2026-0001", &error);
 *     fiskal_sale_complete(sale, &receipt, &error);
 *     puts(fiskal_receipt_get(receipt, "signature"));
 *
 * ARGUMENTS come in this order: the object, inputs, outputs, and last the error. An output is NULL (a
 * length 0) from the beginning of the call and stays so when it fails. `error` may be NULL, for callers
 * to whom the status is enough; every other output is needed. Inputs are needed unless their function
 * says that NULL has a meaning; NULL elsewhere is FISKAL_INVALID and names the argument.
 *
 * ERRORS. A function that can fail returns a fiskal_status. Anything but FISKAL_OK has an error object,
 * in which a sentence says what happened and what to do. The library never aborts, exits or prints: a
 * bug inside it is FISKAL_INTERNAL. Amounts are decimals in text, never floating point numbers.
 *
 * OWNERSHIP. What a function puts into an output belongs to the caller, who gives it back once, to the
 * function that its description names: fiskal_close, fiskal_sale_free, fiskal_receipt_free,
 * fiskal_error_free, fiskal_string_free. What a function returns from an object (a text, an image)
 * belongs to that object and is valid until the object is freed. Inputs are copied; nothing is kept of
 * them after the call, but for the logger and its user pointer.
 *
 * HANDLES. Clients, sales, receipts and errors are numbers in the clothes of pointers: they point to no
 * memory. A handle that is stale, freed twice, of another type or made up is FISKAL_INVALID (of a closed
 * client, FISKAL_CLOSED) and does no harm; freeing such a one does nothing. Functions that return no
 * status return what their description says.
 *
 * TEXT is UTF-8 and ends with a NUL; fiskal_utf8_from makes UTF-8 of Windows and DOS code pages. File
 * names are UTF-8, too. JSON has at most 16 MiB. A NUL inside a text of JSON is shown as U+FFFD.
 *
 * THREADS. A client may be used from several threads at once, an error or receipt too. A sale is used
 * from one thread at a time; a second call on it at the same time is FISKAL_BUSY. A thread must not free
 * what another still reads. A call may keep its thread waiting for as long as the account's patience;
 * fiskal_interrupt ends that wait from another thread. No function may be called from a signal handler.
 *
 * FORK. Handles belong to the process that made them. In a child made by fork() every call with one is
 * FISKAL_CLOSED, and close and free touch nothing. The child opens a client of its own, for a journal
 * that its parent did not have open.
 *
 * LINKING. With the shared library: cc till.c -lfiskal. With libfiskal.a on Linux, add -lpthread -ldl -lm.
 * The library has threads of its own: do not unload it with dlclose().
 *
 * THE INTERFACE only grows: functions, constants and members of JSON are added, and nothing that is here
 * changes its meaning, for as long as FISKAL_ABI_VERSION is the same. No structure, enumeration, boolean
 * or floating point number crosses it; the calling convention is the platform's for C (cdecl on 32-bit
 * Windows). A program passes FISKAL_ABI_VERSION when it opens a client, and a library that does not fit
 * says FISKAL_ABI instead of misbehaving.
 *
 * This file is made by `cargo xtask header` from ffi-c/src.
 */


#ifndef FISKAL_H
#define FISKAL_H

#include <stddef.h>
#include <stdint.h>

/* On Windows, a program that links the static library defines FISKAL_STATIC. */
#if defined(_WIN32) && !defined(FISKAL_STATIC)
#define FISKAL_API __declspec(dllimport)
#elif defined(__GNUC__) && __GNUC__ >= 4
#define FISKAL_API __attribute__((visibility("default")))
#else
#define FISKAL_API
#endif

/* The version of this header; fiskal_version() is that of the library. */
#define FISKAL_VERSION_MAJOR 0
#define FISKAL_VERSION_MINOR 1
#define FISKAL_VERSION_PATCH 0
#define FISKAL_VERSION "0.1.0"
/* For #if: versions compare as FISKAL_VERSION_NUMBER >= 0x000100, two hexadecimal digits each. */
#define FISKAL_VERSION_NUMBER \
    ((FISKAL_VERSION_MAJOR << 16) | (FISKAL_VERSION_MINOR << 8) | FISKAL_VERSION_PATCH)


/**
 * The version of the interface that this header describes. It changes only when a program built against
 * an older header could no longer run.
 */
#define FISKAL_ABI_VERSION 1

/**
 * State of a receipt: the service has it, finally.
 */
#define FISKAL_SIGNED 0

/**
 * State of a receipt: booked or being settled; printable; the operation sync finishes it.
 */
#define FISKAL_PENDING 1

/**
 * State of a receipt: made without the service by the country's law; printable.
 */
#define FISKAL_PROVISIONAL 2

/**
 * State of a receipt: a record exists and was rejected later.
 */
#define FISKAL_REFUSED_LATER 3

/**
 * A QR code as a PNG image.
 */
#define FISKAL_IMAGE_PNG 0

/**
 * A QR code as an SVG image.
 */
#define FISKAL_IMAGE_SVG 1

/**
 * A QR code as commands by which a receipt printer draws it (ESC/POS), with blank lines above and below.
 */
#define FISKAL_IMAGE_ESCPOS 2

/**
 * A QR code as half blocks for a terminal (UTF-8).
 */
#define FISKAL_IMAGE_TERMINAL 3

/**
 * A receipt as plain text (UTF-8).
 */
#define FISKAL_PAPER_TEXT 0

/**
 * A receipt as an HTML page (UTF-8).
 */
#define FISKAL_PAPER_HTML 1

/**
 * A receipt as commands and bytes for a receipt printer (ESC/POS, code page 858).
 */
#define FISKAL_PAPER_ESCPOS 2

/**
 * Log level: something went wrong.
 */
#define FISKAL_LOG_ERROR 1

/**
 * Log level: something may go wrong.
 */
#define FISKAL_LOG_WARN 2

/**
 * Log level: what was done.
 */
#define FISKAL_LOG_INFO 3

/**
 * Log level: how it was done.
 */
#define FISKAL_LOG_DEBUG 4

/**
 * Log level: every step.
 */
#define FISKAL_LOG_TRACE 5

/**
 * An open journal with its accounts. It may be used from several threads at once.
 */
typedef struct fiskal_client fiskal_client;

/**
 * What went wrong in one call. What its functions return belongs to it until it is freed.
 */
typedef struct fiskal_error fiskal_error;

/**
 * A receipt. What its functions return belongs to it until it is freed.
 */
typedef struct fiskal_receipt fiskal_receipt;

/**
 * A sale that was begun, with what was added to it. It is used from one thread at a time.
 */
typedef struct fiskal_sale fiskal_sale;

/**
 * What a call came to: FISKAL_OK, or one of the kinds of error below.
 */
typedef int32_t fiskal_status;

/**
 * Hears one line of the log.
 *
 * user: what fiskal_set_logger was given.
 * level: FISKAL_LOG_ERROR to FISKAL_LOG_TRACE.
 * target: the part of the library that says it.
 * message: the line, without an end of line. Both texts are gone when the function returns.
 *
 * It is called from any thread, also from several at once. It may call the library. It may not throw an
 * exception or longjmp out.
 */
typedef void (*fiskal_log_fn)(void *user, int32_t level, const char *target, const char *message);

/**
 * Done.
 */
#define FISKAL_OK 0

/**
 * The caller's input is wrong; pointer names the field.
 */
#define FISKAL_INVALID 1

/**
 * The configuration is wrong; file, line and pointer name the place.
 */
#define FISKAL_CONFIG 2

/**
 * No such register, receipt or operation.
 */
#define FISKAL_NOT_FOUND 3

/**
 * This id or number was already used for something else.
 */
#define FISKAL_CONFLICT 4

/**
 * The handle is closed, or belongs to the process before fork.
 */
#define FISKAL_CLOSED 5

/**
 * The header and the library do not fit.
 */
#define FISKAL_ABI 6

/**
 * The register may not sell now: not provisioned, suspended, or over the offline limit.
 */
#define FISKAL_NOT_READY 7

/**
 * Another process works on this register; try again.
 */
#define FISKAL_BUSY 100

/**
 * The journal cannot be written or read, or its chain is broken.
 */
#define FISKAL_JOURNAL 101

/**
 * No answer, and this may not be done later; nothing was booked.
 */
#define FISKAL_UNREACHABLE 200

/**
 * Sent, the answer was lost, and there is nothing to print; sync settles it.
 */
#define FISKAL_UNKNOWN_OUTCOME 201

/**
 * The service said no; no fiscal record exists.
 */
#define FISKAL_REFUSED 300

/**
 * Credentials are wrong, expired or for another environment.
 */
#define FISKAL_UNAUTHORIZED 301

/**
 * Booked, but the answer does not say what was sent; carries the receipt; do not sell again.
 */
#define FISKAL_MISMATCH 302

/**
 * A bug in libfiskal.
 */
#define FISKAL_INTERNAL 900

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The library's version, such as "0.1.0". FISKAL_VERSION is that of the header.
 */
FISKAL_API const char *fiskal_version(void);

/**
 * The version of the interface that the library has. FISKAL_ABI_VERSION is that of the header; the
 * functions that open a client compare the two.
 */
FISKAL_API int32_t fiskal_abi_version(void);

/**
 * The name of a status, such as "FISKAL_INVALID"; "unknown status" for a number that this library does
 * not know. Never NULL.
 */
FISKAL_API
const char *fiskal_status_name(fiskal_status status);

/**
 * Sets the function that hears the log of the whole process, in place of the one before; NULL for none.
 *
 * user: handed to the function with each line.
 * max_level: the most talkative level that is wanted, FISKAL_LOG_ERROR to FISKAL_LOG_TRACE.
 *
 * When it returns, the function before is no longer running (unless it is the one that calls), and what
 * its user pointer points to may be freed. A forked child begins without a logger.
 */
FISKAL_API
void fiskal_set_logger(fiskal_log_fn log,
                       void *user,
                       int32_t max_level);

/**
 * Opens the configuration in a file (TOML, or JSON where its name ends with .json).
 *
 * abi: FISKAL_ABI_VERSION.
 * overrides_json: NULL, or a JSON object whose keys win over the file's.
 *
 * Clients of the same journal in one process share one core. FISKAL_ABI when the header and the library
 * do not fit; FISKAL_CONFIG for a configuration that cannot be used; FISKAL_JOURNAL for such a journal.
 */
FISKAL_API
fiskal_status fiskal_open(int32_t abi,
                          const char *config_path,
                          const char *overrides_json,
                          fiskal_client **out,
                          fiskal_error **error);

/**
 * Opens a configuration in JSON. The journal's path in it is taken from the working directory.
 *
 * abi: FISKAL_ABI_VERSION.
 *
 * Fails as fiskal_open does.
 */
FISKAL_API
fiskal_status fiskal_open_json(int32_t abi,
                               const char *config_json,
                               fiskal_client **out,
                               fiskal_error **error);

/**
 * Does one operation by its name: the door behind all other functions.
 *
 * client: may be NULL for an operation that needs no journal, such as "describe", which lists them all
 * with the JSON Schemas of their parameters and results.
 * params_json: a JSON object; NULL for none.
 * result_json: JSON; free it with fiskal_string_free.
 */
FISKAL_API
fiskal_status fiskal_call(fiskal_client *client,
                          const char *operation,
                          const char *params_json,
                          char **result_json,
                          fiskal_error **error);

/**
 * Lets all calls of the client that wait return as if the account's patience had run out. From any
 * thread, but not from a signal handler.
 *
 * client: NULL for the calls of this process that were made without a client, such as "dep.verify".
 */
FISKAL_API void fiskal_interrupt(fiskal_client *client);

/**
 * Closes the client. Calls under way come to their end; later ones, and those of its sales, are
 * FISKAL_CLOSED. Receipts and errors stay usable until they are freed. NULL and a client that is closed
 * already do nothing.
 */
FISKAL_API
void fiskal_close(fiskal_client *client);

/**
 * Begins a sale on a register of the configuration. Its id is made; see fiskal_sale_id.
 */
FISKAL_API
fiskal_status fiskal_sale_begin(fiskal_client *client,
                                const char *register_name,
                                fiskal_sale **out,
                                fiskal_error **error);

/**
 * Begins a sale with these members: "register" is needed; "id", "cashier" and "training" are fixed from
 * now on. An id makes the call safe to repeat: the same sale is begun once.
 */
FISKAL_API
fiskal_status fiskal_sale_begin_json(fiskal_client *client,
                                     const char *sale_json,
                                     fiskal_sale **out,
                                     fiskal_error **error);

/**
 * Goes on with a sale that was begun and has not ended, such as a table that was opened yesterday or by
 * another process, with what was in it when it was last saved.
 */
FISKAL_API
fiskal_status fiskal_sale_resume(fiskal_client *client,
                                 const char *sale_id,
                                 fiskal_sale **out,
                                 fiskal_error **error);

/**
 * The sale's id, by which it can be resumed; NULL where there is no such sale. The text belongs to the
 * sale.
 */
FISKAL_API
const char *fiskal_sale_id(const fiskal_sale *sale);

/**
 * Sets a member of the sale: "number", "series", "cashier.id", "customer.name" and so on.
 *
 * value: a text; NULL takes the member away. Members that are no text are set with fiskal_sale_set_json.
 */
FISKAL_API
fiskal_status fiskal_sale_set(fiskal_sale *sale,
                              const char *field,
                              const char *value,
                              fiskal_error **error);

/**
 * Sets several members at once, given as a JSON object; each takes the place of the one before. null
 * takes a member away.
 */
FISKAL_API
fiskal_status fiskal_sale_set_json(fiskal_sale *sale,
                                   const char *members,
                                   fiskal_error **error);

/**
 * Adds an item.
 *
 * text: what is printed.
 * quantity: a decimal, such as "2" or "0.350"; negative for what comes back.
 * unit_price: a decimal, the price of one unit in euros with VAT.
 * vat: a percentage, such as "5.5".
 *
 * FISKAL_INVALID names the field by JSON pointer, such as /items/0/vat; nothing is added then.
 */
FISKAL_API
fiskal_status fiskal_sale_add_item(fiskal_sale *sale,
                                   const char *text,
                                   const char *quantity,
                                   const char *unit_price,
                                   const char *vat,
                                   fiskal_error **error);

/**
 * Adds an item with all its members, such as {"text": "Tea", "quantity": "1", "total": "2.40", "vat": "20"}.
 * Decimals are texts or whole numbers; a number with a fraction is FISKAL_INVALID.
 */
FISKAL_API
fiskal_status fiskal_sale_add_item_json(fiskal_sale *sale,
                                        const char *item,
                                        fiskal_error **error);

/**
 * Adds a payment.
 *
 * method: "cash", "card", "meal_voucher", "voucher", "gift_card", "wallet", "online", "transfer",
 * "on_account" or "other".
 * amount: a decimal, in euros.
 */
FISKAL_API
fiskal_status fiskal_sale_add_payment(fiskal_sale *sale,
                                      const char *method,
                                      const char *amount,
                                      fiskal_error **error);

/**
 * Adds a payment with all its members, such as
 * {"method": "cash", "amount": "3.90", "tendered": "5.00"}.
 */
FISKAL_API
fiskal_status fiskal_sale_add_payment_json(fiskal_sale *sale,
                                           const char *payment,
                                           fiskal_error **error);

/**
 * Keeps what was added in the journal, so that the sale can be resumed with it.
 */
FISKAL_API fiskal_status fiskal_sale_save(fiskal_sale *sale, fiskal_error **error);

/**
 * Completes the sale. Called again, also after an error or a crash, it gives the same receipt and books
 * nothing twice.
 *
 * The receipt's state says how final it is: one that is FISKAL_PENDING or FISKAL_PROVISIONAL is printed
 * and handed over like one that is FISKAL_SIGNED.
 */
FISKAL_API
fiskal_status fiskal_sale_complete(fiskal_sale *sale,
                                   fiskal_receipt **out,
                                   fiskal_error **error);

/**
 * Ends the sale without a receipt: nobody buys.
 *
 * reason: NULL, or why, in at most 128 characters.
 */
FISKAL_API
fiskal_status fiskal_sale_abort(fiskal_sale *sale,
                                const char *reason,
                                fiskal_error **error);

/**
 * Frees the handle. The sale itself stays open and can be resumed by its id, without what was added
 * since it was last saved. NULL and a sale that is freed already do nothing.
 */
FISKAL_API void fiskal_sale_free(fiskal_sale *sale);

/**
 * Finds a receipt by its id.
 */
FISKAL_API
fiskal_status fiskal_receipt_open(fiskal_client *client,
                                  const char *receipt_id,
                                  fiskal_receipt **out,
                                  fiskal_error **error);

/**
 * How final the receipt is: FISKAL_SIGNED, FISKAL_PENDING, FISKAL_PROVISIONAL or FISKAL_REFUSED_LATER;
 * -1 where there is no such receipt.
 */
FISKAL_API
int32_t fiskal_receipt_state(const fiskal_receipt *receipt);

/**
 * The value at a path, as text: "number", "totals.gross", "mentions.0.text", "qr.payload". Lists and
 * objects come as JSON. NULL for what is absent or null. The text belongs to the receipt; a NUL inside it
 * is shown as U+FFFD.
 */
FISKAL_API
const char *fiskal_receipt_get(const fiskal_receipt *receipt,
                               const char *path);

/**
 * How many elements the list at a path has, such as "mentions" or "items"; -1 where there is no list.
 */
FISKAL_API
int32_t fiskal_receipt_count(const fiskal_receipt *receipt,
                             const char *path);

/**
 * The whole receipt as JSON; NULL where there is no such receipt. The text belongs to the receipt.
 */
FISKAL_API const char *fiskal_receipt_json(const fiskal_receipt *receipt);

/**
 * Draws the QR code that must be printed. Where there is none, data is NULL and length 0.
 *
 * image: FISKAL_IMAGE_PNG, _SVG, _ESCPOS or _TERMINAL.
 * module_px: the width of one module of a PNG in pixels, 1 to 64; other images do not use it.
 *
 * The bytes belong to the receipt.
 */
FISKAL_API
fiskal_status fiskal_receipt_qr(const fiskal_receipt *receipt,
                                int32_t image,
                                uint32_t module_px,
                                const uint8_t **data,
                                size_t *length,
                                fiskal_error **error);

/**
 * Renders the receipt for paper.
 *
 * paper: FISKAL_PAPER_TEXT, _HTML or _ESCPOS.
 * columns: characters on a line, 24 to 80; HTML does not use it.
 *
 * The bytes belong to the receipt; text is UTF-8 and does not end with a NUL.
 */
FISKAL_API
fiskal_status fiskal_receipt_print(const fiskal_receipt *receipt,
                                   int32_t paper,
                                   uint32_t columns,
                                   const uint8_t **data,
                                   size_t *length,
                                   fiskal_error **error);

/**
 * Frees the receipt and all that its functions returned. NULL and a receipt that is freed already do
 * nothing.
 */
FISKAL_API
void fiskal_receipt_free(fiskal_receipt *receipt);

/**
 * The status that the failed call returned; FISKAL_OK for NULL, and FISKAL_INVALID or FISKAL_CLOSED for
 * what is no error object of this process.
 */
FISKAL_API
fiskal_status fiskal_error_status(const fiskal_error *error);

/**
 * The kind of error as JSON and the other languages name it, such as "not_found"; "" where there is no
 * such error. Never NULL.
 */
FISKAL_API
const char *fiskal_error_kind(const fiskal_error *error);

/**
 * One sentence that says what happened and what to do; "no error" where there is none. Never NULL.
 */
FISKAL_API const char *fiskal_error_message(const fiskal_error *error);

/**
 * The error as JSON: kind, message, retryable, and where they apply pointer, file, line, operation, sale,
 * http_status, service_code, service_message, trace_id, receipt; "null" where there is none. Never NULL.
 */
FISKAL_API
const char *fiskal_error_json(const fiskal_error *error);

/**
 * A member of the error's JSON as text: "pointer", "http_status", "trace_id", "receipt.id". NULL for what
 * is absent.
 */
FISKAL_API
const char *fiskal_error_get(const fiskal_error *error,
                             const char *path);

/**
 * 1 when the same call may succeed later without a change by the caller, else 0.
 */
FISKAL_API int32_t fiskal_error_retryable(const fiskal_error *error);

/**
 * Frees the error and all that its functions returned. NULL and an error that is freed already do
 * nothing.
 */
FISKAL_API void fiskal_error_free(fiskal_error *error);

/**
 * Frees a text that fiskal_call or fiskal_utf8_from returned. NULL, a text that is freed already, and any
 * other address do nothing.
 */
FISKAL_API
void fiskal_string_free(char *string);

/**
 * Turns text of a Windows or DOS code page into UTF-8.
 *
 * code_page: 1250 to 1258, 437, 850, 852 or 858; 65001 only checks that the bytes are UTF-8.
 * bytes, length: the text; it need not end with a NUL and may not have one inside.
 * out: free it with fiskal_string_free.
 *
 * FISKAL_INVALID names the first byte that the code page does not have.
 */
FISKAL_API
fiskal_status fiskal_utf8_from(int32_t code_page,
                               const char *bytes,
                               size_t length,
                               char **out,
                               fiskal_error **error);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

/*
 * The operations, as fiskal_call takes them. What each of them takes and gives is JSON, which
 * docs/operations.md lists, and the operation describe as JSON Schemas.
 */

/**
 * Makes registers ready to sell at their service, from the account down; twice is once.
 */
#define FISKAL_OP_PROVISION "provision"

/**
 * Tells how each register stands: ready or not, what waits, which sales are open.
 */
#define FISKAL_OP_STATUS "status"

/**
 * Settles what waits for the services, and tells which receipts changed.
 */
#define FISKAL_OP_SYNC "sync"

/**
 * Lists what waits to be sent and what the service refused afterwards, in order, with why and since
 * when.
 */
#define FISKAL_OP_QUEUE_LIST "queue.list"

/**
 * Decides about an operation of the queue: sends it again, replaces its content, or sets it aside.
 */
#define FISKAL_OP_QUEUE_RESOLVE "queue.resolve"

/**
 * Begins a sale, as the law of some countries wants before the first item.
 */
#define FISKAL_OP_SALE_BEGIN "sale.begin"

/**
 * Keeps the cart of a begun sale, so that another process or day can go on with it.
 */
#define FISKAL_OP_SALE_UPDATE "sale.update"

/**
 * Completes a begun sale, or books a whole one at once, and gives its receipt.
 */
#define FISKAL_OP_SALE_COMPLETE "sale.complete"

/**
 * Ends a begun sale that nobody buys.
 */
#define FISKAL_OP_SALE_ABORT "sale.abort"

/**
 * Lists the begun sales that have not ended, of one register or of all.
 */
#define FISKAL_OP_SALE_LIST "sale.list"

/**
 * Finds a begun sale that has not ended, with its cart, so that any process or day can go on with it.
 */
#define FISKAL_OP_SALE_RESUME "sale.resume"

/**
 * Finds a receipt by its id, by register and sale, or by register, series and number.
 */
#define FISKAL_OP_RECEIPT_GET "receipt.get"

/**
 * Lists receipts, oldest change first; changed_after of one page asks for the next.
 */
#define FISKAL_OP_RECEIPT_LIST "receipt.list"

/**
 * Renders a receipt as text, as HTML or for an ESC/POS printer.
 */
#define FISKAL_OP_RECEIPT_PRINT "receipt.print"

/**
 * Cancels a receipt that was never handed over, and gives the receipt of the cancellation; asked
 * again, the same one.
 */
#define FISKAL_OP_RECEIPT_CANCEL "receipt.cancel"

/**
 * Books what a receipt with wrong data should have said, and gives the receipt of the correction;
 * asked again, the same one.
 */
#define FISKAL_OP_RECEIPT_CORRECT "receipt.correct"

/**
 * Makes a receipt over nothing, such as the Austrian Nullbeleg for an inspection, or to bring about
 * the yearly receipt by 15 February.
 */
#define FISKAL_OP_RECEIPT_ZERO "receipt.zero"

/**
 * Counts a reprint, at the service where that counts them, and gives the receipt marked as that copy.
 */
#define FISKAL_OP_RECEIPT_DUPLICATE "receipt.duplicate"

/**
 * Books what was paid later, such as a sale on account, and gives the receipt of the payment.
 */
#define FISKAL_OP_RECEIPT_PAY "receipt.pay"

/**
 * Tells the service afterwards who a receipt is for, and gives the receipt with its customer.
 */
#define FISKAL_OP_RECEIPT_INVOICE "receipt.invoice"

/**
 * Fetches the document that the authority made of a receipt: in Italy the tax agency's PDF.
 */
#define FISKAL_OP_RECEIPT_DOCUMENT "receipt.document"

/**
 * Closes a day, month or fiscal year (Z): the register's grand totals by its journal, held against the
 * service's own closing.
 */
#define FISKAL_OP_CLOSING_CREATE "closing.create"

/**
 * Tells what a register has sold on a day, in its month and fiscal year, and ever (X), without asking
 * the service.
 */
#define FISKAL_OP_REPORT "report"

/**
 * Records an event of the register that the law wants recorded, such as a lost connection.
 */
#define FISKAL_OP_EVENT_RECORD "event.record"

/**
 * Reads a record from its service with all that it shows: what was booked, the signed artifact, and
 * its signature, which is checked.
 */
#define FISKAL_OP_RECORD_GET "record.get"

/**
 * Lists the records that a service keeps of a register or of all registers of its merchant, page by
 * page or all of them.
 */
#define FISKAL_OP_RECORD_LIST "record.list"

/**
 * Has the authority look at a record: in Austria FinanzOnline at a start, yearly or closing receipt.
 * What it confirmed already is not asked again.
 */
#define FISKAL_OP_RECORD_VALIDATE "record.validate"

/**
 * Reads the notes that a service keeps with a register, its signature unit or a record.
 */
#define FISKAL_OP_METADATA_GET "metadata.get"

/**
 * Adds or changes notes that a service keeps with a register, its signature unit or a record; the
 * others stay.
 */
#define FISKAL_OP_METADATA_UPDATE "metadata.update"

/**
 * Reads the settings of the organization at the service that a register belongs to.
 */
#define FISKAL_OP_CONFIGURATION_GET "configuration.get"

/**
 * Changes settings of the organization at the service that a register belongs to; what is left out
 * stays.
 */
#define FISKAL_OP_CONFIGURATION_UPDATE "configuration.update"

/**
 * Orders an export of what the service has of a register, and tells how far it is.
 */
#define FISKAL_OP_EXPORT_CREATE "export.create"

/**
 * Tells how far an export is.
 */
#define FISKAL_OP_EXPORT_GET "export.get"

/**
 * Lists the files that a service holds of a register.
 */
#define FISKAL_OP_EXPORT_LIST "export.list"

/**
 * Writes the file of an export to disk, once it is whole and what can be checked of it holds.
 */
#define FISKAL_OP_EXPORT_FETCH "export.fetch"

/**
 * Lists the registers of the configuration, and how each stands; asks nobody.
 */
#define FISKAL_OP_REGISTER_LIST "register.list"

/**
 * Suspends a register, here and at its service: until it is restored it answers not_ready to sales.
 */
#define FISKAL_OP_REGISTER_SUSPEND "register.suspend"

/**
 * Ends a register's suspension, here and at its service.
 */
#define FISKAL_OP_REGISTER_RESTORE "register.restore"

/**
 * Ends a register's life, here and at its service, for good; what waits is sent before.
 */
#define FISKAL_OP_REGISTER_RETIRE "register.retire"

/**
 * Retires a register's system and makes a new one, which sells under the same name.
 */
#define FISKAL_OP_REGISTER_REPLACE "register.replace"

/**
 * Tells the service again the configuration's credentials for the tax authority, such as after a
 * change.
 */
#define FISKAL_OP_CREDENTIALS_UPDATE "credentials.update"

/**
 * Makes a new API key for a merchant, which signs in from now on, and names the one to disable.
 */
#define FISKAL_OP_CREDENTIALS_ROTATE "credentials.rotate"

/**
 * Disables API keys of a merchant that no longer sign in here, never the one that does.
 */
#define FISKAL_OP_CREDENTIALS_REVOKE "credentials.revoke"

/**
 * Makes an organization at the account's service: a group, or a unit that holds merchants.
 */
#define FISKAL_OP_ORGANIZATION_CREATE "organization.create"

/**
 * Renames an organization, or changes what is kept with it.
 */
#define FISKAL_OP_ORGANIZATION_UPDATE "organization.update"

/**
 * Shows an organization.
 */
#define FISKAL_OP_ORGANIZATION_GET "organization.get"

/**
 * Lists organizations, page by page or all of them.
 */
#define FISKAL_OP_ORGANIZATION_LIST "organization.list"

/**
 * Makes an API key; its secret goes into the file of secrets, and into nothing else.
 */
#define FISKAL_OP_SUBJECT_CREATE "subject.create"

/**
 * Renames an API key, disables it, or changes what is kept with it.
 */
#define FISKAL_OP_SUBJECT_UPDATE "subject.update"

/**
 * Shows an API key, without its secret.
 */
#define FISKAL_OP_SUBJECT_GET "subject.get"

/**
 * Lists API keys, page by page or all of them.
 */
#define FISKAL_OP_SUBJECT_LIST "subject.list"

/**
 * Makes a merchant in the unit of the key that goes along; its head office comes with it.
 */
#define FISKAL_OP_MERCHANT_CREATE "merchant.create"

/**
 * Changes what the service knows of a merchant; what is left out stays as it is.
 */
#define FISKAL_OP_MERCHANT_UPDATE "merchant.update"

/**
 * Shows a merchant.
 */
#define FISKAL_OP_MERCHANT_GET "merchant.get"

/**
 * Lists merchants, page by page or all of them.
 */
#define FISKAL_OP_MERCHANT_LIST "merchant.list"

/**
 * Begins a merchant's life at the service; its locations may follow.
 */
#define FISKAL_OP_MERCHANT_COMMISSION "merchant.commission"

/**
 * Suspends a merchant, such as to change its credentials.
 */
#define FISKAL_OP_MERCHANT_SUSPEND "merchant.suspend"

/**
 * Ends a merchant's suspension; the service looks at its credentials again.
 */
#define FISKAL_OP_MERCHANT_RESTORE "merchant.restore"

/**
 * Ends a merchant's life at the service for good.
 */
#define FISKAL_OP_MERCHANT_DECOMMISSION "merchant.decommission"

/**
 * Makes a branch of a merchant.
 */
#define FISKAL_OP_LOCATION_CREATE "location.create"

/**
 * Changes what the service knows of a location; what is left out stays as it is.
 */
#define FISKAL_OP_LOCATION_UPDATE "location.update"

/**
 * Shows a location.
 */
#define FISKAL_OP_LOCATION_GET "location.get"

/**
 * Lists locations of one merchant or of all, page by page or all of them.
 */
#define FISKAL_OP_LOCATION_LIST "location.list"

/**
 * Begins a location's life at the service, after its merchant's; its systems may follow.
 */
#define FISKAL_OP_LOCATION_COMMISSION "location.commission"

/**
 * Suspends a location.
 */
#define FISKAL_OP_LOCATION_SUSPEND "location.suspend"

/**
 * Ends a location's suspension.
 */
#define FISKAL_OP_LOCATION_RESTORE "location.restore"

/**
 * Ends a location's life at the service for good.
 */
#define FISKAL_OP_LOCATION_DECOMMISSION "location.decommission"

/**
 * Makes a system at a location: a register, or another device as far as the service takes it.
 */
#define FISKAL_OP_SYSTEM_CREATE "system.create"

/**
 * Changes what the service knows of a system; what is left out stays as it is.
 */
#define FISKAL_OP_SYSTEM_UPDATE "system.update"

/**
 * Shows a system.
 */
#define FISKAL_OP_SYSTEM_GET "system.get"

/**
 * Lists systems of a merchant, of a location or of all, page by page or all of them.
 */
#define FISKAL_OP_SYSTEM_LIST "system.list"

/**
 * Begins a system's life at the service, after its location's.
 */
#define FISKAL_OP_SYSTEM_COMMISSION "system.commission"

/**
 * Suspends a system; for a register of the configuration register.suspend also stops its sales here.
 */
#define FISKAL_OP_SYSTEM_SUSPEND "system.suspend"

/**
 * Ends a system's suspension.
 */
#define FISKAL_OP_SYSTEM_RESTORE "system.restore"

/**
 * Ends a system's life at the service for good; for a register of the configuration use
 * register.retire.
 */
#define FISKAL_OP_SYSTEM_DECOMMISSION "system.decommission"

/**
 * Shows a signature creation unit.
 */
#define FISKAL_OP_UNIT_GET "unit.get"

/**
 * Lists signature creation units, page by page or all of them.
 */
#define FISKAL_OP_UNIT_LIST "unit.list"

/**
 * Ends a signature creation unit's life for good; provision makes the next one.
 */
#define FISKAL_OP_UNIT_DECOMMISSION "unit.decommission"

/**
 * Tells the story of a sale from the journal in plain words: request, why, answer, checks, retries,
 * replays.
 */
#define FISKAL_OP_RECEIPT_EXPLAIN "receipt.explain"

/**
 * Checks an Austrian register's data collection log (DEP7 export): signatures, chain, turnover and
 * form of every receipt.
 */
#define FISKAL_OP_DEP_VERIFY "dep.verify"

/**
 * Checks every entry of the journal, its chains and the ties between them; names the first that does
 * not fit. With online also what the services know of it.
 */
#define FISKAL_OP_JOURNAL_VERIFY "journal.verify"

/**
 * Writes the journal, or a range of it, into a new folder, so that it can be checked elsewhere without
 * the journal.
 */
#define FISKAL_OP_JOURNAL_EXPORT "journal.export"

/**
 * Copies the journal into a new file while it is in use, and checks the copy.
 */
#define FISKAL_OP_JOURNAL_BACKUP "journal.backup"

/**
 * Erases the content of entries for ever, such as a customer's data, and writes down that and why; the
 * chain stays.
 */
#define FISKAL_OP_JOURNAL_REDACT "journal.redact"

/**
 * Sends an authenticated, journalled request to a register's service, for what has no name here.
 */
#define FISKAL_OP_REQUEST "request"

/**
 * Lists the operations with the JSON Schemas of their parameters and results, and the kinds of errors.
 */
#define FISKAL_OP_DESCRIBE "describe"

#endif  /* FISKAL_H */
