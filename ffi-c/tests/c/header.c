/* The header alone. */
#include "fiskal.h"

int main(void)
{
    return FISKAL_OK;
}
