import pytest


@pytest.fixture(scope="session")
def differential(torch):
    """The search; it needs PyTorch."""
    from tests.differential import search

    return search


@pytest.fixture(scope="session")
def outcome(differential):
    """The outcome of 800 programs, the same every time."""
    return differential.search(800)
