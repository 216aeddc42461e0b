"""With the same initial draws, the parameters after some steps are those that the right gradients give."""

import numpy as np

from tinygrad_dropout.drills.grader.calls import Run
from tinygrad_dropout.drills.grader.initial_weights import refuse_wrong_weights
from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake
from tinygrad_dropout.drills.grader.random_sources import refuse_wrong_sources

TOPIC, MINUTES = "backprop", 20
KINDS = ("chain-rule", "axes", "averaging", "stability", "updates", "randomness", "kinks")

NAMES = ("weight1", "bias1", "weight2", "bias2")
SIZES = ((5, 3, 4, 3), (4, 4, 4, 4), (1, 2, 3, 2), (7, 2, 5, 4))  # examples, features, hidden units, classes
LR = 0.3


def softmax(z, axis=1):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def forward(x, parameters):
    weight1, bias1, weight2, bias2 = parameters
    before = x @ weight1.T + bias1
    return before, np.maximum(before, 0) @ weight2.T + bias2


def loss_of(x, target, parameters):
    _, logits = forward(x, parameters)
    shifted = logits - logits.max(axis=1, keepdims=True)
    return -(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))[np.arange(len(x)), target].mean()


def gradients(
    x, target, parameters, *, averaged=True, masked=True, one_hot=True, columns=False, bias_mean=False,
    new_weight2=None, mask_from_grad=False, at_zero=False,
):  # fmt: skip
    """The four gradients; each option is a possible mistake."""
    before, logits = forward(x, parameters)
    hidden = np.maximum(before, 0)
    dz = softmax(logits, axis=0 if columns else 1)
    if one_hot:
        dz[np.arange(len(x)), target] -= 1
    dz = dz / len(x) if averaged else dz
    dh = dz @ (parameters[2] if new_weight2 is None else new_weight2(dz, hidden))
    da = dh * (dh > 0 if mask_from_grad else before >= 0 if at_zero else before > 0) if masked else dh
    total = np.mean if bias_mean else np.sum
    return da.T @ x, total(da, axis=0), dz.T @ hidden, total(dz, axis=0)


def stepped(index, **options):
    """A parameter after one step with a mistake in it."""

    def formula(x, target, *parameters):
        return parameters[index] - LR * gradients(x, target, parameters, **options)[index]

    return formula


def after_weight2(dz, hidden, weight2):
    return weight2 - LR * dz.T @ hidden


def known_of(index):
    """The mistakes that show in one of the parameters."""
    name, first = NAMES[index], index < 2
    mistakes = [
        ("gradient-of-the-sum", {"averaged": False}, "is not divided by the number of examples",
         "The loss is a mean over the examples. Where is the 1/N in its gradient?", "averaging"),
        ("one-hot-forgotten", {"one_hot": False}, "starts from the probabilities, without subtracting 1 at the target",
         "What is the gradient of the loss at the logit of the correct class? Is it ever positive?", "chain-rule"),
        ("softmax-over-the-batch", {"columns": True}, "comes from a softmax over the examples",
         "What must the probabilities of one example sum to?", "axes"),
    ]  # fmt: skip
    if first:
        mistakes += [
            ("relu-backward-forgotten", {"masked": False}, "ignores the ReLU",
             "If a hidden unit is off, how much does its input change the loss?", "chain-rule"),
            ("relu-mask-from-the-gradient", {"mask_from_grad": True}, "is masked by the sign of the upstream gradient",
             "The sign of which array decides what a ReLU lets through?", "kinks"),
        ]  # fmt: skip
    if index in (1, 3):
        question = "Isn't the 1/N already in the gradient of the logits?"
        what = "is a mean over the examples; expected the sum"
        mistakes.append(("bias-gradient-averaged", {"bias_mean": True}, what, question, "averaging"))
    known = [
        KnownMistake(code, stepped(index, **options), f"The gradient of {name} {what}.", question, kind)
        for code, options, what, question, kind in mistakes
    ]
    if first:
        known.append(KnownMistake(
            "weight2-updated-too-early",
            lambda x, target, *p: stepped(index, new_weight2=lambda dz, h: after_weight2(dz, h, p[2]))(x, target, *p),
            f"The gradient of {name} uses weight2 after its update.",
            "Which weight2 did the forward pass use?", "updates"))  # fmt: skip
    known += [
        KnownMistake("wrong-direction",
                     lambda x, target, *p: p[index] + LR * gradients(x, target, p)[index],
                     f"{name} goes uphill: the step is added; expected it to be subtracted.",
                     "The gradient points to where the loss grows. Where do you want to go?", "updates"),
        KnownMistake("not-updated", lambda x, target, *p: p[index], f"{name} did not change in the step.",
                     "How many parameters does the network have?", "updates"),
    ]  # fmt: skip
    return known


LOSSES = [
    KnownMistake("sum-of-losses", lambda x, target, *p: loss_of(x, target, p) * len(x),
                 "The loss is the sum over the examples; expected the mean.",
                 "Should the loss double if every example appears twice?", "averaging"),
    KnownMistake("loss-after-the-step", lambda x, target, *p: loss_of(x, target, trained(x, target, p, 1)),
                 "The loss is the one after the update; expected the one before.",
                 "When should you record the loss?", "updates"),
    KnownMistake("wrong-sign", lambda x, target, *p: -loss_of(x, target, p), "The loss has the wrong sign.",
                 "The logarithm of a probability is never positive. What sign does a loss have?", "chain-rule"),
]  # fmt: skip


def trained(x, target, parameters, steps):
    for _ in range(steps):
        step = gradients(x, target, parameters)
        parameters = [p - LR * g for p, g in zip(parameters, step, strict=True)]
    return parameters


def check(judge: Judge) -> None:
    train = judge.function("train_mlp", "x", "target", "hidden_units", "classes", "steps", "lr", "rng")

    def run(x, target, hidden, classes, steps, seed=3):
        result = train(x, target, hidden, classes, steps, LR, np.random.default_rng(seed))
        return parts(judge, result, (hidden, x.shape[1], classes), steps)

    problems = [problem(judge, *size) for size in SIZES]
    with judge.claim("two results: the parameters by name, in their shapes, and a loss for each step"):
        starts = [run(*one, 0)[0] for one in problems]
        after = [run(*one, 1) for one in problems]
    with judge.claim("the biases start as zeros, the weights as normal draws of variance 2 / inputs from rng"):
        refuse_start(judge, run)
        refuse_wrong_sources(judge, lambda seed: flat(run(*problems[0], 0, seed=seed)[0]))
    arguments = ("x", "target", *(f"{name} at first" for name in NAMES))

    def runs(values):
        return [Run("train_mlp(...)", arguments, (x, target, *start), value)
                for (x, target, *_), start, value in zip(problems, starts, values, strict=True)]  # fmt: skip

    judge.compare("the loss before the first update: the mean cross-entropy", runs([losses[0] for _, losses in after]),
                  lambda x, target, *p: loss_of(x, target, p), name="losses[0]", known=LOSSES, rtol=1e-9,
                  question="What is -ln of the softmax at the target, averaged over the examples?")  # fmt: skip
    for index in (3, 2, 1, 0):
        judge.compare(f"{NAMES[index]} after one step", runs([parameters[index] for parameters, _ in after]),
                      lambda x, target, *p, index=index: trained(x, target, p, 1)[index], name=NAMES[index],
                      known=known_of(index), rtol=1e-9, atol=1e-11,
                      question="Write the backward of each line of the forward, from last to first.")  # fmt: skip
    later = [run(*one, 6) for one in problems]
    judge.compare("all parameters after several steps", runs([flat(parameters) for parameters, _ in later]),
                  lambda x, target, *p: flat(trained(x, target, p, 6)), name="the parameter vector",
                  rtol=1e-7, atol=1e-9,
                  known=[KnownMistake("same-gradients-in-every-step", same_gradients,
                                      "Every step uses the gradients of the first one.",
                                      "What changes after a step, and what do you have to compute again?", "updates")],
                  question="What do you compute once, and what in each step?", kind="updates")  # fmt: skip
    judge.compare("the losses of all steps", runs([losses for _, losses in later]),
                  lambda x, target, *p: [loss_of(x, target, trained(x, target, p, step)) for step in range(6)],
                  name="losses", rtol=1e-7, question="When should you record the loss?", kind="updates",
                  known=[KnownMistake("losses-after-the-steps",
                                      lambda x, target, *p: [loss_of(x, target, trained(x, target, p, step))
                                                             for step in range(1, 7)],
                                      "The losses are those after each update; expected those before it.",
                                      "When should you record the loss?", "updates")])  # fmt: skip
    extremes = [(1e5 * x, *rest) for x, *rest in problems]
    with judge.claim("logits in the thousands: finite parameters and losses"):
        found = [run(*one, 2) for one in extremes]
        for parameters, losses in found:
            refuse_not_finite(judge, parameters, losses)
    steep = [Run("train_mlp(...)", arguments, (x, target, *start), losses[0])
             for (x, target, *_), start, (_, losses) in zip(extremes, starts, found, strict=True)]  # fmt: skip
    judge.compare("logits in the thousands: the loss is exact", steep, lambda x, target, *p: loss_of(x, target, p),
                  name="losses[0]", known=LOSSES, rtol=1e-9, kind="stability",
                  question="How large may the loss of a confident wrong prediction be?")  # fmt: skip
    with judge.claim("at an input of exactly 0 the gradient of ReLU is 0"):
        refuse_slope_at_zero(judge, run, *problems[0])


def same_gradients(x, target, *parameters):
    step = gradients(x, target, parameters)
    return flat([p - 6 * LR * g for p, g in zip(parameters, step, strict=True)])


def flat(parameters):
    return np.concatenate([np.ravel(one) for one in parameters])


def problem(judge: Judge, examples, features, hidden, classes):
    return judge.numbers(examples, features), judge.rng.integers(0, classes, examples), hidden, classes


def parts(judge: Judge, result, sizes, steps):
    """The four parameters and the losses."""
    hidden, features, classes = sizes
    shapes = dict(zip(NAMES, ((hidden, features), (hidden,), (classes, hidden), (classes,)), strict=True))
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        judge.reject("wrong-number-of-values", f"train_mlp returned a {type(result).__name__}; expected two "
                     "values: the parameters and the losses.", kind="shapes")  # fmt: skip
    parameters, losses = result
    if not isinstance(parameters, dict) or set(parameters) != set(NAMES):
        found = sorted(map(str, parameters)) if isinstance(parameters, dict) else f"a {type(parameters).__name__}"
        judge.reject("wrong-names", f"The parameters are {found}; expected a dict of {', '.join(NAMES)}.")
    for name, shape in shapes.items():
        if np.shape(parameters[name]) != shape or np.asarray(parameters[name]).dtype != np.float64:
            got = np.asarray(parameters[name])
            message = f"{name} is {got.dtype} of shape {got.shape}; expected float64 of shape {shape}."
            judge.reject("wrong-shape", message, "Which of its axes counts the outputs of the layer?", kind="shapes")
    if np.shape(losses) != (steps,):
        judge.reject("wrong-number-of-losses", f"{steps} steps gave losses of shape {np.shape(losses)}; expected one "
                     "number for each step.", "When should you record a loss?", kind="updates")  # fmt: skip
    return [np.array(parameters[name]) for name in NAMES], list(losses)


def refuse_start(judge: Judge, run) -> None:
    features, hidden, classes = 200, 300, 250
    x, target = judge.numbers(3, features), np.array([0, 1, 2])
    weight1, bias1, weight2, bias2 = run(x, target, hidden, classes, 0, seed=5)[0]
    for name, bias in (("bias1", bias1), ("bias2", bias2)):
        if bias.any():
            judge.reject("bias-does-not-start-at-zero", f"{name} starts with {bias[:3]} ...; expected zeros.",
                         "What does the task say about the biases?", kind="updates")  # fmt: skip
    refuse_wrong_weights(judge, "weight1", weight1)
    refuse_wrong_weights(judge, "weight2", weight2)


def refuse_not_finite(judge: Judge, parameters, losses) -> None:
    if not np.isfinite(flat(parameters)).all() or not np.isfinite(losses).all():
        judge.reject("overflows", "With logits in the thousands, the parameters or the losses are NaN or infinite.",
                     "Which number can you subtract from all logits of a row, and can you get ln p without p?",
                     kind="stability", shown={"losses": np.array(losses)})  # fmt: skip


def refuse_slope_at_zero(judge: Judge, run, x, target, hidden, classes) -> None:
    """Reject a slope other than 0 at the kink: all inputs are 0, so each hidden unit is exactly there."""
    start, after = run(0 * x, target, hidden, classes, 0)[0], run(0 * x, target, hidden, classes, 1)[0]
    if not np.array_equal(start[1], after[1]):
        judge.reject("relu-gradient-at-zero",
             "With x = 0 all hidden units are exactly at 0, but bias1 changed; expected no gradient.",
                     "What does the task say about the gradient of ReLU at 0?", kind="kinks",
                     shown={"bias1 after one step": after[1]})  # fmt: skip
