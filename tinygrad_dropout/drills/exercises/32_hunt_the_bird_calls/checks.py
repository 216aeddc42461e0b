"""Eval mode scales, too. In training mode it does not show, and the bird that is named is the same."""

from pathlib import Path

from tinygrad_dropout.drills.grader.hunt import TRAINING, Argument, Hiding, Hunt, P
from tinygrad_dropout.drills.grader.judge import Judge

TOPIC, MINUTES = "dropout", 8
KINDS = ("exposing", "modes")

HUNT = Hunt(
    Path(__file__).parent,
    bug="eval-mode-scales",
    kind="modes",
    listed=(
        "eval-mode-scales",
        "keep-and-drop-swapped",
        "mask-redrawn-in-backward",
        "mask-shared-by-rows",
        "max-over-the-whole-batch",
        "relu-gradient-one-at-zero",
        "scale-is-one-over-p",
        "weight-gradient-forgets-the-mask",
    ),
    planted="if training else 1 - p\n",
    corrected="if training else 1.0\n",
    arguments=(Argument("x", ("rows", 8)), Argument("labels", ("rows",), below=3), P, TRAINING),
    hidings=(
        Hiding(
            "training-mode-hides-it",
            lambda given, seen: given["training"],
            "With training=True the wrong part of the line is not reached.",
            "Which tests does a layer need that behaves in two ways?",
        ),
        Hiding(
            "p-of-zero-hides-it",
            lambda given, seen: given["p"] < 1e-6,
            "With p = 0, or next to it, the wrong line multiplies by 1.",
            "Does eval mode depend on p? Which p would show it?",
        ),
        Hiding(
            "nothing-to-scale",
            lambda given, seen: not seen["active"].any(),
            "On this input every unit that reaches dropout is 0: multiplied or not, it stays 0.",
            "Which x makes some units positive after both layers?",
        ),
    ),
)


def check(judge: Judge) -> None:
    HUNT.check(judge)
