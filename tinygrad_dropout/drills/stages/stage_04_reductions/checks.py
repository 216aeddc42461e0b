"""Sums, means, matrix products and reshaping; and a gradient check that needs no rules."""

import numpy as np

from tinygrad_dropout.drills.grader.answer import reject_errors
from tinygrad_dropout.drills.grader.framework_replay import REDUCTIONS, bug_among
from tinygrad_dropout.drills.grader.judge import Judge
from tinygrad_dropout.drills.grader.tensor_expressions import Expression, compare_expressions, mistake

TOPIC, MINUTES = "backprop", 20
KINDS = ("shapes", "averaging", "axes", "chain-rule", "precision")
ASKS = ("Tensor.sum", "Tensor.mean", "Tensor.reshape", "Tensor.T", "Tensor.__matmul__", "gradcheck")

SUMS = ("x.sum()", "x.sum(axis=0)", "x.sum(axis=1)", "x.sum(axis=-1)", "x.sum(axis=1, keepdims=True)",
        "x.sum(keepdims=True)", "x.sum(axis=(0, 2))", "x.sum(axis=(0, 2), keepdims=True)", "x.sum(0)")  # fmt: skip
SHAPES = ("x.reshape(6, 4)", "x.reshape(24)", "x.reshape(-1, 3)", "x.reshape(4, -1)", "x.reshape(2, 3, 4, 1)")
PRODUCTS = (((2, 3), (3, 4)), ((1, 3), (3, 5)), ((4, 2), (2, 1)), ((3, 3), (3, 3)))
LONG = ("(x @ y).mean()", "((x @ y).tanh() * 2).sum(axis=0)", "(x @ y - (x @ y).mean(axis=1, keepdims=True)) ** 2",
        "(x.T * 3).sum(axis=1) + y.sum(axis=1)")  # fmt: skip

MEAN = [
    mistake("mean-gradient-of-the-sum", lambda e: Expression(e.text.replace("mean", "sum"), e.values, None, e.upstream)
            .right()[1], "x.grad is the gradient of a sum; expected 1/N of it for N entries in each mean.",
            "If one of ten numbers grows by 1, by how much does their mean grow?", "averaging"),
    mistake("divided-by-all-entries", lambda e: Expression(e.text.replace("mean", "sum"), e.values, None, e.upstream)
            .right()[1] / e.values["x"].size, "x.grad is divided by the number of all entries; expected the number "
            "in each mean.", "How many entries does one mean along axis 1 have?", "averaging"),
]  # fmt: skip
TRANSPOSED = {
    "x.grad": [mistake("transposes-swapped", lambda e: e.upstream.T @ e.values["y"],
                       "x.grad is g.T @ y; expected g @ y.T.", "Which product has the shape of x?", "axes"),
               mistake("transposes-swapped", lambda e: e.upstream @ e.values["y"],
                       "x.grad is g @ y; expected g @ y.T.", "One entry: sum over o of g[n, o] times what?", "axes")],
    "y.grad": [mistake("transposes-swapped", lambda e: e.upstream.T @ e.values["x"],
                       "y.grad is g.T @ x; expected x.T @ g.", "Which product has the shape of y?", "axes"),
               mistake("transposes-swapped", lambda e: e.values["x"] @ e.upstream,
                       "y.grad is x @ g; expected x.T @ g.", "One entry: sum over n of x[n, i] times what?", "axes"),
               mistake("averaged-over-the-rows", lambda e: e.right()[2] / len(e.upstream),
                       "y.grad is the mean over the rows of x; expected the sum.",
                       "If the loss is a mean, where is its 1/N already?", "averaging")],
}  # fmt: skip


def check(judge: Judge) -> None:
    def of(text, *shape, **values):
        return Expression(text, {"x": judge.numbers(*shape), **values}, judge.rng)

    def pair(text, one, other):
        return Expression(text, {"x": judge.numbers(*one), "y": judge.numbers(*other)}, judge.rng)

    question = "How often does each entry of x occur in the result? Which shape does the gradient need?"
    compare_expressions(judge, "sum, over all or some axes", [of(text, 2, 3, 4) for text in SUMS],
                        question=question, kind="axes")  # fmt: skip
    means = [of(text.replace("sum", "mean"), 2, 3, 4) for text in SUMS]
    compare_expressions(
        judge, "mean, over all or some axes", means, {"x.grad": MEAN}, question=question, kind="averaging"
    )
    compare_expressions(
        judge,
        "sum and mean of a single row, and of a single number",
        [of(text, *shape) for text in ("x.sum()", "x.mean()", "x.sum(axis=0)") for shape in ((1,), (4,))],
    )
    compare_expressions(
        judge,
        "reshape",
        [of(text, 2, 3, 4) for text in SHAPES],
        question="The entries of the gradient are the same numbers in a different shape. Which one?",
        kind="shapes",
    )
    compare_expressions(judge, "T", [of("x.T", 2, 3), of("x.T", 3, 3)], kind="axes")
    compare_expressions(judge, "x @ y of square matrices", [pair("x @ y", (3, 3), (3, 3))], TRANSPOSED, kind="axes")
    compare_expressions(
        judge,
        "x @ y of any shapes, also in longer formulas",
        [pair("x @ y", *shapes) for shapes in PRODUCTS],
        TRANSPOSED,
        question="Write one entry of the result as a sum. Where does x[n, i] occur, and with which factor?",
        kind="axes",
    )
    compare_expressions(
        judge,
        "x @ y of any shapes, also in longer formulas",
        [pair(text, (4, 3), (3, 4)) for text in LONG],
        kind="axes",
    )
    array = judge.numbers(3, 4)
    compare_expressions(judge, "@ with an array on either side",
                        [of("x @ a", 2, 3, a=array), of("a @ x", 4, 5, a=array)])  # fmt: skip
    single = [Expression(text, {"x": judge.numbers(3, 4).astype(np.float32)}, judge.rng)
              for text in ("x.sum(axis=0)", "x.mean()", "x.reshape(12)", "x.T", "x @ x.T")]  # fmt: skip
    compare_expressions(judge, "float32 stays float32", single, kind="precision", rtol=1e-5, atol=1e-6)
    with judge.claim("gradcheck leaves the inputs and their grad unchanged"):
        refuse_changed_inputs(judge)
    with judge.claim("gradcheck of correct gradients: True"):
        for name, function, shapes in RIGHT:
            examine(judge, name, function, shapes, True)
    with judge.claim("gradcheck of wrong gradients: False"):
        for name, function, shapes in WRONG:
            examine(judge, name, function, shapes, False)


#: (description, function, shapes of its arguments); c returns a Tensor's numbers without its gradient
RIGHT = (
    ("x * y + x.exp()", lambda c, x, y: x * y + x.exp(), ((2, 3), (2, 3))),
    ("(x @ y).tanh()", lambda c, x, y: (x @ y).tanh(), ((2, 3), (3, 4))),
    ("x.mean(axis=0) * 3", lambda c, x: x.mean(axis=0) * 3, ((4, 3),)),
    ("x ** 3 for large x", lambda c, x: (x * 300) ** 3, ((3,),)),
    ("x * 1e-4", lambda c, x: x * 1e-4, ((3,),)),
    ("x * 1e8", lambda c, x: x * 1e8, ((3,),)),
    ("x.sum(), one number", lambda c, x: x.sum(), ((2, 2),)),
    ("x * 2, a function of x and y", lambda c, x, y: x * 2, ((2, 3), (2, 3))),
)
WRONG = (
    ("x ** 2 with the gradient x", lambda c, x: x * c(x), ((2, 3),)),
    ("3 x with the gradient 2", lambda c, x: x * 2 + c(x), ((2, 3),)),
    ("x with the gradient -1", lambda c, x: c(x) * 2 - x, ((4,),)),
    ("x with the gradient 1.01", lambda c, x: x * 1.01 - c(x) * 0.01, ((2, 3),)),
    ("1e-4 x with the gradient 1.01e-4", lambda c, x: x * 1.01e-4 - c(x) * 1e-6, ((3,),)),
    ("1e8 x with the gradient 1.01e8", lambda c, x: x * 1.01e8 - c(x) * 1e6, ((3,),)),
    ("a wrong gradient in the second input", lambda c, x, y: x * y + y - c(y) * 1, ((2, 3), (2, 3))),
    ("x + 3 y with no gradient for y", lambda c, x, y: x + c(y) * 3, ((3,), (3,))),
    ("a wrong gradient in the last entry", lambda c, x: x * c(x) * LAST + x * (1 - LAST), ((2, 3),)),
    ("no gradient at all", lambda c, x: c(x) * 2 + x * 0, ((2, 3),)),
    (
        "row sums whose gradients go to other rows",
        lambda c, x: (SHIFT @ (x - c(x))).sum(axis=1) + c(x).sum(axis=1),
        ((3, 2),),
    ),
)
LAST = np.array([[0, 0, 0], [0, 0, 1.0]])
SHIFT = np.array([[0, 1.0, 0], [0, 0, 1], [1, 0, 0]])


def examine(judge, name, function, shapes, right):
    tensor = judge.namespace["Tensor"]
    inputs = [tensor(judge.numbers(*shape), True) for shape in shapes]
    said = reject_errors(
        lambda: judge.namespace["gradcheck"](
            lambda *given: function(lambda one: tensor(one.data.copy()), *given), *inputs
        ),
        "gradcheck",
        f"gradcheck of {name}",
    )
    if not isinstance(said, (bool, np.bool_)):
        judge.reject("wrong-type", f"gradcheck of {name} returned {said!r}; expected True or False.")
    if bool(said) != right:
        code = "rejects-right-gradients" if right else "accepts-wrong-gradients"
        what = f"{name}, whose gradient is correct" if right else name
        judge.reject(
            code,
            f"gradcheck returned {said} for {what}; expected {right}.",
            "Which step h do you use, which difference do you allow, and relative to what?"
            if right
            else "Do you compare every entry of every input, with a random gradient of the result, and closely enough?",
            kind="precision",
        )


def refuse_changed_inputs(judge):
    tensor = judge.namespace["Tensor"]
    x, y = tensor(judge.numbers(2, 3), True), tensor(judge.numbers(2, 3), False)
    (x * y).backward(np.ones((2, 3)))
    before = x.data.copy(), y.data.copy(), x.grad.copy()
    said = reject_errors(
        lambda: judge.namespace["gradcheck"](lambda x, y: x * y, x, y), "gradcheck", "gradcheck of x * y"
    )
    for name, old, new in zip(("x.data", "y.data", "x.grad"), before, (x.data, y.data, x.grad)):
        if new is None or not np.array_equal(old, new):
            judge.reject("changes-its-input", f"gradcheck changed {name}; expected it unchanged.",
                         "Which numbers do you change, and when do you restore them?", kind="ownership",
                         shown={"before": old, "after": new})  # fmt: skip
    if said is not None and not said:
        judge.reject(
            "rejects-right-gradients",
            "gradcheck returned False for x * y; expected True: y requires no gradient, and x had a grad before.",
            "Which inputs are checked? What does backward do if grad already has a value?",
            kind="state",
        )


def bug(judge: Judge):
    """The learner's gradients of the first wrong operation, to replace the framework's own in a replay."""
    return bug_among(judge, REDUCTIONS)
