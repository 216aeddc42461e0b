"""Kept with probability p. With p = 0.5, as it is trained, nothing shows."""

from pathlib import Path

from tinygrad_dropout.drills.grader.hunt import EVAL_MODE, TRAINING, Argument, Hiding, Hunt, P, drawn_from
from tinygrad_dropout.drills.grader.judge import Judge

TOPIC, MINUTES = "dropout", 8
KINDS = ("exposing", "rate")

HUNT = Hunt(
    Path(__file__).parent,
    bug="keep-and-drop-swapped",
    kind="rate",
    listed=(
        "bias-gradient-averaged",
        "eval-mode-scales",
        "keep-and-drop-swapped",
        "mask-redrawn-in-backward",
        "mask-shared-by-rows",
        "max-over-the-whole-batch",
        "relu-gradient-one-at-zero",
        "scale-is-one-over-p",
    ),
    planted="kept = rng.random(hidden.shape) < p\n",
    corrected="kept = rng.random(hidden.shape) >= p\n",
    arguments=(Argument("x", ("rows", 16)), Argument("labels", ("rows",), below=4), P, TRAINING),
    hidings=(
        EVAL_MODE,
        Hiding(
            "nothing-to-drop",
            lambda given, seen: not seen["hidden"].any(),
            "On this input every hidden unit is 0: dropped or kept, it stays 0.",
            "Which x makes some units of the hidden layer positive?",
        ),
        Hiding(
            "p-of-one-half-hides-it",
            lambda given, seen: given["p"] == 0.5,
            "With p = 0.5 the wrong line and the right one drop equally often.",
            "For which p do p and 1 - p differ most?",
        ),
        Hiding(
            "p-close-to-one-half-hides-it",
            lambda given, seen: abs(given["p"] - 0.5) < 0.1,
            "With p this close to 0.5, 500 runs do not tell p from 1 - p.",
            "For which p do p and 1 - p differ most?",
        ),
    ),
    drawn=drawn_from("dropped"),
)


def check(judge: Judge) -> None:
    HUNT.check(judge)
