/* NULL in every argument of every function. */

#include "check.h"

#define NAMED(argument, call) FAILS(FISKAL_INVALID, "`" argument "` is NULL", call)

static void of_the_client(fiskal_client *client, const char *config)
{
    fiskal_client *other = NULL;
    char *result = NULL;

    NAMED("config_path", fiskal_open(FISKAL_ABI_VERSION, NULL, NULL, &other, &error));
    NAMED("out", fiskal_open(FISKAL_ABI_VERSION, config, NULL, NULL, &error));
    NAMED("config_json", fiskal_open_json(FISKAL_ABI_VERSION, NULL, &other, &error));
    NAMED("out", fiskal_open_json(FISKAL_ABI_VERSION, "{}", NULL, &error));
    CHECK(fiskal_open(FISKAL_ABI_VERSION, NULL, NULL, NULL, NULL) == FISKAL_INVALID);
    FAILS(FISKAL_INVALID, "needs an open journal", fiskal_call(NULL, "status", NULL, &result, &error));
    NAMED("operation", fiskal_call(client, NULL, NULL, &result, &error));
    NAMED("result_json", fiskal_call(client, "status", NULL, NULL, &error));
    CHECK(result == NULL);
    WORKS(fiskal_call(client, "status", NULL, &result, &error));
    fiskal_string_free(result);
    CHECK(fiskal_call(client, "status", "{", &result, NULL) == FISKAL_INVALID);
    CHECK(result == NULL);
    fiskal_interrupt(NULL);
    fiskal_close(NULL);
}

static void of_the_sale(fiskal_client *client)
{
    fiskal_sale *sale = NULL;
    fiskal_receipt *receipt = NULL;

    NAMED("client", fiskal_sale_begin(NULL, "till-1", &sale, &error));
    NAMED("register_name", fiskal_sale_begin(client, NULL, &sale, &error));
    NAMED("out", fiskal_sale_begin(client, "till-1", NULL, &error));
    NAMED("client", fiskal_sale_begin_json(NULL, "{}", &sale, &error));
    NAMED("sale_json", fiskal_sale_begin_json(client, NULL, &sale, &error));
    NAMED("out", fiskal_sale_begin_json(client, "{}", NULL, &error));
    NAMED("client", fiskal_sale_resume(NULL, "s", &sale, &error));
    NAMED("sale_id", fiskal_sale_resume(client, NULL, &sale, &error));
    NAMED("out", fiskal_sale_resume(client, "s", NULL, &error));
    CHECK(fiskal_sale_id(NULL) == NULL);

    sale = croissants(client);
    NAMED("sale", fiskal_sale_set(NULL, "number", "R-1", &error));
    NAMED("field", fiskal_sale_set(sale, NULL, "R-1", &error));
    NAMED("sale", fiskal_sale_set_json(NULL, "{}", &error));
    NAMED("members", fiskal_sale_set_json(sale, NULL, &error));
    NAMED("sale", fiskal_sale_add_item(NULL, "Tea", "1", "2.40", "20", &error));
    NAMED("text", fiskal_sale_add_item(sale, NULL, "1", "2.40", "20", &error));
    NAMED("quantity", fiskal_sale_add_item(sale, "Tea", NULL, "2.40", "20", &error));
    NAMED("unit_price", fiskal_sale_add_item(sale, "Tea", "1", NULL, "20", &error));
    NAMED("vat", fiskal_sale_add_item(sale, "Tea", "1", "2.40", NULL, &error));
    NAMED("sale", fiskal_sale_add_item_json(NULL, "{}", &error));
    NAMED("item", fiskal_sale_add_item_json(sale, NULL, &error));
    NAMED("sale", fiskal_sale_add_payment(NULL, "cash", "2.40", &error));
    NAMED("method", fiskal_sale_add_payment(sale, NULL, "2.40", &error));
    NAMED("amount", fiskal_sale_add_payment(sale, "cash", NULL, &error));
    NAMED("sale", fiskal_sale_add_payment_json(NULL, "{}", &error));
    NAMED("payment", fiskal_sale_add_payment_json(sale, NULL, &error));
    NAMED("sale", fiskal_sale_save(NULL, &error));
    NAMED("sale", fiskal_sale_complete(NULL, &receipt, &error));
    NAMED("out", fiskal_sale_complete(sale, NULL, &error));
    NAMED("sale", fiskal_sale_abort(NULL, "why", &error));
    CHECK(fiskal_sale_add_item(sale, "Tea", "1", "2.40", "x", NULL) == FISKAL_INVALID);
    CHECK(fiskal_sale_abort(sale, NULL, NULL) == FISKAL_OK);
    fiskal_sale_free(sale);
    fiskal_sale_free(NULL);
}

static void of_the_receipt(fiskal_client *client)
{
    fiskal_receipt *receipt = NULL;
    fiskal_sale *sale = croissants(client);
    const uint8_t *data = NULL;
    size_t length = 0;

    NAMED("client", fiskal_receipt_open(NULL, "r", &receipt, &error));
    NAMED("receipt_id", fiskal_receipt_open(client, NULL, &receipt, &error));
    NAMED("out", fiskal_receipt_open(client, "r", NULL, &error));

    WORKS(fiskal_sale_set(sale, "number", "R-1", &error));
    WORKS(fiskal_sale_complete(sale, &receipt, &error));
    CHECK(fiskal_receipt_state(NULL) == -1);
    CHECK(fiskal_receipt_get(NULL, "number") == NULL);
    CHECK(fiskal_receipt_get(receipt, NULL) == NULL);
    CHECK(fiskal_receipt_count(NULL, "items") == -1);
    CHECK(fiskal_receipt_count(receipt, NULL) == -1);
    CHECK(fiskal_receipt_json(NULL) == NULL);
    NAMED("receipt", fiskal_receipt_qr(NULL, FISKAL_IMAGE_PNG, 4, &data, &length, &error));
    NAMED("data", fiskal_receipt_qr(receipt, FISKAL_IMAGE_PNG, 4, NULL, &length, &error));
    NAMED("length", fiskal_receipt_qr(receipt, FISKAL_IMAGE_PNG, 4, &data, NULL, &error));
    CHECK(data == NULL && length == 0);
    NAMED("receipt", fiskal_receipt_print(NULL, FISKAL_PAPER_TEXT, 42, &data, &length, &error));
    NAMED("data", fiskal_receipt_print(receipt, FISKAL_PAPER_TEXT, 42, NULL, &length, &error));
    NAMED("length", fiskal_receipt_print(receipt, FISKAL_PAPER_TEXT, 42, &data, NULL, &error));
    fiskal_receipt_free(NULL);
    fiskal_receipt_free(receipt);
    fiskal_sale_free(sale);
}

static void of_errors_and_texts(void)
{
    char *text = NULL;

    CHECK(fiskal_error_status(NULL) == FISKAL_OK);
    CHECK(strcmp(fiskal_error_kind(NULL), "") == 0);
    CHECK(strcmp(fiskal_error_message(NULL), "no error") == 0);
    CHECK(strcmp(fiskal_error_json(NULL), "null") == 0);
    CHECK(fiskal_error_get(NULL, "pointer") == NULL);
    CHECK(fiskal_error_retryable(NULL) == 0);
    fiskal_error_free(NULL);
    fiskal_string_free(NULL);
    NAMED("out", fiskal_utf8_from(1252, "a", 1, NULL, &error));
    FAILS(FISKAL_INVALID, "`bytes`", fiskal_utf8_from(1252, NULL, 1, &text, &error));
    WORKS(fiskal_utf8_from(1252, NULL, 0, &text, &error));
    CHECK(strcmp(text, "") == 0);
    fiskal_string_free(text);
    fiskal_set_logger(NULL, NULL, FISKAL_LOG_TRACE);
}

int main(int argc, char **argv)
{
    fiskal_client *client = open_shop(argc, argv);

    of_the_client(client, argv[1]);
    of_the_sale(client);
    of_the_receipt(client);
    of_errors_and_texts();
    fiskal_close(client);
    return 0;
}
