"""A panic in the core, which is a bug, is an exception like others and ends nothing.

It is brought about from outside: the operating system refuses random numbers, without which no id can be
made. A library in front of the system's own does this from the moment it is told to.
"""

import os
import shutil
import subprocess
import sys

import pytest

REFUSING = """
#include <errno.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>
static int refuses = 0;
void refuse_random_numbers(int now) { refuses = now; }
ssize_t getrandom(void *into, size_t length, unsigned int flags) {
    if (refuses) {
        errno = EIO;
        return -1;
    }
    return syscall(SYS_getrandom, into, length, flags);
}
"""

PROGRAM = """
import asyncio, ctypes, sys, fiskal
client = fiskal.open(sys.argv[1])
receipts = client.receipt_list()
system = ctypes.CDLL(None)
system.refuse_random_numbers(1)
try:
    client.sale("till-1")
except Exception as error:
    print(type(error).__name__, error.kind, error.retryable, "random" in error.message)

async def aside():
    await fiskal.aio.Client(client._native, "shared").sale("till-1")

try:
    asyncio.run(aside())
except Exception as error:
    print(type(error).__name__)
# The client is as it was.
system.refuse_random_numbers(0)
print(client.receipt_list() == receipts)
client.close()
print("closed")
"""


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="other systems draw random numbers elsewhere"
)
def test_a_panic_is_an_internal_error(shop, tmp_path):
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("there is no C compiler here")
    source, library = tmp_path / "refusing.c", tmp_path / "refusing.so"
    source.write_text(REFUSING, "utf-8")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(library), str(source)], check=True)
    done = shop.run(PROGRAM, shop.config, env=dict(os.environ, LD_PRELOAD=str(library)))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "InternalError internal False True",
        "InternalError",
        "True",
        "closed",
    ]
