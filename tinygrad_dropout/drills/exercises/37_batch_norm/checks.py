"""Each feature is standardized over the batch, or in eval mode with running statistics; the backward fits the
forward."""

from types import SimpleNamespace

import numpy as np

from tinygrad_dropout.drills.grader.calls import Run
from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake

TOPIC, MINUTES = "backprop", 20
KINDS = ("modes", "axes", "chain-rule", "averaging", "stability", "state", "accumulation")

SHAPES = (
    (3, 2),
    (3, 3),
    (2, 4),
    (5, 1),
)  # rows, features; including a square, for which a wrong axis does not raise an error
EPS, MOMENTUM = 0.3, 0.25
ARGUMENTS = ("x", "weight", "bias", "running_mean", "running_var")
STATE = ARGUMENTS[1:]


def standardized(x, eps=EPS, axis=0, ddof=0):
    return (x - x.mean(axis=axis, keepdims=True)) / np.sqrt(x.var(axis=axis, ddof=ddof, keepdims=True) + eps)


def with_running(x, mean, var, eps=EPS):
    return (x - mean) / np.sqrt(var + eps)


def gradient_of_x(grad, x, weight, mean=True, variance=True, eps=EPS):
    h, upstream = standardized(x), grad * weight
    along = mean * upstream.mean(axis=0) + variance * h * (upstream * h).mean(axis=0)
    return (upstream - along) / np.sqrt(x.var(axis=0) + eps)


TRAINING = [
    KnownMistake("normalized-over-the-features", lambda x, w, b, m, v: standardized(x, axis=1) * w + b,
                 "y is standardized along the rows, over the features: that is layer norm.",
                 "Which axis counts the examples? Which one does batch norm average over?", "axes"),
    KnownMistake("normalized-over-everything", lambda x, w, b, m, v: standardized(x, axis=None) * w + b,
                 "One mean and one variance are taken over all of x.",
                 "How many means does a batch with 10 features have?", "axes"),
    KnownMistake("unbiased-variance-in-the-output", lambda x, w, b, m, v: standardized(x, ddof=1) * w + b,
                 "y uses the variance divided by N - 1; expected N.",
                 "Two variances appear in the task. Which one is in the output?", "averaging"),
    KnownMistake("running-statistics-in-training", lambda x, w, b, m, v: with_running(x, m, v) * w + b,
                 "In training mode y uses the old running statistics; expected those of the batch.",
                 "What are the running statistics before the very first batch?", "modes"),
    KnownMistake("running-statistics-in-training",
                 lambda x, w, b, m, v: with_running(x, *updated(x, m, v)) * w + b,
                 "In training mode y uses the updated running statistics; expected those of the batch.",
                 "Is every feature of y standardized within its batch?", "modes"),
    KnownMistake("eps-outside-the-root",
                 lambda x, w, b, m, v: (x - x.mean(0)) / (x.std(0) + EPS) * w + b,
                 "eps is added to the standard deviation; expected it under the root, added to the variance.",
                 "sqrt(v + eps) and sqrt(v) + eps: which one is in the formula?", "stability"),
    KnownMistake("eps-ignored", lambda x, w, b, m, v: standardized(x, eps=0.0) * w + b,
                 "eps is ignored.", "What is y for a feature that is equal in all rows?",
                 "stability"),
    KnownMistake("eps-ignored", lambda x, w, b, m, v: standardized(x, eps=1e-5) * w + b,
                 "y uses eps = 1e-5, whatever the constructor was given.",
                 "Where do you keep the eps of the constructor?",
                 "stability"),
    KnownMistake("weight-and-bias-ignored", lambda x, w, b, m, v: standardized(x),
                 "y is x_hat: weight and bias are not applied.", "What are weight and bias for?", "chain-rule"),
    KnownMistake("shifted-before-scaling", lambda x, w, b, m, v: (standardized(x) + b) * w,
                 "The bias is added before the weight is applied, so it is scaled too.",
                 "In which order does the formula apply the two?", "chain-rule"),
]  # fmt: skip
MEANS = [
    KnownMistake("momentum-reversed", lambda x, w, b, m, v: MOMENTUM * m + (1 - MOMENTUM) * x.mean(0),
                 "running_mean uses the weight momentum for the old value and 1 - momentum for the new one; expected "
                 "the reverse.",
                 "With momentum = 0.1, how much should one batch change the statistics?", "averaging"),
    KnownMistake("running-statistics-not-updated", lambda x, w, b, m, v: m,
                 "running_mean did not change in the forward.",
                 "Where would eval mode get its statistics from?", "modes"),
    KnownMistake("running-statistics-replaced", lambda x, w, b, m, v: x.mean(0),
                 "running_mean is the mean of the latest batch.", "What is momentum for?", "averaging"),
    KnownMistake("old-statistics-not-decayed", lambda x, w, b, m, v: m + MOMENTUM * x.mean(0),
                 "running_mean keeps all of the old value.",
                 "If every batch has mean 1, what does the running mean converge to?", "averaging"),
]  # fmt: skip
VARIANCES = [
    KnownMistake("biased-running-variance", lambda x, w, b, m, v: (1 - MOMENTUM) * v + MOMENTUM * x.var(0),
                 "running_var uses the variance divided by N; expected N - 1.",
                 "Two variances appear in the task. Which one goes into the running statistics?", "averaging"),
    KnownMistake("running-deviation",
                 lambda x, w, b, m, v: (1 - MOMENTUM) * v + MOMENTUM * x.std(0, ddof=1),
                 "running_var uses the standard deviation; expected its square.",
                 "What is under the root in eval mode?", "averaging"),
    KnownMistake("momentum-reversed",
                 lambda x, w, b, m, v: MOMENTUM * v + (1 - MOMENTUM) * x.var(0, ddof=1),
                 "running_var uses the weight momentum for the old value and 1 - momentum for the new one; expected "
                 "the reverse.",
                 "With momentum = 0.1, how much should one batch change the statistics?", "averaging"),
    KnownMistake("running-statistics-not-updated", lambda x, w, b, m, v: v,
                 "running_var did not change in the forward.", "Where would eval mode get its statistics from?",
                 "modes"),
]  # fmt: skip
EVAL = [
    KnownMistake("batch-statistics-in-eval-mode", lambda x, w, b, m, v: standardized(x) * w + b,
                 "In eval mode y uses the statistics of the batch; expected the running ones.",
                 "Should the prediction for one example depend on the other examples in its batch?", "modes"),
    KnownMistake("eps-ignored", lambda x, w, b, m, v: with_running(x, m, v, 0.0) * w + b,
                 "In eval mode eps is ignored.", "Does the formula change with the mode?",
                 "stability"),
    KnownMistake("divided-by-the-running-variance", lambda x, w, b, m, v: (x - m) / (v + EPS) * w + b,
                 "In eval mode x - mean is divided by the variance; expected its square root.",
                 "What does running_var hold?", "chain-rule"),
]  # fmt: skip
DX = [
    KnownMistake("mean-and-variance-held-constant",
                 lambda grad, x, w, *_: gradient_of_x(grad, x, w, mean=False, variance=False),
                 "dx is grad * weight / s, as if the mean and the variance of the batch were constants.",
                 "If one row's feature grows, what else changes in that column?", "chain-rule"),
    KnownMistake("variance-held-constant", lambda grad, x, w, *_: gradient_of_x(grad, x, w, variance=False),
                 "dx includes the path through the mean, but not the one through the variance.",
                 "If one row's feature grows, does the spread of the column stay the same?", "chain-rule"),
    KnownMistake("mean-held-constant", lambda grad, x, w, *_: gradient_of_x(grad, x, w, mean=False),
                 "dx includes the path through the variance, but not the one through the mean.",
                 "If a column grows by 1 in all rows, what happens to y? What does that say about the sum of dx?",
                 "chain-rule"),
    KnownMistake("weight-ignored", lambda grad, x, w, *_: gradient_of_x(grad, x, np.ones_like(w)),
                 "dx leaves out weight: grad is dL/dy, not dL/dx_hat.",
                 "y = x_hat * weight + bias. What is dL/dx_hat?", "chain-rule"),
    KnownMistake("backward-ignores-eps", lambda grad, x, w, *_: gradient_of_x(grad, x, w, eps=0.0),
                 "dx is divided by the root without eps, although the forward has it.",
                 "What did the forward divide by?", "stability"),
    KnownMistake("divided-by-the-running-deviation",
                 lambda grad, x, w, b, m, v: gradient_of_x(grad, x, w) * np.sqrt((x.var(0) + EPS) / (v + EPS)),
                 "In training mode, dx is divided by the running deviation; expected that of the batch.",
                 "What did the forward divide by?", "modes"),
]  # fmt: skip
DX_EVAL = [
    KnownMistake("training-backward-in-eval-mode",
                 lambda grad, x, w, b, m, v: eval_gradient(grad, x, w, m, v, through_statistics=True),
                 "After a forward in eval mode, dx includes paths through a mean and a variance of the batch.",
                 "In eval mode the statistics are constants. What is left of dy/dx?", "modes"),
    KnownMistake("divided-by-the-batch-deviation",
                 lambda grad, x, w, b, m, v: grad * w / np.sqrt(x.var(0) + EPS),
                 "After a forward in eval mode, dx is divided by the deviation of the batch; expected the running one.",
                 "What did the forward divide by?", "modes"),
    KnownMistake("eval-gradient-ignores-the-layer", lambda grad, *_: grad,
                 "In eval mode dx is grad itself.", "Is y = x in eval mode, as it is for dropout?", "modes"),
]  # fmt: skip
DWEIGHT = [
    KnownMistake("weight-gradient-averaged", lambda grad, x, *_: (grad * standardized(x)).mean(0),
                 "dweight is a mean over the batch; expected the sum.",
                 "Every row uses the same weight. How do the gradients of several uses combine?", "averaging"),
    KnownMistake("weight-gradient-from-x", lambda grad, x, *_: (grad * x).sum(0),
                 "dweight is the sum of grad * x; expected x_hat, which is what weight multiplies.",
                 "y = x_hat * weight + bias. What is dy/dweight?", "chain-rule"),
    KnownMistake("weight-gradient-unsummed", lambda grad, x, *_: grad * standardized(x),
                 "dweight has one row for each example; weight has only one row.",
                 "The weight was broadcast over the batch. What does that do to its gradient?", "accumulation"),
]  # fmt: skip
DBIAS = [
    KnownMistake("bias-gradient-averaged", lambda grad, *_: grad.mean(0),
                 "dbias is a mean over the batch; expected the sum.",
                 "Every row uses the same bias. How do the gradients of several uses combine?", "averaging"),
    KnownMistake("bias-gradient-unsummed", lambda grad, *_: grad,
                 "dbias is grad itself; bias has only one row.",
                 "The bias was broadcast over the batch. What does that do to its gradient?", "accumulation"),
]  # fmt: skip


def updated(x, mean, var):
    return (1 - MOMENTUM) * mean + MOMENTUM * x.mean(0), (1 - MOMENTUM) * var + MOMENTUM * x.var(0, ddof=1)


def eval_gradient(grad, x, weight, mean, var, through_statistics=False):
    upstream, h = grad * weight, with_running(x, mean, var)
    if through_statistics:
        upstream = upstream - upstream.mean(0) - h * (upstream * h).mean(0)
    return upstream / np.sqrt(var + EPS)


def check(judge: Judge) -> None:
    make = judge.make("BatchNorm", "features", "eps", "momentum")
    with judge.claim("a new layer: training mode, weight and running_var are ones, bias and running_mean zeros"):
        refuse_new_layer(judge, make(3, EPS, MOMENTUM), make.function(3))
    with judge.claim("forward and backward can be called in both modes"):
        inputs = [judge.numbers(*shape) for shape in SHAPES]
        corners = [*(x for (x,) in judge.corners((judge.numbers(4, 2),))), np.full((3, 2), 7.5)]
        train = [passes(judge, make, x, True) for x in (*inputs, *corners)]
        evaluate = [passes(judge, make, x, False) for x in (judge.numbers(1, 3), *inputs, *corners)]
    of = {"kind": "modes", "rtol": 1e-8, "atol": 1e-11, "dtype": True}

    def compare(claim, several, what, expected, known, question):
        runs = [getattr(one, what) for one in several]
        judge.compare(claim, runs, expected, name=what, known=known, question=question, **of)

    compare("y in training mode: each feature standardized over the batch, scaled and shifted", train, "y",
            lambda x, w, b, m, v: standardized(x) * w + b, TRAINING,
            "Which axis are the statistics taken over, and which variance is it?")  # fmt: skip
    compare("running_mean: a moving average of the batch means", train, "running_mean",
            lambda x, w, b, m, v: updated(x, m, v)[0], MEANS, "How much of the old mean is kept?")  # fmt: skip
    compare("running_var: a moving average of the unbiased batch variances", train, "running_var",
            lambda x, w, b, m, v: updated(x, m, v)[1], VARIANCES, "How much of the old variance is kept?")  # fmt: skip
    compare("dbias: the sum of grad over the batch", train, "dbias", lambda grad, *_: grad.sum(0), DBIAS,
            "In which entries of y does bias[j] appear?")  # fmt: skip
    compare("dweight: the sum of grad * x_hat over the batch", train, "dweight",
            lambda grad, x, *_: (grad * standardized(x)).sum(0), DWEIGHT,
            "In which entries of y does weight[j] appear, and multiplied by what?")  # fmt: skip
    compare("dx in training mode: directly, through the mean, and through the variance", train, "dx",
            lambda grad, x, w, *_: gradient_of_x(grad, x, w), DX,
            "In which three ways does x[i, j] change the outputs of its feature?")  # fmt: skip
    compare("y in eval mode: standardized with the running statistics", evaluate, "y",
            lambda x, w, b, m, v: with_running(x, m, v) * w + b, EVAL,
            "Which statistics does eval mode use?")  # fmt: skip
    for index, name in enumerate(("running_mean", "running_var")):
        compare(f"{name} after a forward in eval mode: unchanged", evaluate, name,
                lambda *given, index=index: given[3 + index],
                [KnownMistake("eval-mode-updates-the-statistics", lambda x, w, b, m, v, i=index: updated(x, m, v)[i],
                              f"A forward in eval mode updated {name}; expected it unchanged.",
                              "Is a test batch part of the training data?", "modes")],
                "What changes in eval mode?")  # fmt: skip
    compare("dweight in eval mode: x_hat comes from the running statistics", evaluate, "dweight",
            lambda grad, x, w, b, m, v: (grad * with_running(x, m, v)).sum(0),
            [KnownMistake("weight-gradient-of-the-batch", lambda grad, x, *_: (grad * standardized(x)).sum(0),
                          "In eval mode dweight uses an x_hat from the statistics of the batch.",
                          "What did weight multiply in the forward?", "modes")],
            "What did weight multiply in the forward?")  # fmt: skip
    compare("dx in eval mode: the statistics are constants", evaluate, "dx",
            lambda grad, x, w, b, m, v: eval_gradient(grad, x, w, m, v), DX_EVAL,
            "In eval mode, what depends on x?")  # fmt: skip
    with judge.claim("the defaults: eps=1e-5, momentum=0.1"):
        refuse_wrong_defaults(judge, make)
    with judge.claim("forward after forward: the same rules, in new arrays"):
        refuse_later_calls(judge, make)
    with judge.claim("backward belongs to the latest forward, whatever you set or call in between"):
        refuse_mixed_up_calls(judge, make)


def passes(judge: Judge, make, x, training):
    """A forward and a backward of a new layer, and its state afterward: one run for each."""
    features = x.shape[1]
    layer = make(features, EPS, MOMENTUM)
    state = dict(zip(STATE, (judge.numbers(features) for _ in STATE), strict=True))
    state["running_var"] = np.abs(state["running_var"])
    for name, value in state.items():
        setattr(layer, name, value.copy())
    layer.training = training
    given, grad = (x, *state.values()), judge.numbers(*x.shape)
    y = judge.method(layer, "forward", "x")(given[0])
    after = {name: np.array(getattr(layer, name)) for name in STATE}
    gradients = Run(
        "backward(grad)", ("grad", *ARGUMENTS), (grad, *given), judge.method(layer, "backward", "grad")(grad)
    )
    dx, dweight, dbias = (runs[0] for runs in judge.parts([gradients], "dx", "dweight", "dbias"))
    return SimpleNamespace(y=Run("forward(x)", ARGUMENTS, given, y), dx=dx, dweight=dweight, dbias=dbias,
                           running_mean=Run("forward(x)", ARGUMENTS, given, after["running_mean"]),
                           running_var=Run("forward(x)", ARGUMENTS, given, after["running_var"]))  # fmt: skip


def refuse_new_layer(judge: Judge, *layers) -> None:
    wanted = {"weight": np.ones(3), "bias": np.zeros(3), "running_mean": np.zeros(3), "running_var": np.ones(3)}
    for layer in layers:
        if getattr(layer, "training", None) is not True:
            found = getattr(layer, "training", "missing")
            judge.reject("starts-in-eval-mode", f"In a new layer training is {found!r}; expected True.",
                         "Which mode does a user expect before setting it?", kind="modes")  # fmt: skip
        for name, value in wanted.items():
            found = getattr(layer, name, None)
            if not isinstance(found, np.ndarray) or found.shape != value.shape or not np.array_equal(found, value):
                judge.reject("starts-with-other-values", f"In a new layer {name} is {found!r}; expected {value!r}.",
                             "What should the layer do before it has seen any data?",
                             kind="state")  # fmt: skip


def refuse_mixed_up_calls(judge: Judge, make) -> None:
    """Use another layer, or set the mode, between a forward and its backward."""
    for training in (True, False):
        layer, other = make(2, EPS, MOMENTUM), make(2, EPS, MOMENTUM)
        x, grad = judge.numbers(4, 2), judge.numbers(4, 2)
        layer.training = training
        layer.forward(x.copy())
        once = gradients_of(layer, grad)
        other.forward(judge.numbers(4, 2))
        again = gradients_of(layer, grad)
        if not same(once, again):
            judge.reject("layers-share-state", "After a forward of another layer, backward returned other gradients.",
                         "Does each layer keep its own state?", kind="state",
                         shown={"x": x, "grad": grad, "dx before": once[0], "dx after": again[0]})  # fmt: skip
        layer.training = not training
        again = gradients_of(layer, grad)
        if not same(once, again):
            message = f"Setting training to {not training} after a forward changed what its backward returns."
            judge.reject("backward-follows-the-mode", message, "Which statistics did the forward use? Does backward "
                         "look at the mode of that forward, or at the current one?", kind="modes",
                         shown={"x": x, "grad": grad, "dx before": once[0], "dx after": again[0]})  # fmt: skip


def refuse_wrong_defaults(judge: Judge, make) -> None:
    x = judge.numbers(4, 3) * 0.01  # so small that eps matters
    layer = make.function(3)
    y, mean = layer.forward(x.copy()), np.array(layer.running_mean)
    for name, got, wanted in (("y", y, standardized(x, eps=1e-5)), ("running_mean", mean, 0.1 * x.mean(0))):
        if not np.allclose(got, wanted, rtol=1e-7):
            judge.reject("other-defaults", f"Without options, {name} is not the one for eps=1e-5 and momentum=0.1.",
                         "Compare the signature of your constructor with the one in the task.", kind="stability",
                         shown={"x": x, "yours": got, "expected": wanted})  # fmt: skip


def refuse_later_calls(judge: Judge, make) -> None:
    """Alternate training and eval mode, with backwards: nothing may change with use, and no result may be
    overwritten."""
    layer, mean, var, kept = make(2, EPS, MOMENTUM), np.zeros(2), np.ones(2), []
    for number, training in enumerate((True, True, True, False, True, False, True)):
        x, grad = judge.numbers(4, 2), judge.numbers(4, 2)
        layer.training = training
        y, dx = layer.forward(x.copy()), layer.backward(grad.copy())[0]
        if training:
            mean, var = updated(x, mean, var)
        wanted = {
            "y": standardized(x) if training else with_running(x, mean, var),
            "dx": gradient_of_x(grad, x, np.ones(2)) if training else eval_gradient(grad, x, np.ones(2), mean, var),
            "running_mean": mean,
            "running_var": var,
        }
        got = {"y": y, "dx": dx, "running_mean": layer.running_mean, "running_var": layer.running_var}
        for name, value in wanted.items():
            if not np.allclose(got[name], value, rtol=1e-8):
                judge.reject("changes-with-use", f"In forward {number + 1} of one layer, in "
                             f"{'training' if training else 'eval'} mode, {name} is wrong.",
                             "What does your layer remember, or forget, that it should not?", kind="state",
                             shown={"yours": got[name], "expected": value})  # fmt: skip
        kept += [(name, got[name], value) for name, value in wanted.items() if name in ("y", "dx")]
    for name, got, value in kept:
        if not np.allclose(got, value, rtol=1e-8):
            judge.reject("result-is-overwritten", f"A later call overwrote the {name} that an earlier one returned.",
                         "The first caller still has that array. Where is it created: once, or in each call?",
                         kind="ownership")  # fmt: skip


def gradients_of(layer, grad):
    return [np.array(part) for part in layer.backward(grad.copy())]


def same(some, others):
    return all(map(np.array_equal, some, others))
