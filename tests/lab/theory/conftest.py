"""What the tests of the theory experiments share."""

import copy

import pytest

from tests.lab.theory.small import small_outcome


@pytest.fixture
def figures():
    """Copies of the figures of small experiments, to be changed."""
    return lambda name: copy.deepcopy(small_outcome(name).figures)
