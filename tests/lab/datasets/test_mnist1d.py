"""MNIST-1D from its file, intact and damaged, and from its package."""

import random
import sys
from types import ModuleType

import numpy as np
import pytest

from tinygrad_dropout.lab import LabError
from tinygrad_dropout.lab.datasets import mnist1d
from tinygrad_dropout.lab.datasets.mnist1d import load_mnist1d


def signals():
    """Twenty training and ten test signals of four numbers."""
    rng = np.random.default_rng(0)
    return {
        "x": rng.normal(size=(20, 4)).astype(np.float32),
        "y": np.arange(20) % 10,
        "x_test": rng.normal(size=(10, 4)).astype(np.float32),
        "y_test": np.arange(10),
    }


@pytest.fixture
def file(tmp_path):
    np.savez(tmp_path / "mnist1d.npz", **signals())
    return tmp_path / "mnist1d.npz"


def test_the_file_or_its_folder_is_read(file):
    data = load_mnist1d(file)
    assert data.digest == load_mnist1d(file.parent).digest
    assert (data.x.shape, data.x_test.shape, data.default_train_size, data.classes) == ((20, 4), (10, 4), 20, 10)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"x": None}, "expected the arrays x, y, x_test, y_test, got a file that lacks some"),
        ({"x": np.zeros(20)}, r"got \(20,\) and \(20,\)"),
        ({"y": np.zeros(19, int)}, r"got \(20, 4\) and \(19,\)"),
        ({"y_test": np.full(10, 10)}, r"expected labels from 0 to 9, got 10 in y_test\[0\]"),
        ({"y": np.full(20, -1)}, r"got -1 in y\[0\]"),
        ({"y": np.full(20, 0.5)}, "integers in y, got float32 and float64"),
        ({"x": np.full((20, 4), np.nan)}, r"finite numbers, got nan in x\[0, 0\]"),
        ({"x_test": np.zeros((10, 5))}, "x has 4 columns, but x_test has 5"),
        ({"x": np.array([[object()]])}, "cannot be read, or is damaged"),
    ],
)
def test_a_file_with_other_contents_is_refused(file, change, words):
    arrays = {name: array for name, array in {**signals(), **change}.items() if array is not None}
    np.savez(file, **arrays)
    with pytest.raises(LabError, match=words) as error:
        load_mnist1d(file)
    assert str(file) in str(error.value)


@pytest.mark.parametrize("content", [b"", b"not a zip file", b"PK\x03\x04 and no more"])
def test_a_damaged_file_is_refused(file, content):
    file.write_bytes(content)
    with pytest.raises(LabError, match="cannot be read, or is damaged"):
        load_mnist1d(file)


def test_a_truncated_file_is_refused(file):
    file.write_bytes(file.read_bytes()[:300])
    with pytest.raises(LabError, match="cannot be read, or is damaged"):
        load_mnist1d(file)


def test_a_single_array_is_refused(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros(3))
    with pytest.raises(LabError, match="expected the arrays x, y, x_test, y_test, got a file that lacks some"):
        load_mnist1d(tmp_path / "x.npy")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(LabError, match=r"mnist1d\.npz: no such file"):
        load_mnist1d(tmp_path)


def test_without_a_file_or_the_package_the_error_names_both_options(monkeypatch):
    monkeypatch.setattr(mnist1d, "find_spec", lambda name: None)
    with pytest.raises(LabError, match=r"pip install mnist1d.*folder that holds mnist1d\.npz with --data-dir"):
        load_mnist1d(None)


def test_the_package_seeds_the_global_generators_but_their_states_are_restored(monkeypatch):
    def make_dataset(arguments):
        np.random.seed(arguments)  # noqa: NPY002
        random.seed(arguments)
        return {**signals(), "x": signals()["x"].astype(float)}

    package, data = ModuleType("mnist1d"), ModuleType("mnist1d.data")
    data.get_dataset_args, data.make_dataset = lambda: 42, make_dataset
    monkeypatch.setitem(sys.modules, "mnist1d", package)
    monkeypatch.setitem(sys.modules, "mnist1d.data", data)
    monkeypatch.setattr(mnist1d, "find_spec", lambda name: package)
    before = random.getstate()

    made = load_mnist1d(None)  # a fixture in tests/conftest.py checks NumPy's state

    assert random.getstate() == before
    assert (made.x.dtype, made.x_test.dtype) == (np.float32, np.float32)


def test_the_real_package_makes_the_frozen_data():
    pytest.importorskip("mnist1d", reason="the package mnist1d is not installed: pip install mnist1d")
    data = load_mnist1d(None)
    assert (data.x.shape, data.x_test.shape) == ((4000, 40), (1000, 40))
    assert np.bincount(data.y).tolist() == [398, 396, 411, 394, 394, 402, 401, 404, 402, 398]
