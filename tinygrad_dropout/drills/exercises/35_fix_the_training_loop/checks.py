"""The loop, run with a model that records everything: modes, gradients, steps, means, the best parameters."""

from itertools import pairwise

import numpy as np

from tinygrad_dropout.drills.grader.calls import Run
from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake
from tinygrad_dropout.drills.layout import counted

TOPIC, MINUTES = "backprop", 15
KINDS = ("modes", "accumulation", "updates", "averaging", "leakage", "ownership", "stopping")

LR = 0.05


class Model:
    """Linear regression with dropout on its inputs, which records the calls."""

    def __init__(self, weight, training=True):
        self.training, self.rng = training, np.random.default_rng(4)
        self.parameters = [weight.copy(), np.zeros(1)]
        self.gradients = [np.ones_like(one) for one in self.parameters]  # left over from another loss
        self.held = list(self.parameters)  # as an optimizer would keep them
        self.log = []  # (mode, x, parameters) for each loss, and "backward"

    def zero_gradients(self):
        for gradient in self.gradients:
            gradient[...] = 0

    def loss(self, x, target):
        self.log.append((bool(self.training), x.copy(), flat(self.parameters)))
        weight, bias = self.parameters
        self.x = x * (self.rng.random(x.shape) >= 0.2) / 0.8 if self.training else x
        self.error = self.x @ weight + bias - target
        return float((self.error**2).mean())

    def backward(self):
        self.log.append("backward")
        d_error = 2 * self.error / len(self.error)
        for gradient, more in zip(self.gradients, (self.x.T @ d_error, d_error.sum()), strict=True):
            gradient += more


class Problem:
    """A data set in batches of unequal sizes, and a model, on which the loop is run."""

    def __init__(self, judge: Judge, epochs, sizes=(4, 4, 1), lr=LR, training=True, overfits=False) -> None:
        x, weight = judge.numbers(sum(sizes) + 5, 3), judge.numbers(3)
        target = x @ judge.numbers(3)
        if overfits:  # what the model learns on the training set is wrong on the validation set
            target[sum(sizes) :] = x[sum(sizes) :] @ weight
        ends = np.cumsum(sizes)
        self.batches = [(x[end - size : end], target[end - size : end]) for size, end in zip(sizes, ends, strict=True)]
        self.validation = x[ends[-1] :], target[ends[-1] :]
        self.weight, self.epochs, self.lr, self.training = weight, epochs, lr, training

    def __repr__(self):
        sizes = ", ".join(str(len(x)) for x, _ in self.batches)
        return f"{self.epochs} epochs of batches with {sizes} rows, lr = {self.lr:g}"

    def run(self, train):
        """The model after the loop, and what the loop returned."""
        model = Model(self.weight, self.training)
        return model, train(model, Batches(self.batches), *self.validation, self.epochs, self.lr)


class Batches:
    """An iterable that can be used many times, but has no length and no indices."""

    def __init__(self, batches):
        self.batches = batches

    def __iter__(self):
        return ((x.copy(), target.copy()) for x, target in self.batches)


def loop(model, batches, x_validation, target_validation, epochs, lr, *, zeroed=True, stepped=True, sign=-1,
         once_an_epoch=False, by_batches=False, summed=False, last=False):  # fmt: skip
    """The correct loop; each option is a possible mistake."""
    history, best_loss, best = [], np.inf, None
    for _ in range(epochs):
        model.training = True
        total, count, loss = 0.0, 0, 0.0
        if once_an_epoch:
            model.zero_gradients()
        for x, target in batches:
            if zeroed and not once_an_epoch:
                model.zero_gradients()
            loss = model.loss(x, target)
            model.backward()
            for parameter, gradient in zip(model.parameters, model.gradients, strict=True):
                parameter += sign * lr * gradient * stepped
            weight = 1 if by_batches or summed else len(x)
            total, count = total + loss * weight, count + weight
        model.training = False
        validation = model.loss(x_validation, target_validation)
        history.append((loss if last else total if summed else total / count, validation))
        if validation < best_loss:
            best_loss, best = validation, [one.copy() for one in model.parameters]
    for parameter, kept in zip(model.parameters, best, strict=True):
        parameter[...] = kept
    return history


def flat(arrays):
    return np.concatenate([np.ravel(one) for one in arrays])


def trained_and_measured(model):
    """The losses that were followed by a backward, and the others: (mode, x, parameters) for each."""
    losses = [(entry, after == "backward") for entry, after in pairwise([*model.log, ""]) if entry != "backward"]
    return [entry for entry, trained in losses if trained], [entry for entry, trained in losses if not trained]


def parameters_in_training(model):
    return np.array([parameters for _, _, parameters in trained_and_measured(model)[0]])


def wrongly(**options):
    return lambda problem: parameters_in_training(problem.run(lambda *given: loop(*given, **options))[0])


STEPS = [
    KnownMistake("parameters-never-move", wrongly(stepped=False), "The model's parameters are the same in every batch.",
                 "`parameter = parameter - ...` makes a new array. Which array does the model use?", "updates"),
    KnownMistake("gradients-add-up", wrongly(zeroed=False),
                 "Each step uses the sum of the gradients of all batches so far.",
                 "What does backward do with the numbers that are already in model.gradients?", "accumulation"),
    KnownMistake("gradients-add-up-in-an-epoch", wrongly(once_an_epoch=True),
                 "Each step uses the sum of the gradients of this epoch's batches so far.",
                 "How often do you set the gradients to zero?", "accumulation"),
    KnownMistake("wrong-direction", wrongly(sign=1),
         "The parameters go uphill: the step is added; expected it to be subtracted.",
                 "The gradient points to where the loss grows. Where do you want to go?", "updates"),
]  # fmt: skip


def training_losses(**options):
    return lambda problem: [loss for loss, _ in problem.run(lambda *given: loop(*given, **options))[1]]


LOSSES = [
    KnownMistake("mean-of-the-means", training_losses(by_batches=True),
                 "The training loss is the mean of the batch means, so an example in a small batch counts more.",
                 "Take batches of 4, 4 and 1 examples: how much should the last one count?", "averaging"),
    KnownMistake("sum-of-the-means", training_losses(summed=True),
                 "The training loss is the sum of the batch means.", "What should it be divided by?", "averaging"),
    KnownMistake("loss-of-the-last-batch", training_losses(last=True),
                 "The training loss is that of the last batch of the epoch.",
                 "What happens to the losses of the other batches?", "averaging"),
]  # fmt: skip


VALIDATION_LOSSES = [
    KnownMistake("records-the-best-loss-so-far",
                 lambda problem: np.minimum.accumulate([loss for _, loss in problem.run(loop)[1]]),
                 "The validation loss in history is the lowest so far; expected the loss of each epoch.",
                 "How would the history show you that the network overfits?", "stopping"),
]  # fmt: skip


def check(judge: Judge) -> None:
    names = ("model", "batches", "x_validation", "target_validation", "epochs", "lr")
    train = judge.function("train", *names)
    problems = [Problem(judge, 1), Problem(judge, 3), Problem(judge, 2, (3, 2)), Problem(judge, 3, training=False),
                Problem(judge, 6, lr=0.01, overfits=True), Problem(judge, 5, lr=1.5), Problem(judge, 12)]  # fmt: skip
    with judge.claim("it runs and returns a pair of losses for each epoch"):
        found = [problem.run(lambda *given: train(*given)) for problem in problems]
        for problem, (_, history) in zip(problems, found, strict=True):
            refuse_no_history(judge, problem, history)
    both = list(zip(problems, (model for model, _ in found), strict=True))
    with judge.claim("each batch is trained on once in each epoch, in training mode, with one backward"):
        for problem, model in both:
            refuse_wrong_batches(judge, problem, model)
    with judge.claim("the validation loss is computed once in each epoch, on the validation set, in eval mode"):
        for problem, model in both:
            refuse_wrong_validation(judge, problem, model)

    def compare(claim, values, expected, known, question, name, kind):
        runs = [Run("train(...)", ("epochs", "lr"), (problem,), value)
                for problem, value in zip(problems, values, strict=True)]  # fmt: skip
        judge.compare(claim, runs, expected, name=name, known=known, question=question, kind=kind, rtol=1e-8)

    compare("each step: -lr times the gradient of this batch, in the model's own arrays",
            [parameters_in_training(model) for _, model in both], wrongly(), STEPS,
            "What is in model.gradients when you take a step?", "the parameter history",
            "updates")  # fmt: skip
    compare("history: the mean training loss over all examples", [[a for a, _ in history] for _, history in found],
            training_losses(), LOSSES, "How much does each batch count in the mean?", "the training losses",
            "averaging")  # fmt: skip
    compare("history: the validation loss", [[b for _, b in history] for _, history in found],
            lambda problem: [loss for _, loss in problem.run(loop)[1]], VALIDATION_LOSSES, "Which loss do you record?",
            "the validation losses", "leakage")  # fmt: skip
    with judge.claim("at the end the parameters are those of the epoch with the lowest validation loss"):
        for problem, model in both:
            refuse_wrong_end(judge, problem, model)
    with judge.claim("at the end the model is in eval mode"):
        for _, model in both:
            if model.training:
                judge.reject("ends-in-training-mode", "After the loop model.training is True; expected False.",
                             "What would dropout do to the user's next prediction?", kind="modes")  # fmt: skip


def refuse_no_history(judge: Judge, problem, history) -> None:
    try:
        shape = np.asarray(history, dtype=np.float64).shape
    except (TypeError, ValueError):
        shape = None
    if shape != (problem.epochs, 2):
        epochs = counted(problem.epochs, "epoch")
        message = f"With {epochs}, train returned {history!r:.80}; expected a pair of losses for each."
        judge.reject("no-history", message, "What do you append in each epoch?", kind="averaging")


def refuse_wrong_batches(judge: Judge, problem, model) -> None:
    trained, _ = trained_and_measured(model)
    wanted = [x for _ in range(problem.epochs) for x, _ in problem.batches]
    if model.log.count("backward") != len(wanted):
        message = (
            f"In {len(wanted)} batches, backward was called {model.log.count('backward')} times; expected one call "
            "for each."
        )
        judge.reject("other-backwards", message, "For which losses do you need gradients, and in which epochs?",
                     kind="accumulation")  # fmt: skip
    in_eval = next((number for number, (mode, _, _) in enumerate(trained) if not mode), None)
    if in_eval is not None:
        epoch = in_eval // len(problem.batches) + 1
        judge.reject("trains-in-eval-mode",
             f"In epoch {epoch} the model is trained in eval mode; expected training mode.",
                     "Which mode does the second epoch begin in? And the first one, if the model was used before?",
                     kind="modes")  # fmt: skip
    if not all(np.array_equal(x, y) for (_, x, _), y in zip(trained, wanted, strict=False)):
        judge.reject("other-batches", "The losses followed by a backward are not those of the batches, in their order.",
                     "Which batches does an epoch have?", kind="accumulation")  # fmt: skip


def refuse_wrong_validation(judge: Judge, problem, model) -> None:
    _, measured = trained_and_measured(model)
    for number, (mode, x, _) in enumerate(measured[: problem.epochs], 1):
        if not np.array_equal(x, problem.validation[0]):
            judge.reject("validates-on-other-data", f"In epoch {number} the loss without a backward is not that of the "
                         "validation set.", "Which rows do x and target hold after the loop over the batches?",
                         kind="leakage")  # fmt: skip
        if mode:
            message = f"In epoch {number} the validation loss is computed in training mode, with dropout."
            judge.reject("validates-in-training-mode", message,
                 "Which mode should the model be in while you measure it?",
                         kind="modes")  # fmt: skip
    if len(measured) != problem.epochs:
        message = f"Losses without a backward: {len(measured)}; expected {problem.epochs}, one for each epoch."
        judge.reject("other-number-of-validations", message, "How often should you measure the model?", kind="leakage")


def refuse_wrong_end(judge: Judge, problem, model) -> None:
    validations = [parameters for _, _, parameters in trained_and_measured(model)[1]]
    losses = [loss for _, loss in problem.run(loop)[1]]
    best = int(np.argmin(losses))
    wanted, got = validations[best], flat(model.held)
    if np.allclose(got, wanted, rtol=1e-9):
        return
    where = f"The lowest validation loss was that of epoch {best + 1} of {problem.epochs}"
    shown = {"validation losses": np.array(losses), "the parameters": got, "of that epoch": wanted}
    if np.allclose(flat(model.parameters), wanted, rtol=1e-9):
        message = "At the end, model.parameters holds other arrays; expected the model's own, with the best values."
        judge.reject("other-arrays-in-the-model", message,
                     "What else uses the model's arrays? An optimizer, perhaps?",
                     kind="ownership", shown=shown)  # fmt: skip
    if np.allclose(got, validations[-1], rtol=1e-9):
        judge.reject("keeps-the-last-parameters", f"{where}, but the model has the parameters of the last epoch.",
                     "Follow `best` from the first line to the last: what is compared, does it hold copies, and "
                     "what uses it?", kind="stopping", shown=shown)  # fmt: skip
    judge.reject("keeps-other-parameters", f"{where}, but the model has other parameters.",
                 "When are the parameters copied?", kind="stopping", shown=shown)  # fmt: skip
