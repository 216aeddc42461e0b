"""Scalar graphs on which backward is called, once or several times: what right and wrong procedures leave in grad."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.drills.grader.answer import Answer
from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake

Formula = Callable[["Story"], Any]
Clean = Callable[["Node", "Node"], bool]


class Node:
    """A scalar node on which right and wrong procedures are tried."""

    def __init__(self, data: float, parents: tuple[Node, ...] = (), slopes: tuple[float, ...] = ()) -> None:
        self.data, self.parents, self.slopes, self.grad, self.done = data, parents, slopes, 0.0, False

    def __add__(self, other: Node) -> Node:
        return Node(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: Node) -> Node:
        return Node(self.data * other.data, (self, other), (other.data, self.data))


#: steps of a story that set gradients: as they would be typed, and to what
SET = {"zero": ("zero_grad([x, y])", 0.0, 0.0), "old": ("x.grad, y.grad = 0.5, -3.0", 0.5, -3.0)}


class Story:
    """A graph, and what is done with it, one thing after the other.

    Args:
        numbers: of x and y.
        program: `m = x * x; r = m * x; r; zero; r`: values that are made, results of which backward is called, and
            the gradients of x and y set to 0 (`zero`) or to other numbers (`old`).
        call: how a backward is typed.
    """

    def __init__(self, numbers: Iterable[float], program: str, call: str = "backward({})") -> None:
        self.call = call
        self.numbers, self.program = dict(zip("xy", map(float, numbers), strict=True)), program.split("; ")

    def __repr__(self) -> str:
        numbers = [f"{name} = {number:.5g}" for name, number in self.numbers.items()]
        steps = [step if "=" in step else SET.get(step, [self.call.format(step)])[0] for step in self.program]
        return "; ".join([*numbers, *steps])

    def without_settings(self) -> Story:
        """The same story if nothing is set."""
        kept = "; ".join(step for step in self.program if step not in SET)
        return Story(self.numbers.values(), kept, self.call)

    def grads(self, make: Callable[[float], Any], backward: Callable[[Any], object]) -> npt.NDArray[Any]:
        """[x.grad, y.grad] in the end.

        Args:
            make: a Value of a number.
            backward: is called with a result.
        """
        values = {name: make(number) for name, number in self.numbers.items()}
        for step in self.program:
            name, made, text = step.partition(" = ")
            if made:
                values[name] = eval(text, {}, values)
            elif step in SET:
                values["x"].grad, values["y"].grad = SET[step][1:]
            else:
                backward(values[step])
        return np.array([values["x"].grad, values["y"].grad])


SIMPLE, CUBE = "r = x * y; ", "m = x * x; r = m * x; "
SHARED = "m = x * y; n = m * m; r = n * x; s = n * y + m; "
ONE = (SIMPLE + "r", CUBE + "r", SHARED + "r", SHARED + "s")
SEVERAL = (
    SIMPLE + "r; r", CUBE + "r; r", CUBE + "m; r; m; r; r", SHARED + "r; s", SHARED + "s; s; s; s",
    SHARED + "s; m; n; r",
)  # fmt: skip
CHANGED = (
    SIMPLE + "r; r = x * x; r", SIMPLE + "r; s = r * y; s; r", CUBE + "r; n = m + y; s = n * m; s; m",
    "r = x * y; r; r = x * y; r; r = x * y; r",
)  # fmt: skip
AGAIN = (
    SIMPLE + "old; r",
    SIMPLE + "r; old; r; r",
    SIMPLE + "r; zero; r",
    CUBE + "r; zero; r; r",
    SHARED + "r; s; zero; s; r",
)
#: what is claimed -> the programs that show it
CLAIMS = (
    ("one call gives the inputs their gradient", ONE),
    ("further calls accumulate, for the same result and for different ones", SEVERAL),
    ("the graph may grow between the calls, or be rebuilt", CHANGED),
    ("it adds to the number that the caller wrote into grad, 0 or another", AGAIN),
    (
        "an input may be the result",
        (SIMPLE + "x", SIMPLE + "x; x", SIMPLE + "r; x", CUBE + "x; r; x", SIMPLE + "old; y"),
    ),
    ("all of this also works for equal numbers and for 0", (*ONE, *SEVERAL, *CHANGED, *AGAIN)),
)


def users_first(result: Node) -> list[Node]:
    """Every node that a result was computed from, each after all nodes that were computed from it."""
    found: list[Node] = []
    met: set[Node] = set()

    def visit(node: Node) -> None:
        if node not in met:
            met.add(node)
            for parent in node.parents:
                visit(parent)
            found.append(node)

    visit(result)
    return found[::-1]


def pass_on(node: Node) -> None:
    """A node gives each parent its share."""
    for parent, slope in zip(node.parents, node.slopes, strict=True):
        parent.grad += node.grad * slope


def procedure(clean: Clean, begin: Callable[[float], float], each: Callable[[Node], None] = pass_on) -> Formula:
    """A backward.

    Args:
        clean: whether a value is set to 0 before, of (value, result).
        begin: what becomes of the result's gradient, of itself.
        each: how a value passes its gradient on.

    Returns:
        Story -> what this backward leaves in [x.grad, y.grad].
    """
    return lambda story: story.grads(Node, procedure_of(clean, begin, each))


def procedure_of(clean: Clean, begin: Callable[[float], float], each: Callable[[Node], None]) -> Callable[[Node], None]:
    """The function itself."""

    def backward(result: Node) -> None:
        order = users_first(result)
        for node in order:
            node.grad = 0.0 if clean(node, result) else node.grad
        result.grad = begin(result.grad)
        for node in order:
            each(node)

    return backward


def each(share: Callable[[Node, float], float]) -> Callable[[Node], None]:
    """A rule that gives each parent a share, computed from the node and the slope, instead of `pass_on`'s."""

    def rule(node: Node) -> None:
        for parent, slope in zip(node.parents, node.slopes, strict=True):
            parent.grad += share(node, slope)

    return rule


def once(node: Node) -> None:
    """As `pass_on`, but the first time only."""
    if not node.done:
        node.done = True
        pass_on(node)


def only_the_first_call(story: Story) -> npt.NDArray[Any]:
    """Only the first call for each result does anything."""
    met: set[Node] = set()

    def backward(result: Node) -> None:
        if result not in met:
            met.add(result)
            procedure_of(middle, one_more, pass_on)(result)

    return story.grads(Node, backward)


def clean_parents(node: Node) -> None:
    """As `pass_on`, but what the parents already have is thrown away."""
    for parent in node.parents:
        parent.grad = 0.0 if parent.parents else parent.grad
    pass_on(node)


def overwrite(node: Node) -> None:
    """A node's share takes the place of what its parents have."""
    for parent, slope in zip(node.parents, node.slopes, strict=True):
        parent.grad = node.grad * slope


def middle(node: Node, result: Node) -> bool:
    """It was computed: neither x nor y."""
    return bool(node.parents)


def inside(node: Node, result: Node) -> bool:
    """It was computed, and is not the result itself."""
    return bool(node.parents) and node is not result


def never(node: Node, result: Node) -> bool:
    """None is."""
    return False


def always(node: Node, result: Node) -> bool:
    """All are."""
    return True


def one(grad: float) -> float:
    """It is set to 1."""
    return 1.0


def one_more(grad: float) -> float:
    """It gets 1 in addition."""
    return grad + 1.0


STALE = "What is left in the middle from the previous call, and where does it go in this call?"
KNOWN = [
    KnownMistake("input-as-result-overwritten", procedure(middle, one),
         "If the result is an input itself, its gradient is set to 1; expected 1 more than before.",
         "An input's gradient is a sum over all calls. Is that also true if the input is the result?", "accumulation"),
    KnownMistake("leaves-zeroed", procedure(always, one),
         "A call overwrites the gradients that an earlier call left in the inputs; expected it to add to them.",
         "Two losses, two calls: whose gradient should the inputs have in the end?", "accumulation"),
    KnownMistake("stale-intermediates", procedure(never, one),
         "Values in the middle keep the gradient of the previous call, which is passed on again.", STALE, "state"),
    KnownMistake("nothing-is-fresh", procedure(never, one_more),
         "The result and the values in the middle keep the gradient of the previous call, which is passed on again.",
         STALE, "state"),
    KnownMistake("result-not-fresh", procedure(inside, one_more),
         "The result keeps its 1 from the previous call and gets another: the second call counts double.",
         "What is the slope of the result with respect to itself, in every call?", "state"),
    KnownMistake("keeps-its-own-account", lambda story: procedure(middle, one_more)(story.without_settings()),
         "What the caller wrote into grad of the inputs, 0 or another number, has no effect.",
         "Where are the sums kept? The caller starts over by setting grad, and knows no other place.", "state"),
    KnownMistake("inputs-get-nothing", lambda story: [0.0, 0.0],
         "The gradients of the inputs are 0 after the calls.",
         "What does the result pass on, and what could have set it to 0 again before you read it?", "accumulation"),
    KnownMistake("second-call-ignored", only_the_first_call,
         "A further call for the same result changes nothing.",
         "What tells your function that it was called before? Is that a reason to do nothing?", "state"),
    *(KnownMistake("second-call-does-nothing", procedure(clean, one, each=once),
         "Values that have passed their gradient on once never do so again.",
         "Where do you store which values are done, and what resets that before the next call?", "state")
      for clean in (never, middle)),
    KnownMistake("cleans-the-parents", procedure(never, one, each=clean_parents),
         "A parent is set to 0 whenever one of its users gives it a share: the shares of its other users are lost.",
         "A value is used twice. When the second user adds its share, what did the first leave there?", "accumulation"),
    KnownMistake("overwrites-the-gradient", procedure(middle, one, each=overwrite),
         "The share of one use overwrites the share of another: only the last one is left.",
         "If x changes and is used twice, how many terms change?", "accumulation"),
]  # fmt: skip


def compare_stories(
    judge: Judge, graded: Answer, call: str = "backward({})", known: Sequence[KnownMistake] = ()
) -> None:
    """Grade a backward, claim by claim.

    Args:
        judge: of the answer.
        graded: Story -> [x.grad, y.grad], by the learner's.
        call: how a backward is typed.
        known: further mistakes than those of `KNOWN`.
    """
    for claim, programs in CLAIMS:
        numbers = ((3, 3), (0, 2), (0, 0)) if claim.endswith(" 0") else (judge.numbers(2),)
        judge.compare(
            claim,
            judge.run(graded, [(Story(pair, program, call),) for program in programs for pair in numbers], repeat=True),
            procedure(middle, one_more),
            name="the gradients",
            entries=lambda story: ["x.grad", "y.grad"],
            known=[*KNOWN, *known],
            question="Which gradients belong to one call, and which are a sum over all of them?",
            kind="accumulation",
            rtol=1e-10,
            atol=1e-12,
        )
