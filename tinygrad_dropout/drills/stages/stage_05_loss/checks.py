"""ReLU and the loss of a classifier, for logits of any size."""

import numpy as np

from tinygrad_dropout.drills.grader.answer import reject_errors
from tinygrad_dropout.drills.grader.framework_replay import LOSS, bug_among
from tinygrad_dropout.drills.grader.guards import SMALL, many
from tinygrad_dropout.drills.grader.judge import Judge
from tinygrad_dropout.drills.grader.tensor_expressions import Expression, compare_expressions, mistake

TOPIC, MINUTES = "backprop", 15
KINDS = ("kinks", "stability", "averaging", "chain-rule", "axes")
ASKS = ("relu", "log_softmax", "cross_entropy")


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def one_hot(e):
    return np.eye(e.values["x"].shape[1])[e.values["target"]]


RELU = [
    mistake(
        "gradient-passes-unmasked",
        lambda e: e.upstream,
        "x.grad is the unchanged gradient; expected 0 where x is negative.",
        "If x = -3 moves a little, what does relu do?",
    ),
    mistake(
        "mask-from-the-gradient",
        lambda e: e.upstream * (e.upstream > 0),
        "x.grad is 0 where the gradient is negative; expected 0 where x is negative.",
        "Which array decides where the gradient passes?",
    ),
]
LOG_SOFTMAX = [
    mistake("sum-of-the-gradients-left-out", lambda e: e.upstream - softmax(e.values["x"]),
            "x.grad is g - softmax; expected g - softmax * (the sum of g over the row).",
            "All results of a row move when one logit moves. How much, and whose gradients count?"),
    mistake("normalizer-forgotten", lambda e: e.upstream, "x.grad is g: no gradient flows through the sum.",
            "Which terms of log_softmax does a logit occur in?"),
    mistake("gradient-of-softmax", lambda e: softmax(e.values["x"])
            * (e.upstream - (e.upstream * softmax(e.values["x"])).sum(axis=-1, keepdims=True)),
            "x.grad is the gradient of softmax, without the log.", "What is the derivative of log(softmax)?"),
]  # fmt: skip
CROSS_ENTROPY = [
    mistake("not-divided-by-n", lambda e: e.right()[1] * len(e.values["target"]),
            "x.grad is (softmax - one-hot) times the gradient; expected 1/N of that.",
            "The loss is a mean over N rows. What does one row contribute?", "averaging"),
    mistake("target-not-subtracted", lambda e: e.upstream * softmax(e.values["x"]) / len(e.values["target"]),
            "x.grad is softmax / N; expected (softmax - one-hot) / N.",
            "Should the gradient be positive for the logit of the correct class?"),
    mistake("wrong-sign", lambda e: -e.right()[1], "x.grad is (one-hot - softmax) / N; expected its negative.",
            "If the logit of the correct class grows, does the loss grow?"),
    mistake("ignores-upstream", lambda e: (softmax(e.values["x"]) - one_hot(e)) / len(e.values["target"]),
            "x.grad is (softmax - one-hot) / N for every gradient that backward is given.",
            "What is the gradient of 3 * cross_entropy(...)?"),
]  # fmt: skip
EPSILON = many(
    "epsilon-in-the-log",
    [lambda e, *arrays, eps=eps: -np.log((softmax(e.values["x"]) + eps)[one_hot(e) > 0]).mean() for eps in SMALL],
    "A small number is added to the probabilities before the log is taken; expected the exact loss.",
    "How can you compute log_softmax without the logarithm of a probability? With your small number, how large can "
    "the loss get?",
    "stability",
)
SUMMED = mistake("loss-is-a-sum", lambda e: e.right()[0] * len(e.values["target"]),
                 "The loss is the sum over the rows; expected their mean.", "Should the loss grow with the batch?",
                 "averaging")  # fmt: skip
DIVIDED_BY_ALL = mistake("divided-by-all-entries", lambda e: e.right()[0] / e.values["x"].shape[1],
                         "The loss is divided by the number of all logits; expected the number of rows.",
                         "How many losses are averaged?", "averaging")  # fmt: skip


def check(judge: Judge) -> None:
    def of(text, x, **values):
        return Expression(text, {"x": np.asarray(x), **values}, judge.rng)

    def loss(x, target, text="cross_entropy(x, target)"):
        return of(text, x, target=np.asarray(target))

    compare_expressions(judge, "relu", [of("relu(x)", judge.numbers(*shape)) for shape in ((3, 4), (5,), (2, 3, 2))],
                        {"x.grad": RELU})  # fmt: skip
    compare_expressions(
        judge,
        "relu of large and small numbers",
        [of("relu(x)", [[1e4, -1e4, 1e-9, -1e-9], [30.0, -30.0, 0.5, -0.5]])],
        {"x.grad": RELU},
    )
    zeros = np.array([[0.0, -0.0, 1.0], [-2.0, 0.0, 3.0]])
    compare_expressions(judge, "the gradient of relu at exactly 0: 0", [of("relu(x)", zeros)], {"x.grad": [
        mistake("gradient-one-at-zero", lambda e: e.upstream * (e.values["x"] >= 0),
                "Where x is exactly 0, the gradient passes; expected 0 there.",
                "Both 0 and 1 are subgradients. Which one do frameworks use?", "kinks"),
        mistake("gradient-half-at-zero", lambda e: e.upstream * np.where(e.values["x"] == 0, 0.5, e.values["x"] > 0),
                "Where x is exactly 0, half of the gradient passes; expected 0 there.",
                "Every number from 0 to 1 is a subgradient. Which one does the task ask for?", "kinks")]},
        kind="kinks")  # fmt: skip
    rows = [of("log_softmax(x)", judge.numbers(*shape)) for shape in ((3, 4), (1, 5), (4, 2))]
    compare_expressions(
        judge,
        "log_softmax of each row",
        rows,
        {
            "x.grad": LOG_SOFTMAX,
            "the result": [
                mistake(
                    "normalized-over-the-batch",
                    lambda e: np.log(softmax(e.values["x"].ravel())).reshape(e.values["x"].shape),
                    "All entries are normalized together; expected each row separately.",
                    "What should the probabilities of one row add up to?",
                    "axes",
                ),
                mistake(
                    "normalized-over-the-batch",
                    lambda e: np.log(softmax(e.values["x"].T)).T,
                    "The columns are normalized; expected the rows.",
                    "What should the probabilities of one row add up to?",
                    "axes",
                ),
            ],
        },
    )
    large = [[1e4, 0.0, -1e4], [-1e4, -1e4, 1e4 + 1], [800.0, 799.0, 0.0], [-800.0, -801.0, -802.0]]
    compare_expressions(
        judge,
        "log_softmax of logits up to 1e4",
        [of("log_softmax(x)", large)],
        question="exp(1e4) overflows, and log(0) is -inf. What can be subtracted from all logits of a row?",
        kind="stability",
    )
    several = [loss(judge.numbers(n, c), judge.rng.integers(0, c, n)) for n, c in ((3, 4), (5, 2), (1, 3), (6, 6))]
    compare_expressions(
        judge,
        "the loss that cross_entropy returns, and its gradient: a mean over the rows",
        several,
        {"the result": [SUMMED, DIVIDED_BY_ALL, *EPSILON], "x.grad": CROSS_ENTROPY},
        kind="averaging",
    )
    sure = [[20.0, 0.0], [0.0, 22.0], [19.0, 0.0]]
    compare_expressions(judge, "cross_entropy of nearly certain predictions", [loss(sure, [0, 1, 0])],
                        {"the result": EPSILON},
                        question="Do you add a small number to the probabilities? What is left of a loss of 1e-9?",
                        kind="stability", rtol=1e-5, atol=0)  # fmt: skip
    compare_expressions(
        judge,
        "cross_entropy of logits up to 1e4",
        [loss(large, [1, 0, 2, 1]), loss(large, [0, 2, 0, 0])],
        {"the result": EPSILON},
        question="Do you take the log of a probability that was rounded to 0?",
        kind="stability",
    )
    times = [loss(judge.numbers(4, 3), [0, 2, 1, 1], "cross_entropy(x * 2, target) * 3 + (x * x).sum()")]
    compare_expressions(judge, "a loss in which the cross-entropy is one term", times, {"x.grad": CROSS_ENTROPY})
    single = [Expression(text, {"x": judge.numbers(3, 4).astype(np.float32), "target": np.array([0, 3, 1])}, judge.rng)
              for text in ("relu(x)", "log_softmax(x)", "cross_entropy(x, target)")]  # fmt: skip
    compare_expressions(judge, "float32 stays float32", single, kind="precision", rtol=1e-5, atol=1e-6)
    with judge.claim("the caller's arrays stay unchanged"):
        refuse_changed_arrays(judge)
    with judge.claim("a second backward adds the same gradient again"):
        refuse_wrong_second_calls(judge)


def refuse_changed_arrays(judge):
    names, target = judge.namespace, np.array([0, 3, 1])
    for text in ("relu(x)", "log_softmax(x)", "cross_entropy(x, target)"):
        x, classes = judge.numbers(3, 4), target.copy()
        tensor = names["Tensor"](x, requires_grad=True)
        before, upstream = x.copy(), judge.numbers(*(() if "cross" in text else (3, 4)))
        given = upstream.copy()
        reject_errors(lambda text=text, tensor=tensor, classes=classes, given=given: eval(
            text, {**names, "x": tensor, "target": classes}).backward(given), text, text)  # fmt: skip
        for name, old, new in (("the array in x", before, x), ("target", target, classes),
                               ("the gradient that was given to backward", upstream, given)):  # fmt: skip
            if not np.array_equal(old, new):
                judge.reject(
                    "changes-its-input",
                    f"{text} or its backward changed {name}; expected it unchanged.",
                    "Where does your code write into an array that it did not create?",
                    kind="ownership",
                    shown={"before": old, "after": new},
                )


def refuse_wrong_second_calls(judge):
    names = {**judge.namespace, "target": np.array([0, 3, 1])}
    for text in ("relu(x)", "log_softmax(x)", "cross_entropy(x, target)"):
        x = names["Tensor"](judge.numbers(3, 4), requires_grad=True)
        result, upstream, found = eval(text, {**names, "x": x}), judge.numbers(*(() if "cross" in text else (3, 4))), []
        for _ in range(2):
            reject_errors(
                lambda result=result, upstream=upstream: result.backward(upstream), "backward", f"{text}.backward(g)"
            )
            found.append(np.array(x.grad))
        if not np.allclose(found[1], 2 * found[0]):
            judge.reject(
                "second-call-differs",
                f"A second backward through {text} adds a different gradient than the first.",
                "Which array that it needs again does your rule write into?",
                kind="state",
                shown={"added by the first call": found[0], "by the second": found[1] - found[0]},
            )


def bug(judge: Judge):
    """The learner's gradients of the first wrong operation, to replace the framework's own in a replay."""
    return bug_among(judge, LOSS)
