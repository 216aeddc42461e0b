"""The largest score of the whole batch is subtracted from every row. Rows of one size do not mind."""

from pathlib import Path

import numpy as np

from tinygrad_dropout.drills.grader.hunt import TRAINING, Argument, Hiding, Hunt, P
from tinygrad_dropout.drills.grader.judge import Judge

TOPIC, MINUTES = "backprop", 8
KINDS = ("exposing", "stability")

HUNT = Hunt(
    Path(__file__).parent,
    bug="max-over-the-whole-batch",
    kind="stability",
    listed=(
        "bias-gradient-averaged",
        "keep-and-drop-swapped",
        "loss-gradient-not-divided-by-n",
        "max-over-the-whole-batch",
        "relu-gradient-one-at-zero",
        "relu-mask-from-the-gradient",
        "scale-is-one-over-p",
        "weight-gradient-forgets-the-mask",
    ),
    planted="shifted = scores - scores.max()\n",
    corrected="shifted = scores - scores.max(axis=1, keepdims=True)\n",
    arguments=(Argument("x", ("rows", 5)), Argument("labels", ("rows",), below=3), P, TRAINING),
    hidings=(
        Hiding(
            "one-row-hides-it",
            lambda given, seen: len(given["x"]) == 1,
            "With one row, the largest score of the batch is the largest of that row.",
            "How many rows does it take for one row's maximum to be another's?",
        ),
        Hiding(
            "small-scores-hide-it",
            lambda given, seen: np.ptp(seen["scores"]) < 700,
            "The scores on this input lie less than 700 apart: exp takes that without a loss.",
            "Subtracting the same number from a row changes nothing, on paper. When does it in float64?",
        ),
        Hiding(
            "rows-of-one-size-hide-it",
            lambda given, seen: np.ptp(seen["scores"].max(axis=1)) < 700,
            "The scores are large, but the largest of each row are less than 700 apart: one maximum does for all rows.",
            "One row's maximum harms another row. How must the two rows differ?",
        ),
    ),
)


def check(judge: Judge) -> None:
    HUNT.check(judge)
