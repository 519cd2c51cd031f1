/* Handles that are none: stale, freed twice, of another type, made up. */

#include "check.h"

static void freed_twice(fiskal_client *client)
{
    fiskal_sale *sale = croissants(client);
    fiskal_receipt *receipt = NULL;
    fiskal_receipt *kept;
    fiskal_error *error = NULL;
    char *text = NULL;

    WORKS(fiskal_sale_set(sale, "number", "R-1", &error));
    WORKS(fiskal_sale_complete(sale, &receipt, &error));
    kept = receipt;
    fiskal_sale_free(sale);
    fiskal_sale_free(sale);
    FAILS(FISKAL_INVALID, "was freed", fiskal_sale_set(sale, "number", "R-1", &error));
    FAILS(FISKAL_INVALID, "was freed", fiskal_sale_complete(sale, &receipt, &error));
    CHECK(receipt == NULL);
    CHECK(fiskal_sale_id(sale) == NULL);
    fiskal_receipt_free(kept);
    fiskal_receipt_free(kept);
    CHECK(fiskal_receipt_state(kept) == -1);
    CHECK(fiskal_receipt_json(kept) == NULL);

    CHECK(fiskal_call(client, "nothing", NULL, &text, &error) == FISKAL_INVALID);
    fiskal_error_free(error);
    fiskal_error_free(error);
    CHECK(fiskal_error_status(error) == FISKAL_INVALID);
    CHECK(strcmp(fiskal_error_message(error), "no error") == 0);
    CHECK(fiskal_error_get(error, "message") == NULL);

    WORKS(fiskal_call(client, "status", NULL, &text, &error));
    fiskal_string_free(text);
    fiskal_string_free(text);
}

static void of_another_type(fiskal_client *client)
{
    fiskal_sale *sale = croissants(client);
    fiskal_receipt *receipt = NULL;
    const uint8_t *data = NULL;
    size_t length = 0;
    char *text = NULL;

    FAILS(FISKAL_INVALID, "`sale` is a fiskal_client; give a fiskal_sale",
          fiskal_sale_complete((fiskal_sale *)(void *)client, &receipt, &error));
    FAILS(FISKAL_INVALID, "`client` is a fiskal_sale; give a fiskal_client",
          fiskal_call((fiskal_client *)(void *)sale, "status", NULL, &text, &error));
    FAILS(FISKAL_INVALID, "`receipt` is a fiskal_sale",
          fiskal_receipt_print((fiskal_receipt *)(void *)sale, FISKAL_PAPER_TEXT, 42, &data, &length, &error));
    CHECK(fiskal_error_status((fiskal_error *)(void *)sale) == FISKAL_INVALID);
    fiskal_close((fiskal_client *)(void *)sale);
    fiskal_receipt_free((fiskal_receipt *)(void *)sale);
    fiskal_error_free((fiskal_error *)(void *)sale);
    fiskal_string_free((char *)(void *)sale);
    WORKS(fiskal_sale_abort(sale, NULL, &error));
    fiskal_sale_free(sale);
}

/* Addresses of all kinds, and numbers near those of handles. */
static void made_up(fiskal_client *client)
{
    int here = 0;
    void *there = malloc(64);
    uintptr_t near = (uintptr_t)client;
    uintptr_t made_up[64];
    size_t count = 0;
    size_t i;

    made_up[count++] = (uintptr_t)&here;
    made_up[count++] = (uintptr_t)there;
    made_up[count++] = (uintptr_t)there + 1;
    made_up[count++] = (uintptr_t)(void *)"text";
    made_up[count++] = 1;
    made_up[count++] = UINTPTR_MAX;
    for (i = 0; i < sizeof(uintptr_t) * 8; i++) {
        if (count < 64 && (near ^ ((uintptr_t)1 << i)) != 0) {
            made_up[count++] = near ^ ((uintptr_t)1 << i);
        }
    }
    for (i = 0; i < count; i++) {
        fiskal_receipt *receipt = NULL;
        fiskal_sale *sale = (fiskal_sale *)made_up[i];
        FAILS(FISKAL_INVALID, "`sale` is", fiskal_sale_complete(sale, &receipt, &error));
        CHECK(fiskal_receipt_state((fiskal_receipt *)made_up[i]) == -1);
        CHECK(fiskal_error_status((fiskal_error *)made_up[i]) == FISKAL_INVALID);
        fiskal_sale_free(sale);
        fiskal_close((fiskal_client *)made_up[i]);
        fiskal_string_free((char *)made_up[i]);
    }
    free(there);
}

static void used_after_close(fiskal_client *client)
{
    fiskal_sale *sale = croissants(client);
    fiskal_sale *other = NULL;
    fiskal_receipt *receipt = NULL;
    char *text = NULL;

    WORKS(fiskal_sale_set(sale, "number", "R-2", &error));
    WORKS(fiskal_sale_complete(sale, &receipt, &error));
    fiskal_close(client);
    fiskal_close(client);
    fiskal_interrupt(client);
    FAILS(FISKAL_CLOSED, "closed", fiskal_call(client, "status", NULL, &text, &error));
    FAILS(FISKAL_CLOSED, "closed", fiskal_sale_begin(client, "till-1", &other, &error));
    FAILS(FISKAL_CLOSED, "closed", fiskal_sale_save(sale, &error));
    CHECK(strcmp(fiskal_receipt_get(receipt, "number"), "R-2") == 0);
    CHECK(fiskal_sale_id(sale) != NULL);
    fiskal_receipt_free(receipt);
    fiskal_sale_free(sale);
}

/* A program that was built against another interface opens nothing. */
static void of_another_interface(const char *config)
{
    fiskal_client *client = NULL;
    FAILS(FISKAL_ABI, "version 2", fiskal_open(2, config, NULL, &client, &error));
    FAILS(FISKAL_ABI, "version 0", fiskal_open_json(0, "{}", &client, &error));
    CHECK(client == NULL);
}

int main(int argc, char **argv)
{
    fiskal_client *client = open_shop(argc, argv);

    of_another_interface(argv[1]);
    freed_twice(client);
    of_another_type(client);
    made_up(client);
    used_after_close(client);
    return 0;
}
