"""Digits of 8 x 8 pixels in the files that MNIST has, and runs on them that take a moment."""

import struct

import numpy as np
from sklearn.datasets import load_digits

from tinygrad_dropout.lab.evidence.paper import PaperOptions
from tinygrad_dropout.lab.evidence.paper.networks import RECIPES, Settings

TRAIN, TEST = 240, 120
SETTINGS = {recipe.name: Settings(0.1, 2.0 if recipe.max_norm else None) for recipe in RECIPES}


def idx(array):
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def write_files(folder):
    """The four files; the first digits of scikit-learn's are the training examples, the next ones the test examples."""
    digits = load_digits()
    images, labels = (16 * digits.images).clip(0, 255).astype(np.uint8), digits.target.astype(np.uint8)
    for part, rows in (("train", slice(TRAIN)), ("t10k", slice(TRAIN, TRAIN + TEST))):
        (folder / f"{part}-images-idx3-ubyte").write_bytes(idx(images[rows]))
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(idx(labels[rows]))
    return folder


def small_options(folder, **given):
    small = {"hidden": (12, 8), "epochs": 3, "choice_epochs": 2, "seeds": 2, "settings": SETTINGS}
    return PaperOptions(data_dir=str(folder), **small | given)
