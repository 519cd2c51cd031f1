"""The examples in the documentation, run one by one in a folder as the README makes it."""

import doctest
import json
import re

import pytest

import fiskal

from shop import ROOT


def examples():
    found = []
    for page in ("docs/python.md", "bindings-python/README.md"):
        text = (ROOT / page).read_text("utf-8")
        for block in re.finditer(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            line = text.count("\n", 0, block.start()) + 2
            found.append(pytest.param(block.group(1), id=f"{page}:{line}"))
    assert len(found) >= 7
    return found


def toml(table, path=()):
    """The configuration as TOML, as far as it needs it."""
    lines = [f"[{'.'.join(path)}]"] if path else []
    inner = []
    for key, value in table.items():
        if not isinstance(value, dict):
            lines.append(f"{key} = {json.dumps(value)}")
        elif key in ("address", "software"):
            members = ", ".join(f"{name} = {json.dumps(text)}" for name, text in value.items())
            lines.append(f"{key} = {{ {members} }}")
        else:
            inner.append(toml(value, path + (key,)))
    return "\n".join(lines + inner)


@pytest.fixture
def folder(shop):
    (shop.folder / "fiskal.toml").write_text(toml(shop.keys(patience="20s")), "utf-8")
    return shop.folder


REQUESTS = """
import asyncio, httpx

async def ask():
    transport = httpx.ASGITransport(app=app)
    async with app.router.lifespan_context(app):
        async with httpx.AsyncClient(transport=transport, base_url="http://till") as browser:
            answers = await asyncio.gather(*[browser.post(f"/sales/R-{n}") for n in range(10)])
            for answer in answers:
                assert (answer.status_code, answer.json()["state"]) == (200, "signed"), answer.text
            assert (await browser.post("/sales/r")).status_code == 400

asyncio.run(ask())
"""


def test_the_examples_in_the_docstrings():
    modules = [fiskal, fiskal._error, fiskal._client, fiskal._receipt, fiskal._sale]
    results = [doctest.testmod(module) for module in modules]
    assert sum(result.attempted for result in results) > 0
    assert sum(result.failed for result in results) == 0


@pytest.mark.parametrize("example", examples())
def test_an_example(example, shop, folder):
    program = example
    if "fastapi" in example:
        pytest.importorskip("fastapi")
        program += REQUESTS
    done = shop.run("import warnings; warnings.simplefilter('error')\n" + program)
    assert (done.returncode, done.stderr) == (0, "")
