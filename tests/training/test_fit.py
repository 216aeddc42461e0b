"""fit: the order of an epoch's parts, the history, and resuming from a file."""

import math

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn, optim
from tinygrad_dropout.optim.lr_scheduler import ReduceLROnPlateau, StepLR
from tinygrad_dropout.training import Batches, EarlyStopping, evaluate, fit

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 4)).astype(np.float32)
Y = (X[:, 0] * X[:, 1] > 0).astype(int)


class Parts:
    """A model with everything that a training run needs, the same every time."""

    def __init__(self, p=0.5, lr=0.01, seed=0):
        weights, self.batch_rng, self.mask_rng = (np.random.default_rng([seed, part]) for part in range(3))
        dropout = nn.Dropout(p, rng=self.mask_rng)
        self.model = nn.Sequential(nn.Linear(4, 16, rng=weights), nn.ReLU(), dropout, nn.Linear(16, 2, rng=weights))
        self.optimizer = optim.Adam(self.model.parameters(), lr=lr)
        self.batches = Batches(X, Y, batch_size=16, rng=self.batch_rng)

    def fit(self, epochs=3, **options):
        return fit(self.model, self.batches, loss=F.cross_entropy, optimizer=self.optimizer, epochs=epochs, **options)


def test_it_is_the_usual_training_loop():
    by_hand, fitted = Parts(), Parts()
    losses = []
    for _ in range(3):
        total = 0.0
        for x, y in by_hand.batches:
            loss = F.cross_entropy(by_hand.model(td.Tensor(x)), y)
            by_hand.optimizer.zero_grad()
            loss.backward()
            by_hand.optimizer.step()
            total += loss.item() * len(y)
        losses.append(total / len(Y))
    assert fitted.fit() == {"train_loss": losses, "lr": [0.01] * 3}
    np.testing.assert_equal(fitted.model.state_dict(), by_hand.model.state_dict())


@pytest.mark.parametrize("ends", ["well", "badly", "by Ctrl-C"])
def test_the_model_is_in_evaluation_mode_afterwards_even_after_an_error(ends):
    def after_epoch(history):
        assert parts.model[2].training
        if ends != "well":
            raise KeyboardInterrupt if ends == "by Ctrl-C" else ZeroDivisionError

    parts, history = Parts(), {}
    if ends == "well":
        parts.fit(epochs=1, after_epoch=after_epoch, history=history)
    else:
        with pytest.raises((ZeroDivisionError, KeyboardInterrupt)):
            parts.fit(after_epoch=after_epoch, history=history)
    assert not any(module.training for module in parts.model.modules())
    assert len(history["train_loss"]) == 1


def test_each_epoch_trains_in_training_mode_though_validation_does_not():
    parts, modes = Parts(), []
    parts.fit(
        after_step=lambda: modes.append(("step", parts.model[2].training)),
        validate=lambda model: modes.append(("validation", model[2].training)) or 0.0,
    )
    assert modes == 3 * [*4 * [("step", True)], ("validation", False)]


def test_arrays_are_validated_with_the_loss_and_without_dropout():
    parts = Parts()
    x, y = X[:20], Y[:20]
    history = parts.fit(validate=(x, y))
    assert list(history) == ["train_loss", "validation", "lr"]
    assert history["validation"][-1] == pytest.approx(evaluate(parts.model, [(x, y)], F.cross_entropy), rel=1e-12)
    assert history["validation"] != history["train_loss"]


def test_validation_does_not_change_the_training():
    without, with_one = Parts(), Parts()
    assert without.fit()["train_loss"] == with_one.fit(validate=(X, Y))["train_loss"]
    np.testing.assert_equal(without.model.state_dict(), with_one.model.state_dict())


def test_a_function_of_the_model_can_validate():
    numbers = iter([3.0, np.float32(1.5), 2])
    assert Parts().fit(validate=lambda model: next(numbers))["validation"] == [3.0, 1.5, 2.0]


def test_early_stopping_ends_training_and_restores_the_best_weights():
    parts, weights = Parts(), []
    numbers = iter([3.0, 1.0, 2.0, 2.0, 9.0])

    def validate(model):
        weights.append(model.state_dict())
        return next(numbers)

    history = parts.fit(epochs=99, validate=validate, early_stopping=EarlyStopping(2))
    assert history["validation"] == [3, 1, 2, 2]
    np.testing.assert_equal(parts.model.state_dict(), weights[1])


def test_without_validation_early_stopping_watches_the_train_loss():
    parts, stopping = Parts(lr=0.0, p=0), EarlyStopping(2)
    history = parts.fit(epochs=99, early_stopping=stopping)
    assert len(history["train_loss"]) < 99
    assert stopping.best == min(history["train_loss"])


def test_a_schedule_steps_after_each_epoch_and_the_history_has_the_rate_of_the_epoch():
    parts = Parts(lr=0.08)
    assert parts.fit(schedule=StepLR(parts.optimizer, 1, 0.5))["lr"] == [0.08, 0.04, 0.02]
    assert parts.optimizer.lr == 0.01


@pytest.mark.parametrize("validated", [True, False])
def test_reduce_on_plateau_gets_the_measure(validated):
    parts = Parts(lr=0.0 if not validated else 0.08, p=0)
    schedule = ReduceLROnPlateau(parts.optimizer, factor=0.5, patience=0)
    seen = []
    step = schedule.step
    schedule.step = lambda measure: seen.append(measure) or step(measure)
    history = parts.fit(schedule=schedule, validate=(lambda model: 1.0) if validated else None)
    assert seen == history["validation" if validated else "train_loss"]
    if validated:
        assert history["lr"] == [0.08, 0.08, 0.04]


def test_after_step_can_limit_the_norms_of_the_weights():
    parts = Parts(lr=0.5)
    weights = [parameter for parameter in parts.model.parameters() if parameter.ndim == 2]
    parts.fit(after_step=lambda: optim.max_norm(weights, 0.5))
    assert all(np.linalg.norm(weight.data, axis=1).max() <= 0.5 * (1 + 1e-6) for weight in weights)


def test_before_step_can_clip_the_gradients():
    parts, norms = Parts(), []
    parameters = list(parts.model.parameters())

    def clip():
        optim.clip_grad_norm_(parameters, 0.01)
        norms.append(np.sqrt(sum((parameter.grad**2).sum() for parameter in parameters)))

    before = parts.model.state_dict()
    parts.optimizer = optim.SGD(parameters, lr=1.0)
    parts.fit(epochs=1, before_step=clip)
    assert len(norms) == 4
    assert max(norms) <= 0.01 * (1 + 1e-6)
    moved = np.sqrt(sum(((after - before[key]) ** 2).sum() for key, after in parts.model.state_dict().items()))
    assert 0 < moved <= 0.04 * (1 + 1e-5)


@pytest.mark.parametrize(("answer", "epochs"), [(None, 3), (False, 3), ("saved.npz", 3), (True, 1)])
def test_after_epoch_can_end_training(answer, epochs):
    assert len(Parts().fit(after_epoch=lambda history: answer)["lr"]) == epochs


@pytest.mark.parametrize("stop_after", [1, 2, 4])
def test_training_resumed_from_a_file_ends_with_the_same_bits(tmp_path, stop_after):
    def everything(parts, stopping, schedule, history):
        return {
            "model": parts.model.state_dict(),
            "optimizer": parts.optimizer.state_dict(),
            "schedule": schedule.state_dict(),
            "stopping": stopping.state_dict(),
            "generators": [td.get_rng_state(parts.batch_rng), td.get_rng_state(parts.mask_rng)],
            "history": history,
        }

    def run(parts, epochs, file=None, **options):
        stopping = EarlyStopping(2)
        schedule = ReduceLROnPlateau(parts.optimizer, factor=0.5, patience=0)
        history = {}
        if file and file.exists():
            state = td.load(file)
            parts.model.load_state_dict(state["model"])
            parts.optimizer.load_state_dict(state["optimizer"])
            schedule.load_state_dict(state["schedule"])
            stopping.load_state_dict(state["stopping"])
            for rng, at in zip((parts.batch_rng, parts.mask_rng), state["generators"], strict=True):
                td.set_rng_state(at, rng)
            history = state["history"]

        def save(history):
            if file:
                td.save(everything(parts, stopping, schedule, history), file)

        history = parts.fit(
            epochs,
            validate=(X[:20], Y[:20]),
            early_stopping=stopping,
            schedule=schedule,
            after_epoch=save,
            history=history,
        )
        return everything(parts, stopping, schedule, history)

    whole = run(Parts(lr=0.1), 12)
    file = tmp_path / "run.npz"
    run(Parts(lr=0.1), stop_after, file)
    np.testing.assert_equal(run(Parts(seed=1), 12, file), whole)


def test_training_that_had_stopped_early_does_not_continue():
    stopping, history = EarlyStopping(1), {}
    parts = Parts()
    parts.fit(epochs=9, validate=lambda model: 1.0, early_stopping=stopping, history=history)
    assert len(history["lr"]) == 2
    parts.fit(epochs=9, validate=lambda model: 0.0, early_stopping=stopping, history=history)
    assert len(history["lr"]) == 2


@pytest.mark.parametrize("poison", [math.nan, math.inf])
def test_a_loss_that_is_not_finite_ends_training_with_advice(poison):
    parts, history = Parts(lr=0.25), {}
    x = X.copy()

    def poisoned(logits, y):
        return F.cross_entropy(logits, y) * (poison if len(history["lr"]) == 1 else 1.0)

    with pytest.raises(FloatingPointError, match=r"got (nan|inf) in epoch 2: try a learning rate below 0.25"):
        fit(
            parts.model, Batches(x, Y), loss=poisoned, optimizer=parts.optimizer, epochs=3, validate=(X, Y),
            history=history,
        )  # fmt: skip
    assert {key: len(values) for key, values in history.items()} == {"train_loss": 1, "validation": 1, "lr": 1}


def test_weights_that_blow_up_give_only_the_error_and_no_warning():
    with pytest.raises(FloatingPointError, match="inputs scaled to about 1"):
        fit(
            (model := nn.Linear(4, 1)), Batches(X * 1e3, Y[:, None].astype(np.float32)), loss=F.mse_loss,
            optimizer=optim.SGD(model.parameters(), lr=1.0), epochs=20,
        )  # fmt: skip


def test_validation_that_overflows_gives_no_warning_and_is_no_improvement():
    stopping, model = EarlyStopping(), nn.Linear(4, 1)
    before = model.state_dict()
    history = fit(
        model, Batches(X, Y[:, None].astype(np.float32), batch_size=60), loss=F.mse_loss, epochs=1,
        optimizer=optim.SGD(model.parameters(), lr=1e30), validate=(X, Y[:, None].astype(np.float32)),
        early_stopping=stopping,
    )  # fmt: skip
    assert history["validation"] == [math.inf]
    assert stopping.best_epoch == 0
    assert abs(model.weight.data - before["weight"]).min() > 1e20


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"epochs": 0}, "epochs to be a whole number of at least 1, got 0"),
        ({"epochs": 2.5}, "got 2.5"),
        (
            {"history": {"train_loss": [1.0]}},
            r"lists \['train_loss', 'lr'\] of equal length, got .*'train_loss': 1",
        ),
        ({"history": {"train_loss": [1.0], "lr": []}}, "'train_loss': 1, 'lr': 0"),
        ({"history": {"train_loss": [], "lr": []}, "validate": (X, Y)}, "'validation', 'lr'"),
        ({"validate": (X, Y[:3])}, r"same number of rows, got \[60, 3\]"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(options, words):
    with pytest.raises(ValueError, match=words):
        Parts().fit(**options)


@pytest.mark.parametrize("batches", [[], Batches(X, Y, batch_size=100, drop_last=True)], ids=["none", "drop_last"])
def test_no_batches_are_refused(batches):
    parts = Parts()
    with pytest.raises(ValueError, match="expected batches, got none"):
        fit(parts.model, batches, loss=F.cross_entropy, optimizer=parts.optimizer, epochs=1)
