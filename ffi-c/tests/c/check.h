/* What the test programs check with. A check that fails says where, and ends the program. */

#ifndef CHECK_H
#define CHECK_H

#include "fiskal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                     \
    do {                                                                     \
        if (!(condition)) {                                                  \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);  \
            exit(1);                                                         \
        }                                                                    \
    } while (0)

/* The call has this status, an error object that says the same, and this in its message. */
#define FAILS(expected, said, call)                                          \
    do {                                                                     \
        fiskal_error *error = NULL;                                          \
        fiskal_status status = (call);                                       \
        check_failed(__FILE__, __LINE__, (expected), (said), status, error); \
        fiskal_error_free(error);                                            \
    } while (0)

/* The call is FISKAL_OK and has no error object. */
#define WORKS(call)                                                          \
    do {                                                                     \
        fiskal_error *error = NULL;                                          \
        fiskal_status status = (call);                                       \
        check_worked(__FILE__, __LINE__, status, error);                     \
    } while (0)

static inline void check_worked(const char *file, int line, fiskal_status status, fiskal_error *error)
{
    if (status != FISKAL_OK || error != NULL) {
        fprintf(stderr, "%s:%d: %s: %s\n", file, line, fiskal_status_name(status),
                fiskal_error_json(error));
        exit(1);
    }
}

static inline void check_failed(const char *file, int line, fiskal_status expected, const char *said,
                                fiskal_status status, fiskal_error *error)
{
    if (status != expected || fiskal_error_status(error) != expected ||
        strstr(fiskal_error_message(error), said) == NULL) {
        fprintf(stderr, "%s:%d: %s with '%s' was expected, and it was %s: %s\n", file, line,
                fiskal_status_name(expected), said, fiskal_status_name(status),
                fiskal_error_json(error));
        exit(1);
    }
}

/* Opens the configuration named in the arguments, with the register ready to sell. */
static inline fiskal_client *open_shop(int argc, char **argv)
{
    fiskal_client *client = NULL;
    char *result = NULL;
    CHECK(argc > 1);
    WORKS(fiskal_open(FISKAL_ABI_VERSION, argv[1], NULL, &client, &error));
    WORKS(fiskal_call(client, "provision", NULL, &result, &error));
    fiskal_string_free(result);
    return client;
}

/* A begun sale of two croissants, paid for. */
static inline fiskal_sale *croissants(fiskal_client *client)
{
    fiskal_sale *sale = NULL;
    WORKS(fiskal_sale_begin(client, "till-1", &sale, &error));
    WORKS(fiskal_sale_add_item(sale, "Croissant", "2", "1.20", "5.5", &error));
    WORKS(fiskal_sale_add_payment(sale, "cash", "2.40", &error));
    return sale;
}

#endif
