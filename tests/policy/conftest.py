import pytest

from scanner.policy import Pack, load_pack


@pytest.fixture(scope="session")
def circle() -> Pack:
    return load_pack("circle-of-care")


@pytest.fixture(scope="session")
def team() -> Pack:
    return load_pack("welfare-team")
