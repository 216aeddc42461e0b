"""The biases get the mean of the gradient. A batch of one does not show it."""

from pathlib import Path

import numpy as np

from tinygrad_dropout.drills.grader.hunt import TRAINING, Argument, Hiding, Hunt, P
from tinygrad_dropout.drills.grader.judge import Judge

TOPIC, MINUTES = "backprop", 8
KINDS = ("exposing", "averaging")

HUNT = Hunt(
    Path(__file__).parent,
    bug="bias-gradient-averaged",
    kind="averaging",
    listed=(
        "bias-gradient-averaged",
        "keep-and-drop-swapped",
        "later-use-overwrites-the-gradient",
        "loss-gradient-not-divided-by-n",
        "mask-inferred-from-the-output",
        "mask-shared-by-rows",
        "relu-gradient-one-at-zero",
        "relu-mask-from-the-gradient",
    ),
    planted="= grad.mean(axis=0)\n",
    corrected="= grad.sum(axis=0)\n",
    arguments=(Argument("x", ("rows", 4)), Argument("prices", ("rows", 1)), P, TRAINING),
    hidings=(
        Hiding(
            "one-row-hides-it",
            lambda given, seen: len(given["x"]) == 1,
            "With one row, the wrong line gives what the right one gives.",
            "What does a test with one example not see of a network that works on batches?",
        ),
        Hiding(
            "zero-gradient-hides-it",
            lambda given, seen: all(np.allclose(seen[name], 0) for name in seen if name.startswith("d_bias")),
            "On this input the gradients that matter are 0, by the wrong line and by the right one.",
            "How must prices differ from what the network predicts, so that there is a gradient?",
        ),
    ),
)


def check(judge: Judge) -> None:
    HUNT.check(judge)
