"""dx = g @ W, dW = g.T @ x, db = the sum of g over the batch."""

from tinygrad_dropout.drills.grader.bug import bug_of
from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake

TOPIC, MINUTES = "backprop", 8
KINDS = ("axes", "averaging", "accumulation", "shapes")

#: batch, in, out: the smallest first; if all are equal, a wrong transpose still fits
SIZES = ((1, 2, 3), (2, 1, 3), (2, 3, 1), (3, 2, 4), (3, 3, 3), (5, 4, 3), (9, 10, 11))


def check(judge: Judge) -> None:
    backward = judge.function("linear_backward", "grad", "x", "weight")
    cases = [(judge.numbers(n, o), judge.numbers(n, i), judge.numbers(o, i)) for n, i, o in SIZES]
    cases += judge.corners(cases[3])
    dx, dweight, dbias = judge.parts(judge.run(backward, cases), "dx", "dweight", "dbias")
    judge.compare(
        "dx: grad @ W",
        dx,
        lambda grad, x, weight: grad @ weight,
        name="dx",
        known=[
            KnownMistake(
                "weight-not-transposed-back",
                lambda grad, x, weight: grad @ (weight.T if weight.shape[0] == weight.shape[1] else weight),
                "dx is grad @ W.T if W is square; expected grad @ W.",
                "If W is square, both shapes fit. In which entries of y does x[n, i] appear?",
                "axes",
            ),
            KnownMistake(
                "input-gradient-averaged",
                lambda grad, x, weight: grad @ weight / len(x),
                "dx is divided by the size of the batch.",
                "Row n of x affects only row n of y. Where would a mean over rows come from?",
                "averaging",
            ),
        ],
        question="In which entries of y does x[n, i] appear, and multiplied by what?",
        kind="axes",
        rtol=1e-9,
        atol=0,
        dtype=True,
    )
    judge.compare(
        "dW: grad.T @ x",
        dweight,
        lambda grad, x, weight: grad.T @ x,
        name="dweight",
        known=[
            KnownMistake(
                "weight-gradient-transposed",
                lambda grad, x, weight: x.T @ grad,
                "dweight is x.T @ grad, of shape (in, out): the transpose of what it should be.",
                "A gradient has the shape of what it belongs to. What is the shape of W here?",
                "axes",
            ),
            KnownMistake(
                "weight-gradient-transposed-if-it-fits",
                lambda grad, x, weight: x.T @ grad if x.shape[1] == grad.shape[1] else grad.T @ x,
                "dweight is x.T @ grad if W is square: the transpose of what it should be.",
                "A shape that fits is no proof. Which entry of x meets which entry of grad in dW[o, i]?",
                "axes",
            ),
            KnownMistake(
                "weight-gradient-reshaped",
                lambda grad, x, weight: (x.T @ grad).reshape(weight.shape),
                "dweight is x.T @ grad in the shape of W, but reshape keeps the numbers in their order.",
                "Where does a transpose put the second number of the first row, and where does a reshape put it?",
                "axes",
            ),
            KnownMistake(
                "weight-gradient-averaged",
                lambda grad, x, weight: grad.T @ x / len(x),
                "dweight is divided by the size of the batch.",
                "If the loss is a mean, is the 1/N not already in grad?",
                "averaging",
            ),
        ],
        question="In which entries of y does W[o, i] appear, and multiplied by what?",
        kind="axes",
        rtol=1e-9,
        atol=0,
        dtype=True,
    )
    judge.compare(
        "db: the sum of grad over the batch",
        dbias,
        lambda grad, x, weight: grad.sum(axis=0),
        name="dbias",
        known=[
            KnownMistake(
                "bias-gradient-averaged",
                lambda grad, x, weight: grad.mean(axis=0),
                "dbias is the mean of grad over the batch; expected the sum.",
                "b is used once for every row, and the gradients of all its uses add up. Isn't the 1/N already in "
                "grad?",
                "averaging",
            ),
            KnownMistake(
                "bias-gradient-unsummed",
                lambda grad, x, weight: grad,
                "dbias is grad itself, with one row for each example; b has only one row.",
                "b was broadcast over the batch. What does that do to its gradient?",
                "accumulation",
            ),
            KnownMistake(
                "bias-gradient-over-the-wrong-axis",
                lambda grad, x, weight: grad.sum(axis=1),
                "dbias is grad.sum(axis=1): one number for each example.",
                "b has one number for each output. Which axis of grad counts the outputs, and which one the examples?",
                "axes",
            ),
            KnownMistake(
                "bias-gradient-summed-to-one-number",
                lambda grad, x, weight: grad.sum(),
                "dbias is grad.sum(), one number for all outputs.",
                "A gradient has the shape of what it belongs to. Which axis of grad does b have?",
                "axes",
            ),
            KnownMistake(
                "bias-gradient-keeps-the-axis",
                lambda grad, x, weight: grad.sum(axis=0, keepdims=True),
                "dbias has shape (1, out); b has shape (out,).",
                "A gradient has exactly the shape of what it belongs to.",
                "shapes",
            ),
        ],
        question="In which entries of y does b[o] appear?",
        kind="accumulation",
        rtol=1e-9,
        atol=0,
        dtype=True,
    )


def bug(judge: Judge):
    """The learner's backward instead of that of the framework's linear layer."""
    theirs = judge.function("linear_backward", "grad", "x", "weight")

    def backward(grad, x, weight, bias=None):
        return tuple(theirs(grad, x.data, weight.data))[: 2 if bias is None else 3]

    return bug_of("linear", backward, theirs)
