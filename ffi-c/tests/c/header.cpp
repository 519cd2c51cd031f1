// The header alone.
#include "fiskal.hpp"

int main()
{
    return FISKAL_OK;
}
