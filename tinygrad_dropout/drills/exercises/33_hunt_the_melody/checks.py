"""A weight is used at every time step, and the mask only at the last one."""

from pathlib import Path

import numpy as np

from tinygrad_dropout.drills.grader.hunt import Hunt, Plant, drawn_from
from tinygrad_dropout.drills.grader.hunt_hidings import (
    ALL_DROPPED,
    CLOSE_TO_AN_END,
    EVAL_MODE,
    NO_MASK,
    ONE_ROW_OF_A_MEAN,
    ONE_ROW_OF_MASKS,
    Hiding,
    alone_in_its_column,
    nothing_in,
)
from tinygrad_dropout.drills.grader.hunt_input import TRAINING, Argument, P
from tinygrad_dropout.drills.grader.judge import Judge

ONE_NOTE = Hiding(
    "one-note-hides-it",
    lambda given, seen: given["x"].shape[1] == 1,
    "With one note, every weight is used at most once.",
    "How often must a weight be used for the wrong line to lose something?",
)
SILENCE = Hiding(
    "blank-after-the-first-note",
    lambda given, seen: not given["x"][:, 1:].any(),
    "All notes after the first are 0, so the uses that the wrong line loses would have added 0.",
    "The loop runs backward in time. Which use is left at its end, and what did the others add?",
)
FLAT_TANH = Hiding(
    "flat-tanh-hides-it",
    lambda given, seen: np.isclose(np.abs(seen["last"]).max() * (1 - given["p"] * given["training"]), 1),
    "The notes are so large that tanh is flat: hardly any gradient reaches the loop.",
    "What is 1 - tanh(z)**2 for z = 100?",
)

HUNT = Hunt(
    Path(__file__).parent,
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
    arguments=(Argument("x", ("rows", "length", 3)), Argument("labels", ("rows",), below=4), P, TRAINING),
    plants=(
        Plant(
            "later-use-overwrites-the-gradient",
            right="d_in = d_in + d_before.T @ x[:, time]",
            wrong="d_in = d_before.T @ x[:, time]",
            hidings=(
                ONE_NOTE,
                SILENCE,
                ALL_DROPPED,
                FLAT_TANH,
            ),
        ),
        Plant(
            "bias-gradient-averaged",
            right="d_bias = d_bias + d_before.sum(axis=0)",
            wrong="d_bias = d_bias + d_before.mean(axis=0)",
            hidings=(
                ONE_ROW_OF_A_MEAN,
                ALL_DROPPED,
                FLAT_TANH,
            ),
        ),
        Plant(
            "weight-gradient-forgets-the-mask",
            right="d_scores.T @ last",
            wrong="d_scores.T @ states[-1]",
            hidings=(
                EVAL_MODE,
                NO_MASK,
                nothing_in("last", "the states"),
            ),
        ),
        Plant(
            "mask-shared-by-rows",
            right="rng.random((batch, STATE)) >= p",
            wrong="rng.random(STATE) >= p",
            hidings=(
                EVAL_MODE,
                ONE_ROW_OF_MASKS,
                NO_MASK,
                alone_in_its_column("last"),
                CLOSE_TO_AN_END,
            ),
            drawn=drawn_from("last"),
        ),
    ),
)
TOPIC, MINUTES = "backprop", 10
KINDS = ("exposing", *HUNT.kinds)


def check(judge: Judge) -> None:
    HUNT.check(judge)
