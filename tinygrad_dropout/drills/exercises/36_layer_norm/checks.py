"""Each row is standardized over its features; its gradient also flows through the mean and the variance."""

import numpy as np

from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake
from tinygrad_dropout.drills.grader.two_passes import refuse_shared_caches, run_both_passes

TOPIC, MINUTES = "backprop", 15
KINDS = ("axes", "chain-rule", "accumulation", "averaging", "stability", "state")

#: rows, features: including square inputs, for which a wrong axis does not raise an error
SHAPES = ((2, 3), (3, 3), (1, 4), (5, 2))
MORE_AXES = ((4,), (2, 3, 4), (3, 3, 3), (2, 1, 3, 2))


def forward(x, weight, bias, eps, axis=-1, ddof=0):
    return standardized(x, eps, axis, ddof) * weight + bias


def standardized(x, eps, axis=-1, ddof=0):
    return (x - x.mean(axis=axis, keepdims=True)) / np.sqrt(x.var(axis=axis, ddof=ddof, keepdims=True) + eps)


def gradient_of_x(grad, x, weight, eps, mean=True, variance=True, divisor=1.0):
    h, upstream = standardized(x, eps), grad * weight
    along = mean * upstream.mean(axis=-1, keepdims=True)
    along = along + variance * h * (upstream * h).mean(axis=-1, keepdims=True) * divisor
    return (upstream - along) / np.sqrt(x.var(axis=-1, keepdims=True) + eps)


def rows(x):
    return tuple(range(x.ndim - 1))


FORWARD = [
    KnownMistake("normalized-over-the-batch", lambda x, w, b, eps: forward(x, w, b, eps, axis=0),
                 "y is standardized down the columns, over the examples: that is batch norm.",
                 "Should the y of one example change if another example in the batch does?", "axes"),
    KnownMistake("normalized-over-everything", lambda x, w, b, eps: forward(x, w, b, eps, axis=None),
                 "One mean and one variance are taken over all of x.",
                 "How many means does a batch of 32 rows have?", "axes"),
    KnownMistake("unbiased-variance", lambda x, w, b, eps: forward(x, w, b, eps, ddof=1),
                 "The variance is divided by D - 1; expected D, the number of features.",
                 "Which of the two variances does the task ask for?", "averaging"),
    KnownMistake("eps-outside-the-root",
                 lambda x, w, b, eps: (x - x.mean(-1, keepdims=True)) / (x.std(-1, keepdims=True) + eps) * w + b,
                 "eps is added to the standard deviation; expected it under the root, added to the variance.",
                 "sqrt(v + eps) and sqrt(v) + eps: which one is in the formula?", "stability"),
    KnownMistake("eps-ignored", lambda x, w, b, eps: forward(x, w, b, 0.0),
                 "eps is ignored.", "What is y of a row whose features are equal?", "stability"),
    KnownMistake("root-forgotten",
                 lambda x, w, b, eps: (x - x.mean(-1, keepdims=True)) / (x.var(-1, keepdims=True) + eps) * w + b,
                 "x - mean is divided by the variance; expected its square root.",
                 "What should the variance of a row be before weight and bias are applied?", "chain-rule"),
    KnownMistake("mean-not-subtracted",
                 lambda x, w, b, eps: x / np.sqrt(x.var(-1, keepdims=True) + eps) * w + b,
                 "The mean is not subtracted.", "What is the mean of a row of x_hat?", "chain-rule"),
    KnownMistake("root-mean-square-norm",
                 lambda x, w, b, eps: x / np.sqrt((x**2).mean(-1, keepdims=True) + eps) * w + b,
                 "x is divided by its root mean square: that is RMSNorm, which subtracts no mean.",
                 "What is the mean of a row of x_hat?", "chain-rule"),
    KnownMistake("weight-and-bias-ignored", lambda x, w, b, eps: standardized(x, eps),
                 "y is x_hat: weight and bias are not applied.", "What are weight and bias for?", "chain-rule"),
    KnownMistake("shifted-before-scaling", lambda x, w, b, eps: (standardized(x, eps) + b) * w,
                 "The bias is added before the weight is applied, so it is scaled too.",
                 "In which order does the formula apply the two?", "chain-rule"),
]  # fmt: skip
DX = [
    KnownMistake("mean-and-variance-held-constant",
                 lambda grad, x, w, b, eps: gradient_of_x(grad, x, w, eps, mean=False, variance=False),
                 "dx is grad * weight / s, as if the mean and the variance were constants.",
                 "If one feature grows, what else changes in its row?", "chain-rule"),
    KnownMistake("variance-held-constant",
                 lambda grad, x, w, b, eps: gradient_of_x(grad, x, w, eps, variance=False),
                 "dx includes the path through the mean, but not the one through the variance.",
                 "If one feature grows, does the spread of its row stay the same?", "chain-rule"),
    KnownMistake("mean-held-constant",
                 lambda grad, x, w, b, eps: gradient_of_x(grad, x, w, eps, mean=False),
                 "dx includes the path through the variance, but not the one through the mean.",
                 "If all features of a row grow by 1, what happens to y? What does that say about the sum of dx?",
                 "chain-rule"),
    KnownMistake("weight-ignored", lambda grad, x, w, b, eps: gradient_of_x(grad, x, np.ones_like(w), eps),
                 "dx leaves out weight: grad is dL/dy, not dL/dx_hat.",
                 "y = x_hat * weight + bias. What is dL/dx_hat?", "chain-rule"),
    KnownMistake("not-divided-by-the-root",
                 lambda grad, x, w, b, eps: gradient_of_x(grad, x, w, eps) * np.sqrt(x.var(-1, keepdims=True) + eps),
                 "dx is not divided by sqrt(variance + eps).",
                 "If x is ten times larger, how much does y change when one entry of x changes by 1?", "chain-rule"),
    KnownMistake("backward-ignores-eps", lambda grad, x, w, b, eps: gradient_of_x(grad, x, w, 0.0),
                 "dx is the gradient without eps, although the forward has it.",
                 "Where does eps appear in the forward, and in its derivative?", "stability"),
    KnownMistake("sums-for-means",
                 lambda grad, x, w, b, eps: (
                     grad * w - (grad * w).sum(-1, keepdims=True)
                     - standardized(x, eps) * (grad * w * standardized(x, eps)).sum(-1, keepdims=True)
                 ) / np.sqrt(x.var(-1, keepdims=True) + eps),
                 "The paths through the mean and the variance are not divided by the number of features.",
                 "mean = (x1 + ... + xD) / D. What is d mean / d x1?", "averaging"),
    KnownMistake("half-or-twice-the-variance",
                 lambda grad, x, w, b, eps: gradient_of_x(grad, x, w, eps, divisor=2.0),
                 "The path through the variance counts twice.",
                 "The derivative of the square has a 2, and that of the root a 1/2. Is one of them missing?",
                 "chain-rule"),
    KnownMistake("half-or-twice-the-variance",
                 lambda grad, x, w, b, eps: gradient_of_x(grad, x, w, eps, divisor=0.5),
                 "The path through the variance counts only half.",
                 "The derivative of the square has a 2, and that of the root a 1/2. Is one of them missing?",
                 "chain-rule"),
]  # fmt: skip
DWEIGHT = [
    KnownMistake("weight-gradient-averaged",
                 lambda grad, x, w, b, eps: (grad * standardized(x, eps)).mean(axis=rows(x)),
                 "dweight is a mean over the rows; expected the sum.",
                 "Every row uses the same weight. How do the gradients of several uses combine?", "averaging"),
    KnownMistake("weight-gradient-from-x", lambda grad, x, w, b, eps: (grad * x).sum(axis=rows(x)),
                 "dweight is the sum of grad * x; expected x_hat, which is what weight multiplies.",
                 "y = x_hat * weight + bias. What is dy/dweight?", "chain-rule"),
    KnownMistake("weight-gradient-unsummed", lambda grad, x, w, b, eps: grad * standardized(x, eps),
                 "dweight has one row for each example; weight has only one row.",
                 "The weight was broadcast over the rows. What does that do to its gradient?", "accumulation"),
    KnownMistake("weight-gradient-over-the-wrong-axis",
                 lambda grad, x, w, b, eps: (grad * standardized(x, eps)).sum(axis=-1),
                 "dweight is summed over the features; expected one number for each feature.",
                 "Which axes of grad does weight lack?", "axes"),
]  # fmt: skip
DBIAS = [
    KnownMistake("bias-gradient-averaged", lambda grad, x, w, b, eps: grad.mean(axis=rows(x)),
                 "dbias is a mean over the rows; expected the sum.",
                 "Every row uses the same bias. How do the gradients of several uses combine?", "averaging"),
    KnownMistake("bias-gradient-unsummed", lambda grad, x, w, b, eps: grad,
                 "dbias is grad itself; bias has only one row.",
                 "The bias was broadcast over the rows. What does that do to its gradient?", "accumulation"),
    KnownMistake("bias-gradient-over-the-wrong-axis", lambda grad, x, w, b, eps: grad.sum(axis=-1),
                 "dbias is summed over the features; expected one number for each feature.",
                 "Which axes of grad does bias lack?", "axes"),
]  # fmt: skip


def cases_of(judge: Judge, shapes, eps):
    return [(judge.numbers(*shape), judge.numbers(shape[-1]), judge.numbers(shape[-1]), eps) for shape in shapes]


def check(judge: Judge) -> None:
    layer_norm = judge.function("layer_norm", "x", "weight", "bias", "eps")
    backward = judge.function("layer_norm_backward", "grad", "cache")

    def cases(shapes, eps=0.3):
        return [(judge.numbers(*shape), judge.numbers(shape[-1]), judge.numbers(shape[-1]), eps) for shape in shapes]

    usual = cases(SHAPES) + cases(SHAPES[:2], 1e-5) + cases([(2, 3)], 0.0)
    usual += [(case[0], *usual[0][1:]) for case in judge.corners(usual[0][:1])]
    with judge.claim("the forward returns y and a cache, the backward three gradients"):
        of_rows, of_axes, of_constants = (
            run_both_passes(judge, layer_norm, backward, some, "dx", "dweight", "dbias")
            for some in (
                usual,
                cases(MORE_AXES),
                [(np.full((2, 3), 7.5), *case[1:]) for case in cases([(2, 3)], 1e-5)] + cases([(3, 1)]),
            )
        )

    def compare(claim, runs, expected, known, question):
        judge.compare(claim, runs, expected, name=claim.partition(" ")[0].rstrip(":"), known=known, question=question,
                      rtol=1e-8, atol=1e-11, dtype=True)  # fmt: skip

    what = "y: each row standardized over its features, scaled and shifted"
    question = "Which axis is the mean taken over, and what is divided by what?"
    compare(what, of_rows["y"], forward, FORWARD, question)
    compare("y of inputs with one axis, or with three and more", of_axes["y"], forward, FORWARD, question)
    compare("y of a row whose features are all equal", of_constants["y"], forward, FORWARD, question)
    far = [(case[0] + 1e6, *case[1:]) for case in cases(SHAPES[:2])]
    ys, _ = judge.parts(judge.run(layer_norm, far), "y", "cache")
    compare("y if the mean is much larger than the deviations", ys, forward, FORWARD,
            "Which numbers does your variance subtract from each other, and how large are they?")  # fmt: skip
    for runs, of in ((of_rows, ""), (of_axes, " of inputs with one axis, or with three and more")):
        compare(f"dbias{of}: the sum of grad over the rows", runs["dbias"],
                lambda grad, x, *_: grad.sum(axis=rows(x)), DBIAS,
                "In which entries of y does bias[j] appear?")  # fmt: skip
        compare(f"dweight{of}: the sum of grad * x_hat over the rows", runs["dweight"],
                lambda grad, x, w, b, eps: (grad * standardized(x, eps)).sum(axis=rows(x)), DWEIGHT,
                "In which entries of y does weight[j] appear, and multiplied by what?")  # fmt: skip
        compare(f"dx{of}: directly, through the mean, and through the variance", runs["dx"],
                lambda grad, x, w, b, eps: gradient_of_x(grad, x, w, eps), DX,
                "In which three ways does x[i, j] change the outputs of its row?")  # fmt: skip
    with judge.claim("the backward of an earlier forward may come last, and twice"):
        refuse_shared_caches(judge, layer_norm, backward, *cases(SHAPES[:1] * 2))
