"""Bug hunts: the learner names the one bug in a network that trains, and writes an input that exposes it.

The correct network is in the exercise's starter.py. Each bug replaces one line of it, and the number HUNT in the
learner's file says which bug. The grader runs both networks on the learner's input and compares everything that they
return.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.drills.grader.hunt_bugs import BUGS
from tinygrad_dropout.drills.grader.hunt_hidings import DRAWN, PAIRED, Hiding
from tinygrad_dropout.drills.grader.hunt_input import Argument, checked_input
from tinygrad_dropout.drills.grader.judge import Judge

Array = npt.NDArray[Any]
Network = Callable[[Mapping[str, Any], int], Iterator[dict[str, Array]]]
Losses = tuple[Array, Array]

SIGMAS = 6.0
NUMBER = re.compile(r"^HUNT *= *(\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Plant:
    """A bug that can be put into a network.

    Attributes:
        bug: its name in `BUGS`.
        right: the line in starter.py, or a part of it.
        wrong: the same with the bug.
        hidings: reasons why the bug may not show; the first that applies is reported.
        drawn: of what a run returned, the numbers whose means are compared; None where both networks draw the same
            random numbers, so that run can be compared with run.
    """

    bug: str
    right: str
    wrong: str
    hidings: tuple[Hiding, ...]
    drawn: Callable[[Mapping[str, Array]], Array] | None = None


@dataclass(frozen=True)
class Hunt:
    """A bug hunt.

    Attributes:
        folder: the folder of the exercise.
        listed: the names of bugs in the task's list.
        arguments: what the learner chooses; `parameters` and `rng` are the grader's.
        plants: the bugs; a file has one of them.
    """

    folder: Path
    listed: tuple[str, ...]
    arguments: tuple[Argument, ...]
    plants: tuple[Plant, ...]
    networks: dict[str, Network] = field(default_factory=dict, compare=False)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of its bugs."""
        return tuple(dict.fromkeys(BUGS[plant.bug].kind for plant in self.plants))

    def plant(self, seed: int) -> Plant:
        """The bug for a value of HUNT."""
        return self.plants[seed % len(self.plants)]

    def seed_of(self, source: str) -> int:
        """The value of HUNT in a learner's file; if it is missing, a value for the bug in its text, or 0."""
        number = NUMBER.search(source)
        if number:
            return int(number[1])
        there = (i for i, plant in enumerate(self.plants) if plant.wrong in source and plant.right not in source)
        return next(there, 0)

    def starter(self, text: str, seed: int) -> str:
        """The text of starter.py with the bug for a value of HUNT."""
        plant = self.plant(seed)
        return NUMBER.sub(f"HUNT = {seed}", text).replace(plant.right, plant.wrong)

    def solution(self, text: str, seed: int) -> str:
        """The answer for a value of HUNT, from a solution.py that has one for each bug."""
        answer = text.partition(f"# %% {self.plant(seed).bug}\n")[2].partition("\n# %% ")[0]
        _, derivation, rest = answer.split('"""', 2)
        return f'"""{derivation}"""\n\nimport numpy as np\n\nHUNT = {seed}\n{rest.lstrip()}'

    def network(self, plant: Plant | None) -> Network:
        """A function that runs a network again and again: the correct one, or the one with a bug."""
        key = plant.bug if plant else ""
        if key not in self.networks:
            text = (self.folder / "starter.py").read_text(encoding="utf-8")
            namespace: dict[str, Any] = {"__name__": "network"}
            source = text.replace(plant.right, plant.wrong) if plant else text
            exec(compile(source, f"the network of {self.folder.name}", "exec"), namespace)
            parameters, one_step = namespace["new_parameters"](), namespace["one_step"]

            def network(given: Mapping[str, Any], seed: int) -> Iterator[dict[str, Array]]:
                rng = np.random.default_rng(seed)
                while True:
                    yield {name: np.asarray(value) for name, value in one_step(parameters, **given, rng=rng).items()}

            self.networks[key] = network
        return self.networks[key]

    def check(self, judge: Judge) -> None:
        """Grade an answer."""
        make = judge.function("exposing_input")
        name = judge.value("BUG", str, "the name of a bug, as a string")
        plant, found = self.plant(self.seed_of(judge.source)), make()
        with judge.claim("the bug is named"):
            self.refuse_name(judge, name, plant)
        with judge.claim("the network accepts the input"):
            given = checked_input(judge, self.arguments, found)
            with np.errstate(all="ignore"):
                seen = next(self.network(None)(given, 0))
            if not all(np.isfinite(value).all() for value in seen.values()):
                judge.reject(
                    "breaks-the-correct-network-too",
                    "On this input, the correct network gives NaN or infinite values, too.",
                    "Which numbers are that large? The correct network must give finite results.",
                    kind="exposing",
                    shown=given,
                )
        with judge.claim("on this input, the network with the bug differs from the correct one"):
            with np.errstate(all="ignore"):
                visible, losses = self.visible(given, plant)
            if not visible:
                refuse_hidden(judge, plant, given, seen, losses)

    def refuse_name(self, judge: Judge, typed: str, plant: Plant) -> None:
        """Reject a name that is not the bug's."""
        name = typed.strip().lower().replace("_", "-")
        if name not in self.listed:
            near = get_close_matches(name, self.listed, 1)
            meant = f"did you mean {near[0]}? Otherwise " if near else ""
            judge.reject(
                "not-a-name-of-the-list",
                f"BUG is {typed!r}; {meant}expected one of {', '.join(self.listed)}.",
                "Copy the name from the table in the task.",
            )
        if name != plant.bug:
            judge.reject(
                "names-another-bug",
                f"BUG is {typed.strip()}, but in this network {BUGS[name].otherwise}.",
                "Go through the lines one by one. What should each one compute, and for which input does it not?",
                kind="exposing",
            )

    def visible(self, given: Mapping[str, Any], plant: Plant) -> tuple[bool, Losses]:
        """Whether the networks differ, and the losses with and without the bug."""
        if plant.drawn is not None:
            return self.visible_in_means(given, plant, plant.drawn)
        for seed in range(PAIRED):
            with_bug, right = (next(self.network(which)(given, seed)) for which in (plant, None))
            if apart := differ(with_bug, right):
                break
        return apart, (with_bug["loss"], right["loss"])

    def visible_in_means(
        self, given: Mapping[str, Any], plant: Plant, drawn: Callable[[Mapping[str, Array]], Array]
    ) -> tuple[bool, Losses]:
        """The same for means over many runs, in which each network draws its own random numbers."""
        runs = [self.network(which)(given, seed) for seed, which in enumerate((plant, None))]
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


def refuse_hidden(
    judge: Judge, plant: Plant, given: Mapping[str, Any], seen: Mapping[str, Array], losses: Losses
) -> None:
    """Say why the bug does not show on an input."""
    shown = {**given, "loss with the bug": losses[0] + 0.0, "loss without": losses[1] + 0.0}  # no -0
    if plant.drawn is not None and losses[0] != losses[1]:
        shown["the difference"] = f"chance: these are means over {DRAWN[-1]} runs, each with its own masks"
    for hiding in plant.hidings:
        if hiding.applies(given, seen):
            judge.reject(hiding.code, hiding.description, hiding.question, kind="exposing", shown=shown)
    runs = f"every one of {PAIRED} runs" if plant.drawn is None else f"the means of {DRAWN[-1]} runs"
    judge.reject(
        "bug-not-visible",
        f"On this input, the correct network and the one with the bug return the same results in {runs}.",
        "Follow your input to the line with the bug. What would the correct line give there?",
        kind="exposing",
        shown=shown,
    )


def differ(one: Mapping[str, Array], other: Mapping[str, Array]) -> bool:
    """Whether any of the arrays differ by more than rounding; False if the correct ones are not finite."""
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


def drawn_from(*names: str) -> Callable[[Mapping[str, Array]], Array]:
    """For bugs in the drawing: numbers that reveal the masks in arrays of shape (rows, units).

    For each array, these are its elements, the number of zeros, and for every two rows the number of units in which
    only one of them is 0. If the rows share a mask, the last numbers are 0.
    """

    def drawn_from_one(array: Array) -> Array:
        zero = (array == 0).astype(np.float64)
        count = zero.sum(axis=1)
        apart = count[:, None] + count - 2 * zero @ zero.T
        return np.concatenate([array.ravel(), [count.sum(), apart.sum()], apart[np.triu_indices(len(array), 1)]])

    return lambda outputs: np.concatenate([drawn_from_one(outputs[name]) for name in names])
