/* Every constant of the header, as a C compiler reads it: NAME VALUE, line by line. */

#include "check.h"

#define SHOW(name) printf("%s %d\n", #name, (int)(name))

#if FISKAL_VERSION_NUMBER < 0x000100
#error "versions do not compare"
#endif

int main(void)
{
    int status;

    SHOW(FISKAL_ABI_VERSION);
    SHOW(FISKAL_OK);
    SHOW(FISKAL_INVALID);
    SHOW(FISKAL_CONFIG);
    SHOW(FISKAL_NOT_FOUND);
    SHOW(FISKAL_CONFLICT);
    SHOW(FISKAL_CLOSED);
    SHOW(FISKAL_ABI);
    SHOW(FISKAL_NOT_READY);
    SHOW(FISKAL_BUSY);
    SHOW(FISKAL_JOURNAL);
    SHOW(FISKAL_UNREACHABLE);
    SHOW(FISKAL_UNKNOWN_OUTCOME);
    SHOW(FISKAL_REFUSED);
    SHOW(FISKAL_UNAUTHORIZED);
    SHOW(FISKAL_MISMATCH);
    SHOW(FISKAL_INTERNAL);
    SHOW(FISKAL_SIGNED);
    SHOW(FISKAL_PENDING);
    SHOW(FISKAL_PROVISIONAL);
    SHOW(FISKAL_REFUSED_LATER);
    SHOW(FISKAL_IMAGE_PNG);
    SHOW(FISKAL_IMAGE_SVG);
    SHOW(FISKAL_IMAGE_ESCPOS);
    SHOW(FISKAL_IMAGE_TERMINAL);
    SHOW(FISKAL_PAPER_TEXT);
    SHOW(FISKAL_PAPER_HTML);
    SHOW(FISKAL_PAPER_ESCPOS);
    SHOW(FISKAL_LOG_ERROR);
    SHOW(FISKAL_LOG_WARN);
    SHOW(FISKAL_LOG_INFO);
    SHOW(FISKAL_LOG_DEBUG);
    SHOW(FISKAL_LOG_TRACE);
    printf("FISKAL_VERSION %s\n", FISKAL_VERSION);
    printf("FISKAL_VERSION_NUMBER %d.%d.%d\n", FISKAL_VERSION_NUMBER >> 16,
           FISKAL_VERSION_NUMBER >> 8 & 0xFF, FISKAL_VERSION_NUMBER & 0xFF);
    printf("fiskal_version %s\n", fiskal_version());
    printf("fiskal_abi_version %d\n", (int)fiskal_abi_version());
    for (status = 0; status <= 1000; status++) {
        if (strcmp(fiskal_status_name(status), "unknown status") != 0) {
            printf("named %d %s\n", status, fiskal_status_name(status));
        }
    }
    return 0;
}
