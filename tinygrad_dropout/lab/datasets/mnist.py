"""MNIST: 60,000 + 10,000 handwritten digits of 28 x 28 pixels, from the four IDX files or from OpenML."""

from __future__ import annotations

import gzip
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.lab.datasets.split import Table
from tinygrad_dropout.lab.errors import LabError

Bytes = npt.NDArray[np.uint8]

CLASSES = 10
TRAIN_SIZE = 1000
UNSIGNED_BYTE = 0x08  # the IDX format's code for the only type that MNIST uses


def load_mnist(data_dir: Path | None) -> Table:
    """MNIST with its own test set; pixels are scaled to 0..1.

    Args:
        data_dir: the folder that holds the four IDX files, gzipped or not; None to download MNIST from OpenML.

    Raises:
        LabError: a file is missing or damaged, or OpenML cannot be reached.
    """
    if data_dir is None:
        return fetched_mnist()
    x, y = read_part(data_dir, "train")
    x_test, y_test = read_part(data_dir, "t10k")
    if x.shape[1] != x_test.shape[1]:
        raise LabError(f"{data_dir}: training images have {x.shape[1]} pixels, but test images have {x_test.shape[1]}")
    return mnist_table(x, y, x_test, y_test)


def mnist_table(x: Bytes, y: Bytes, x_test: Bytes, y_test: Bytes) -> Table:
    """MNIST's four arrays as a data set."""
    return Table(x, y.astype(np.int64), CLASSES, TRAIN_SIZE, 255.0, x_test, y_test.astype(np.int64))


def fetched_mnist() -> Table:
    """MNIST as scikit-learn downloads it from OpenML; it keeps a copy for the next time."""
    from sklearn.datasets import fetch_openml

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # every retry warns, and the error below is enough
            images, labels = fetch_openml("mnist_784", version=1, return_X_y=True, as_frame=False, parser="liac-arff")
    except (OSError, ValueError) as error:
        raise LabError(
            f"MNIST could not be fetched from OpenML ({error}): connect to the network, "
            "or give the folder of its four IDX files with --data-dir"
        ) from error
    x, y = images.astype(np.uint8), labels.astype(np.uint8)
    return mnist_table(x[:60000], y[:60000], x[60000:], y[60000:])


def read_part(folder: Path, part: str) -> tuple[Bytes, Bytes]:
    """The images, shape (images, pixels), and the labels, shape (images,), of one part: `train` or `t10k`."""
    images = read_idx(folder, f"{part}-images-idx3-ubyte", axes=3)
    labels = read_idx(folder, f"{part}-labels-idx1-ubyte", axes=1)
    if len(images) != len(labels):
        raise LabError(f"{folder}: the {part} part has {len(images):,} images, but {len(labels):,} labels")
    if len(labels) == 0:
        raise LabError(f"{folder}: the {part} part is empty")
    if labels.max() >= CLASSES:
        row = int(labels.argmax())
        raise LabError(f"{folder}: expected labels from 0 to 9, got {labels[row]} for {part} image {row}")
    return images.reshape(len(images), -1), labels


def read_idx(folder: Path, name: str, axes: int) -> Bytes:
    """Read a uint8 array from an IDX file.

    The format: two zero bytes, a type code, the number of axes, their sizes as big-endian 32-bit integers, the data.

    Args:
        folder: the folder that holds the file.
        name: the name of the file, with or without .gz at its end.
        axes: the number of axes that the array must have.

    Raises:
        LabError: the file is missing, damaged or of another type.
    """
    path = next((path for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)
    if path is None:
        raise LabError(f"{folder}: expected a file {name} or {name}.gz, found neither")
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise LabError(f"{path}: the file cannot be read, or is damaged: {error}") from error
    header = 4 + 4 * axes
    expected = bytes([0, 0, UNSIGNED_BYTE, axes])
    if content[:4] != expected:
        raise LabError(
            f"{path}: expected an IDX file, which begins with the bytes {expected.hex(' ')}, "
            f"got {content[:4].hex(' ') or 'an empty file'}"
        )
    if len(content) < header:
        raise LabError(f"{path}: the file ends inside its header, after {len(content)} of {header} bytes")
    shape = struct.unpack(f">{axes}I", content[4:header])
    size = int(np.prod(shape, dtype=object))
    if len(content) - header != size:
        raise LabError(
            f"{path}: the header promises {' x '.join(map(str, shape))} = {size:,} bytes, "
            f"but {len(content) - header:,} follow"
        )
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)
