/* Sells and calls through the C interface and tells how long each took, in nanoseconds:
   door CONFIG NAME CALLS SALES */
#define _POSIX_C_SOURCE 200809L
#include <fiskal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (long long)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void check(fiskal_status status, fiskal_error *error) {
    if (status == FISKAL_OK) return;
    fprintf(stderr, "%s\n", fiskal_error_json(error));
    exit(1);
}

static void call(fiskal_client *client, const char *operation, const char *params) {
    fiskal_error *error = NULL;
    char *result = NULL;
    check(fiskal_call(client, operation, params, &result, &error), error);
    if (strcmp(operation, "sale.complete") == 0 && strstr(result, "\"state\":\"signed\"") == NULL) {
        fprintf(stderr, "not signed: %s\n", result);
        exit(1);
    }
    fiskal_string_free(result);
}

int main(int count, char **arguments) {
    fiskal_error *error = NULL;
    fiskal_client *client = NULL;
    int round;
    if (count != 5) return 2;
    check(fiskal_open(FISKAL_ABI_VERSION, arguments[1], NULL, &client, &error), error);
    for (round = 0; round < atoi(arguments[3]); round++) {
        long long begun = now();
        call(client, FISKAL_OP_SALE_LIST, "{\"register\":\"till-1\"}");
        printf("call %lld\n", now() - begun);
    }
    for (round = 0; round < atoi(arguments[4]); round++) {
        char begin[200], complete[1000];
        long long begun;
        snprintf(begin, sizeof begin, "{\"id\":\"%s-%d\",\"register\":\"till-1\"}", arguments[2], round);
        snprintf(complete, sizeof complete,
                 "{\"id\":\"%s-%d\",\"register\":\"till-1\",\"number\":\"%s-%d\",\"items\":["
                 "{\"text\":\"Croissant\",\"quantity\":\"2\",\"unit_price\":\"1.20\",\"vat\":\"5.5\"},"
                 "{\"text\":\"Tarte aux pommes\",\"quantity\":\"1\",\"unit_price\":\"18.00\",\"vat\":\"5.5\"},"
                 "{\"text\":\"Sac en tissu\",\"quantity\":\"1\",\"unit_price\":\"6.00\",\"vat\":\"20\"}],"
                 "\"payments\":[{\"method\":\"cash\",\"amount\":\"26.40\"}]}",
                 arguments[2], round, arguments[2], round);
        begun = now();
        call(client, FISKAL_OP_SALE_BEGIN, begin);
        call(client, FISKAL_OP_SALE_COMPLETE, complete);
        printf("sale %lld\n", now() - begun);
    }
    fiskal_close(client);
    return 0;
}
