"""MNIST from IDX files, intact and damaged, and without a network."""

import gzip
import struct

import numpy as np
import pytest
from sklearn import datasets as sklearn_datasets

from tinygrad_dropout.lab import LabError
from tinygrad_dropout.lab.datasets.mnist import load_mnist

SIZES = {"train": 30, "t10k": 20}


def idx(array, *, magic=None):
    return (magic or bytes([0, 0, 8, array.ndim])) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


@pytest.fixture
def folder(tmp_path):
    """Four small IDX files; every image is filled with the number of its row."""
    for part, size in SIZES.items():
        rows = np.arange(size, dtype=np.uint8)
        (tmp_path / f"{part}-images-idx3-ubyte").write_bytes(idx(np.repeat(rows, 6).reshape(size, 2, 3)))
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(idx(rows % 10))
    return tmp_path


def test_the_four_files_are_read(folder):
    split = load_mnist(folder).split(30, np.random.default_rng(0))
    assert split.x_train.shape == (30, 6)
    np.testing.assert_allclose(split.x_test[:, 0] * 255, np.arange(20), rtol=1e-6)
    assert split.y_test.tolist() == [row % 10 for row in range(20)]


def test_gzipped_files_are_the_same_data(folder):
    plain = load_mnist(folder).digest
    for path in list(folder.iterdir()):
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
        path.unlink()
    assert load_mnist(folder).digest == plain


LABELS = idx(np.zeros(30, np.uint8))
IMAGES = idx(np.zeros((30, 2, 3), np.uint8))


TRAIN, TEST = "train-images-idx3-ubyte", "t10k-images-idx3-ubyte"
GZIPPED = gzip.compress(IMAGES, mtime=0)
#: Named, because pytest would name the tests after the bytes, which differ between versions of zlib.
DAMAGED = {
    "labels for images": (TRAIN, LABELS, "begins with the bytes 00 00 08 03, got 00 00 08 01"),
    "empty": (TRAIN, b"", "got an empty file"),
    "half a header": (TRAIN, IMAGES[:10], "ends inside its header, after 10 of 16 bytes"),
    "a byte too few": (TRAIN, IMAGES[:-1], "promises 30 x 2 x 3 = 180 bytes, but 179 follow"),
    "a byte too many": (TRAIN, IMAGES + b"x", "but 181 follow"),
    "an image too few": (TRAIN, idx(np.zeros((29, 2, 3), np.uint8)), "29 images, but 30 labels"),
    "images too small": (TRAIN, idx(np.zeros((30, 2, 2), np.uint8)), "images have 4 pixels, but test images have 6"),
    "labels above 9": (
        "train-labels-idx1-ubyte",
        idx(np.arange(30, dtype=np.uint8)),
        "labels from 0 to 9, got 29 for train image 29",
    ),
    "missing": (TEST, None, "expected a file t10k-images-idx3-ubyte or .*gz, found neither"),
    "gzip without its end": (f"{TEST}.gz", GZIPPED[:-9], "is damaged: Compressed file ended"),
    "not gzip": (f"{TEST}.gz", b"not gzip", "is damaged: Not a gzipped file"),
    "gzip with another middle": (f"{TEST}.gz", GZIPPED[:10] + b"\xff" * 40, "is damaged"),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_file_is_named(folder, damage):
    file, content, words = DAMAGED[damage]
    (folder / file.removesuffix(".gz")).unlink()
    if content is not None:
        (folder / file).write_bytes(content)
    with pytest.raises(LabError, match=words) as error:
        load_mnist(folder)
    assert str(folder) in str(error.value)


def test_an_empty_part_is_refused(folder):
    (folder / "t10k-images-idx3-ubyte").write_bytes(idx(np.zeros((0, 2, 3), np.uint8)))
    (folder / "t10k-labels-idx1-ubyte").write_bytes(idx(np.zeros(0, np.uint8)))
    with pytest.raises(LabError, match="the t10k part is empty"):
        load_mnist(folder)


@pytest.mark.parametrize("failure", [OSError("no route to host"), ValueError("md5 checksum differs")])
def test_without_a_network_the_error_suggests_local_files(monkeypatch, failure):
    def fetch_openml(*args, **options):
        raise failure

    monkeypatch.setattr(sklearn_datasets, "fetch_openml", fetch_openml)
    with pytest.raises(LabError, match=r"could not be fetched from OpenML .* four IDX files with --data-dir"):
        load_mnist(None)


def test_with_a_network_the_last_10000_images_are_the_test_set(monkeypatch):
    labels = np.arange(60_020) % 10
    fetched = np.repeat(labels, 2).reshape(-1, 2).astype(float), labels.astype(str).astype(object)
    monkeypatch.setattr(sklearn_datasets, "fetch_openml", lambda *args, **options: fetched)
    mnist = load_mnist(None)
    assert (mnist.x.shape, mnist.x_test.shape, mnist.default_train_size) == ((60_000, 2), (20, 2), 1000)
    assert mnist.y_test.tolist() == labels[60_000:].tolist()
