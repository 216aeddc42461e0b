"""Bug hunts: a network that trains, with one bug in it, which is to be named and exposed by an input.

The network stands in the exercise's starter. The right one is the same text with the one wrong line put right, so that
nothing else can differ. Both are run on the learner's input, and all that they return is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.drills.grader.judge import Judge
from tinygrad_dropout.drills.grader.shown import as_text

Array = npt.NDArray[Any]
Network = Callable[[Mapping[str, Any], int], Iterator[dict[str, Array]]]

#: name of a bug -> what a network with it does, and what one without it does
BUGS = {
    "keep-and-drop-swapped": (
        "a unit is kept with probability p, and dropped with 1 - p",
        "a unit is dropped with probability p",
    ),
    "scale-is-one-over-p": ("what is kept is divided by p", "what is kept is divided by 1 - p"),
    "mask-shared-by-rows": (
        "one mask is drawn for the whole batch",
        "every row of the batch has a draw of its own",
    ),
    "mask-inferred-from-the-output": (
        "dropout's backward takes a unit for dropped where its output is 0",
        "dropout's backward uses the mask that the forward drew",
    ),
    "mask-redrawn-in-backward": (
        "dropout's backward draws a mask of its own",
        "dropout's backward draws no random numbers",
    ),
    "eval-mode-scales": (
        "with training=False dropout multiplies by 1 - p",
        "with training=False dropout returns its input as it is",
    ),
    "relu-gradient-one-at-zero": (
        "the gradient of ReLU is 1 where its input is exactly 0",
        "at an input of exactly 0, the gradient is the right one",
    ),
    "relu-mask-from-the-gradient": (
        "ReLU's backward looks at the sign of the upstream gradient in place of its input's",
        "no backward asks for the sign of the upstream gradient",
    ),
    "max-over-the-whole-batch": (
        "before exp, the largest score of the whole batch is subtracted from every row",
        "no row's loss depends on the scores of another row",
    ),
    "bias-gradient-averaged": (
        "a bias gets the mean of the upstream gradient over the batch",
        "a bias gets the sum of the upstream gradient over the batch",
    ),
    "loss-gradient-not-divided-by-n": (
        "the loss is a mean over the batch, its gradient that of the sum",
        "the loss is a mean over the batch, and its gradient has that 1/N",
    ),
    "later-use-overwrites-the-gradient": (
        "of a parameter that is used several times, one use alone is in the gradient",
        "no use of a parameter is missing from its gradient",
    ),
    "weight-gradient-forgets-the-mask": (
        "the gradient of the weights after dropout uses the activations before dropout",
        "the gradient of the weights after dropout uses what dropout returned",
    ),
}

MOST = 16  # rows of an input, at most: a test is small
PAIRED = 40  # runs, where the two networks draw the same random numbers
DRAWN = (60, 500)  # runs, where the bug is in the drawing: after so many one looks
SIGMAS = 6.0


@dataclass(frozen=True)
class Argument:
    """An argument of `one_step` that the learner chooses.

    Attributes:
        name: its name.
        shape: of an array: sizes, or names of sizes that the learner chooses, 1 to `MOST`.
        below: the array holds integers 0 ... below - 1; None where it holds any numbers.
    """

    name: str
    shape: tuple[str | int, ...] = ()
    below: int | None = None


P, TRAINING = Argument("p"), Argument("training")
WANTED = {"p": "a number, 0 <= p < 1", "training": "True or False"}


@dataclass(frozen=True)
class Hiding:
    """A reason why the bug cannot be seen.

    Attributes:
        code: its name: `p-of-one-half`.
        applies: of the input and of what the right network returned: whether this is the reason.
        description: what hides the bug, in a sentence.
        question: a question.
    """

    code: str
    applies: Callable[[Mapping[str, Any], Mapping[str, Array]], bool]
    description: str
    question: str


EVAL_MODE = Hiding(
    "eval-mode-hides-it",
    lambda given, seen: not given["training"],
    "With training=False nothing is dropped, and the line with the bug does no harm.",
    "In which mode does the wrong line matter?",
)

ALL_DROPPED = Hiding(
    "p-close-to-one-hides-it",
    lambda given, seen: given["training"] and given["p"] > 0.95,
    f"With p this close to 1, what would show the bug was dropped in every one of {PAIRED} runs.",
    "For which p does the gradient get through dropout at all?",
)


@dataclass(frozen=True)
class Hunt:
    """An exercise of this kind.

    Attributes:
        folder: of the exercise.
        bug: its name, of `BUGS`.
        kind: the kind of mistake that it is.
        listed: the names from which the learner chooses.
        planted: the line with the bug, as it stands in the starter.
        corrected: the same line without it.
        arguments: what the learner chooses; `parameters` and `rng` are the grader's.
        hidings: why the bug may be invisible: the first that applies is named.
        drawn: of what a run returned, the numbers whose means are compared; None where both networks draw the same
            random numbers, so that run can be held against run.
    """

    folder: Path
    bug: str
    kind: str
    listed: tuple[str, ...]
    planted: str
    corrected: str
    arguments: tuple[Argument, ...]
    hidings: tuple[Hiding, ...]
    drawn: Callable[[Mapping[str, Array]], Array] | None = None
    networks: dict[bool, Network] = field(default_factory=dict, compare=False)

    def source(self, right: bool) -> str:
        """The text of a network: the right one, or that with the bug."""
        text = (self.folder / "starter.py").read_text(encoding="utf-8")
        return text.replace(self.planted, self.corrected) if right else text

    def network(self, right: bool) -> Network:
        """Runs a network on an input, with the random numbers of a seed, again and again."""
        if right not in self.networks:
            namespace: dict[str, Any] = {"__name__": "network"}
            exec(compile(self.source(right), f"the network of {self.folder.name}", "exec"), namespace)
            parameters, one_step = namespace["new_parameters"](), namespace["one_step"]

            def network(given: Mapping[str, Any], seed: int) -> Iterator[dict[str, Array]]:
                rng = np.random.default_rng(seed)
                while True:
                    yield {name: np.asarray(value) for name, value in one_step(parameters, **given, rng=rng).items()}

            self.networks[right] = network
        return self.networks[right]

    def check(self, judge: Judge) -> None:
        """Grade an answer."""
        make = judge.function("exposing_input")
        name = judge.value("BUG", str, "the name of a bug, as a text")
        found = make()
        with judge.claim("the bug is named"):
            self.refuse_name(judge, name)
        with judge.claim("the input is one that the network takes"):
            given = self.given(judge, found)
            with np.errstate(all="ignore"):
                seen = next(self.network(True)(given, 0))
            if not all(np.isfinite(value).all() for value in seen.values()):
                judge.reject(
                    "breaks-the-right-network-too",
                    "On this input the right network gives NaN or infinite values, too.",
                    "Which numbers are that large? The right network should have a right answer to give.",
                    kind="exposing",
                    shown=given,
                )
        with judge.claim("on this input the network with the bug and the right one can be told apart"):
            with np.errstate(all="ignore"):
                visible, loss = self.visible(given)
            if not visible:
                shown = {**given, "loss with the bug": loss[0] + 0.0, "loss without": loss[1] + 0.0}  # no -0
                if self.drawn is not None and loss[0] != loss[1]:
                    shown["the difference"] = f"chance: these are means over {DRAWN[-1]} runs, each of other masks"
                for hiding in self.hidings:
                    if hiding.applies(given, seen):
                        judge.reject(hiding.code, hiding.description, hiding.question, kind="exposing", shown=shown)
                runs = f"every one of {PAIRED} runs" if self.drawn is None else f"the means of {DRAWN[-1]} runs"
                judge.reject(
                    "bug-not-visible",
                    f"On this input the right network and that with the bug return the same, in {runs}.",
                    "Follow your input to the line with the bug. What would the right line have given there?",
                    kind="exposing",
                    shown=shown,
                )

    def refuse_name(self, judge: Judge, typed: str) -> None:
        """A name that is not that of the bug."""
        name = typed.strip().lower().replace("_", "-")
        if name not in self.listed:
            near = get_close_matches(name, self.listed, 1)
            meant = f"did you mean {near[0]}? Else " if near else ""
            judge.reject(
                "not-a-name-of-the-list",
                f"BUG is {typed!r}; {meant}expected one of {', '.join(self.listed)}.",
                "Copy the name from the table of the task.",
            )
        if name != self.bug:
            judge.reject(
                "names-another-bug",
                f"BUG is {typed.strip()}, but in this network {BUGS[name][1]}.",
                "Take one line after the other. What should it compute, and for which input would it not?",
                kind="exposing",
            )

    def given(self, judge: Judge, found: Any) -> dict[str, Any]:
        """The arguments that the learner chose, seen to be such."""
        names = [argument.name for argument in self.arguments]
        wanted = f"expected a dict of {', '.join(names)}."
        if not isinstance(found, Mapping):
            judge.reject("input-is-no-dict", f"exposing_input() returned a {type(found).__name__}; {wanted}")
        if missing := [name for name in names if name not in found]:
            judge.reject("input-lacks-an-argument", f"exposing_input() has no {', '.join(missing)}; {wanted}")
        if stray := [str(name) for name in found if name not in names]:
            judge.reject("input-has-a-stray-argument", f"exposing_input() has {', '.join(stray)}; {wanted}")
        sizes: dict[str, int] = {}
        return {
            argument.name: self.checked(judge, argument, found[argument.name], sizes) for argument in self.arguments
        }

    def checked(self, judge: Judge, argument: Argument, value: Any, sizes: dict[str, int]) -> Any:
        """One argument, as the network takes it."""
        name, wanted = argument.name, WANTED.get(argument.name, "numbers")
        try:
            array = np.asarray(value)
        except ValueError:  # a ragged list
            array = np.asarray(None)
        if array.dtype.kind not in "biuf":
            judge.reject("input-is-no-number", f"{name} is {as_text(value)}; expected {wanted}.")
        if not np.isfinite(array).all():
            judge.reject("input-is-not-finite", f"{name} has values that are NaN or infinite; expected finite ones.")
        if argument in (P, TRAINING):
            if array.ndim or (argument == P and not 0 <= array < 1) or (argument == TRAINING and array not in (0, 1)):
                judge.reject(f"{name}-is-wrong", f"{name} is {as_text(value)}; expected {wanted}.")
            return float(array) if argument == P else bool(array)
        self.refuse_shape(judge, argument, array, sizes)
        if argument.below is None:
            return array.astype(np.float64)
        if (array != np.floor(array)).any() or (array < 0).any() or (array >= argument.below).any():
            message = f"{name} is {as_text(array)}; expected integers from 0 to {argument.below - 1}."
            judge.reject("integer-is-out-of-range", message)
        return array.astype(np.int64)

    def refuse_shape(self, judge: Judge, argument: Argument, array: Array, sizes: dict[str, int]) -> None:
        """An array of another shape, or with more rows than a test needs."""
        wanted = ", ".join(str(size) for size in argument.shape)
        wanted = f"({wanted},)" if len(argument.shape) == 1 else f"({wanted})"
        fits = array.ndim == len(argument.shape) and all(
            got == sizes.setdefault(size, got) if isinstance(size, str) else got == size
            for size, got in zip(argument.shape, array.shape, strict=True)
        )
        if not fits:
            so_far = ", ".join(f"{name} = {size}" for name, size in sizes.items())
            judge.reject(
                "input-has-the-wrong-shape",
                f"{argument.name} has shape {array.shape}; expected {wanted}{f' with {so_far}' if so_far else ''}.",
                "A batch is 2-D even where it is a single example.",
                kind="shapes",
            )
        if not all(1 <= size <= MOST for size in sizes.values()):
            message = f"{argument.name} has shape {array.shape}; expected 1 to {MOST} of each: a test is small."
            judge.reject("input-has-the-wrong-size", message, kind="shapes")

    def visible(self, given: Mapping[str, Any]) -> tuple[bool, tuple[Array, Array]]:
        """Whether the networks can be told apart, and the loss with the bug and without."""
        if self.drawn is not None:
            return self.visible_in_means(given, self.drawn)
        for seed in range(PAIRED):
            with_bug, right = (next(self.network(is_right)(given, seed)) for is_right in (False, True))
            if apart := differ(with_bug, right):
                break
        return apart, (with_bug["loss"], right["loss"])

    def visible_in_means(
        self, given: Mapping[str, Any], drawn: Callable[[Mapping[str, Array]], Array]
    ) -> tuple[bool, tuple[Array, Array]]:
        """The same by means over many runs, of which each network draws its own."""
        runs = [self.network(is_right)(given, seed) for seed, is_right in enumerate((False, True))]
        numbers: tuple[list[Array], list[Array]] = ([], [])
        losses: tuple[list[Array], list[Array]] = ([], [])
        apart = False
        for count in DRAWN:
            for run, into, losses_into in zip(runs, numbers, losses, strict=True):
                while len(into) < count:
                    outputs = next(run)
                    into.append(drawn(outputs))
                    losses_into.append(outputs["loss"])
            apart = bool((sigmas_apart(*map(np.stack, numbers)) > SIGMAS).any())
            if apart:
                break
        return apart, (np.asarray(np.mean(losses[0])), np.asarray(np.mean(losses[1])))


def differ(one: Mapping[str, Array], other: Mapping[str, Array]) -> bool:
    """Whether any of the arrays differ by more than rounding; where the right ones are not finite, nothing is told."""
    if not all(np.isfinite(right).all() for right in other.values()):
        return False
    largest = max(float(np.abs(value).max()) for value in other.values())
    for name, right in other.items():
        tolerance = 1e-8 * float(np.abs(right).max()) + 1e-13 * largest
        if not np.allclose(one[name], right, rtol=0, atol=tolerance):
            return True
    return False


def sigmas_apart(one: Array, other: Array) -> Array:
    """By how many standard errors the means of the columns differ."""
    error = np.sqrt((one.var(axis=0) + other.var(axis=0)) / len(one))
    difference = np.abs(one.mean(axis=0) - other.mean(axis=0))
    rounding = 1e-9 * np.maximum(np.abs(one).max(axis=0), np.abs(other).max(axis=0))
    return np.where(difference > rounding, difference / np.maximum(error, 1e-300), 0.0)


def drawn_from(name: str) -> Callable[[Mapping[str, Array]], Array]:
    """For bugs in the drawing: what tells of the masks in an array of shape (rows, units).

    Its elements, how many of them are 0, and in how many units two rows differ in being 0: in none where they share a
    mask.
    """

    def drawn(outputs: Mapping[str, Array]) -> Array:
        array = outputs[name]
        zero = (array == 0).astype(np.float64)
        count = zero.sum(axis=1)
        apart = count[:, None] + count - 2 * zero @ zero.T
        return np.concatenate([array.ravel(), [count.sum(), apart.sum()], apart[np.triu_indices(len(array), 1)]])

    return drawn


def table(names: Sequence[str]) -> str:
    """The names and what they mean, as the task lists them."""
    return "\n".join(["| name | what it means |", "|---|---|", *(f"| `{name}` | {BUGS[name][0]} |" for name in names)])
