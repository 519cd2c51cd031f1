/* A program that has functions of SQLite's names, as one with an SQLite of its own has. */

#include "check.h"

int sqlite3_open(const char *name, void **database);
int sqlite3_initialize(void);

static int opened;

int sqlite3_initialize(void)
{
    return 4711;
}

int sqlite3_open(const char *name, void **database)
{
    opened += 1;
    *database = NULL;
    return name == NULL;
}

int main(int argc, char **argv)
{
    fiskal_client *client = open_shop(argc, argv);
    fiskal_sale *sale = croissants(client);
    fiskal_receipt *receipt = NULL;
    void *database = &opened;

    WORKS(fiskal_sale_set(sale, "number", "R-1", &error));
    WORKS(fiskal_sale_complete(sale, &receipt, &error));
    CHECK(fiskal_receipt_state(receipt) == FISKAL_SIGNED);
    CHECK(opened == 0);
    CHECK(sqlite3_initialize() == 4711 && sqlite3_open("till.db", &database) == 0);
    CHECK(opened == 1 && database == NULL);
    fiskal_receipt_free(receipt);
    fiskal_sale_free(sale);
    fiskal_close(client);
    return 0;
}
