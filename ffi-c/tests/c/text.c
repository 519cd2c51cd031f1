/* Text that is not what it should be. */

#include "check.h"

static void not_utf8(fiskal_client *client)
{
    fiskal_sale *sale = croissants(client);
    char *text = NULL;
    const char *item = "{\"text\": \"Tea\", \"quantity\": 1.5, \"unit_price\": \"1\", \"vat\": \"20\"}";

    FAILS(FISKAL_INVALID, "`text` is not UTF-8: byte 3 is wrong; convert the text with fiskal_utf8_from",
          fiskal_sale_add_item(sale, "Caf\xE9", "1", "1.50", "10", &error));
    FAILS(FISKAL_INVALID, "`params_json` is not UTF-8", fiskal_call(client, "status", "\xFF", &text, &error));
    FAILS(FISKAL_INVALID, "`operation` is not UTF-8", fiskal_call(client, "\xC3", NULL, &text, &error));

    WORKS(fiskal_utf8_from(1252, "Caf\xE9", 4, &text, &error));
    CHECK(strcmp(text, "Caf\xC3\xA9") == 0);
    WORKS(fiskal_sale_add_item(sale, text, "1", "1.50", "10", &error));
    fiskal_string_free(text);
    FAILS(FISKAL_INVALID, "there is no code page 932", fiskal_utf8_from(932, "a", 1, &text, &error));
    CHECK(text == NULL);

    FAILS(FISKAL_INVALID, "1.5", fiskal_sale_add_item_json(sale, item, &error));
    FAILS(FISKAL_INVALID, "twice", fiskal_sale_add_item_json(sale, "{\"text\": \"a\", \"text\": \"b\"}", &error));
    FAILS(FISKAL_INVALID, "1e3", fiskal_sale_add_payment(sale, "cash", "1e3", &error));
    WORKS(fiskal_sale_abort(sale, NULL, &error));
    fiskal_sale_free(sale);
}

/* JSON can hold a NUL that C's texts cannot. */
static void nul_inside(fiskal_client *client)
{
    fiskal_sale *sale = NULL;
    char *text = NULL;

    FAILS(FISKAL_INVALID, "visible characters",
          fiskal_sale_begin_json(client, "{\"register\": \"till\\u0000-1\"}", &sale, &error));
    FAILS(FISKAL_INVALID, "did you mean 'status'", fiskal_call(client, "sta\x01tus", "{}", &text, &error));
    FAILS(FISKAL_NOT_FOUND, "", fiskal_call(client, "receipt.get", "{\"id\": \"a\\u0000b\"}", &text, &error));
    FAILS(FISKAL_INVALID, "NUL at byte 1", fiskal_utf8_from(1252, "a\0b", 3, &text, &error));
}

static void large_and_deep(fiskal_client *client, size_t large)
{
    const size_t deep = 100000;
    char *text = malloc(large + 1);
    char *result = NULL;
    fiskal_client *other = NULL;
    fiskal_sale *sale = croissants(client);

    CHECK(text != NULL);
    memset(text, 'x', large);
    text[large] = 0;
    FAILS(FISKAL_INVALID, "", fiskal_sale_add_item(sale, text, "1", "1", "20", &error));
    FAILS(FISKAL_INVALID, "", fiskal_sale_add_item(sale, "Tea", text, "1", "20", &error));
    FAILS(FISKAL_INVALID, "", fiskal_sale_set(sale, text, "1", &error));
    FAILS(FISKAL_INVALID, "", fiskal_sale_set(sale, "number", text, &error));
    FAILS(FISKAL_INVALID, "", fiskal_call(client, text, "{}", &result, &error));
    FAILS(FISKAL_INVALID, "", fiskal_call(client, "status", text, &result, &error));
    FAILS(FISKAL_INVALID, "", fiskal_sale_add_item_json(sale, text, &error));
    FAILS(FISKAL_CONFIG, "", fiskal_open(FISKAL_ABI_VERSION, text, NULL, &other, &error));
    CHECK(fiskal_open_json(FISKAL_ABI_VERSION, text, &other, NULL) != FISKAL_OK);
    memset(text, '[', deep);
    text[deep] = 0;
    FAILS(FISKAL_INVALID, "", fiskal_call(client, "status", text, &result, &error));
    FAILS(FISKAL_INVALID, "", fiskal_sale_add_item_json(sale, text, &error));
    CHECK(fiskal_open_json(FISKAL_ABI_VERSION, text, &other, NULL) != FISKAL_OK);
    memset(text, '.', deep);
    CHECK(fiskal_sale_set(sale, text, "1", NULL) == FISKAL_INVALID);
    CHECK(result == NULL && other == NULL);
    free(text);
    WORKS(fiskal_sale_abort(sale, NULL, &error));
    fiskal_sale_free(sale);
}

int main(int argc, char **argv)
{
    fiskal_client *client = open_shop(argc, argv);

    CHECK(argc > 2);
    not_utf8(client);
    nul_inside(client);
    large_and_deep(client, (size_t)strtoul(argv[2], NULL, 10));
    fiskal_close(client);
    return 0;
}
