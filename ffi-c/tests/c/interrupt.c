/* A sale is completed in one thread while the service does not answer. Another thread cannot use the sale
   meanwhile, and interrupts the call. Says "begun" and waits for a line before it goes on. */

#define _POSIX_C_SOURCE 200809L

#include "check.h"

#include <pthread.h>
#include <time.h>

struct call {
    fiskal_sale *sale;
    fiskal_receipt *receipt;
    fiskal_status status;
    int done;
};

static void *complete(void *argument)
{
    struct call *call = argument;
    fiskal_error *error = NULL;
    /* The other thread's look at the sale may come first. */
    do {
        fiskal_error_free(error);
        error = NULL;
        call->status = fiskal_sale_complete(call->sale, &call->receipt, &error);
    } while (call->status == FISKAL_BUSY);
    if (error != NULL) {
        fprintf(stderr, "%s\n", fiskal_error_json(error));
        fiskal_error_free(error);
    }
    __atomic_store_n(&call->done, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

static void pause_a_little(void)
{
    struct timespec pause;
    pause.tv_sec = 0;
    pause.tv_nsec = 20000000L;
    nanosleep(&pause, NULL);
}

int main(int argc, char **argv)
{
    pthread_t thread;
    struct call call = {NULL, NULL, FISKAL_OK, 0};
    fiskal_client *client = open_shop(argc, argv);

    call.sale = croissants(client);
    WORKS(fiskal_sale_set(call.sale, "number", "R-1", &error));
    puts("begun");
    fflush(stdout);
    CHECK(getchar() != EOF);

    CHECK(pthread_create(&thread, NULL, complete, &call) == 0);
    while (fiskal_sale_set(call.sale, "number", "R-1", NULL) != FISKAL_BUSY) {
        CHECK(!__atomic_load_n(&call.done, __ATOMIC_SEQ_CST));
        pause_a_little();
    }
    FAILS(FISKAL_BUSY, "one thread at a time", fiskal_sale_abort(call.sale, NULL, &error));
    /* Again and again: nobody knows when the call has begun to wait. */
    while (!__atomic_load_n(&call.done, __ATOMIC_SEQ_CST)) {
        fiskal_interrupt(client);
        pause_a_little();
    }
    CHECK(pthread_join(thread, NULL) == 0);
    printf("%s %d\n", fiskal_status_name(call.status), (int)fiskal_receipt_state(call.receipt));
    fiskal_receipt_free(call.receipt);
    fiskal_sale_free(call.sale);
    fiskal_close(client);
    return 0;
}
