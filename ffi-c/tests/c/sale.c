/* The life of a sale, and everything that a receipt tells. */

#include "check.h"

static void a_receipt_tells_everything(fiskal_receipt *receipt)
{
    const uint8_t *data = NULL;
    const uint8_t *again = NULL;
    size_t length = 0;
    const char *number = fiskal_receipt_get(receipt, "number");

    CHECK(fiskal_receipt_state(receipt) == FISKAL_SIGNED);
    CHECK(strcmp(number, "R-1") == 0);
    CHECK(number == fiskal_receipt_get(receipt, "number"));
    CHECK(strcmp(fiskal_receipt_get(receipt, "totals.gross"), "3.90") == 0);
    CHECK(strcmp(fiskal_receipt_get(receipt, "totals.vat.0.rate"), "10") == 0);
    CHECK(strcmp(fiskal_receipt_get(receipt, "items.1.text"), "Caf\xC3\xA9") == 0);
    CHECK(fiskal_receipt_get(receipt, "series") == NULL);
    CHECK(fiskal_receipt_get(receipt, "no.such.thing") == NULL);
    CHECK(fiskal_receipt_get(receipt, "") == NULL);
    CHECK(fiskal_receipt_count(receipt, "items") == 2);
    CHECK(fiskal_receipt_count(receipt, "also") == 0);
    CHECK(fiskal_receipt_count(receipt, "number") == -1);
    CHECK(strstr(fiskal_receipt_json(receipt), "\"number\":\"R-1\"") != NULL);

    /* A French receipt has no QR code. */
    WORKS(fiskal_receipt_qr(receipt, FISKAL_IMAGE_PNG, 4, &data, &length, &error));
    CHECK(data == NULL && length == 0);
    FAILS(FISKAL_INVALID, "9 is no image", fiskal_receipt_qr(receipt, 9, 4, &data, &length, &error));

    WORKS(fiskal_receipt_print(receipt, FISKAL_PAPER_TEXT, 42, &data, &length, &error));
    fwrite(data, 1, length, stdout);
    WORKS(fiskal_receipt_print(receipt, FISKAL_PAPER_TEXT, 42, &again, &length, &error));
    CHECK(again == data);
    WORKS(fiskal_receipt_print(receipt, FISKAL_PAPER_HTML, 42, &data, &length, &error));
    CHECK(length > 15 && memcmp(data, "<!DOCTYPE html>", 15) == 0);
    WORKS(fiskal_receipt_print(receipt, FISKAL_PAPER_ESCPOS, 42, &data, &length, &error));
    CHECK(length > 2 && memcmp(data, "\x1B@", 2) == 0);
    FAILS(FISKAL_INVALID, "24 to 80", fiskal_receipt_print(receipt, FISKAL_PAPER_TEXT, 23, &data, &length, &error));
    FAILS(FISKAL_INVALID, "-1 is no paper", fiskal_receipt_print(receipt, -1, 42, &data, &length, &error));
}

/* Begun, filled, saved, resumed, completed; and completed again, which is the same receipt. */
static void a_sale_is_completed_once(fiskal_client *client)
{
    fiskal_sale *sale = NULL;
    fiskal_sale *resumed = NULL;
    fiskal_receipt *receipt = NULL;
    fiskal_receipt *again = NULL;

    WORKS(fiskal_sale_begin_json(client, "{\"id\": \"table-7\", \"register\": \"till-1\"}", &sale, &error));
    CHECK(strcmp(fiskal_sale_id(sale), "table-7") == 0);
    WORKS(fiskal_sale_add_item(sale, "Croissant", "2", "1.20", "5.5", &error));
    WORKS(fiskal_sale_save(sale, &error));
    fiskal_sale_free(sale);

    WORKS(fiskal_sale_resume(client, "table-7", &resumed, &error));
    CHECK(strcmp(fiskal_sale_id(resumed), "table-7") == 0);
    WORKS(fiskal_sale_add_item_json(
        resumed, "{\"text\": \"Caf\xC3\xA9\", \"quantity\": 1, \"unit_price\": \"1.50\", \"vat\": \"10\"}",
        &error));
    WORKS(fiskal_sale_add_payment_json(
        resumed, "{\"method\": \"cash\", \"amount\": \"3.90\", \"tendered\": \"5.00\"}", &error));
    WORKS(fiskal_sale_set(resumed, "number", "R-0", &error));
    WORKS(fiskal_sale_set_json(resumed, "{\"number\": \"R-1\", \"metadata\": {\"table\": \"7\"}}", &error));
    WORKS(fiskal_sale_set(resumed, "series", "A", &error));
    WORKS(fiskal_sale_set(resumed, "series", NULL, &error));
    WORKS(fiskal_sale_complete(resumed, &receipt, &error));
    a_receipt_tells_everything(receipt);

    WORKS(fiskal_sale_complete(resumed, &again, &error));
    CHECK(strcmp(fiskal_receipt_get(receipt, "id"), fiskal_receipt_get(again, "id")) == 0);
    fiskal_receipt_free(again);
    WORKS(fiskal_receipt_open(client, fiskal_receipt_get(receipt, "id"), &again, &error));
    CHECK(strcmp(fiskal_receipt_get(again, "number"), "R-1") == 0);
    fiskal_receipt_free(again);
    fiskal_receipt_free(receipt);
    fiskal_sale_free(resumed);
}

static void a_wrong_member_is_named(fiskal_client *client)
{
    fiskal_error *error = NULL;
    fiskal_sale *sale = croissants(client);

    CHECK(fiskal_sale_add_item(sale, "Tea", "1", "2,40", "20", &error) == FISKAL_INVALID);
    CHECK(strcmp(fiskal_error_kind(error), "invalid") == 0);
    CHECK(strcmp(fiskal_error_get(error, "pointer"), "/items/1/unit_price") == 0);
    CHECK(fiskal_error_get(error, "pointer") == fiskal_error_get(error, "pointer"));
    CHECK(fiskal_error_get(error, "http_status") == NULL);
    CHECK(strstr(fiskal_error_json(error), "\"pointer\":\"/items/1/unit_price\"") != NULL);
    CHECK(fiskal_error_retryable(error) == 0);
    fiskal_error_free(error);

    FAILS(FISKAL_INVALID, "nmuber", fiskal_sale_set(sale, "nmuber", "R-2", &error));
    FAILS(FISKAL_INVALID, "gold", fiskal_sale_add_payment(sale, "gold", "2.40", &error));
    WORKS(fiskal_sale_abort(sale, "the customer left", &error));
    fiskal_sale_free(sale);
}

static void an_aborted_sale_has_ended(fiskal_client *client)
{
    fiskal_receipt *receipt = NULL;
    fiskal_sale *again = NULL;
    fiskal_sale *sale = croissants(client);

    WORKS(fiskal_sale_set(sale, "number", "R-2", &error));
    WORKS(fiskal_sale_abort(sale, NULL, &error));
    WORKS(fiskal_sale_abort(sale, NULL, &error));
    FAILS(FISKAL_CONFLICT, "has ended", fiskal_sale_complete(sale, &receipt, &error));
    CHECK(receipt == NULL);
    FAILS(FISKAL_CONFLICT, "has ended", fiskal_sale_resume(client, fiskal_sale_id(sale), &again, &error));
    CHECK(again == NULL);
    fiskal_sale_free(sale);
}

int main(int argc, char **argv)
{
    fiskal_client *client = open_shop(argc, argv);
    char *result = NULL;

    a_sale_is_completed_once(client);
    a_wrong_member_is_named(client);
    an_aborted_sale_has_ended(client);
    WORKS(fiskal_call(NULL, "describe", NULL, &result, &error));
    CHECK(strstr(result, "sale.complete") != NULL);
    fiskal_string_free(result);
    fiskal_close(client);
    return 0;
}
