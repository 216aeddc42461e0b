"""Arrays instead of numbers: broadcasting, dtypes, and arrays that belong to the caller."""

import numpy as np

from tinygrad_dropout.drills.grader.answer import reject_errors
from tinygrad_dropout.drills.grader.framework_replay import ELEMENTWISE, bug_among
from tinygrad_dropout.drills.grader.inputs import other_layouts
from tinygrad_dropout.drills.grader.judge import Judge
from tinygrad_dropout.drills.grader.recursion import refuse_a_raised_limit
from tinygrad_dropout.drills.grader.result import Rejected
from tinygrad_dropout.drills.grader.tensor_expressions import Expression, compare_expressions, mistake

TOPIC, MINUTES = "backprop", 20
KINDS = ("shapes", "accumulation", "chain-rule", "ownership", "precision")
ASKS = ("Tensor", "Tensor.backward")

PAIRS = (((3, 4), (4,)), ((3, 1), (1, 4)), ((), (2, 3)), ((2, 3, 4), (3, 1)), ((1,), (5,)), ((2, 1, 3), (4, 1)),
         ((2, 3, 4), (1, 3, 1)), ((3, 3), (3,)))  # fmt: skip
OPERATIONS = ("x + y", "x - y", "x * y", "x / y")
REUSED = ("x * x", "x + x", "(x + y) * (x - y) + x", "(x * y) / (x * x + y) - y.exp()", "x - x * x * y",
          "x * 2 + (x + y)", "(x + y) + x * 2", "(y + x) + y * y")  # fmt: skip
UNARY = ("-x", "x.exp()", "x.tanh()")
POWERS = ("x ** 2", "x ** 3", "x ** -1", "x ** 1", "x ** 0")
OTHERS = ("x + 3", "3 + x", "x - 2", "2 - x", "x * 2.5", "2.5 * x", "x / 4", "4 / x")
ARRAYS = ("x + a", "a + x", "x - a", "a - x", "x * a", "a * x", "x / a", "a / x")
DEEP = 5_000


def ones(expression):
    """The result and the gradients for an upstream gradient of ones."""
    return Expression(expression.text, expression.values, None, np.ones_like(expression.upstream)).right()


def copies(expression, part):
    """The number of copies that broadcasting makes of each entry of an operand."""
    return expression.upstream.size / expression.right()[part].size


UPSTREAM = [
    mistake("ignores-upstream", lambda e, part=part: ones(e)[part],
            "The gradient is that of the sum of the result: it ignores the gradient that backward was given.",
            "dL/dx is the gradient of the result times the slope. Where does your rule use the gradient of the result?")
    for part in (1, 2)
]  # fmt: skip
BOTH = {"x.grad": [UPSTREAM[0]], "y.grad": [UPSTREAM[1]]}
BY_OPERATION = {
    "x + y": {},
    "x * y": {
        "x.grad": [
            mistake(
                "product-rule-swapped",
                lambda e: e.upstream * e.values["x"],
                "x.grad is the gradient times x; expected times y.",
                "If x changes by 1, by how much does x * y change?",
            )
        ],
    },
    "x - y": {
        "y.grad": [
            mistake(
                "minus-forgotten",
                lambda e: e.upstream,
                "y.grad is the gradient itself; expected its negative.",
                "If y grows, where does x - y go?",
            )
        ],
    },
    "x / y": {
        "y.grad": [
            mistake(
                "quotient-without-the-minus",
                lambda e: e.upstream * e.values["x"] / e.values["y"] ** 2,
                "y.grad is gradient * x / y ** 2; expected its negative.",
                "If y grows, does x / y grow?",
            ),
            mistake(
                "quotient-without-the-square",
                lambda e: -e.upstream * e.values["x"] / e.values["y"],
                "y.grad is -gradient * x / y; expected -gradient * x / y ** 2.",
                "Write x / y as x * y ** -1. What is the derivative of y ** -1?",
            ),
        ],
    },
}
BROADCAST = {
    f"{letter}.grad": [
        mistake(
            "averaged-over-the-copies",
            lambda e, part=part: e.right()[part] / copies(e, part),
            f"{letter}.grad is the mean over the copies that broadcasting makes; expected their sum.",
            "One number was used several times. What do its uses contribute?",
            "accumulation",
        ),
        mistake(
            "one-copy-counts",
            lambda e, part=part: one_copy(e, part),
            f"{letter}.grad is the gradient of one of the copies that broadcasting makes; expected the sum over all.",
            "One number was used several times. Does only one of its uses reach the result?",
            "accumulation",
        ),
    ]
    for part, letter in ((1, "x"), (2, "y"))
}


def one_copy(expression, part):
    """The gradient of the first copy only."""
    letter = "xy"[part - 1]
    value = expression.values[letter]
    values = {**expression.values, letter: np.broadcast_to(value, expression.upstream.shape)}
    gradient = Expression(expression.text, values, None, expression.upstream).right()[part]
    gradient = gradient.reshape((-1, *gradient.shape[gradient.ndim - value.ndim :]))[0]
    return gradient[tuple(slice(0, 1) if length == 1 else slice(None) for length in value.shape)]


def check(judge: Judge) -> None:
    def pair(text, one, other):
        return Expression(text, {"x": judge.numbers(*one), "y": judge.numbers(*other)}, judge.rng)

    def unary(text, low=0.2, **values):
        return Expression(text, {"x": judge.numbers(2, 3, low=low), **values}, judge.rng)

    refuse_a_raised_limit(judge)
    tensor = judge.make("Tensor", "data", "requires_grad")
    with judge.claim("Tensor(array) holds the array as floats; grad is None at first"):
        refuse_wrong_attributes(judge, tensor)
    for text, known in BY_OPERATION.items():
        merged = {name: [*known.get(name, ()), *BOTH[name]] for name in BOTH}
        compare_expressions(judge, text, [pair(text, (3, 4), (3, 4)), pair(text, (5,), (5,))], merged)
    for text in UNARY:
        compare_expressions(judge, text, [unary(text)], {"x.grad": [UPSTREAM[0]]})
    compare_expressions(judge, "x ** n", [unary(text) for text in POWERS], {"x.grad": [UPSTREAM[0]]})
    zeros = {"x": np.array([0.0, -0.0, 2.0, -3.0])}
    compare_expressions(judge, "powers of 0 and of negative numbers: the gradient of x ** 0 is 0 everywhere",
                        [Expression(text, zeros, judge.rng) for text in ("x ** 0", "x ** 1", "x ** 2", "x ** 3")],
                        question="What is 0 * 0 ** -1 in floats, and what is the slope of a constant?",
                        kind="edges")  # fmt: skip
    positive = {"x": abs(judge.numbers(2, 3))}
    compare_expressions(judge, "x.log()", [Expression("x.log()", positive, judge.rng)])
    expressions = [pair(text, one, other) for text in OPERATIONS for one, other in PAIRS]
    expressions += [pair(text, other, one) for text in OPERATIONS for one, other in PAIRS]
    compare_expressions(judge, "shapes that broadcast: each Tensor gets a gradient of its own shape", expressions,
                        BROADCAST, question="Over which axes was this Tensor repeated? What do the copies add up to?",
                        kind="shapes")  # fmt: skip
    compare_expressions(judge, "numbers on either side", [unary(text) for text in OTHERS])
    a, row = judge.numbers(2, 3), judge.numbers(3)
    of_arrays = [unary(text, a=a) for text in ARRAYS] + [unary(text, a=row) for text in ARRAYS]
    compare_expressions(judge, "arrays on either side", of_arrays,
                        question="On which side is the array, and which operand is which?")  # fmt: skip
    compare_expressions(judge, "x * x, x + x", [unary(text) for text in REUSED[:2]], kind="accumulation")
    compare_expressions(
        judge,
        "a Tensor that is used several times",
        [pair(text, (2, 3), (2, 3)) for text in REUSED if "y" in text],
        kind="accumulation",
    )
    numbers = {"n": np.float64(2.5), "m": np.int64(3)}
    single = [Expression(text, {"x": judge.numbers(2, 3).astype(np.float32), **numbers}, judge.rng)
              for text in ("x * 2", "2 - x", "x / 3", "x ** 2", "x.exp()", "x * x + 1", "x * n", "m - x")]  # fmt: skip
    compare_expressions(judge, "float32 stays float32, in results and gradients", single, kind="precision", rtol=1e-5)
    laid_out = [Expression("x * x + x.exp()", {"x": other}, judge.rng) for other in other_layouts(judge.numbers(3, 4))]
    compare_expressions(judge, "arrays in any layout, such as transposed ones", laid_out)
    with judge.claim("backward without a gradient: only for a single number"):
        refuse_wrong_starts(judge, tensor)
    with judge.claim("the caller's arrays stay unchanged"):
        refuse_changed_arrays(judge, tensor)
    with judge.claim("calls accumulate in the leaves; no other Tensor must have a gradient"):
        refuse_lost_sums(judge, tensor)
    with judge.claim("a result requires a gradient if, and only if, an operand does; what requires none gets none"):
        refuse_wrong_requires_grad(judge)
    with judge.claim("a grad is an array, of the dtype of its own Tensor"):
        refuse_wrong_dtypes(judge, tensor)
    with judge.claim(f"a chain of {DEEP:,} operations"):
        refuse_recursion(judge, tensor)


def refuse_wrong_attributes(judge, tensor):
    array = judge.numbers(2, 3)
    one = tensor(array, True)
    for name, wanted in (("data", np.ndarray), ("shape", tuple)):
        if not isinstance(getattr(one, name, None), wanted):
            judge.reject(
                "wrong-type",
                f"Tensor(array).{name} is a {type(getattr(one, name, None)).__name__}; expected "
                f"{'an array' if name == 'data' else 'a tuple'}.",
                "What does the task say about it?",
            )
    if one.shape != (2, 3) or not np.array_equal(one.data, array):
        judge.reject(
            "wrong-data", "Tensor(array).data does not have the numbers or the shape of the array; expected both."
        )
    for given in ([[1, 2], [3, 4]], 3, np.array([1, 2])):
        if tensor(given, False).data.dtype != np.float64:
            judge.reject(
                "wrong-dtype",
                f"Tensor({given!r}).data is {tensor(given, False).data.dtype}; expected float64.",
                "What happens to a gradient of 0.5 in an array of integers?",
                kind="precision",
            )
    if tensor(np.zeros(3, np.float32), False).data.dtype != np.float32:
        judge.reject("changes-the-dtype", "The data of a Tensor from a float32 array is not float32; expected float32.",
                     "Which arrays do you convert, and to which dtype?", kind="precision")  # fmt: skip
    if one.grad is not None:
        judge.reject(
            "wrong-first-grad",
            f"Tensor(array, requires_grad=True).grad is {one.grad!r} at first; expected None.",
            "How can an optimizer distinguish a parameter that was not used from one whose gradient is 0?",
            kind="state",
        )


def refuse_wrong_starts(judge, tensor):
    x = tensor(np.array([3.0]), True)
    reject_errors((x * x).backward, "backward()", "(x * x).backward() for x of shape (1,)")
    if x.grad is None or x.grad.shape != (1,) or x.grad[0] != 6:
        judge.reject("wrong-values", f"x.grad after (x * x).backward() is {x.grad!r}; expected [6.] for x = [3.].",
                     "What is dL/dL?")  # fmt: skip
    single = tensor(3.0, True)
    reject_errors(single.backward, "backward()", "Tensor(3.0, requires_grad=True).backward()")
    if not isinstance(single.grad, (np.ndarray, np.generic, float)) or np.shape(single.grad) or single.grad != 1:
        judge.reject("wrong-values", f"After Tensor(3.0, requires_grad=True).backward(), grad is {single.grad!r}; "
                     "expected 1.0, in an array of shape ().", "If the result is an input itself, what is dL/dL?",
                     kind="edges")  # fmt: skip
    try:
        (tensor(np.ones((2, 3)), True) * 2).backward()
    except NotImplementedError:
        raise
    except Exception:
        return
    judge.reject("starts-from-anything", "backward() without a gradient, of shape (2, 3), raised nothing; expected an "
                 "exception.", "Which of the six numbers would be the loss?", kind="edges")  # fmt: skip


def is_close(grad, wanted):
    return grad is not None and np.shape(grad) == wanted.shape and np.allclose(grad, wanted)


def refuse_wrong_requires_grad(judge):
    make = judge.namespace["Tensor"]
    wanted, other = make(judge.numbers(2), requires_grad=True), make(judge.numbers(2))
    for text, right in (("wanted * other", True), ("other - wanted", True), ("(wanted * 2).exp()", True),
                        ("other", False), ("other * other", False), ("(other * 2).exp()", False)):  # fmt: skip
        found = getattr(eval(text, {}, {"wanted": wanted, "other": other}), "requires_grad", None)
        if found is None or bool(found) != right:
            judge.reject(
                "wrong-requires-grad",
                f"requires_grad of {text} is {found}; expected {right} for other = Tensor(array) and wanted = "
                "Tensor(array, requires_grad=True).",
                "Which operands decide whether a gradient has to flow back through a result?",
                kind="state",
            )
    try:
        other.backward(np.ones(2))
    except Exception:
        return  # there is nothing to do, and an error is also correct
    if other.grad is not None:
        judge.reject(
            "gradient-for-what-needs-none",
            "backward of a Tensor that requires no gradient gave it one; expected None.",
            "Which Tensors require a gradient?",
            kind="state",
        )


def refuse_wrong_dtypes(judge, tensor):
    x, y = tensor(judge.numbers(2, 3).astype(np.float32), True), tensor(judge.numbers(2, 3), True)
    reject_errors(lambda: (x * y + x).backward(np.ones((2, 3))), "backward", "(x * y + x).backward(gradient)")
    alone = tensor(judge.numbers(3).astype(np.float32), True)
    reject_errors(lambda: alone.backward(np.ones(3)), "backward", "x.backward(a float64 gradient)")
    z = tensor(judge.numbers(3).astype(np.float32), True)
    reject_errors(lambda: (z * z).backward(np.ones(3)), "backward", "(x * x).backward(a float64 gradient)")
    given = "(a float64 gradient)"
    for name, one in (("x * y + x with y of float64", x), ("x * y + x with y of float64", y),
                      (f"x.backward{given}", alone), (f"(x * x).backward{given}", z)):  # fmt: skip
        if one.grad is None or one.grad.dtype != one.data.dtype:
            judge.reject("changes-the-dtype", f"With {name}, the grad of a {one.data.dtype} Tensor is "
                         f"{getattr(one.grad, 'dtype', None)}.",
                         "Which dtype does NumPy give the result if the operands have two different ones?",
                         kind="precision")  # fmt: skip
    number = tensor(3.0, True)
    for times in ("one call", "two calls"):
        reject_errors((number * 2).backward, "backward", "(x * 2).backward() for x of shape ()")
        if not isinstance(number.grad, np.ndarray):
            judge.reject("wrong-type", f"After {times} of (x * 2).backward() with x = Tensor(3.0, requires_grad=True), "
                         f"x.grad is a {type(number.grad).__name__}; expected an array of shape ().",
                         "The sum of two arrays of shape () is a NumPy float. Which function turns it into an array?",
                         kind="edges")  # fmt: skip


def refuse_lost_sums(judge, tensor):
    x, y = tensor(judge.numbers(2, 3), True), tensor(judge.numbers(2, 3), False)
    first, second = judge.numbers(2, 3), judge.numbers(2, 3)
    middle = x * y
    result = middle * middle + x
    slope = 2 * x.data * y.data**2 + 1
    reject_errors(lambda: result.backward(first.copy()), "backward", "result.backward(gradient)")
    once = None if x.grad is None else np.array(x.grad)
    reject_errors(lambda: result.backward(second.copy()), "backward", "a second result.backward(gradient)")
    if not is_close(once, slope * first) or not is_close(x.grad, slope * (first + second)):
        when = "After two calls" if is_close(once, slope * first) else "After the first call"
        judge.reject("calls-do-not-add-up", f"{when}, x.grad is not the sum of the contributions of the calls.",
                     "What did the first call leave in the intermediate Tensors, and where does it go?",
                     kind="accumulation", shown={"yours": x.grad, "expected": slope * (first + second)})  # fmt: skip
    if y.grad is not None:
        judge.reject("gradient-for-what-needs-none", "y, which requires no gradient, got one; expected None.",
                     "Who needs the gradient of a batch of images?", kind="state")  # fmt: skip
    held, x.grad = x.grad, None
    before = held.copy()
    reject_errors(lambda: result.backward(first.copy()), "backward", "result.backward(gradient) after x.grad = None")
    if not np.array_equal(held, before) or (x.grad is not None and np.may_share_memory(held, x.grad)):
        judge.reject("gradients-share-memory", "After x.grad = None, the array that was x.grad is also used for the "
                     "next "
                     "gradient.", "The caller may have kept the old gradient. What happens to it now?",
                     kind="ownership")  # fmt: skip
    if not is_close(x.grad, slope * first):
        judge.reject("keeps-its-own-account", "After x.grad = None, the next call does not start from zero.",
                     "Where are the sums kept? The caller starts over by setting grad.", kind="state")  # fmt: skip


def refuse_changed_arrays(judge, tensor):
    arrays = [judge.numbers(2, 3) for _ in range(3)]
    before = [array.copy() for array in arrays]
    x, y, z = tensor(arrays[0], True), tensor(arrays[1], True), tensor(arrays[0].copy(), True)
    (x + y).backward(arrays[2])
    (z + z + z * 2 - (z + y)).backward(arrays[2])
    names = ("the array in x", "the array in y", "the gradient that was given to backward")
    for name, array, old in zip(names, arrays, before):
        if not np.array_equal(array, old):
            judge.reject(
                "changes-its-input",
                f"{name[:1].upper()}{name[1:]} has changed; expected it unchanged.",
                "Where does your code write into an array that it did not create?",
                kind="ownership",
            )
    if x.grad is None or y.grad is None:
        judge.reject("wrong-values", "After (x + y).backward(gradient), x.grad or y.grad is None.",
                     "Both were used. Which of them does your code skip?", kind="accumulation")  # fmt: skip
    if np.may_share_memory(x.grad, y.grad) or np.may_share_memory(x.grad, arrays[2]):
        judge.reject("gradients-share-memory", "x.grad after x + y is the same array as another gradient.",
                     "If the caller clips x.grad in place, what happens to y.grad?", kind="ownership")  # fmt: skip


def refuse_recursion(judge, tensor):
    x = tensor(np.ones(2), True)
    result = x
    for _ in range(DEEP):
        result = result * 1.0
    try:
        reject_errors(lambda: result.backward(np.ones(2)), "backward", f"backward on a chain of {DEEP:,} operations")
    except Rejected as rejected:
        if isinstance(rejected.__cause__, RecursionError):
            judge.reject(
                "recursion-error",
                f"backward went deeper than Python's recursion limit on a chain of {DEEP:,} operations.",
                "You solved this for Values. Why does the same code not work here?",
                kind="order",
            )
        raise
    if not is_close(x.grad, np.ones(2)):
        judge.reject("wrong-values", "The gradient at the other end of the chain is wrong; expected 1.", kind="order")


def bug(judge: Judge):
    """The learner's gradients of the first wrong operation, to replace the framework's own in a replay."""
    return bug_among(judge, ELEMENTWISE)
