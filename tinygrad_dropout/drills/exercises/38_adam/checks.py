"""Steps by corrected moving averages, with a separate count for each parameter, in the model's own arrays."""

import numpy as np

from tinygrad_dropout.drills.grader.calls import Run
from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake

TOPIC, MINUTES = "backprop", 15
KINDS = ("updates", "averaging", "stability", "state")

SHAPES = ((3,), (2, 2), ())
#: far from the usual values, so that a mistake in any of them shows in a few steps
OPTIONS = {"lr": 0.05, "betas": (0.7, 0.85), "eps": 0.02, "weight_decay": 0.0}
DECAY = OPTIONS | {"weight_decay": 0.4}


def trained(
    parameters, history, options, *,
    correct=(True, True), eps_inside=False, eps_uncorrected=False, rooted=True, coupled=False, decay="before", sign=-1,
    power=2, late=False, count="own", swapped=False, sum_of_gradients=False,
):  # fmt: skip
    """The parameters after all steps, in one vector; each option is a possible mistake."""
    lr, (beta1, beta2), eps, rate = (options[name] for name in ("lr", "betas", "eps", "weight_decay"))
    beta1, beta2 = (beta2, beta1) if swapped else (beta1, beta2)
    parameters = [one.astype(np.float64) for one in parameters]
    means, squares = ([np.zeros_like(one) for one in parameters] for _ in range(2))
    counts, all_steps, every_call = [0] * len(parameters), 0, 0
    for gradients in history:
        all_steps += 1
        for i, gradient in enumerate(gradients):
            if gradient is None and count != "decays":
                continue
            every_call, counts[i] = every_call + 1, counts[i] + 1
            g = np.zeros_like(parameters[i]) if gradient is None else gradient + coupled * rate * parameters[i]
            before = means[i], squares[i]
            means[i] = beta1 * means[i] + (1 if sum_of_gradients else 1 - beta1) * g
            squares[i] = beta2 * squares[i] + (1 - beta2) * np.abs(g) ** power
            m, v = before if late else (means[i], squares[i])
            t = {"own": counts[i], "decays": counts[i], "all": all_steps, "calls": every_call}[count]
            m = m / (1 - beta1**t) if correct[0] else m
            v = v / (1 - beta2**t) if correct[1] else v
            root = np.sqrt(v + eps) if eps_inside else (np.sqrt(v) if rooted else v) + eps
            if eps_uncorrected:
                root = np.sqrt(v) + eps / np.sqrt(1 - beta2**t)
            if decay == "before" and not coupled:
                parameters[i] = parameters[i] * (1 - lr * rate)
            parameters[i] = parameters[i] + sign * lr * m / root
            if decay == "after":
                parameters[i] = parameters[i] * (1 - lr * rate)
            elif decay == "without-lr":
                parameters[i] = parameters[i] - rate * parameters[i]
    return np.concatenate([one.ravel() for one in parameters])


def wrongly(**options):
    return lambda parameters, history, settings: trained(parameters, history, settings, **options)


STEPS = [
    KnownMistake("wrong-direction", wrongly(sign=1),
         "The parameters go uphill: the step is added; expected it to be subtracted.",
                 "The gradient points to where the loss grows. Where do you want to go?", "updates"),
    KnownMistake("no-bias-correction", wrongly(correct=(False, False)), "Neither average is corrected.",
                 "m starts at 0. After one step with g = 1 and beta1 = 0.9, what is m?", "averaging"),
    KnownMistake("mean-not-corrected", wrongly(correct=(False, True)), "m is not divided by 1 - beta1**t.",
                 "m starts at 0. After one step with g = 1 and beta1 = 0.9, what is m?", "averaging"),
    KnownMistake("square-not-corrected", wrongly(correct=(True, False)), "v is not divided by 1 - beta2**t.",
                 "v starts at 0. After one step with g = 1 and beta2 = 0.999, what is v?", "averaging"),
    KnownMistake("eps-inside-the-root", wrongly(eps_inside=True), "eps is added to v, under the root.",
                 "sqrt(v) + eps and sqrt(v + eps): which one is in the formula?", "stability"),
    KnownMistake("eps-ignored",
                 lambda parameters, history, options: trained(parameters, history, options | {"eps": 0.0}),
                 "eps is not used.", "What is the step if all gradients were 0?", "stability"),
    KnownMistake("eps-not-corrected-with-it", wrongly(eps_uncorrected=True),
                 "eps is added to the root of the uncorrected v. (The paper offers that as a faster order, with "
                 "another eps; PyTorch and the task correct v first.)",
                 "In the formula, is the correction inside the root or outside?", "stability"),
    KnownMistake("root-forgotten", wrongly(rooted=False), "The step is divided by v, without the root.",
                 "If all gradients are ten times larger, should Adam's steps change?", "updates"),
    KnownMistake("gradient-not-squared", wrongly(power=1), "v is an average of the gradient's size, not its square.",
                 "What is v an average of, in the formula?", "averaging"),
    KnownMistake("betas-swapped", wrongly(swapped=True), "beta1 and beta2 are swapped.",
                 "Which of the two averages should remember longer?", "averaging"),
    KnownMistake("zero-gradients-skipped",
                 lambda parameters, history, options: trained(
                     parameters, [[None if g is None or not g.any() else g for g in s] for s in history], options),
                 "A parameter whose gradient is 0 is skipped, as if it had no gradient.",
                 "What is m after a step whose gradient is 0?", "updates"),
    KnownMistake("sum-instead-of-average", wrongly(sum_of_gradients=True),
                 "m adds the whole gradient: it is a decaying sum, not an average.",
                 "If every gradient is 1, what does m converge to?", "averaging"),
    KnownMistake("step-counted-for-every-parameter", wrongly(count="calls"),
                 "t is incremented for every parameter, not for every step.",
                 "With a hundred parameters, what is t after the first step?", "state"),
    KnownMistake("plain-gradient-descent",
                 lambda parameters, history, options: np.concatenate(
                     [(one - options["lr"] * sum(step[i] for step in history)).ravel()
                      for i, one in enumerate(parameters)]),
                 "The step is lr times the gradient: that is plain gradient descent.",
                 "What are the two averages for?", "updates"),
]  # fmt: skip
DECAYS = [
    KnownMistake("weight-decay-ignored",
                 lambda parameters, history, options: trained(parameters, history, options | {"weight_decay": 0.0}),
                 "weight_decay has no effect.", "What should happen to a weight whose gradient is always 0?",
                 "updates"),
    KnownMistake("weight-decay-in-the-gradient", wrongly(coupled=True),
                 "weight_decay * parameter is added to the gradient, so it is divided by the root of v, too.",
                 "Does a weight with large gradients decay as fast as one with small ones?", "updates"),
    KnownMistake("decays-after-the-update", wrongly(decay="after"), "The parameter decays after the update.",
                 "Which comes first in the task?", "updates"),
    KnownMistake("decay-without-the-learning-rate", wrongly(decay="without-lr"),
                 "The parameter decays by the fraction weight_decay; expected lr * weight_decay.",
                 "What should happen to the decay when a schedule makes lr smaller?", "updates"),
]  # fmt: skip
PAUSES = [
    KnownMistake("one-count-of-steps-for-all", wrongly(count="all"),
                 "A parameter without a gradient still has its steps counted.",
                 "How many gradients are in its averages, and what does 1 - beta**t correct for?", "state"),
    KnownMistake("no-gradient-treated-as-zeros", wrongly(count="decays"),
                 "A parameter whose gradient is None is updated as if its gradient were zeros.",
                 "Should a layer change if the loss does not depend on it?", "state"),
]  # fmt: skip


def check(judge: Judge) -> None:
    make = judge.make("Adam", "parameters", "lr", "betas", "eps", "weight_decay")
    judge.make("Adam", "parameters")

    def compare(claim, problems, known, question, **tolerance):
        runs = [run(judge, make, *problem) for problem in problems]
        judge.compare(claim, runs, trained, name="the parameter vector", known=known, question=question, kind="updates",
                      **{"rtol": 1e-9, "atol": 1e-12} | tolerance)  # fmt: skip

    def histories(*counts, shapes=SHAPES, options=OPTIONS):
        for steps in counts:
            parameters = [judge.numbers(*shape) for shape in shapes]
            yield parameters, [[judge.numbers(*shape) for shape in shapes] for _ in range(steps)], options

    with judge.claim("the arrays in parameters change, and the gradients do not"):
        for problem in histories(2):
            run(judge, make, *problem)
    question = "Go through the three lines by hand for the first step, and then for the second."
    compare("one step", list(histories(1, 1, shapes=SHAPES[:1])), STEPS, question)
    compare("several steps, with several parameters", list(histories(2, 5)), STEPS, question)
    compare("gradients of any size: steps of the same size, apart from eps",
            [(p, [[np.multiply(g, size) for g in step] for step in history], options)
             for size in (1e-6, 1e6) for p, history, options in histories(3)], STEPS, question)  # fmt: skip
    compare("gradients that are zeros for a step: the averages decay, and the parameter still moves",
            [(p, [step if number != 2 else list(map(np.zeros_like, step)) for number, step in enumerate(history)], o)
             for p, history, o in histories(5)], STEPS, "What is m after a step whose gradient is 0?")  # fmt: skip
    still = [(p, [list(map(np.zeros_like, step)) for step in history], options) for p, history, options in histories(2)]
    compare("gradients that are zeros: no step", still, STEPS, "What is 0 / (0 + eps)?")
    compare("weight decay, apart from the gradient", list(histories(1, 4, options=DECAY)), DECAYS,
            "In which order does the task decay and update?")  # fmt: skip
    compare("a parameter without a gradient does not change, nor do its averages and its count",
            list(with_pauses(histories(5, 6, options=DECAY))), PAUSES,
            "What should stay the same for a parameter whose gradient is None?")  # fmt: skip
    defaults = {"lr": 0.001, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.0}
    with judge.claim("the defaults: lr=0.001, betas=(0.9, 0.999), eps=1e-8, no weight decay"):
        refuse_wrong_defaults(judge, make, *next(histories(3, options=defaults)))
    with judge.claim("lr can be set between steps"):
        refuse_fixed_lr(judge, make)
    compare("float32 parameters stay float32, and get the same steps",
            [([one.astype(np.float32) for one in p], history, o) for p, history, o in histories(3)], STEPS, question,
            rtol=1e-4, atol=1e-5)  # fmt: skip
    with judge.claim("two optimizers do not affect each other"):
        refuse_shared_state(judge, make, *next(histories(4)))


def with_pauses(problems):
    """Parameter 0 has no gradient in the first step, and parameter 1 has none in the third and fourth."""
    for parameters, history, options in problems:
        for step, index in ((0, 0), (2, 1), (3, 1)):
            history[step][index] = None
        yield parameters, history, options


def run(judge: Judge, make, parameters, history, options):
    """Run the learner's optimizer on copies of the parameters; their values after all steps, in one vector."""
    held = [np.array(one) for one in parameters]
    optimizer = make.function(held, **options)
    step = judge.method(optimizer, "step", "gradients")
    for gradients in history:
        given = [None if one is None else np.array(one) for one in gradients]
        step.function(given)
        refuse_changed_gradients(judge, gradients, given)
    if not judge.right:
        refuse_unchanged(judge, parameters, held, history)
    refuse_replaced(judge, parameters, held)
    values = np.concatenate([np.ravel(one) for one in held])
    return Run("the steps", ("parameters", "gradients", "options"), (parameters, history, options), values)


def refuse_changed_gradients(judge: Judge, gradients, given) -> None:
    for before, after in zip(gradients, given, strict=True):
        if before is not None and not np.array_equal(before, after):
            judge.reject("changes-its-input", "step changed a gradient in place; expected it unchanged.",
                         "The caller may still need it. Which of your lines writes into it?", kind="ownership",
                         shown={"the gradient": before, "after step": after})  # fmt: skip


def refuse_unchanged(judge: Judge, parameters, held, history) -> None:
    if all(np.array_equal(before, after) for before, after in zip(parameters, held, strict=True)):
        judge.reject("rebinds-the-parameter", "After two steps, the model's arrays have not changed.",
                     "`p = p - ...` makes a new array. What still computes with the old one?",
                     kind="updates", shown={"parameters": parameters, "gradients": history[0]})  # fmt: skip


def refuse_replaced(judge: Judge, parameters, held) -> None:
    for before, after in zip(parameters, held, strict=True):
        if not isinstance(after, np.ndarray) or after.dtype != before.dtype or after.shape != before.shape:
            is_array = isinstance(after, np.ndarray)
            now = f"{after.dtype} array of shape {after.shape}" if is_array else f"{type(after).__name__}, not an array"
            judge.reject("replaces-a-parameter", f"A parameter was a {before.dtype} array of shape {before.shape}, and "
                         f"is now a {now}.",
                         "What else uses the array that was in the list?", kind="updates")  # fmt: skip


def refuse_wrong_defaults(judge: Judge, make, parameters, history, options) -> None:
    held = [one.copy() for one in parameters]
    optimizer = make.function(held)
    for gradients in history:
        optimizer.step([one.copy() for one in gradients])
    wanted, got = trained(parameters, history, options), np.concatenate([one.ravel() for one in held])
    if not np.allclose(got, wanted, rtol=1e-9, atol=1e-12):
        judge.reject("other-defaults",
             "Without options, the parameters are not those that the defaults in the task give.",
                     "Compare the signature of your constructor with the one in the task.", kind="updates",
                     shown={"yours": got, "expected": wanted})  # fmt: skip


def refuse_fixed_lr(judge: Judge, make) -> None:
    weights, gradient = [np.array([1.0]), np.array([1.0])], np.array([2.0])
    optimizer = make.function(weights, **OPTIONS | {"eps": 0.0})
    moves = []
    for lr in (0.05, 0.5):
        optimizer.lr, before = lr, [weight.copy() for weight in weights]
        optimizer.step([gradient, gradient.copy()])
        moves += [round(float((old - new)[0]), 6) for old, new in zip(before, weights, strict=True)]
    if not np.allclose(moves, [0.05, 0.05, 0.5, 0.5]):
        judge.reject("lr-is-fixed",
             f"With lr = 0.05, then 0.5, and constant gradients, two parameters move by {moves}.",
                     "A schedule sets optimizer.lr. When does your step read it?", kind="updates")  # fmt: skip


def refuse_shared_state(judge: Judge, make, parameters, history, options) -> None:
    one, other = ([p.copy() for p in parameters] for _ in range(2))
    optimizers = [make.function(held, **options) for held in (one, other)]
    for gradients in history:
        optimizers[0].step([g.copy() for g in gradients])
        optimizers[1].step([-g for g in gradients])
    if not np.allclose(np.concatenate([p.ravel() for p in one]), trained(parameters, history, options)):
        judge.reject("optimizers-share-state",
             "If a second optimizer takes steps in between, the first one's steps change.",
                     "Where are the averages created: in each constructor, or once for the class?",
                     kind="state")  # fmt: skip
