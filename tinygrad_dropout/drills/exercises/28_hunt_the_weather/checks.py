"""One mask for the whole batch. A single row does not show it."""

from pathlib import Path

from tinygrad_dropout.drills.grader.hunt import EVAL_MODE, TRAINING, Argument, Hiding, Hunt, P, drawn_from
from tinygrad_dropout.drills.grader.judge import Judge

TOPIC, MINUTES = "dropout", 8
KINDS = ("exposing", "independence")

HUNT = Hunt(
    Path(__file__).parent,
    bug="mask-shared-by-rows",
    kind="independence",
    listed=(
        "keep-and-drop-swapped",
        "loss-gradient-not-divided-by-n",
        "mask-inferred-from-the-output",
        "mask-redrawn-in-backward",
        "mask-shared-by-rows",
        "relu-gradient-one-at-zero",
        "scale-is-one-over-p",
        "weight-gradient-forgets-the-mask",
    ),
    planted="self.rng.random(x.shape[1])",
    corrected="self.rng.random(x.shape)",
    arguments=(Argument("x", ("rows", 6)), Argument("rain", ("rows", 1)), P, TRAINING),
    hidings=(
        EVAL_MODE,
        Hiding(
            "one-row-hides-it",
            lambda given, seen: len(given["x"]) == 1,
            "With one row, a mask of one row is all that is needed.",
            "What is the smallest batch in which two examples can be treated alike?",
        ),
        Hiding(
            "p-of-zero-hides-it",
            lambda given, seen: given["p"] == 0,
            "With p = 0 every mask is all ones, whoever shares it.",
            "For which p do two masks differ from each other?",
        ),
        Hiding(
            "no-unit-in-two-rows",
            lambda given, seen: (seen["hidden"] > 0).sum(axis=0).max() <= 1,
            "No hidden unit is positive in two rows: what one mask does to one row is not seen in another.",
            "Which x makes the same hidden unit positive in both rows?",
        ),
        Hiding(
            "p-close-to-an-end-hides-it",
            lambda given, seen: not 0.03 < given["p"] < 0.97,
            "With p this close to an end, 500 runs see next to no two rows that differ in what is dropped.",
            "For which p does it happen most often that of two units one is dropped and one is kept?",
        ),
    ),
    drawn=drawn_from("dropped"),
)


def check(judge: Judge) -> None:
    HUNT.check(judge)
