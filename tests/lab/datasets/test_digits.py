"""The digits are scikit-learn's, and reading them does not need to import it."""

import sys

import numpy as np
import pytest
from sklearn import datasets

from tinygrad_dropout.lab.datasets import digits, load_digits


@pytest.fixture(params=[True, False], ids=["from the file", "from scikit-learn"])
def loaded(request, monkeypatch):
    if request.param:
        monkeypatch.setitem(sys.modules, "sklearn", None)  # importing it would fail
    else:
        monkeypatch.setattr(digits, "FILE", "sklearn/elsewhere.csv.gz")
    return load_digits()


def test_the_digits_are_scikit_learns_to_the_last_bit(loaded):
    x, y = datasets.load_digits(return_X_y=True)
    np.testing.assert_array_equal(loaded.x, x)
    np.testing.assert_array_equal(loaded.y, y)
    assert (loaded.x.dtype, loaded.y.dtype) == (np.float64, np.int64)


def test_the_digest_of_the_digits_has_not_changed(loaded):
    """Results are saved with the digest: if it changed, no saved run could be continued."""
    assert loaded.digest[:16] == "0b3e4ee14f825039"
