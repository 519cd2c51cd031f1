/* Loses memory on purpose, so that it is seen that the tools would find it. */

#include "check.h"

static void *volatile lost;

int main(void)
{
    int i;

    for (i = 0; i < 10; i++) {
        lost = malloc(1000);
        CHECK(lost != NULL);
        lost = NULL;
    }
    return fiskal_abi_version() == FISKAL_ABI_VERSION ? 0 : 1;
}
