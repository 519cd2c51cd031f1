/* One call, from the arguments: CONFIG OPERATION PARAMS. Prints the status, its name, and the result or
   the error as JSON, line by line. */

#include "check.h"

int main(int argc, char **argv)
{
    fiskal_client *client = NULL;
    fiskal_error *error = NULL;
    char *result = NULL;
    fiskal_status status;

    CHECK(argc == 4);
    status = fiskal_open(FISKAL_ABI_VERSION, argv[1], NULL, &client, &error);
    if (status == FISKAL_OK) {
        status = fiskal_call(client, argv[2], argv[3], &result, &error);
    }
    CHECK((status == FISKAL_OK) == (error == NULL));
    CHECK(fiskal_error_status(error) == status);
    CHECK((result == NULL) == (error != NULL));
    printf("%d\n%s\n%s\n", (int)status, fiskal_status_name(status),
           error == NULL ? result : fiskal_error_json(error));
    fiskal_string_free(result);
    fiskal_error_free(error);
    fiskal_close(client);
    return 0;
}
