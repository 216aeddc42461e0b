"""Facts about random numbers, masks and the answers to bug hunts."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from tinygrad_dropout.drills.grader.hunt_bugs import BUGS
from tinygrad_dropout.drills.interview.syntax import (
    Fact,
    assigned,
    calls,
    every,
    last_name,
    names_called,
    operations,
)
from tinygrad_dropout.mistakes import KINDS


def draws_globally(tree: ast.AST) -> bool:
    """`np.random.rand` and similar functions, which draw from NumPy's global state."""
    names = (name for name in names_called(tree) if name.startswith(("np.random.", "numpy.random.")))
    return any(name.rpartition(".")[2] not in ("default_rng", "Generator", "PCG64", "SeedSequence") for name in names)


def draws_from_a_generator(tree: ast.AST) -> bool:
    """`rng.random(shape)`, `self.rng.permutation(n)`: draws from an object, not from a module."""
    return any(
        re.fullmatch(
            r"(?!np\.|numpy\.)[\w.]+\.(random|uniform|normal|standard_normal|permutation|shuffle|choice|integers|binomial)",
            name,
        )
        and not name.startswith("random.")
        for name in names_called(tree)
    )


def scaled_mask(tree: ast.AST) -> bool:
    """A mask that includes the scale: a name with `mask` in it gets a value with a division or a cast in it."""
    return any(
        "mask" in ast.unparse(target) and (any(operations(value, ast.Div)) or calls(".astype")(value))
        for target, value in assigned(tree)
    )


def mask_by_comparison(tree: ast.AST) -> bool:
    """`rng.random(shape) >= p`."""
    return any(
        isinstance(side, ast.Call) and last_name(side.func) in ("random", "uniform", "rand", "random_sample")
        for comparison in every(tree, ast.Compare)
        for side in (comparison.left, *comparison.comparators)
    )


def divides_by_the_keep_probability(tree: ast.AST) -> bool:
    """`x * kept / (1 - p)`."""
    below = (ast.unparse(quotient.right) for quotient in operations(tree, ast.Div))
    return any(re.fullmatch(r"1(\.0)? - (self\.)?(p|rate|drop_prob|dropout)", one) for one in below)


def enumerates_masks(tree: ast.AST) -> bool:
    """`itertools.product([False, True], repeat=n)`, or numbers up to 2**n, whose bits are a mask."""
    repeated = any(
        last_name(call.func) == "product" and any(keyword.arg == "repeat" for keyword in call.keywords)
        for call in every(tree, ast.Call)
    )
    return repeated or any(
        last_name(call.func) in ("range", "arange") and re.search(r"2 \*\* |1 << ", ast.unparse(call))
        for call in every(tree, ast.Call)
    )


def names_a_bug_of(kind: str) -> Fact:
    """The fact that the answer to a hunt names a bug of this kind."""
    return lambda tree: any(
        last_name(target) == "BUG" and isinstance(value, ast.Constant) and value.value in BUGS
        and BUGS[value.value].kind == kind
        for target, value in assigned(tree)
    )  # fmt: skip


def exposing_inputs(tree: ast.AST) -> Iterator[dict[object, object]]:
    """The constants in the inputs for a network that an answer gives: `{"p": 0.2, "training": True}`."""
    for given in every(tree, ast.Dict):
        constants: dict[object, object] = {
            key.value: value.value
            for key, value in zip(given.keys, given.values, strict=True)
            if isinstance(key, ast.Constant) and isinstance(value, ast.Constant)
        }
        if {"p", "training"} <= set(constants):
            yield constants


def exposes_with(holds: Callable[[object, bool], bool]) -> Fact:
    """The fact that an exposing input has such a p and such a mode."""
    return lambda tree: any(holds(given["p"], bool(given["training"])) for given in exposing_inputs(tree))


#: fact -> (description, whether it is true of a syntax tree)
FACTS: dict[str, tuple[str, Fact]] = {
    "draws-globally": ("random numbers come from NumPy's global state", draws_globally),
    "draws-from-a-generator": ("random numbers come from a generator that is passed in", draws_from_a_generator),
    "permutation": ("a random permutation is taken", calls(".permutation", ".shuffle")),
    "binomial": ("the mask is drawn with binomial()", calls(".binomial")),
    "scaled-mask": ("the mask is stored as floats, or includes the scale", scaled_mask),
    "mask-by-comparison": ("random numbers are compared with p", mask_by_comparison),
    "divides-by-the-keep-probability": ("something is divided by 1-p", divides_by_the_keep_probability),
    "enumerates-masks": ("all masks are enumerated", enumerates_masks),
    "input-in-eval-mode": ("the exposing input uses eval mode", exposes_with(lambda p, training: not training)),
    "input-with-p-zero": (
        "the exposing input has p = 0",
        exposes_with(lambda p, training: training and p == 0),
    ),
    "input-with-p-half": (
        "the exposing input has p = 0.5",
        exposes_with(lambda p, training: training and p == 0.5),
    ),
    "input-with-a-random-mask": (
        "the exposing input drops units at random",
        exposes_with(lambda p, training: training and p not in (0, 0.5, 1)),
    ),
    **{
        f"bug-{kind}": (f"the bug that was named: {KINDS[kind]}", names_a_bug_of(kind))
        for kind in sorted({bug.kind for bug in BUGS.values()})
    },
}
