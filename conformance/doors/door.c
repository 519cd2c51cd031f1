/*
 * The door program in C: a line in, a line out, over fiskal.h alone. See conformance/README.md.
 *
 *     cc -std=c99 -I include conformance/doors/door.c -lfiskal -o door
 */
#define _POSIX_C_SOURCE 200809L /* getline */

#include <fiskal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fiskal_client *client;

/* What there is to say of a call: its result, or its error as JSON. */
static void answer(fiskal_status status, const char *result, fiskal_error *error)
{
    if (status == FISKAL_OK) {
        printf("{\"result\":%s}\n", result);
    } else if (fiskal_error_status(error) == status) {
        printf("{\"error\":%s}\n", fiskal_error_json(error));
    } else {
        fprintf(stderr, "status %ld and its error do not agree\n", (long)status);
        exit(1);
    }
    fiskal_error_free(error);
}

static void call(const char *operation, const char *params)
{
    char *result;
    fiskal_error *error;
    fiskal_status status = fiskal_call(client, operation, params, &result, &error);
    answer(status, result, error);
    fiskal_string_free(result);
}

static void open_file(const char *path)
{
    fiskal_error *error;
    fiskal_status status = fiskal_open(FISKAL_ABI_VERSION, path, NULL, &client, &error);
    answer(status, "null", error);
}

static void close_client(void)
{
    fiskal_close(client);
    client = NULL;
    answer(FISKAL_OK, "null", NULL);
}

/* The text up to the next tab, which becomes its end; what follows is left in `rest`. */
static char *word(char **rest)
{
    char *start = *rest;
    char *tab = strchr(start, '\t');
    if (tab != NULL) {
        *tab = '\0';
    }
    *rest = tab != NULL ? tab + 1 : start + strlen(start);
    return start;
}

static void do_line(char *line)
{
    char *what = word(&line);
    if (strcmp(what, "open") == 0) {
        open_file(line);
    } else if (strcmp(what, "close") == 0) {
        close_client();
    } else if (strcmp(what, "call") == 0 || strcmp(what, "raw") == 0) {
        const char *operation = word(&line); /* JSON text is all that C hands over. */
        call(operation, line);
    } else {
        fprintf(stderr, "this door does not know '%s'\n", what);
        exit(1);
    }
    fflush(stdout);
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    while ((length = getline(&line, &room, stdin)) > 0) {
        line[length - 1] = '\0';
        do_line(line);
    }
    free(line);
    fiskal_close(client);
    return 0;
}
