"""The mask is inferred from the output. Without exact zeros among the vectors it shows nowhere."""

from pathlib import Path

from tinygrad_dropout.drills.grader.hunt import ALL_DROPPED, EVAL_MODE, TRAINING, Argument, Hiding, Hunt, P
from tinygrad_dropout.drills.grader.judge import Judge

TOPIC, MINUTES = "dropout", 10
KINDS = ("exposing", "mask")
KNOWN = 15

HUNT = Hunt(
    Path(__file__).parent,
    bug="mask-inferred-from-the-output",
    kind="mask",
    listed=(
        "bias-gradient-averaged",
        "eval-mode-scales",
        "later-use-overwrites-the-gradient",
        "mask-inferred-from-the-output",
        "mask-redrawn-in-backward",
        "mask-shared-by-rows",
        "max-over-the-whole-batch",
        "scale-is-one-over-p",
    ),
    planted="np.where(y != 0, grad / (1 - p), 0)",
    corrected="np.where(kept, grad / (1 - p), 0)",
    arguments=(
        Argument("words", ("reviews", "length"), below=20),
        Argument("kinds", ("reviews",), below=2),
        P,
        TRAINING,
    ),
    hidings=(
        EVAL_MODE,
        Hiding(
            "no-exact-zeros",
            lambda given, seen: given["words"].max() < KNOWN,
            "None of these words has a vector with a 0 in it: what is 0 after dropout was dropped.",
            "When is an output 0 although it was kept?",
        ),
        ALL_DROPPED,
    ),
)


def check(judge: Judge) -> None:
    HUNT.check(judge)
