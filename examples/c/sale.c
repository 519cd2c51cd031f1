/*
 * A sale at a till, in C. From the repository's folder, with a configuration as in the README:
 *
 *     cargo build -p fiskal-ffi && ln -sf libfiskal.so target/debug/libfiskal.so.0
 *     cc -Iinclude examples/c/sale.c -o till -Ltarget/debug -lfiskal -Wl,-rpath,$PWD/target/debug
 *     ./till fiskal.toml R-2026-0001
 */

#include "fiskal.h"

#include <stdio.h>

/* Prints the receipt, and saves the QR code where the country has one on paper. */
static fiskal_status print(fiskal_receipt *receipt, fiskal_error **error)
{
    const uint8_t *data;
    size_t length;
    fiskal_status status = fiskal_receipt_print(receipt, FISKAL_PAPER_TEXT, 42, &data, &length, error);
    if (status == FISKAL_OK) {
        fwrite(data, 1, length, stdout);
        status = fiskal_receipt_qr(receipt, FISKAL_IMAGE_PNG, 4, &data, &length, error);
    }
    if (status == FISKAL_OK && length > 0) {
        FILE *file = fopen("qr.png", "wb");
        if (file != NULL) {
            fwrite(data, 1, length, file);
            fclose(file);
        }
    }
    return status;
}

static fiskal_status sell(fiskal_client *client, const char *number, fiskal_error **error)
{
    fiskal_sale *sale = NULL;
    fiskal_receipt *receipt = NULL;
    fiskal_status status = fiskal_sale_begin(client, "till-1", &sale, error);
    if (status == FISKAL_OK)
        status = fiskal_sale_add_item(sale, "Croissant", "2", "1.20", "5.5", error);
    if (status == FISKAL_OK)
        status = fiskal_sale_add_item(sale, "Caf\xC3\xA9", "1", "1.50", "10", error);
    if (status == FISKAL_OK)
        status = fiskal_sale_add_payment_json(
            sale, "{\"method\": \"cash\", \"amount\": \"3.90\", \"tendered\": \"5.00\"}", error);
    if (status == FISKAL_OK)
        status = fiskal_sale_set(sale, "number", number, error);
    if (status == FISKAL_OK)
        status = fiskal_sale_complete(sale, &receipt, error);
    else if (sale != NULL)
        fiskal_sale_abort(sale, "the sale could not be put together", NULL);
    if (status == FISKAL_OK)
        status = print(receipt, error);
    fiskal_receipt_free(receipt);
    fiskal_sale_free(sale);
    return status;
}

int main(int argc, char **argv)
{
    fiskal_client *client = NULL;
    fiskal_error *error = NULL;
    fiskal_status status;

    if (argc != 3) {
        fprintf(stderr, "usage: %s CONFIG NUMBER\n", argv[0]);
        return 2;
    }
    status = fiskal_open(FISKAL_ABI_VERSION, argv[1], NULL, &client, &error);
    if (status == FISKAL_OK)
        status = sell(client, argv[2], &error);
    if (status != FISKAL_OK)
        fprintf(stderr, "%s: %s\n", fiskal_status_name(status), fiskal_error_message(error));
    fiskal_error_free(error);
    fiskal_close(client);
    return status == FISKAL_OK ? 0 : 1;
}
