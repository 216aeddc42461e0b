"""A weight is used at every time step, and one use alone is in its gradient. A melody of one note does not show it."""

from pathlib import Path

import numpy as np

from tinygrad_dropout.drills.grader.hunt import ALL_DROPPED, TRAINING, Argument, Hiding, Hunt, P
from tinygrad_dropout.drills.grader.judge import Judge

TOPIC, MINUTES = "backprop", 10
KINDS = ("exposing", "accumulation")

HUNT = Hunt(
    Path(__file__).parent,
    bug="later-use-overwrites-the-gradient",
    kind="accumulation",
    listed=(
        "bias-gradient-averaged",
        "eval-mode-scales",
        "later-use-overwrites-the-gradient",
        "loss-gradient-not-divided-by-n",
        "mask-redrawn-in-backward",
        "mask-shared-by-rows",
        "max-over-the-whole-batch",
        "weight-gradient-forgets-the-mask",
    ),
    planted="d_in = d_before.T @ x[:, time]\n",
    corrected="d_in = d_in + d_before.T @ x[:, time]\n",
    arguments=(Argument("x", ("rows", "length", 3)), Argument("labels", ("rows",), below=4), P, TRAINING),
    hidings=(
        Hiding(
            "one-note-hides-it",
            lambda given, seen: given["x"].shape[1] == 1,
            "With one note, every weight is used once at most.",
            "How often must a weight be used for the wrong line to lose something?",
        ),
        Hiding(
            "blank-after-the-first-note",
            lambda given, seen: not given["x"][:, 1:].any(),
            "After the first note all is 0: the uses that the wrong line loses would have added 0.",
            "The loop runs backward in time. Which use is left at its end, and what did the others add?",
        ),
        ALL_DROPPED,
        Hiding(
            "flat-tanh-hides-it",
            lambda given, seen: np.isclose(np.abs(seen["last"]).max() * (1 - given["p"] * given["training"]), 1),
            "The notes are so large that tanh is flat: next to no gradient reaches the loop.",
            "What is 1 - tanh(z)**2 for z = 100?",
        ),
    ),
)


def check(judge: Judge) -> None:
    HUNT.check(judge)
