/* Many threads on one client, so many sales each; the logger is set and reset meanwhile; at the end the client is closed
   under their feet. */

#define _POSIX_C_SOURCE 200809L

#include "check.h"

#include <pthread.h>
#include <time.h>

enum { THREADS = 8 };

static fiskal_client *client;
static int sold;
static int sales;

/* What a logger counts in; gone as soon as another logger is set. */
struct lines {
    int magic;
    int heard;
};

static void hear(void *user, int32_t level, const char *target, const char *message)
{
    struct lines *lines = user;
    CHECK(lines->magic == 4711);
    CHECK(level >= FISKAL_LOG_ERROR && level <= FISKAL_LOG_TRACE);
    CHECK(strncmp(target, "fiskal", 6) == 0 && strlen(message) > 0);
    __atomic_add_fetch(&lines->heard, 1, __ATOMIC_SEQ_CST);
    /* A logger may call the library. */
    CHECK(fiskal_abi_version() == FISKAL_ABI_VERSION);
    fiskal_interrupt(NULL);
}

static void *sell(void *argument)
{
    int number = *(int *)argument;
    int i;

    for (i = 0; i < sales; i++) {
        char text[64];
        fiskal_receipt *receipt = NULL;
        fiskal_sale *sale = croissants(client);
        snprintf(text, sizeof text, "R-%d-%d", number, i);
        WORKS(fiskal_sale_set(sale, "number", text, &error));
        WORKS(fiskal_sale_complete(sale, &receipt, &error));
        CHECK(strcmp(fiskal_receipt_get(receipt, "number"), text) == 0);
        fiskal_receipt_free(receipt);
        fiskal_sale_free(sale);
        __atomic_add_fetch(&sold, 1, __ATOMIC_SEQ_CST);
    }
    return NULL;
}

static void *ask_until_closed(void *nothing)
{
    for (;;) {
        char *result = NULL;
        fiskal_error *error = NULL;
        fiskal_status status = fiskal_call(client, "status", NULL, &result, &error);
        fiskal_string_free(result);
        if (status == FISKAL_CLOSED) {
            fiskal_error_free(error);
            return nothing;
        }
        CHECK(status == FISKAL_OK);
    }
}

static void pause_for(long milliseconds)
{
    struct timespec pause;
    pause.tv_sec = 0;
    pause.tv_nsec = milliseconds * 1000000L;
    nanosleep(&pause, NULL);
}

/* Sets and resets loggers until all is sold; how many lines they heard. */
static int listen_until_sold(void)
{
    int heard = 0;
    while (__atomic_load_n(&sold, __ATOMIC_SEQ_CST) < THREADS * sales) {
        struct lines *lines = malloc(sizeof *lines);
        CHECK(lines != NULL);
        lines->magic = 4711;
        lines->heard = 0;
        fiskal_set_logger(hear, lines, FISKAL_LOG_TRACE);
        pause_for(5);
        fiskal_set_logger(NULL, NULL, 0);
        heard += lines->heard;
        lines->magic = 0;
        free(lines);
    }
    return heard;
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS];
    int numbers[THREADS];
    int heard;
    int i;

    client = open_shop(argc, argv);
    CHECK(argc > 2);
    sales = atoi(argv[2]);
    for (i = 0; i < THREADS; i++) {
        numbers[i] = i;
        CHECK(pthread_create(&threads[i], NULL, sell, &numbers[i]) == 0);
    }
    heard = listen_until_sold();
    for (i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
    }
    for (i = 0; i < THREADS; i++) {
        CHECK(pthread_create(&threads[i], NULL, ask_until_closed, NULL) == 0);
    }
    pause_for(50);
    fiskal_close(client);
    for (i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
    }
    printf("%d sold, %d lines heard\n", sold, heard);
    return 0;
}
