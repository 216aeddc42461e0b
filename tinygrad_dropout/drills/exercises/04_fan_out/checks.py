"""Every use adds its share, upstream times slope."""

import numpy as np

from tinygrad_dropout.drills.grader.answer import Answer
from tinygrad_dropout.drills.grader.backward_stories import Node, each, overwrite, users_first
from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake

TOPIC, MINUTES = "backprop", 5
KINDS = ("accumulation", "chain-rule", "averaging")

ONCE = ("x + y", "x * y", "(x + y) * z", "x * y * z", "(x * y + z) * w")
SEVERAL = (
    "x + x",
    "x * x",
    "x * x + x",
    "x * y + x * z",
    "(x + x) * (y + y)",
    "(x * y) * (x * y) + y",
    "(x + y) * x + (x + y) * (z + w) * x",
    "x * x * x * x * x * x * x * x * x",
)


class Formula:
    """One formula, with numbers for its letters."""

    def __init__(self, text, numbers):
        self.text, self.numbers = text, dict(zip("xyzw", map(float, numbers), strict=True))
        self.letters = sorted(set(text) & set("xyzw"))

    def __repr__(self):
        numbers = ", ".join(f"{letter} = {self.numbers[letter]:.5g}" for letter in self.letters)
        return f"{self.text} with {numbers}"

    def result(self, make):
        """The inputs and the result, as a graph of the values that `make` returns."""
        inputs = {letter: make(self.numbers[letter]) for letter in self.letters}
        return list(inputs.values()), eval(self.text, {}, inputs)


def gradients_by(rule):
    """The gradients of the inputs that a rule gives."""

    def formula(given):
        inputs, result = given.result(Node)
        result.grad = 1.0
        for node in users_first(result):
            rule(node)
        return [node.grad for node in inputs]

    return formula


def once_for_each_parent(node):
    for parent, slope in dict(zip(node.parents, node.slopes, strict=True)).items():
        parent.grad += node.grad * slope


def zero_first(node):
    for parent in node.parents:
        parent.grad = 0.0
    each(lambda node, slope: node.grad * slope)(node)


def multiply(node):
    for parent, slope in zip(node.parents, node.slopes, strict=True):
        parent.grad = (parent.grad or 1.0) * node.grad * slope


def swap(node):
    for parent, slope in zip(node.parents, node.slopes[::-1], strict=True):
        parent.grad += node.grad * slope


KNOWN = [
    KnownMistake(
        "inputs-get-nothing",
        gradients_by(lambda node: None),
        "The gradients of all inputs are still 0: nothing is passed on.",
        "Which line writes into a parent's grad? Assigning to a local name does not change the parent.",
        "chain-rule",
    ),
    KnownMistake(
        "slopes-swapped",
        gradients_by(swap),
        "Each operand gets the slope of the other one.",
        "parents and slopes are in the same order. Which slope belongs to the first parent?",
        "chain-rule",
    ),
    KnownMistake(
        "ignores-upstream",
        gradients_by(each(lambda node, slope: slope)),
        "The parents get only the slopes; the gradient of the value itself is left out.",
        "The result changes value.grad times as fast as the value. How fast does it change with the parent?",
        "chain-rule",
    ),
    KnownMistake(
        "ignores-the-slope",
        gradients_by(each(lambda node, slope: node.grad)),
        "Every parent gets the whole gradient of the value; the slopes are left out.",
        "x * y with y = 100: does the product change as fast as x does?",
        "chain-rule",
    ),
    KnownMistake(
        "adds-the-slope",
        gradients_by(each(lambda node, slope: node.grad + slope)),
        "The parents get upstream + slope; expected upstream * slope.",
        "y changes twice as fast as x, the result three times as fast as y. How fast does the result change with x?",
        "chain-rule",
    ),
    KnownMistake(
        "splits-the-gradient",
        gradients_by(each(lambda node, slope: node.grad * slope / len(node.parents))),
        "The gradient of a value is divided among its parents.",
        "x + y: if only x changes, by 0.1, how much does the sum change?",
        "averaging",
    ),
    KnownMistake(
        "overwrites-the-gradient",
        gradients_by(overwrite),
        "The share of one use overwrites the share of another: only the last one is left.",
        "x is used twice. If x changes, how many terms of the result change?",
        "accumulation",
    ),
    KnownMistake(
        "same-parent-once",
        gradients_by(once_for_each_parent),
        "A value that is both operands gets only one share; in x * x and x + x it has two.",
        "What are the parents of x * x? How often can a set or a dictionary hold the same one?",
        "accumulation",
    ),
    KnownMistake(
        "forgets-other-users",
        gradients_by(zero_first),
        "The gradient of a parent is first set to 0, which discards what its other users have given it.",
        "Which values may have given something to this parent before?",
        "accumulation",
    ),
    KnownMistake(
        "multiplies-the-shares",
        gradients_by(multiply),
        "The shares of several uses are multiplied; expected their sum.",
        "x + x is 2 x. What are its two shares, and what should they give together?",
        "accumulation",
    ),
]


def check(judge: Judge) -> None:
    make, backward = judge.make("Value", "data"), judge.function("backward", "result")

    def gradients(formula):
        inputs, result = formula.result(make.function)
        backward.function(result)
        return np.array([value.grad for value in inputs])

    graded = Answer(gradients, "backward", ("result",))
    for claim, texts, kind in (
        ("a value that is used once: upstream times slope", ONCE, "chain-rule"),
        ("a value that is used several times: the sum of its shares", SEVERAL, "accumulation"),
        ("the same is true for equal numbers, for 0, and for large numbers", [*ONCE, *SEVERAL], "accumulation"),
    ):
        formulas = [Formula(text, judge.numbers(4)) for text in texts]
        if len(texts) > len(SEVERAL):
            numbers = ((3, 3, 3, 3), (2, 0, 2, 0), (0, 0, 0, 0), judge.numbers(4) * 1e6)
            formulas = [Formula(text, four) for text in texts for four in numbers]
        judge.compare(
            claim,
            judge.run(graded, [(formula,) for formula in formulas], repeat=True),
            gradients_by(each(lambda node, slope: node.grad * slope)),
            name="the gradients",
            entries=lambda formula: [f"{letter}.grad" for letter in formula.letters],
            known=KNOWN,
            question="What does each operand get, and what happens to what it already had?",
            kind=kind,
            rtol=1e-10,
            atol=1e-12,
        )
