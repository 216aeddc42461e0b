"""The whole network: it can overfit, it generalizes, and its losses agree with this framework's."""

from itertools import pairwise

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout.drills.grader.answer import reject_errors
from tinygrad_dropout.drills.grader.judge import Judge

TOPIC, MINUTES = "dropout", 15
KINDS = ("modes", "mask", "randomness")
ASKS = ("mlp",)

STEPS = 30
SEEDS = 3


def check(judge: Judge) -> None:
    names = judge.namespace
    with judge.claim("the parameters of mlp: their shapes, in order"):
        refuse_wrong_shapes(judge, names)
    with judge.claim("the layers of mlp: ReLU and dropout after each Linear layer except the last"):
        refuse_wrong_layers(judge, names)
    with judge.claim("the weights of mlp: the same seed gives the same weights for every p"):
        refuse_wrong_draws(judge, names)
    with judge.claim("the masks of mlp: the same seed gives the same masks"):
        refuse_wrong_masks(judge, names)
    with judge.claim(f"with the same weights, batches and masks, {STEPS} losses agree with tinygrad_dropout's to 1e-6"):
        for optimizer in ("SGD", "Adam"):
            refuse_wrong_losses(judge, names, optimizer)
    with judge.claim("without dropout, it memorizes a single batch with random classes"):
        refuse_no_overfitting(judge, names)
    with judge.claim(
        f"on two moons, over 90% of the held-out rows are classified correctly, averaged over {SEEDS} seeds"
    ):
        refuse_no_generalization(judge, names)


def refuse_wrong_shapes(judge, names):
    for sizes in ([2, 5, 3], [4, 7, 6, 2], [3, 2]):
        model = reject_errors(
            lambda sizes=sizes: names["mlp"](sizes, 0.5, np.random.default_rng(0)), "mlp", f"mlp({sizes}, 0.5, rng)"
        )
        found = [one.data.shape for one in model.parameters()]
        wanted = [shape for before, after in pairwise(sizes) for shape in ((after, before), (after,))]
        if found != wanted:
            judge.reject(
                "wrong-shape",
                f"The parameters of mlp({sizes}, 0.5, rng) have the shapes {found}; expected {wanted}.",
                "What are the input and output sizes of each Linear layer?",
                kind="shapes",
            )


def forward_by_hand(model, x, factors=None):
    """The expected outputs, with the dropout factors of each hidden layer (None for no dropout)."""
    arrays = [one.data for one in model.parameters()]
    pairs = list(zip(arrays[::2], arrays[1::2]))
    for index, (weight, bias) in enumerate(pairs):
        x = x @ weight.T + bias
        if index < len(pairs) - 1:
            x = np.maximum(x, 0) * (1 if factors is None else factors[index])
    return x


def recorded(names, model, x):
    """The outputs of the model, and the input and output of each dropout layer."""
    seen, layer = [], names["Dropout"]
    original = layer.forward

    def forward(self, given):
        result = original(self, given)
        seen.append((given.data, result.data))
        return result

    layer.forward = forward
    try:
        return reject_errors(lambda: model(names["Tensor"](x)), "model(x)", "mlp(...)(x)"), seen
    finally:
        layer.forward = original


def refuse_wrong_layers(judge, names):
    x = judge.numbers(40, 3)
    for sizes in ([3, 2], [3, 30, 2], [3, 20, 30, 4]):
        model = names["mlp"](sizes, 0.4, judge.rng.spawn(1)[0])
        if not all(one.training for one in (model, *vars(model).values()) if isinstance(one, names["Module"])):
            judge.reject("starts-in-eval-mode", f"mlp({sizes}, 0.4, rng) is not in training mode.",
                         "What is the first thing you do with a new model?", kind="modes")  # fmt: skip
        model.eval()
        found, wanted = recorded(names, model, x)[0].data, forward_by_hand(model, x)
        if not np.allclose(found, wanted):
            last = np.allclose(found, np.maximum(wanted, 0))
            judge.reject("relu-behind-the-last-layer" if last else "wrong-values",
                         "In eval mode, the outputs are not those of Linear layers with ReLU between them"
                         + (": they end with a ReLU." if last else "."),
                         "In which order are the layers? The loss needs logits of both signs.",
                         shown={"yours": found[:2], "expected": wanted[:2]})  # fmt: skip
        model.train()
        _, seen = recorded(names, model, x)
        if len(seen) != len(sizes) - 2:
            judge.reject(
                "dropout-behind-the-last-layer" if len(seen) == len(sizes) - 1 else "dropout-missing",
                f"mlp({sizes}, ...) calls {len(seen)} dropout layers; expected {len(sizes) - 2}, one for each hidden "
                "layer.",
                "Which sizes are hidden layers?",
                kind="modes",
            )
        if not seen:
            continue
        if any((given < 0).any() for given, _ in seen):
            judge.reject("dropout-before-relu", "Dropout comes before ReLU; expected after it.",
                         "Which comes first in the task? With ReLU, what difference does the order make?")  # fmt: skip
        dropped = np.concatenate([(result[given > 0] == 0) for given, result in seen])
        if abs(dropped.mean() - 0.4) > 6 * np.sqrt(0.24 / dropped.size):
            judge.reject("other-rate", f"With p = 0.4, {dropped.mean():.0%} of the hidden units are dropped.",
                         "Which p does each dropout layer get?", kind="rate")  # fmt: skip


def refuse_wrong_draws(judge, names):
    one, same, without, other = (
        [parameter.data for parameter in names["mlp"]([3, 5, 4, 2], p, np.random.default_rng(seed)).parameters()]
        for p, seed in ((0.5, 1), (0.5, 1), (0.0, 1), (0.5, 2))
    )
    if not all(map(np.array_equal, one, same)) or all(map(np.array_equal, one, other)):
        judge.reject("rng-not-used", "The initial weights do not follow from the generator; expected the same "
                     "weights for the same seed only.",
                     "Does each Linear layer get the generator?", kind="randomness")  # fmt: skip
    if not all(map(np.array_equal, one, without)):
        judge.reject(
            "weights-depend-on-p",
            "With the same seed, a different p gives different initial weights; expected the same.",
            "Do you draw masks, or leave out layers, before all weights are drawn?",
            kind="randomness",
        )


def refuse_wrong_masks(judge, names):
    x = names["Tensor"](judge.numbers(4, 3))
    one, same, other = (names["mlp"]([3, 40, 40, 2], 0.5, np.random.default_rng(seed))(x).data for seed in (1, 1, 2))
    if not np.array_equal(one, same) or np.array_equal(one, other):
        judge.reject(
            "masks-from-elsewhere",
            "Two networks with equal seeds draw different masks.",
            "Does each dropout layer get the generator?",
            kind="randomness",
        )


def our_loss(parameters, x, y, factors):
    hidden, pairs = td.Tensor(x), list(zip(parameters[::2], parameters[1::2]))
    for index, (weight, bias) in enumerate(pairs):
        hidden = F.linear(hidden, weight, bias)
        if index < len(pairs) - 1:
            hidden = F.relu(hidden) * factors[index]
    return F.cross_entropy(hidden, y)


def refuse_wrong_losses(judge, names, kind):
    p, options = 0.4, {"lr": 0.05, "momentum": 0.9} if kind == "SGD" else {"lr": 0.01}
    model = names["mlp"]([3, 12, 10, 4], p, judge.rng.spawn(1)[0])
    model.train()
    ours = [td.Tensor(one.data.copy(), requires_grad=True) for one in model.parameters()]
    optimizer, our_optimizer = names[kind](model.parameters(), **options), getattr(td.optim, kind)(ours, **options)
    for step in range(1, STEPS + 1):
        x, y = judge.numbers(16, 3), judge.rng.integers(0, 4, 16)
        optimizer.zero_grad()
        outputs, seen = recorded(names, model, x)
        loss = reject_errors(lambda outputs=outputs, y=y: names["cross_entropy"](outputs, y), "cross_entropy")
        reject_errors(loss.backward, "backward", "loss.backward()")
        reject_errors(optimizer.step, "step", f"{kind}.step()")
        factors = [np.where((given != 0) & (result == 0), 0, 1 / (1 - p)) for given, result in seen]
        our_optimizer.zero_grad()
        our = our_loss(ours, x, y, factors)
        our.backward()
        our_optimizer.step()
        if not abs(float(loss.data) - our.item()) <= 1e-6:
            judge.reject(
                "other-losses",
                f"With {kind}, the loss of step {step} is {float(loss.data):.9g}; expected {our.item():.9g}.",
                "If the first step differs, it is the forward; if a later one, a gradient or the optimizer. Which of "
                "your own "
                "checks can tell?",
                kind="mask",
            )


def refuse_no_overfitting(judge, names):
    x, y = judge.numbers(16, 4), judge.rng.integers(0, 3, 16)
    model = names["mlp"]([4, 32, 3], 0.0, np.random.default_rng(0))
    history = reject_errors(
        lambda: names["fit"](model, names["Adam"](model.parameters(), lr=0.02), x, y, epochs=250, batch_size=16,
                             rng=np.random.default_rng(1)), "fit", "fit on one batch")  # fmt: skip
    first, last = history[0]["loss"], history[-1]["loss"]
    if not last < 0.05:
        judge.reject(
            "cannot-overfit",
            f"After 250 steps on one batch, the loss went from {first:.3g} to {last:.3g}; expected below 0.05.",
            "16 rows and 200 weights: what keeps it from memorizing them?",
            kind="updates",
        )


def two_moons(count, rng):
    """Noisy points on two interlocking half circles, and the class of each point."""
    labels, angles = rng.integers(0, 2, count), rng.uniform(0, np.pi, count)
    upper = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    points = np.where(labels[:, np.newaxis] == 0, upper, [1, 0.5] - upper)
    return points + rng.normal(0, 0.15, (count, 2)), labels


def refuse_no_generalization(judge, names):
    scores = []
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        (x, y), (x_test, y_test) = two_moons(200, rng), two_moons(500, rng)
        model = names["mlp"]([2, 32, 2], 0.1, rng)
        reject_errors(lambda model=model, x=x, y=y, rng=rng: names["fit"](
            model, names["Adam"](model.parameters(), lr=0.02), x, y, epochs=40, batch_size=25, rng=rng),
            "fit", "fit on two moons")  # fmt: skip
        scores.append(names["accuracy"](model, x_test, y_test))
    if not np.mean(scores) > 0.9:
        judge.reject(
            "does-not-generalize",
            f"The accuracies on held-out rows are "
            f"{', '.join(f'{one:.1%}' for one in scores)}; expected more than 90% on average.",
            "Does it memorize a single batch? Then which rows does fit train on, and in which mode do you measure?",
            kind="modes",
        )
