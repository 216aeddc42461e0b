"""What can be swept, the networks at each value, and what is refused."""

import pytest

from tests.lab.evidence.sweep.small import OneThousandRows, small_sweep
from tinygrad_dropout import nn
from tinygrad_dropout.lab import Config, OptionError
from tinygrad_dropout.lab.comparison.training import Streams, mlp
from tinygrad_dropout.lab.evidence.sweep import SETTINGS, SWEEP, SweepOptions
from tinygrad_dropout.lab.evidence.sweep.settings import FIXED_KEPT, FIXED_WIDTH

SWEPT = {
    "p": (0.2, 0.5),
    "input_p": (0.0, 0.5),
    "train_size": (10, 20),
    "width": (2, 4),
    "label_noise": (0.0, 0.5),
    "epochs": (1, 3),
}


USUAL = {
    "p": [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
    "input_p": [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7],
    "train_size": [31, 62, 125, 250, 500],
    "width": [8, 16, 32, 64, 128, 256, 512],
    "label_noise": [0, 0.1, 0.2, 0.3, 0.4, 0.5],
    "epochs": [5, 10, 20, 40, 80, 160],
}


@pytest.fixture
def one_thousand_rows(monkeypatch):
    """Use a stand-in with 1,000 rows instead of reading data."""
    monkeypatch.setattr("tinygrad_dropout.lab.comparison.experiment.load", lambda config: OneThousandRows())


@pytest.mark.usefixtures("one_thousand_rows")
@pytest.mark.parametrize("over", SETTINGS)
def test_each_setting_has_default_values(over):
    options, data = SWEEP.prepare(SweepOptions(over=over), print)
    assert SWEEP.as_json(options, data)["values"] == USUAL[over]


@pytest.mark.usefixtures("one_thousand_rows")
@pytest.mark.parametrize(
    ("given", "values"),
    [
        ({"over": "train_size", "train_size": 96}, [6, 12, 24, 48, 96]),
        ({"over": "epochs", "epochs": 8}, [1, 2, 4, 8, 16]),
        ({"over": "width", "hidden": (64, 32)}, [2, 4, 8, 16, 32, 64, 128]),
        ({"over": "p", "values": (0.5, 0.25, 0.5)}, [0, 0.25, 0.5]),
        ({"over": "epochs", "values": (8.0, 2.0)}, [2, 8]),
    ],
)
def test_default_values_depend_on_the_given_options(given, values):
    options, data = SWEEP.prepare(SweepOptions(**given), print)
    assert SWEEP.as_json(options, data)["values"] == values


@pytest.mark.usefixtures("one_thousand_rows")
def test_default_sizes_that_do_not_fit_the_data_are_left_out_but_given_ones_are_refused():
    options, _ = SWEEP.prepare(SweepOptions(figure=10, train_size=1600), print)
    assert options.values == (100, 200, 400, 800)
    with pytest.raises(OptionError, match=r"^values: expected between 2 and 1,000, got 1,600"):
        SWEEP.prepare(SweepOptions(over="train_size", values=(800, 1600)), print)


@pytest.mark.parametrize("over", SETTINGS)
def test_a_network_has_the_swept_value_and_otherwise_the_usual_options(over):
    options = small_sweep(over=over, values=SWEPT[over], **({} if over == "p" else {"p": 0.4}))
    value, series = SWEPT[over][-1], options.series()[-1]
    config, method = options.network(value, series)
    rates = {"p": (0.5, 0), "input_p": (0.4, 0.5)}.get(over, (0.4, 0.2))
    assert (method.p, method.input_p) == rates
    wanted = {"train_size": 20, "hidden": (8, 8), "epochs": 2, "label_noise": 0}
    changed = {"hidden": (4, 4)} if over == "width" else {over: value}
    wanted |= {} if over in ("p", "input_p") else changed
    wanted |= {"epochs": 667} if over == "train_size" else {}  # of three batches: 2,000 updates
    assert {name: getattr(config, name) for name in wanted} == wanted


def test_at_p_0_there_is_no_dropout_at_all():
    assert [method.p + method.input_p for _, method in [small_sweep().network(0, "dropout")]] == [0]


def test_figure_9_keeps_the_width_or_the_expected_number_of_kept_units():
    options = SweepOptions(figure=9, hidden=(40, 20))
    assert options.series() == (FIXED_WIDTH, FIXED_KEPT)
    assert (options.label_noise, options.input_p) == (0, 0)
    for p, hidden in ((0, (20, 10)), (0.5, (40, 20)), (0.9, (200, 100))):
        config, method = options.network(p, FIXED_KEPT)
        assert config.hidden == hidden
        network = mlp(3, config.hidden, 2, method, Streams.from_seed(0))
        kept = [layer.weight.shape[0] * (1 - p) for layer in network if isinstance(layer, nn.Linear)][:-1]
        assert kept == pytest.approx([20, 10])
        assert options.network(p, FIXED_WIDTH)[0].hidden == (40, 20)


def test_figure_9_trains_for_longer_unless_told_otherwise():
    assert (SweepOptions().epochs, SweepOptions().seeds) == (80, 10)
    assert (SweepOptions(figure=9).epochs, SweepOptions(figure=9).seeds) == (200, 6)
    assert (SweepOptions(figure=9, epochs=80).epochs, SweepOptions(figure=9, seeds=10).seeds) == (80, 10)


def test_figure_10_sweeps_the_number_of_training_examples_on_mnist_if_its_folder_is_given():
    assert SweepOptions(figure=10).values == (50, 100, 200, 500, 1000, 1500)
    mnist = SweepOptions(figure=10, data_dir="somewhere")
    assert (mnist.dataset, mnist.values[-1], mnist.over) == ("mnist", 50_000, "train_size")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"over": "depth"}, "over: expected p, input_p, .* or epochs, got 'depth'"),
        ({"values": (0.5, 1.5)}, "values: expected probabilities of dropping from 0 to 1, got 0.5,1.5"),
        ({"values": (float("nan"),)}, "values: expected probabilities of dropping from 0 to 1, got nan"),
        ({"values": (0,)}, "values: expected a value above 0 to compare with 0, got only 0"),
        ({"values": (0.5, 1), "figure": 9}, "values: expected probabilities of dropping from 0 to 0.99"),
        ({"over": "width", "values": (8.5,)}, "values: expected whole numbers for width, got 8.5"),
        ({"over": "width", "values": (float("inf"),)}, "values: expected whole numbers"),
        ({"over": "width", "values": (0,)}, "values: expected one or more layers"),
        ({"over": "label_noise", "values": (2,)}, "values: expected a fraction"),
        ({"over": "p", "p": 0.3}, "p: expected none, because it is swept over --values, got 0.3"),
        ({"over": "input_p", "input_p": 0.3}, "input_p: expected none, because it is swept over --values"),
        ({"over": "label_noise", "label_noise": 0.1}, "label_noise: expected none, because it is swept over --values"),
        ({"over": "epochs", "epochs": 5, "values": (3,)}, "epochs: expected none, because it is swept over --values"),
        (
            {"over": "train_size", "train_size": 5, "values": (3,)},
            "train_size: expected none, because it is swept over --values",
        ),
        ({"figure": 11}, "figure: expected 9 or 10, got 11"),
        ({"figure": 10, "over": "p"}, "over: expected train_size with figure 10, got 'p'"),
    ],
)
def test_invalid_sweeps_are_refused(given, words):
    with pytest.raises(OptionError, match=words):
        SweepOptions(**given)


def test_settings_without_effect_are_not_options():
    for name in ("early_stopping", "patience"):
        with pytest.raises(TypeError, match=name):
            SweepOptions(**{name: getattr(Config(), name)})
