/*
 * A till that was built against libfiskal 0.1 and is kept as a program: it must run with every later
 * library of the same SONAME. It uses every function. How it was built is said in README.md beside it.
 *
 *     till CONFIG NUMBER
 */

#include "fiskal.h"

#include <stdio.h>
#include <string.h>

static int lines;

static void hear(void *user, int32_t level, const char *target, const char *message)
{
    if (user == &lines && level >= FISKAL_LOG_ERROR && level <= FISKAL_LOG_TRACE && target != NULL &&
        message != NULL) {
        lines += 1;
    }
}

static int failed(const char *what, fiskal_error *error)
{
    const char *pointer = fiskal_error_get(error, "pointer");
    fprintf(stderr, "%s: %s %s %d: %s (%s) %s\n", what, fiskal_status_name(fiskal_error_status(error)),
            fiskal_error_kind(error), (int)fiskal_error_retryable(error), fiskal_error_message(error),
            pointer == NULL ? "" : pointer, fiskal_error_json(error));
    fiskal_error_free(error);
    return 1;
}

static int provision(fiskal_client *client)
{
    fiskal_error *error = NULL;
    char *result = NULL;
    if (fiskal_call(client, FISKAL_OP_PROVISION, "{}", &result, &error) != FISKAL_OK) {
        return failed("provision", error);
    }
    fiskal_string_free(result);
    return 0;
}

static int fill(fiskal_sale *sale, const char *number)
{
    fiskal_error *error = NULL;
    char *coffee = NULL;
    int ok = fiskal_utf8_from(1252, "Caf\xE9", 4, &coffee, &error) == FISKAL_OK &&
             fiskal_sale_add_item(sale, coffee, "1", "1.50", "10", &error) == FISKAL_OK &&
             fiskal_sale_add_item_json(sale,
                                       "{\"text\": \"Croissant\", \"quantity\": \"2\", "
                                       "\"unit_price\": \"1.20\", \"vat\": \"5.5\"}",
                                       &error) == FISKAL_OK &&
             fiskal_sale_add_payment(sale, "card", "1.90", &error) == FISKAL_OK &&
             fiskal_sale_add_payment_json(sale, "{\"method\": \"cash\", \"amount\": \"2.00\"}", &error) ==
                 FISKAL_OK &&
             fiskal_sale_set(sale, "number", number, &error) == FISKAL_OK &&
             fiskal_sale_set_json(sale, "{\"metadata\": {\"till\": \"old\"}}", &error) == FISKAL_OK &&
             fiskal_sale_save(sale, &error) == FISKAL_OK;
    fiskal_string_free(coffee);
    return ok ? 0 : failed("fill", error);
}

static int show(fiskal_receipt *receipt)
{
    fiskal_error *error = NULL;
    const uint8_t *data = NULL;
    size_t length = 0;
    if (fiskal_receipt_qr(receipt, FISKAL_IMAGE_PNG, 4, &data, &length, &error) != FISKAL_OK ||
        fiskal_receipt_print(receipt, FISKAL_PAPER_TEXT, 42, &data, &length, &error) != FISKAL_OK) {
        return failed("print", error);
    }
    fwrite(data, 1, length, stdout);
    printf("state %d, %d items, %s, JSON of %s\n", (int)fiskal_receipt_state(receipt),
           (int)fiskal_receipt_count(receipt, "items"), fiskal_receipt_get(receipt, "totals.gross"),
           strlen(fiskal_receipt_json(receipt)) > 0 ? "some length" : "no length");
    return 0;
}

static int sell(fiskal_client *client, const char *number)
{
    fiskal_error *error = NULL;
    fiskal_sale *sale = NULL;
    fiskal_sale *resumed = NULL;
    fiskal_receipt *receipt = NULL;
    fiskal_receipt *again = NULL;
    int bad = 1;

    if (fiskal_sale_begin_json(client, "{\"register\": \"till-1\", \"id\": \"old-till\"}", &sale, &error) !=
        FISKAL_OK) {
        return failed("begin", error);
    }
    if (fill(sale, number) == 0) {
        if (fiskal_sale_resume(client, fiskal_sale_id(sale), &resumed, &error) != FISKAL_OK ||
            fiskal_sale_complete(resumed, &receipt, &error) != FISKAL_OK ||
            fiskal_receipt_open(client, fiskal_receipt_get(receipt, "id"), &again, &error) != FISKAL_OK) {
            failed("complete", error);
        } else {
            bad = show(again);
        }
    }
    fiskal_receipt_free(again);
    fiskal_receipt_free(receipt);
    fiskal_sale_free(resumed);
    fiskal_sale_free(sale);
    return bad;
}

/* A sale that nobody buys, and an error that is told. */
static int abort_one(fiskal_client *client)
{
    fiskal_error *error = NULL;
    fiskal_sale *sale = NULL;
    if (fiskal_sale_begin(client, "till-1", &sale, &error) != FISKAL_OK ||
        fiskal_sale_abort(sale, "nobody buys", &error) != FISKAL_OK) {
        return failed("abort", error);
    }
    fiskal_sale_free(sale);
    if (fiskal_sale_begin(client, "no-such-till", &sale, &error) != FISKAL_NOT_FOUND) {
        return failed("not found", error);
    }
    failed("as it should be", error);
    return 0;
}

int main(int argc, char **argv)
{
    fiskal_client *client = NULL;
    fiskal_client *other = NULL;
    fiskal_error *error = NULL;
    int bad;

    if (argc != 3) {
        fprintf(stderr, "usage: till CONFIG NUMBER\n");
        return 2;
    }
    printf("built against %s, runs with %s (interface %d)\n", FISKAL_VERSION, fiskal_version(),
           (int)fiskal_abi_version());
    fiskal_set_logger(hear, &lines, FISKAL_LOG_TRACE);
    if (fiskal_open_json(FISKAL_ABI_VERSION, "{}", &other, &error) != FISKAL_CONFIG) {
        return failed("a configuration without anything", error);
    }
    fiskal_error_free(error);
    if (fiskal_open(FISKAL_ABI_VERSION, argv[1], NULL, &client, &error) != FISKAL_OK) {
        return failed("open", error);
    }
    bad = provision(client) || sell(client, argv[2]) || abort_one(client);
    fiskal_interrupt(client);
    fiskal_close(client);
    fiskal_set_logger(NULL, NULL, 0);
    printf("%s\n", lines > 0 ? "the log was heard" : "no log was heard");
    return bad || lines == 0;
}
