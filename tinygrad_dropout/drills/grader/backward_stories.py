"""Scalar graphs with one or more backward calls, and the gradients that right and wrong backwards leave there."""

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
    """A scalar node on which right and wrong backwards are tried."""

    def __init__(self, data: float, parents: tuple[Node, ...] = (), slopes: tuple[float, ...] = ()) -> None:
        self.data, self.parents, self.slopes, self.grad, self.done = data, parents, slopes, 0.0, False

    def __add__(self, other: Node) -> Node:
        return Node(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: Node) -> Node:
        return Node(self.data * other.data, (self, other), (other.data, self.data))


#: steps of a story that set gradients: the code, and the values of x.grad and y.grad
SET = {"zero": ("zero_grad([x, y])", 0.0, 0.0), "old": ("x.grad, y.grad = 0.5, -3.0", 0.5, -3.0)}


class Story:
    """A graph, and a sequence of backward calls and changes on it.

    Args:
        numbers: the numbers of x and y.
        program: `m = x * x; r = m * x; r; zero; r`: definitions of values, results whose backward is called, and steps
            that set the gradients of x and y to 0 (`zero`) or to other numbers (`old`).
        call: the code of a backward call.
    """

    def __init__(self, numbers: Iterable[float], program: str, call: str = "backward({})") -> None:
        self.call = call
        self.numbers, self.program = dict(zip("xy", map(float, numbers), strict=True)), program.split("; ")

    def __repr__(self) -> str:
        numbers = [f"{name} = {number:.5g}" for name, number in self.numbers.items()]
        steps = [step if "=" in step else SET.get(step, [self.call.format(step)])[0] for step in self.program]
        return "; ".join([*numbers, *steps])

    def without_settings(self) -> Story:
        """The same story without the steps that set gradients."""
        kept = "; ".join(step for step in self.program if step not in SET)
        return Story(self.numbers.values(), kept, self.call)

    def grads(self, make: Callable[[float], Any], backward: Callable[[Any], object]) -> npt.NDArray[Any]:
        """[x.grad, y.grad] at the end.

        Args:
            make: makes a Value from a number.
            backward: called with a result.
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
#: (claim, the programs that check it)
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
    """All nodes below a result, each after all nodes that were computed from it."""
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
    """Give each parent of a node its share."""
    for parent, slope in zip(node.parents, node.slopes, strict=True):
        parent.grad += node.grad * slope


def procedure(clean: Clean, begin: Callable[[float], float], each: Callable[[Node], None] = pass_on) -> Formula:
    """A backward as a function of a story.

    Args:
        clean: whether a value's gradient is set to 0 first, for (value, result).
        begin: the new gradient of the result, from its old one.
        each: passes on the gradient of a value.

    Returns:
        Story -> what this backward leaves in [x.grad, y.grad].
    """
    return lambda story: story.grads(Node, procedure_of(clean, begin, each))


def procedure_of(clean: Clean, begin: Callable[[float], float], each: Callable[[Node], None]) -> Callable[[Node], None]:
    """The backward itself."""

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
    """Like `pass_on`, but only the first time."""
    if not node.done:
        node.done = True
        pass_on(node)


def only_the_first_call(story: Story) -> npt.NDArray[Any]:
    """The gradients if only the first call for each result does anything."""
    met: set[Node] = set()

    def backward(result: Node) -> None:
        if result not in met:
            met.add(result)
            procedure_of(middle, one_more, pass_on)(result)

    return story.grads(Node, backward)


def clean_parents(node: Node) -> None:
    """Like `pass_on`, but first discard what the parents already have."""
    for parent in node.parents:
        parent.grad = 0.0 if parent.parents else parent.grad
    pass_on(node)


def overwrite(node: Node) -> None:
    """Replace the gradients of a node's parents by their shares."""
    for parent, slope in zip(node.parents, node.slopes, strict=True):
        parent.grad = node.grad * slope


def middle(node: Node, result: Node) -> bool:
    """Whether a node was computed, so it is neither x nor y."""
    return bool(node.parents)


def inside(node: Node, result: Node) -> bool:
    """Whether a node was computed and is not the result itself."""
    return bool(node.parents) and node is not result


def never(node: Node, result: Node) -> bool:
    """No node is reset."""
    return False


def always(node: Node, result: Node) -> bool:
    """All nodes are reset."""
    return True


def one(grad: float) -> float:
    """The gradient becomes 1."""
    return 1.0


def one_more(grad: float) -> float:
    """The gradient becomes 1 more."""
    return grad + 1.0


STALE = "What did the previous call leave in the intermediate values, and where does it go in this call?"
KNOWN = [
    KnownMistake("input-as-result-overwritten", procedure(middle, one),
         "If the result is an input itself, its gradient is set to 1; expected 1 more than before.",
         "An input's gradient is a sum over all calls. Is that also true if the input is the result?", "accumulation"),
    KnownMistake("leaves-zeroed", procedure(always, one),
         "A call overwrites the gradients that an earlier call left in the inputs; expected it to add to them.",
         "Two losses, two calls: whose gradient should the inputs have in the end?", "accumulation"),
    KnownMistake("stale-intermediates", procedure(never, one),
         "Intermediate values keep the gradient of the previous call, which is passed on again.", STALE, "state"),
    KnownMistake("nothing-is-fresh", procedure(never, one_more),
         "The result and the intermediate values keep the gradient of the previous call, which is passed on again.",
         STALE, "state"),
    KnownMistake("result-not-fresh", procedure(inside, one_more),
         "The result keeps its 1 from the previous call and gets another: the second call counts double.",
         "What is the slope of the result with respect to itself, in every call?", "state"),
    KnownMistake("keeps-its-own-account", lambda story: procedure(middle, one_more)(story.without_settings()),
         "What the caller wrote into grad of the inputs, 0 or another number, has no effect.",
         "Where do you keep the sums? The caller can start over only by setting grad.", "state"),
    KnownMistake("inputs-get-nothing", lambda story: [0.0, 0.0],
         "The gradients of the inputs are 0 after the calls.",
         "What does the result pass on, and what could have set it to 0 again before you read it?", "accumulation"),
    KnownMistake("second-call-ignored", only_the_first_call,
         "A further call for the same result changes nothing.",
         "How does your function know that it was called before? Is that a reason to do nothing?", "state"),
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
        judge: the judge of the answer.
        graded: Story -> [x.grad, y.grad], by the learner's backward.
        call: the code of a backward call.
        known: more known mistakes, in addition to `KNOWN`.
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
