import pytest

from shop import Sandbox, Shop


@pytest.fixture
def sandbox(tmp_path):
    sandbox = Sandbox(tmp_path)
    yield sandbox
    sandbox.stop()


@pytest.fixture
def shop(sandbox, tmp_path):
    return Shop(sandbox, tmp_path)


@pytest.fixture
def client(shop):
    with shop.open() as client:
        yield client
