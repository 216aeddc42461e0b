"""Training: every row once, modes restored, and no influence of the validation rows on the weights."""

from itertools import pairwise

import numpy as np

from tinygrad_dropout.drills.grader.answer import reject_errors
from tinygrad_dropout.drills.grader.judge import Judge
from tinygrad_dropout.drills.grader.random_sources import refuse_wrong_sources

TOPIC, MINUTES = "backprop", 15
KINDS = ("modes", "leakage", "averaging", "accumulation")
ASKS = ("batches", "accuracy", "fit")

ROWS, EPOCHS, BATCH = 11, 3, 4
LR, MOMENTUM = 0.05, 0.5


def check(judge: Judge) -> None:
    names = judge.namespace
    with judge.claim("the rows in batches: every row once, x and y together, the last batch with the remaining rows"):
        refuse_wrong_batches(judge, names)
    with judge.claim("the order of batches: drawn from rng, different in each call, and any order is possible"):
        refuse_no_order(judge, names)
    with judge.claim("the number that accuracy returns: the fraction of correctly classified rows"):
        refuse_wrong_accuracies(judge, names)
    with judge.claim("the modes in accuracy and after it: measured in eval mode, then the same as before"):
        refuse_wrong_modes(judge, names)
    with judge.claim("the rows and the mode in fit's steps: one batch, in training mode, every row once per epoch"):
        refuse_wrong_rows(judge, names)
    with judge.claim("the weights after fit: each step uses only the gradient of its batch"):
        refuse_wrong_steps(judge, names)
    with judge.claim("the validation rows in fit: measured in eval mode, and they change nothing"):
        refuse_leaks(judge, names)
    with judge.claim("fit returns the mean loss over the rows of each epoch, and the validation accuracy after it"):
        refuse_wrong_histories(judge, names)
    with judge.claim("after fit, every module is in the same mode as before"):
        refuse_modes_after_fit(judge, names)


def table(judge, rows=ROWS, features=3, classes=2):
    """Rows and their classes; the first entry of each row is its number, to recognize it."""
    x = judge.numbers(rows, features)
    x[:, 0] = np.arange(rows)
    return x, judge.rng.permutation(np.arange(rows) % classes)


def listed(judge, names, x, y, size, rng):
    return reject_errors(lambda: [(np.asarray(a), np.asarray(b)) for a, b in names["batches"](x, y, size, rng)],
                     "batches", f"batches of {size} of {len(x)} rows")  # fmt: skip


def refuse_wrong_batches(judge, names):
    for rows, size in ((ROWS, BATCH), (8, 4), (5, 1), (3, 10), (1, 1)):
        x, y = table(judge, rows)
        before = x.copy(), y.copy()
        found = listed(judge, names, x, y, size, np.random.default_rng(1))
        said = f"batches of {size} of {rows} rows: "
        shown = {"rows in each batch": str([len(a) for a, _ in found])}
        if not np.array_equal(x, before[0]) or not np.array_equal(y, before[1]):
            judge.reject("changes-its-input", f"{said}x or y was shuffled in place; expected them unchanged.",
                         "Who else uses these arrays?", kind="ownership")  # fmt: skip
        numbers = [int(row[0]) for a, _ in found for row in a]
        if sorted(numbers) != list(range(rows)):
            missing, twice = rows - len(set(numbers)), len(numbers) - len(set(numbers))
            code = "rows-twice" if twice else "last-batch-dropped" if missing == rows % size else "rows-missing"
            judge.reject(
                code,
                f"{said}{missing} rows are missing and {twice} occur twice; expected each row once.",
                "Where does the last batch begin, and where does it end?",
                shown=shown,
                kind="edges",
            )
        if [len(a) for a, _ in found] != [size] * (rows // size) + [rows % size] * (rows % size > 0):
            judge.reject("other-batch-sizes", f"{said}their sizes are {[len(a) for a, _ in found]}.",
                         "Which batch is the small one?", kind="edges")  # fmt: skip
        if any(
            y[int(row[0])] != label or not np.array_equal(x[int(row[0])], row)
            for a, b in found
            for row, label in zip(a, b)
        ):
            judge.reject("rows-and-classes-apart", f"{said}rows and classes no longer match.",
                         "Do you use one order for both?", shown=shown, kind="leakage")  # fmt: skip
    images = judge.numbers(5, 2, 3)
    found = listed(judge, names, images, np.arange(5), 2, np.random.default_rng(0))
    if any(a.shape[1:] != (2, 3) or not np.array_equal(images[b], a) for a, b in found):
        judge.reject(
            "wrong-shape",
            "Batches of x with shape (5, 2, 3) are not rows of x; expected arrays of shape (n, 2, 3).",
            "Which axis holds the rows?",
            kind="shapes",
        )


def refuse_no_order(judge, names):
    x, y = table(judge, 40)

    def order(rng):
        return [int(row[0]) for a, _ in listed(judge, names, x, y, 7, rng) for row in a]

    rng = np.random.default_rng(2)
    first, second = order(rng), order(rng)
    if first == sorted(first):
        judge.reject(
            "not-shuffled",
            "The rows come in their original order; expected a random one.",
            "What if they are sorted by class?",
            kind="randomness",
        )
    neighbors = sum(later == earlier + 1 for earlier, later in pairwise(first))
    if neighbors > 12:
        judge.reject(
            "not-shuffled",
            f"{neighbors} of 40 rows still come right after their predecessor in x; expected about 1.",
            "Are all orders of the rows equally likely?",
            kind="randomness",
        )
    refuse_wrong_sources(judge, lambda seed: order(np.random.default_rng(seed)))
    if first == second:
        judge.reject(
            "same-order-again",
            "Two calls with the same generator gave the same order; expected a new one in each call.",
            "When do you draw the order: in each call, or from a fixed seed?",
            kind="randomness",
        )
    refuse_missing_orders(judge, names)


def refuse_missing_orders(judge, names):
    """Check that four rows come in all 24 orders. In 600 calls, an order is missed by chance once in 100 million
    times."""
    x, y, rng = np.arange(4.0)[:, np.newaxis], np.zeros(4, int), np.random.default_rng(4)
    found = {tuple(a[:, 0].tolist()) for _ in range(600) for a, _ in listed(judge, names, x, y, 4, rng)}
    if len(found) < 24:
        judge.reject(
            "orders-missing",
            f"In 600 calls, four rows came in only {len(found)} of the 24 possible orders.",
            "Which orders can your code never produce? Which method of rng can produce all of them?",
            kind="randomness",
        )


def probe(names, outputs=2, wrong=None):
    """A model that records the mode and the rows of every forward; the first entry of a row is its number."""

    class Probe(names["Module"]):
        def __init__(self):
            super().__init__()
            self.layer = names["Linear"](3, outputs, np.random.default_rng(5))
            self.dropout = names["Dropout"](0.5, np.random.default_rng(6))
            self.inner = [(names["ReLU"](), {"last": names["ReLU"]()})]
            self.seen = Notes()

        def forward(self, x):
            self.seen.rows.append((bool(self.training), bool(self.dropout.training), [int(row[0]) for row in x.data]))
            return self.layer(self.dropout(x))

    return Probe()


class Notes:
    """The records of a probe, hidden from searches for modules."""

    def __init__(self):
        self.rows = []


def refuse_wrong_accuracies(judge, names):
    class Fixed(names["Module"]):
        def forward(self, x):
            return x

    three = np.array([[1.0, 2.0, 0.0], [5.0, -1.0, 0.0], [0.0, 1.0, 3.0], [2.0, 1.0, -1.0]])
    two = np.array([[1.0, 2.0], [-1.0, -2.0], [3.0, 1.0], [-2.0, -1.0]])
    for outputs, y, wanted in (
        (three, [1, 0, 2, 0], 1.0),
        (three, [0, 0, 2, 1], 0.5),
        (three, [0, 1, 0, 2], 0.0),
        (three, [1, 1, 1, 1], 0.25),
        (two, [1, 0, 0, 1], 1.0),
        (two, [1, 1, 0, 1], 0.75),
    ):
        found = reject_errors(
            lambda outputs=outputs, y=y: names["accuracy"](Fixed(), outputs, np.array(y)),
            "accuracy",
            "accuracy(model, x, y)",
        )
        if not isinstance(found, (float, np.floating)) or abs(found - wanted) > 1e-12:
            judge.reject(
                "wrong-values",
                f"accuracy is {found!r} when {wanted:.0%} of the rows are classified correctly; expected {wanted}.",
                "How many rows are classified correctly, and out of how many?",
                kind="averaging",
            )


def mixed(model):
    """Put the modules of a probe in different modes; returns them."""
    model.train()
    model.dropout.eval()
    model.inner[0][0].eval()
    return modes(model)


def modes(model):
    one, other = model.inner[0]
    return [bool(each.training) for each in (model, model.layer, model.dropout, one, other["last"])]


def refuse_wrong_modes(judge, names):
    model = probe(names)
    x, y = table(judge)
    before = mixed(model)
    reject_errors(lambda: names["accuracy"](model, x, y), "accuracy", "accuracy(model, x, y)")
    if any(training or dropout for training, dropout, _ in model.seen.rows):
        judge.reject("measured-in-training-mode", "accuracy called the model in training mode.",
                     "What does dropout do to a measurement?", kind="modes")  # fmt: skip
    if modes(model) != before:
        if not any(modes(model)):
            judge.reject("left-in-eval-mode", "After accuracy, the whole model is in eval mode; before, it was in "
                         "training mode.",
                         "In which mode does the next batch train?", kind="modes")  # fmt: skip
        judge.reject(
            "mode-not-put-back",
            f"After accuracy, training of a model and of four modules in it is {modes(model)}; expected {before}, as "
            "it was before.",
            "train() switches every module. What if a part was in eval mode on purpose?",
            kind="modes",
        )


def fitted(judge, names, model, x, y, validation=None, epochs=EPOCHS, batch=BATCH):
    optimizer = names["SGD"](model.parameters(), lr=LR, momentum=MOMENTUM)
    return reject_errors(
        lambda: names["fit"](model, optimizer, x, y, epochs=epochs, batch_size=batch, rng=np.random.default_rng(3),
                             validation=validation), "fit", "fit(model, optimizer, x, y, ...)")  # fmt: skip


def joined(lists):
    return [one for each in lists for one in each]


def refuse_wrong_rows(judge, names):
    x, y = table(judge)
    model = probe(names)
    model.eval()
    fitted(judge, names, model, x, y)
    if not all(training and dropout for training, dropout, _ in model.seen.rows):
        judge.reject("trained-in-eval-mode", "fit called the model in eval mode for a training batch.",
                     "The model can be passed in eval mode. Who switches it?", kind="modes")  # fmt: skip
    for epochs, batch in ((EPOCHS, BATCH), (2, 3)):
        model = probe(names)
        fitted(judge, names, model, x, y, epochs=epochs, batch=batch)
        numbers, steps = [rows for *_, rows in model.seen.rows], -(-ROWS // batch)
        orders = [joined(numbers[steps * epoch : steps * (epoch + 1)]) for epoch in range(epochs)]
        if len(numbers) != epochs * steps or any(sorted(order) != list(range(ROWS)) for order in orders):
            judge.reject(
                "rows-missing",
                f"fit called the model {len(numbers)} times in {epochs} epochs of {ROWS} rows with batch_size={batch}; "
                f"expected {epochs * steps}, with every row once in each epoch.",
                "Do you have a loop over batches inside a loop over epochs?",
                kind="edges",
            )
        if all(order == orders[0] for order in orders):
            judge.reject(
                "same-order-again",
                "The order of the rows is the same in each epoch.",
                "Do you call batches in each epoch, with the generator and not with a seed?",
                kind="randomness",
            )


class Plain:
    """A linear model, its rows, and the expected weights, losses and accuracies of each epoch.

    Args:
        names: the learner's.
        x, y: the rows.
        seed: of the initial weights.
    """

    def __init__(self, names, x, y, seed):
        self.x, self.y, self.model = x, y, names["Linear"](3, 2, np.random.default_rng(seed))
        parameters = [one.data.copy() for one in self.model.parameters()]
        velocities = [np.zeros_like(one) for one in parameters]
        self.losses, self.accuracies, rng = [], [self.right(parameters)], np.random.default_rng(3)
        for _ in range(EPOCHS):
            total = 0.0
            for rows, labels in names["batches"](x, y, BATCH, rng):
                loss, gradients = self.slopes(parameters, rows, labels)
                total += loss * len(rows)
                velocities = [MOMENTUM * one + gradient for one, gradient in zip(velocities, gradients)]
                parameters = [one - LR * velocity for one, velocity in zip(parameters, velocities)]
            self.losses.append(total / len(x))
            self.accuracies.append(self.right(parameters))
        self.parameters = parameters

    def right(self, parameters):
        weight, bias = parameters
        return np.mean((self.x @ weight.T + bias).argmax(axis=1) == self.y)

    def slopes(self, parameters, rows, labels):
        weight, bias = parameters
        logits = rows @ weight.T + bias
        shifted = logits - logits.max(axis=1, keepdims=True)
        log_softmax = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        one_hot = np.eye(2)[labels]
        errors = (np.exp(log_softmax) - one_hot) / len(rows)
        return -float((log_softmax * one_hot).sum()) / len(rows), [errors.T @ rows, errors.sum(axis=0)]


def plain(judge, names):
    """A case in which the accuracy falls and differs after each epoch, to show when it was measured."""
    x, y = table(judge)
    cases = [Plain(names, x / 4, y, seed) for seed in range(30)]
    return max(cases, key=lambda one: (one.accuracies[-1] < max(one.accuracies[1:]), len(set(one.accuracies))))


def refuse_wrong_steps(judge, names):
    case = plain(judge, names)
    model, (weight, bias) = case.model, case.parameters
    model.weight.grad, model.bias.grad = np.full((2, 3), 1e3), np.full(2, 1e3)  # left by another loss
    fitted(judge, names, model, case.x, case.y)
    if not np.allclose(model.weight.data, weight, rtol=1e-7) or not np.allclose(model.bias.data, bias, rtol=1e-7):
        far = np.abs(model.weight.data).max() > 5
        judge.reject("gradients-not-zeroed" if far else "wrong-values",
                     "After fit, the weights are not the result of the batches' gradients"
                     + (": gradients from before fit were also used." if far else "."),
                     "In which order do you call zero_grad, forward, backward and step, and how often?",
                     shown={"yours": model.weight.data, "expected": weight}, kind="accumulation")  # fmt: skip


def refuse_wrong_histories(judge, names):
    case = plain(judge, names)
    x, y, losses = case.x, case.y, case.losses
    history = fitted(judge, names, case.model, x, y, validation=(x, y))
    if not isinstance(history, list) or len(history) != EPOCHS or not all(isinstance(one, dict) for one in history):
        judge.reject(
            "wrong-history",
            f"fit returned {history!r:.200}; expected a list of {EPOCHS} dictionaries.",
            "What does the task say?",
        )
    if any("loss" not in one or "validation_accuracy" not in one for one in history):
        judge.reject(
            "wrong-history",
            f"The history has the keys {sorted(history[0])}; expected loss and validation_accuracy.",
            "What does the task say?",
        )
    found = [float(one["loss"]) for one in history]
    if not np.allclose(found, losses, rtol=1e-7):
        judge.reject(
            "wrong-mean-loss",
            f"The loss of the first epoch is {found[0]:.6g}; expected {losses[0]:.6g}, the mean over "
            f"{ROWS} rows, each with the weights at its training step.",
            "The last batch has 3 rows, the others 4. How much does each count?",
            kind="averaging",
            shown={"yours": np.array(found), "expected": np.array(losses)},
        )
    measured = [one["validation_accuracy"] for one in history]
    if not np.allclose(measured, case.accuracies[1:]):
        early = np.allclose(measured, case.accuracies[:-1])
        judge.reject(
            "wrong-accuracies",
            f"validation_accuracy is {', '.join(f'{one:.3g}' for one in measured)} in the epochs; expected "
            f"{', '.join(f'{one:.3g}' for one in case.accuracies[1:])}, "
            f"each with the weights after its epoch{', not before it' if early else ''}.",
            "When is it measured, and with which weights?",
            kind="averaging",
        )
    without = fitted(judge, names, names["Linear"](3, 2), x, y)
    if any("validation_accuracy" in one for one in without):
        judge.reject(
            "wrong-history",
            "Without validation rows, the history has a validation_accuracy; expected none.",
            "Of which rows?",
        )


def refuse_leaks(judge, names):
    x, y = table(judge)
    others = judge.numbers(9, 3)
    others[:, 0] = np.arange(100, 109)
    ends = []
    for validation in (None, (others, np.arange(9) % 2), (others * 1e3, 1 - np.arange(9) % 2)):
        model = probe(names)
        fitted(judge, names, model, x / 8, y, validation=validation)
        ends.append(np.concatenate([one.data.ravel() for one in model.parameters()]))
        held_back = [(training or dropout) for training, dropout, rows in model.seen.rows if max(rows) >= 99]
        if any(held_back):
            judge.reject("validation-in-training-mode", "fit called the model in training mode for validation rows.",
                         "Do you train on them? What does dropout do to a measurement?", kind="leakage")  # fmt: skip
    if not np.array_equal(ends[0], ends[1]) or not np.array_equal(ends[1], ends[2]):
        judge.reject(
            "validation-changes-the-weights",
            "fit gives different weights with different validation rows, or without any; expected the same.",
            "Does your measurement draw from the generator, take a step, or change statistics?",
            kind="leakage",
        )


def refuse_modes_after_fit(judge, names):
    x, y = table(judge)
    model = probe(names)
    before = mixed(model)
    fitted(judge, names, model, x / 8, y, validation=(x / 8, y))
    if modes(model) != before:
        judge.reject(
            "mode-not-put-back",
            f"After fit, training of a model and of four modules in it is {modes(model)}; expected {before}, as it was "
            "before.",
            "Which modes did the modules have before fit switched them?",
            kind="modes",
        )
