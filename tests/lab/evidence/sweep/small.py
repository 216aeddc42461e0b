"""Options of small sweeps, and made-up records for what needs no training."""

from tests.lab.small import SMALL as SMALL_COMPARISON
from tinygrad_dropout.lab import OptionError
from tinygrad_dropout.lab.evidence.sweep import SWEEP, SweepOptions

SMALL = SMALL_COMPARISON | {"hidden": (8, 8)}


class OneThousandRows:
    """As much of a data set as the options need."""

    classes, default_train_size, notes, digest = 2, 500, (), "0"

    def check_train_size(self, train_size):
        if train_size > 1000:
            raise OptionError("train_size", f"expected between 2 and 1,000, got {train_size:,}")


def small_sweep(**given):
    """Options of a small sweep, by default over p; the swept option is not set itself."""
    options = {"values": (0, 0.3, 0.6)} | SMALL | given
    swept = "train_size" if given.get("figure") == 10 else given.get("over")
    return SweepOptions(**{name: value for name, value in options.items() if name != swept})


def options_of(**given):
    return SWEEP.as_json(small_sweep(**given), OneThousandRows())


def made_up(
    options, score, validation_loss=lambda value, seed: value, train_loss=lambda value: 0.1, gain=lambda value, arm: 0
):
    """Records with these test scores and validation losses: functions of the value (and of the series) and the seed.

    `gain` is how much of its score a network gained in the last quarter of its epochs, a function of value and series.
    """
    records = []
    for trial in SWEEP.trials(options):
        name, series = trial.configuration, trial.arm
        if options["over"] in ("p", "input_p"):
            name, series = series, name
        value = float(name)
        final = {
            "test_accuracy": score(value, series, trial.seed),
            "validation_loss": float(validation_loss(value, trial.seed)),
            "train_loss": train_loss(value),
        }
        earlier = final["test_accuracy"] - gain(value, series)
        curve = [{"epoch": 3, "test_accuracy": earlier}, {"epoch": 4, "test_accuracy": final["test_accuracy"]}]
        baseline = {"train_loss": 0.7, "test_accuracy": 0.3}
        rows = {"train": 16, "validation": 4, "test": 1000}
        records.append(trial.record({"rows": rows, "baseline": baseline, "final": final, "curve": curve}))
    return records


def figures_of(
    score, validation_loss=lambda value, seed: value, train_loss=lambda value: 0.1, gain=lambda value, arm: 0, **given
):
    options = options_of(**{"seeds": 8} | given)
    return options, SWEEP.analyze(options, made_up(options, score, validation_loss, train_loss, gain))


def noisy(value_that_differs, by):
    return lambda value, arm, seed: 0.8 + 0.001 * (-1) ** seed * (value > 0) + by * (value == value_that_differs)
