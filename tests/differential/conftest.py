import pytest


@pytest.fixture(scope="session")
def differential(torch):
    """The search; it needs PyTorch."""
    from tests.differential import search

    return search


@pytest.fixture(scope="session")
def outcome(differential):
    """What 800 programs, the same every time, found."""
    return differential.search(800)
