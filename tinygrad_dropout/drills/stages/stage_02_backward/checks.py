"""backward on a graph of numbers, in an order that completes each sum before it is passed on."""

import gc
import sys

from tinygrad_dropout.drills.grader.answer import Answer, reject_errors
from tinygrad_dropout.drills.grader.backward_stories import Node, compare_stories, each, pass_on, users_first
from tinygrad_dropout.drills.grader.framework_replay import SCALAR, bug_among
from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake
from tinygrad_dropout.drills.grader.recursion import refuse_a_raised_limit
from tinygrad_dropout.drills.grader.result import Rejected, Rejection
from tinygrad_dropout.drills.grader.scalar_rules import Formula

TOPIC, MINUTES = "backprop", 12
KINDS = ("accumulation", "order", "state")
ASKS = ("Value.backward",)

DEEP = 50_000
DIAMONDS = 30  # each splits a Value into two halves and adds them: 2 ** 30 paths
MAX_LINES = 300_000  # of Python; a few thousand are enough if each Value is visited once
EVERY_PATH = Rejection(
    "walks-every-path",
    f"On a chain of {DIAMONDS} diamonds, backward is still not done after {MAX_LINES:,} lines of Python.",
    "How often do you visit each Value? How often do you need to?",
    kind="order",
)
FORMULAS = (
    "(x * y + z).tanh()",
    "(x - y).exp() / (z * z + 1)",
    "2 * x ** 3 - 5 / (1 + (y * z).exp())",
    "(x + y) * (x - z) + (x + y) ** 2 * z",
)


def in_order(order, each=pass_on):
    """A backward that walks through the Values in a given order."""

    def backward(result):
        nodes = order(result)
        for node in nodes:
            node.grad = 0.0 if node.parents else node.grad
        result.grad += 1.0
        for node in nodes:
            each(node)

    return lambda story: story.grads(Node, backward)


def breadth_first(result):
    """Breadth first."""
    order = [result]
    for node in order:
        order += [parent for parent in dict.fromkeys(node.parents) if parent not in order]
    return order


def depth_first(result):
    """The order in which a recursion meets them, each before its parents."""
    order = []

    def visit(node):
        if node not in order:
            order.append(node)
            for parent in node.parents:
                visit(parent)

    visit(result)
    return order


TOO_EARLY = (
    "A Value passes its gradient on before all Values computed from it have contributed.",
    "In which order do you have to visit the Values so that every sum is complete when it is passed on?",
    "order",
)
RULES = [
    KnownMistake("ignores-upstream", in_order(users_first, each(lambda node, slope: slope)),
         "Every parent gets only its slope; the gradient of the Value itself is missing.",
         "The result moves value.grad times as fast as the Value. How fast does it move with the parent?",
         "chain-rule"),
    KnownMistake("ignores-the-slope", in_order(users_first, each(lambda node, slope: node.grad)),
         "Every parent gets the whole gradient of the Value; the slopes are missing.",
         "x * y with y = 100: does the product move as fast as x does?", "chain-rule"),
    KnownMistake("passes-on-too-early", in_order(breadth_first), *TOO_EARLY),
    KnownMistake("passes-on-too-early", in_order(depth_first), *TOO_EARLY),
]  # fmt: skip


def check(judge: Judge) -> None:
    make = judge.make("Value", "data")
    with judge.claim("before any backward, grad is 0"):
        grad = getattr(make.function(3.0), "grad", None)
        if not isinstance(grad, float) or grad != 0:
            judge.reject("wrong-first-grad", f"Value(3.0).grad is {grad!r} at first; expected 0.0.",
                         "What is the sum of no contributions?", kind="state")  # fmt: skip

    refuse_a_raised_limit(judge)
    told = Answer(lambda story: story.grads(make.function, lambda result: result.backward()), "backward", ("program",))
    compare_stories(judge, told, "{}.backward()", RULES)

    def gradients(formula):
        result, inputs = formula.of(make.function)
        result.backward()
        return [one.grad for one in inputs]

    graded = Answer(gradients, "backward", ("formula",), said=lambda formula: f"backward of {formula.typed}")
    with judge.about("formulas with all operations"):
        runs = judge.run(graded, [(Formula(text, *judge.numbers(3)),) for text in FORMULAS], repeat=True)
    judge.compare(
        "formulas with all operations",
        runs,
        lambda formula: formula.by()[1:],
        name="the gradients",
        entries=lambda formula: [f"{letter}.grad" for letter in formula.letters],
        question="Can a Value pass on its gradient before all Values computed from it have contributed?",
        kind="order",
        rtol=1e-9,
        atol=1e-12,
    )
    with judge.claim("diamonds in a row: each Value is visited once, not once for every path"):
        refuse_every_path(judge, make.function)
    with judge.claim(f"a chain of {DEEP:,} Values"):
        refuse_recursion(judge, make.function)


def refuse_every_path(judge, make):
    lines, before = 0, sys.gettrace()

    def count(frame, event, argument):
        nonlocal lines
        lines += 1
        if lines > MAX_LINES:
            sys.settrace(None)
            raise Rejected(EVERY_PATH)
        return count

    first = joined = make(1.0)
    for _ in range(DIAMONDS):
        joined = joined * 0.5 + joined * 0.5
    sys.settrace(count)
    try:
        reject_errors(joined.backward, "backward", f"backward on {DIAMONDS} diamonds")
    finally:
        sys.settrace(before)
    if abs(first.grad - 1) > 1e-9:
        judge.reject("wrong-values", f"Through {DIAMONDS} diamonds the gradient is {first.grad!r}; expected 1.",
                     "Along how many paths does the input reach the result, and what do they add up to?",
                     kind="order")  # fmt: skip


def refuse_recursion(judge, make):
    collects = gc.isenabled()
    gc.disable()  # with so many new objects, garbage collection would take longer than everything else
    try:
        first = result = make(1.0)
        for _ in range(DEEP // 2):
            result = result * 1.0 + first
        try:
            reject_errors(result.backward, "backward", f"backward on a chain of {DEEP:,} Values")
        except Rejected as rejected:
            if isinstance(rejected.__cause__, RecursionError):
                judge.reject("recursion-error", f"backward went deeper than Python's recursion limit on a chain of "
                             f"{DEEP:,} Values.", "Which data structure could hold the Values that are still to be "
                             "visited?",
                             kind="order")  # fmt: skip
            raise
        if first.grad != DEEP // 2 + 1:
            judge.reject("wrong-values", f"The gradient at the other end of the chain is {first.grad!r}; expected "
                         f"{DEEP // 2 + 1}.", "Do you skip any Value, or visit one twice?", kind="order")  # fmt: skip
    finally:
        if collects:
            gc.enable()


def bug(judge: Judge):
    """The learner's gradients of the first wrong operation, to replace the framework's own in a replay."""
    return bug_among(judge, SCALAR)
