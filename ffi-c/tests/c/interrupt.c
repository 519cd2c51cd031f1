/* A sale whose service does not answer is interrupted from another thread. */

#define _POSIX_C_SOURCE 200809L

#include "check.h"

#include <pthread.h>
#include <time.h>

static fiskal_client *client;
static int done;

/* Again and again: nobody knows when the call has begun to wait. */
static void *interrupt(void *nothing)
{
    while (!__atomic_load_n(&done, __ATOMIC_SEQ_CST)) {
        struct timespec pause;
        pause.tv_sec = 0;
        pause.tv_nsec = 100000000L;
        nanosleep(&pause, NULL);
        fiskal_interrupt(client);
    }
    return nothing;
}

int main(int argc, char **argv)
{
    pthread_t thread;
    fiskal_error *error = NULL;
    fiskal_sale *sale = NULL;
    fiskal_status status;

    CHECK(argc > 1);
    WORKS(fiskal_open(FISKAL_ABI_VERSION, argv[1], NULL, &client, &error));
    CHECK(pthread_create(&thread, NULL, interrupt, NULL) == 0);
    status = fiskal_sale_begin(client, "till-1", &sale, &error);
    __atomic_store_n(&done, 1, __ATOMIC_SEQ_CST);
    CHECK(pthread_join(thread, NULL) == 0);
    printf("%s\n", fiskal_status_name(status));
    CHECK(fiskal_error_retryable(error) == 1);
    fiskal_error_free(error);
    fiskal_close(client);
    return 0;
}
