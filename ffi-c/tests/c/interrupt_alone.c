/* A log is checked without a client in one thread, and the check interrupted from another: interrupt_alone FILE KEYS */

#define _POSIX_C_SOURCE 200809L

#include "check.h"

#include <pthread.h>
#include <time.h>

struct call {
    char params[4096];
    fiskal_status status;
    int done;
};

static void *verify(void *argument)
{
    struct call *call = argument;
    char *result = NULL;
    call->status = fiskal_call(NULL, "dep.verify", call->params, &result, NULL);
    CHECK((result == NULL) == (call->status != FISKAL_OK));
    fiskal_string_free(result);
    __atomic_store_n(&call->done, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t thread;
    struct timespec pause = {0, 20000000L};
    struct call call = {"", FISKAL_OK, 0};

    CHECK(argc == 3);
    snprintf(call.params, sizeof call.params, "{\"file\": \"%s\", \"keys\": \"%s\"}", argv[1], argv[2]);
    CHECK(pthread_create(&thread, NULL, verify, &call) == 0);
    /* Again and again: nobody knows when the call has begun. */
    while (!__atomic_load_n(&call.done, __ATOMIC_SEQ_CST)) {
        fiskal_interrupt(NULL);
        nanosleep(&pause, NULL);
    }
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(call.status == FISKAL_BUSY);
    /* What comes later is another call. */
    {
        char *described = NULL;
        WORKS(fiskal_call(NULL, "describe", NULL, &described, &error));
        fiskal_string_free(described);
    }
    return 0;
}
