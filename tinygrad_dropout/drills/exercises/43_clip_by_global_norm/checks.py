"""One norm and one factor for all gradients, whatever their sizes, shapes and dtypes."""

import math
from dataclasses import replace

import numpy as np

from tinygrad_dropout.drills.grader.answer import Answer
from tinygrad_dropout.drills.grader.guards import SMALL, many
from tinygrad_dropout.drills.grader.inputs import copied
from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake
from tinygrad_dropout.drills.grader.result import Rejected
from tinygrad_dropout.drills.grader.shown import as_text

TOPIC, MINUTES = "backprop", 8
KINDS = ("updates", "stability", "precision", "edges")


class Gradients:
    """A list of arrays, as one argument of the formulas below."""

    def __init__(self, arrays):
        self.arrays = arrays

    def __repr__(self):
        return as_text(self.arrays) if self.arrays else "[]"

    def flat(self, change=lambda array: array):
        """All elements in float64, after a change to each array."""
        return np.concatenate([np.ravel(change(one)).astype(np.float64) for one in self.arrays] or [np.empty(0)])

    def norms(self):
        return np.array([length(Gradients([one]).flat()) for one in self.arrays])


def length(vector):
    largest = np.abs(vector).max(initial=0)
    return largest * np.sqrt(np.square(vector / largest).sum()) if largest else largest


def total_norm(grads, max_norm):
    return length(grads.flat())


def clipped(grads, max_norm):
    norm = total_norm(grads, max_norm)
    return grads.flat(lambda one: (one.astype(np.float64) * (max_norm / norm)).astype(one.dtype) if norm > max_norm
                      else one)  # fmt: skip


def scaled(factor):
    """All gradients times a number that depends on their norm, if the norm is too large."""

    def formula(grads, max_norm):
        norm = total_norm(grads, max_norm)
        return grads.flat() * factor(norm, max_norm) if norm > max_norm else grads.flat()

    return formula


NORM = [
    KnownMistake("squares-overflow", lambda grads, max_norm: np.sqrt(np.square(grads.flat()).sum()),
         "The squares are infinite or 0, and so is total_norm.",
         "Which number can you take out of the root so that no square is above 1?", "stability"),
    KnownMistake("norms-added", lambda grads, max_norm: grads.norms().sum(),
         "total_norm is the sum of the norms of the arrays; expected the root of the sum of their squares.",
         "What is the norm of (3, 4), and the sum of the norms of (3) and (4)?", "updates"),
    KnownMistake("largest-norm", lambda grads, max_norm: grads.norms().max(),
         "total_norm is the largest norm of an array.", "Which arrays are in the long vector?", "updates"),
    KnownMistake("one-norm-for-each", lambda grads, max_norm: grads.norms(),
         "total_norm has one norm for each array.", "How many norms does one long vector have?", "updates"),
    KnownMistake("root-forgotten", lambda grads, max_norm: total_norm(grads, max_norm) ** 2,
         "total_norm is the sum of the squares, without the root.", "What is the length of (3, 4)?", "updates"),
    KnownMistake("norm-after-clipping", lambda grads, max_norm: min(total_norm(grads, max_norm), max_norm),
         "total_norm is the norm after clipping; expected the one before.",
         "Which of the two norms shows you that a batch was bad?", "updates"),
    KnownMistake("largest-element", lambda grads, max_norm: np.abs(grads.flat()).max(),
         "total_norm is the largest absolute value.", "What is the Euclidean length of (3, 4)?", "updates"),
    KnownMistake("squares-in-float32",
         lambda grads, max_norm: math.sqrt(sum(float(np.square(one).sum()) for one in grads.arrays)),
         "The squares of float32 gradients are summed in float32: they overflow, or lose digits.",
         "What is the largest float32, and how large may a number be so that its square is below that?", "precision"),
    *many("adds-a-small-constant", [
        *(lambda grads, max_norm, c=c: total_norm(grads, max_norm) + c for c in SMALL),
        *(lambda grads, max_norm, c=c: np.sqrt(total_norm(grads, max_norm) ** 2 + c) for c in SMALL),
    ], "A small constant is added to the norm.", "You never divide by a norm of 0. What is the constant for?",
         "precision"),
]  # fmt: skip
FACTOR = [
    KnownMistake("clipped-one-by-one", lambda grads, max_norm: grads.flat(
             lambda one: one * min(1, max_norm / (length(Gradients([one]).flat()) or 1))),
         "Each gradient is clipped by its own norm, which changes the direction of the step.",
         "If only one of two gradients is shortened, does the step still point the same way?", "updates"),
    KnownMistake("short-gradients-scaled", lambda grads, max_norm: grads.flat() * max_norm / total_norm(grads, 0),
         "Gradients that are short enough are scaled, too: max_norm / total_norm is above 1, or NaN.",
         "What is the factor for a norm of 0.01, or of 0?", "updates"),
    KnownMistake("clipped-by-value", lambda grads, max_norm: np.clip(grads.flat(), -max_norm, max_norm),
         "Each element is clipped at max_norm, which changes the direction of the step.",
         "(10, 1) is clipped to (1, 1). Is that still the same direction?", "updates"),
    KnownMistake("not-clipped", lambda grads, max_norm: grads.flat(),
         "The gradients are longer than max_norm, but are returned unchanged.",
         "Which of your arrays do you return?", "updates"),
    KnownMistake("scaled-to-length-1", scaled(lambda norm, max_norm: 1 / norm),
         "The gradients are scaled to a norm of 1; expected max_norm.", "How long should they be together?", "updates"),
    KnownMistake("factor-inverted", scaled(lambda norm, max_norm: norm / max_norm),
         "The gradients are multiplied by total_norm / max_norm: they grow.",
         "Should the factor be above or below 1?", "updates"),
    *many("adds-a-small-constant-to-the-norm",
          [scaled(lambda norm, max_norm, c=c: max_norm / (norm + c)) for c in (*SMALL[5:], 1e-4, 1e-3)],
          "A small constant is added to the norm in the denominator: the gradients end up shorter than max_norm.",
          "Can the norm be 0 if it is larger than max_norm?", "precision"),
]  # fmt: skip
OVERFLOW = KnownMistake(
    "squares-overflow", None, "A ValueError was raised, although every gradient is finite: their squares are not.",
    "Which number can you take out of the root so that no square is above 1?", "stability",
)  # fmt: skip


def check(judge: Judge) -> None:
    function = judge.function("clip_by_global_norm", "grads", "max_norm")
    given = []

    def recorded(grads, max_norm):
        given.append(grads)
        return function.function(grads, max_norm)

    watched = Answer(recorded, function.name, function.parameters)

    def compare(of, cases, *, raises=None, rtol=1e-12):
        """Compare the norms and the gradients of some cases, after a check that no argument has changed."""
        given.clear()
        runs = judge.run(watched, cases, known=raises)
        refuse_changes(judge, cases, given)
        arrays, norms = judge.parts(runs, "clipped", "total_norm")
        norms = [replace(run, arguments=(Gradients(run.arguments[0]), run.arguments[1])) for run in norms]
        judge.compare(f"total_norm{of}", norms, total_norm, name="total_norm", known=NORM, rtol=1e-12, atol=0,
                      question="Which elements does the long vector have, and what is its length?",
                      kind="updates")  # fmt: skip
        for run in arrays:
            refuse_wrong_arrays(judge, *run.arguments, run.value)
        flat = [replace(norm, value=Gradients(run.value).flat()) for run, norm in zip(arrays, norms, strict=True)]
        judge.compare(f"the elements of clipped{of}", flat, clipped, name="clipped", known=FACTOR, rtol=rtol, atol=0,
                      question="Which one factor gives all gradients together the norm max_norm?",
                      kind="updates")  # fmt: skip
        return arrays

    def grads(*shapes, size=1.0):
        return [judge.numbers(*shape) * size for shape in shapes]

    several, one = grads((3,), (2, 2), (1, 4)), grads((2, 3))
    compare("", [(several, 1.5), (several, 0.3), (one, 0.7), (grads((), (2,), (0, 3), (2, 1, 2)), 0.9),
                 ([layout[0] for layout in judge.layouts((judge.numbers(3, 4),))], 2.5)])  # fmt: skip
    short = [(several, 20.0), ([np.array([3.0]), np.array([-4.0, -0.0])], 5.0), (several, np.inf),
             (grads((2,), (3,), size=1e-3), 1), ([np.zeros(3), np.array(-0.0)], 0.5), ([], 1.0),
             ([np.zeros((0, 3))], 1.0)]  # fmt: skip
    kept = compare(" of gradients that are short enough", short)
    with judge.claim("gradients that are short enough keep all their bits"):
        for run in kept:
            refuse_wrong_bits(judge, *run.arguments, run.value)
    single = [one.astype(np.float32) for one in grads((3, 4), (5,), (300,))]
    large = [one * np.float32(1e20) for one in single]
    compare(" of float32 gradients", [(single, 1.0), ([*single, *several], 0.4), (large, 2.0)], rtol=1e-6)
    sizes = (1e200, 1.0), (1e-200, 1.0), (1e200, 1e199), (1e-200, 1e-201), (1e160, np.inf)
    extreme = [(grads((2,), (3,), size=size), most) for size, most in sizes]
    extreme += [
        ([*grads((2,)), -np.abs(judge.numbers(2, 2)) * 1e200], 1.0)
    ]  # the largest is neither first nor positive
    compare(" of huge and of tiny gradients", extreme, raises={ValueError: OVERFLOW})
    with judge.claim("infinite and NaN elements raise a ValueError"):
        for bad in (np.nan, np.inf, -np.inf):
            for dtype in (np.float64, np.float32):
                refuse_accepted(judge, function, [*grads((2,)), np.array([1.0, bad, 2.0], dtype), *grads((2,))], bad)


def refuse_changes(judge, cases, given):
    """Reject a change to the list or its arrays, which belong to the caller."""
    for (before, max_norm), after in zip(cases, given, strict=False):
        if len(before) != len(after) or not all(map(np.array_equal, before, after)):
            shown = {"grads": before, "max_norm": max_norm, "grads afterward": after}
            message = "clip_by_global_norm changed the list of gradients, or an array in it; expected no change."
            question = "Does `grad *= factor` make a new array?"
            judge.reject("changes-its-input", message, question, kind="ownership", shown=shown)


def refuse_wrong_arrays(judge, grads, max_norm, value):
    """Reject anything but a list with an array for each gradient, of its shape and dtype."""
    shown = {"grads": grads, "max_norm": max_norm}
    if not isinstance(value, (list, tuple)):
        judge.reject("wrong-type", f"clipped is a {type(value).__name__}; expected a list of arrays.", shown=shown)
    if len(value) != len(grads):
        message = f"clipped has {len(value)} arrays; expected {len(grads)}."
        judge.reject("wrong-number-of-gradients", message, kind="shapes", shown=shown)
    for index, (got, grad) in enumerate(zip(map(np.asarray, value), grads, strict=True)):
        if got.shape != grad.shape:
            message = f"clipped[{index}] has shape {got.shape}; expected {grad.shape}."
            judge.reject("wrong-shape", message, kind="shapes", shown=shown)
        if got.dtype != grad.dtype:
            judge.reject("changes-the-dtype", f"clipped[{index}] is {got.dtype}; expected {grad.dtype}.",
                         "Which factor has another dtype? A Python float does not change the dtype of an array.",
                         kind="precision", shown=shown)  # fmt: skip


def refuse_wrong_bits(judge, grads, max_norm, value):
    """Reject changed bits: equal numbers may have different bits, such as 0 and -0."""
    for index, (got, grad) in enumerate(zip(map(np.asarray, value), grads, strict=True)):
        if got.tobytes() != grad.tobytes():
            judge.reject("bits-changed", f"clipped[{index}] does not have the bits of grads[{index}].",
                         "If nothing is clipped, what is left to compute?", kind="precision",
                         shown={"grads": grads, "max_norm": max_norm, "yours": got})  # fmt: skip


def refuse_accepted(judge, function, grads, bad):
    """Reject an answer that accepts an element that is not finite, or raises another exception."""
    code, found = "accepts-nan-or-infinity", "is accepted"
    try:
        function(copied(grads), 1.0)
    except Rejected as rejected:
        if isinstance(rejected.__cause__, ValueError):
            return
        if rejected.rejection.code != "raises":
            raise
        code, found = "wrong-exception", f"raises {type(rejected.__cause__).__name__}"
    judge.reject(code, f"A gradient with {bad} in it {found}; expected a ValueError.",
                 "What does `nan > max_norm` give? And max_norm / inf, times a finite gradient?", kind="edges",
                 shown={"grads": grads})  # fmt: skip
