"""A number that knows its parents and the slope of each of them."""

import numpy as np

from tinygrad_dropout.drills.grader.answer import Answer
from tinygrad_dropout.drills.grader.framework_replay import SCALAR, bug_among
from tinygrad_dropout.drills.grader.judge import Judge
from tinygrad_dropout.drills.grader.scalar_rules import Formula, derivatives, mistake

TOPIC, MINUTES = "backprop", 8
KINDS = ("chain-rule", "edges", "state")
ASKS = ("Value",)

POWERS = ("x ** 2", "x ** 3", "x ** -1", "x ** -2", "x ** 1")
NUMBER_RIGHT = ("x + 3", "x - 3", "x * 3", "x / 3", "x + 0.5", "x * -2.5")
NUMBER_LEFT = ("3 + x", "3 - x", "3 * x", "3 / x", "0.5 + x", "-2.5 * x", "2 - x", "1.5 / x")
REUSED = ("x + x", "x * x", "x - x", "x / x", "x * x * x", "(x + y) * (x - y)", "x * y + x")
LONG = (
    "(x * y + z).tanh()",
    "(x - y).exp() / (z * z + 1)",
    "2 * x ** 3 - 5 / (1 + (y * z).exp())",
    "1 - (-x).tanh() ** 2 * (y - 2)",
)
CORNERS = (
    Formula("x ** 0", 0),
    Formula("x ** 0", 2),
    Formula("x ** 1", 0),
    Formula("x ** 2", 0),
    Formula("x ** 2", -3),
    Formula("x ** 0.5", 4),
    Formula("x * y", 0, 5),
    Formula("x * 0", 5),
    Formula("0 / x", 5),
    Formula("x.tanh()", 1000),
    Formula("x.tanh()", -1000),
    Formula("x.exp()", -1000),
    Formula("x.exp()", 20),
    Formula("x - y", 7, 7),
)

KNOWN = [
    mistake("product-rule-swapped", "*", lambda x, y: (x, y),
            "In a product, the slope of each factor is the factor itself; expected the other factor.",
            "x * 100: if x moves by 1, by how much does the product move?", "chain-rule"),
    mistake("product-slopes-are-one", "*", lambda x, y: (1.0, 1.0),
            "The slopes of a product are 1 and 1, as for a sum; expected the other factor for each.",
            "Does x * y change as fast as x, whatever y is?", "chain-rule"),
    mistake("sum-slopes-are-the-numbers", "+", lambda x, y: (x, y),
            "The slopes of a sum are its terms; expected 1 for each.",
            "x + 100: if x changes by 0.1, by how much does the sum change?", "chain-rule"),
    mistake("minus-forgotten", "-", lambda x, y: (1.0, 1.0),
            "In x - y, the slope of y is +1; expected -1.",
            "If y grows, does x - y grow?", "chain-rule"),
    mistake("exponent-forgotten", "**", lambda x, n: (x ** (n - 1), 0.0),
            "The slope of x ** n is x ** (n - 1): the factor n is missing.",
            "What is the derivative of x ** 3?", "chain-rule"),
    mistake("exponent-not-lowered", "**", lambda x, n: (n * x**n, 0.0),
            "The slope of x ** n is n * x ** n; expected n * x ** (n - 1).",
            "What is the derivative of x ** 2 at x = 3?", "chain-rule"),
    mistake("quotient-without-the-square", "/", lambda x, y: (1 / y, -x / y),
            "In x / y, the slope of y is -x / y; expected -x / y ** 2.",
            "Write x / y as x * y ** -1. What is the derivative of y ** -1?", "chain-rule"),
    mistake("quotient-without-the-minus", "/", lambda x, y: (1 / y, x / y**2),
            "In x / y, the slope of y is x / y ** 2; expected -x / y ** 2.",
            "If y grows, does x / y grow?", "chain-rule"),
    mistake("exp-slope-is-its-input", "exp", lambda x: (x,),
            "The slope of exp(x) is x; expected exp(x).",
            "Which function is its own derivative?", "chain-rule"),
    mistake("tanh-slope-not-squared", "tanh", lambda x: (1 - np.tanh(x),),
            "The slope of tanh is 1 - tanh; expected 1 - tanh ** 2.",
            "How steep is tanh far to the left, where it is -1?", "chain-rule"),
    mistake("tanh-slope-of-the-input", "tanh", lambda x: (1 - x**2,),
            "The slope of tanh is 1 - x ** 2; expected 1 - tanh(x) ** 2.",
            "How steep is tanh at x = 100?", "chain-rule"),
]  # fmt: skip


def check(judge: Judge) -> None:
    make = judge.make("Value", "data")
    with judge.claim("Value(3) holds a number, has no parents and no slopes"):
        refuse_wrong_leaves(judge, make)
    for claim, texts in (
        ("x + y", ("x + y",)),
        ("x * y", ("x * y",)),
        ("x ** n", POWERS),
        ("exp and tanh", ("x.exp()", "x.tanh()")),
        ("-x and x - y", ("-x", "x - y")),
        ("x / y", ("x / y",)),
        ("a number on the right", NUMBER_RIGHT),
        ("a number on the left", NUMBER_LEFT),
    ):
        compare_formulas(judge, make, claim, [Formula(text, *judge.numbers(3)) for text in texts], KNOWN)
    with judge.claim("parents and slopes are tuples, of Values and of floats"):
        refuse_wrong_containers(judge, make)
    with judge.claim("an operation leaves its operands unchanged"):
        refuse_changed_operands(judge, make)
    for claim, texts in (("a Value that is used several times", REUSED), ("formulas of several steps", LONG)):
        compare_slopes(judge, make, claim, [Formula(text, *judge.numbers(3)) for text in texts], KNOWN)
    compare_formulas(judge, make, "edge cases such as 0, negative numbers and large ones", CORNERS, ())


def refuse_wrong_leaves(judge, make):
    value = make(3, may_return_none=True)
    data = getattr(value, "data", None)
    if not isinstance(data, float) or data != 3:
        judge.reject("wrong-data", f"Value(3).data is {data!r}; expected the float 3.0.", "What does __init__ store?")
    for name in ("parents", "slopes"):
        found = getattr(value, name, None)
        if found is None:
            judge.reject("part-not-written", f"Value(3) has no {name} yet.", "What must a result remember?")
        if found != ():
            judge.reject(
                "leaf-has-parents",
                f"Value(3).{name} is {found!r}; expected an empty tuple: it was not computed from anything.",
                "Is every Value the result of an operation?",
                kind="state",
            )


def compare_formulas(judge, make, claim, formulas, known):
    """First the numbers, then the slopes."""
    numbers = Answer(
        lambda formula: formula.of(make.function)[0].data,
        "your Value's data",
        ("formula",),
        said=lambda formula: formula.typed,
    )
    with judge.about(f"{claim}, the number"):
        runs = judge.run(numbers, [(one,) for one in formulas], repeat=True)
    judge.compare(
        f"{claim}, the number",
        runs,
        lambda formula: formula.by()[0],
        question="What does the operator compute, and which operand is on which side?",
        rtol=1e-12,
        atol=1e-12,
    )
    compare_slopes(judge, make, claim, formulas, known)


def compare_slopes(judge, make, claim, formulas, known):
    slopes = Answer(
        lambda formula: derivatives(*formula.of(make.function)),
        "your Values' slopes",
        ("formula",),
        said=lambda formula: f"A walk from {formula.typed} along parents and slopes",
    )
    with judge.about(f"{claim}, the slopes"):
        runs = judge.run(slopes, [(one,) for one in formulas], repeat=True)
    judge.compare(
        f"{claim}, the slopes",
        runs,
        lambda formula: formula.by()[1:],
        name="the derivatives, multiplied along the path from the result to each input and summed over the paths,",
        entries=lambda formula: [f"d/d{letter}" for letter in formula.letters],
        known=known,
        question="Take a single operation: if an operand moves a little, how many times as fast does the result move?",
        rtol=1e-9,
        atol=1e-12,
    )


def refuse_wrong_containers(judge, make):
    for operation in ("x + 1", "x * x", "x ** 2", "x.exp()"):
        result = eval(operation, {}, {"x": make.function(3)})
        for name, kind, said in (("parents", type(result), "Values"), ("slopes", (float, int), "floats")):
            found = getattr(result, name)
            if not isinstance(found, tuple) or not all(isinstance(one, kind) for one in found):
                judge.reject(
                    "wrong-type",
                    f"The {name} of {operation} are a {type(found).__name__} of "
                    f"{', '.join(type(one).__name__ for one in found)}; expected a tuple of {said}.",
                    "What does the task say about parents and slopes?",
                )


def refuse_changed_operands(judge, make):
    x, y = make.function(2.0), make.function(-3.0)
    product = x * y
    before = [(one.data, list(one.parents), list(one.slopes)) for one in (x, y, product)]
    for formula in ("product + x", "product * product", "x ** 2", "product.exp()", "-product", "y - product"):
        eval(formula, {}, {"x": x, "y": y, "product": product})
        now = [(one.data, list(one.parents), list(one.slopes)) for one in (x, y, product)]
        if any(old[0] != new[0] or list(map(id, old[1])) != list(map(id, new[1])) or old[2] != new[2]
               for old, new in zip(before, now)):  # fmt: skip
            judge.reject(
                "changes-its-operands",
                f"{formula} changed one of its operands; expected a new Value and unchanged operands.",
                "Other results depend on the same operand. Which objects may an operation write to?",
                kind="ownership",
            )


def bug(judge: Judge):
    """The learner's gradients of the first wrong operation, to replace the framework's own in a replay."""
    return bug_among(judge, SCALAR)
