"""MNIST-1D: 4,000 + 1,000 synthetic signals of 40 numbers in 10 classes, from the package `mnist1d` or from a file.

Greydanus & Kobak, "Scaling Down Deep Learning with MNIST-1D" (2020), https://github.com/greydanus/mnist1d
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from tinygrad_dropout.lab.arrays import Labels, Numbers
from tinygrad_dropout.lab.datasets.split import Table
from tinygrad_dropout.lab.errors import LabError

CLASSES = 10
FILE = "mnist1d.npz"
ARRAYS = ("x", "y", "x_test", "y_test")


def load_mnist1d(data_dir: Path | None) -> Table:
    """MNIST-1D with its own test set; signals are standardized.

    Args:
        data_dir: the file mnist1d.npz (arrays x, y, x_test, y_test), or the folder that holds it; None to let the
            package `mnist1d` generate the data.

    Raises:
        LabError: neither the file nor the package was found, or the file is damaged.
    """
    x, y, x_test, y_test = generated_by_package() if data_dir is None else read_file(data_dir)
    return Table(x, y, CLASSES, len(y), None, x_test, y_test)


def generated_by_package() -> tuple[Numbers, Labels, Numbers, Labels]:
    """x, y, x_test and y_test as the package generates them with its default settings."""
    if find_spec("mnist1d") is None:
        raise LabError(
            "the dataset mnist1d needs the package mnist1d, which is not installed: type `pip install mnist1d`, "
            f"or give the folder that holds {FILE} with --data-dir"
        )
    with global_random_state_kept():
        from mnist1d.data import get_dataset_args, make_dataset

        made = make_dataset(get_dataset_args())
    # float32, as in the authors' file, so that package and file are the same data
    return made["x"].astype(np.float32), made["y"], made["x_test"].astype(np.float32), made["y_test"]


@contextmanager
def global_random_state_kept() -> Iterator[None]:
    """Restore the global random states of NumPy and Python, which the package seeds, when the context ends."""
    numpy_state, python_state = np.random.get_state(), random.getstate()  # noqa: NPY002 (only saved)
    try:
        yield
    finally:
        np.random.set_state(numpy_state)  # noqa: NPY002
        random.setstate(python_state)


def read_file(data_dir: Path) -> tuple[Numbers, Labels, Numbers, Labels]:
    """x, y, x_test and y_test from the file, or from the folder that holds it."""
    path = data_dir / FILE if data_dir.is_dir() else data_dir
    try:
        with path.open("rb") as file:
            loaded = np.load(file, allow_pickle=False)
            arrays = {name: loaded[name] for name in ARRAYS}
    except FileNotFoundError:
        raise LabError(f"{path}: no such file; expected {FILE} or the folder that holds it") from None
    except (KeyError, IndexError):
        raise LabError(f"{path}: expected the arrays {', '.join(ARRAYS)}, got a file that lacks some") from None
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise LabError(f"{path}: the file cannot be read, or is damaged: {error}") from error
    for x_name, y_name in (("x", "y"), ("x_test", "y_test")):
        check_arrays(path, x_name, arrays[x_name], y_name, arrays[y_name])
    if arrays["x"].shape[1] != arrays["x_test"].shape[1]:
        raise LabError(f"{path}: x has {arrays['x'].shape[1]} columns, but x_test has {arrays['x_test'].shape[1]}")
    return arrays["x"], arrays["y"].astype(np.int64), arrays["x_test"], arrays["y_test"].astype(np.int64)


def check_arrays(path: Path, x_name: str, x: Numbers, y_name: str, y: Numbers) -> None:
    """Raise a LabError unless x is a finite table of numbers, and y has a label from 0 to 9 for each of its rows."""
    if x.ndim != 2 or not x.size or y.shape != x.shape[:1]:
        raise LabError(
            f"{path}: expected {x_name} of shape (examples, features) and {y_name} of shape (examples,), "
            f"got {x.shape} and {y.shape}"
        )
    if x.dtype.kind not in "fiu" or y.dtype.kind not in "iu":
        raise LabError(f"{path}: expected numbers in {x_name} and integers in {y_name}, got {x.dtype} and {y.dtype}")
    if not np.isfinite(x).all():
        row, column = np.argwhere(~np.isfinite(x))[0]
        raise LabError(f"{path}: expected finite numbers, got {x[row, column]} in {x_name}[{row}, {column}]")
    wrong = np.flatnonzero((y < 0) | (y >= CLASSES))
    if wrong.size:
        raise LabError(f"{path}: expected labels from 0 to 9, got {y[wrong[0]]} in {y_name}[{wrong[0]}]")
