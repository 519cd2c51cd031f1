/* A child that uses what its parent opened: an error and no hang. The parent goes on. */

#define _POSIX_C_SOURCE 200809L

#include "check.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static fiskal_client *client;

/* Keeps the library's locks busy while the program forks. */
static void *ask(void *stop)
{
    while (!__atomic_load_n((int *)stop, __ATOMIC_SEQ_CST)) {
        char *result = NULL;
        WORKS(fiskal_call(client, "status", NULL, &result, &error));
        fiskal_string_free(result);
    }
    return NULL;
}

static void child(fiskal_sale *sale, fiskal_receipt *receipt, char *text, const char *config)
{
    char *result = NULL;
    fiskal_sale *other = NULL;
    fiskal_client *again = NULL;
    const uint8_t *data = NULL;
    size_t length = 0;

    alarm(20);
    FAILS(FISKAL_CLOSED, "after the fork", fiskal_call(client, "status", NULL, &result, &error));
    FAILS(FISKAL_CLOSED, "after the fork", fiskal_sale_begin(client, "till-1", &other, &error));
    FAILS(FISKAL_CLOSED, "after the fork", fiskal_sale_add_item(sale, "Tea", "1", "2", "20", &error));
    FAILS(FISKAL_CLOSED, "after the fork",
          fiskal_receipt_print(receipt, FISKAL_PAPER_TEXT, 42, &data, &length, &error));
    FAILS(FISKAL_CLOSED, "fork", fiskal_open(FISKAL_ABI_VERSION, config, NULL, &again, &error));
    CHECK(fiskal_receipt_state(receipt) == -1);
    fiskal_interrupt(client);
    fiskal_set_logger(NULL, NULL, 0);
    fiskal_sale_free(sale);
    fiskal_receipt_free(receipt);
    fiskal_string_free(text);
    fiskal_close(client);
    _exit(0);
}

int main(int argc, char **argv)
{
    enum { THREADS = 2, FORKS = 20 };
    pthread_t threads[THREADS];
    fiskal_sale *sale;
    fiskal_receipt *receipt = NULL;
    char *text = NULL;
    int stop = 0;
    int i;

    client = open_shop(argc, argv);
    sale = croissants(client);
    WORKS(fiskal_sale_set(sale, "number", "R-1", &error));
    WORKS(fiskal_sale_complete(sale, &receipt, &error));
    WORKS(fiskal_call(client, "status", NULL, &text, &error));
    for (i = 0; i < THREADS; i++) {
        CHECK(pthread_create(&threads[i], NULL, ask, &stop) == 0);
    }
    for (i = 0; i < FORKS; i++) {
        int ended = 0;
        pid_t process = fork();
        CHECK(process >= 0);
        if (process == 0) {
            child(sale, receipt, text, argv[1]);
        }
        CHECK(waitpid(process, &ended, 0) == process);
        CHECK(WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
    }
    __atomic_store_n(&stop, 1, __ATOMIC_SEQ_CST);
    for (i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
    }
    CHECK(fiskal_receipt_state(receipt) == FISKAL_SIGNED);
    fiskal_receipt_free(receipt);
    fiskal_string_free(text);
    fiskal_sale_free(sale);
    sale = croissants(client);
    WORKS(fiskal_sale_abort(sale, NULL, &error));
    fiskal_sale_free(sale);
    fiskal_close(client);
    return 0;
}
