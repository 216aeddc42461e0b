"""The script that `tinygrad-dropout study` runs if you give it none: one backward pass of a small MLP with dropout."""

import sys

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout import nn

p, seed = float(sys.argv[1]), int(sys.argv[2])
td.manual_seed(seed)
model = nn.Sequential(
    nn.Linear(3, 5),
    nn.ReLU(),
    nn.Dropout(p),
    nn.Linear(5, 4),
    nn.ReLU(),
    nn.Dropout(p),
    nn.Linear(4, 3),
)
rng = np.random.default_rng(seed)
x = td.Tensor(rng.normal(size=(4, 3)).astype(np.float32))
labels = rng.integers(3, size=4)

logits = model(x)
loss = td.functional.cross_entropy(logits, labels)
loss.backward()
