"""One setting swept: what is trained at each value, which p is recommended, and what is said about it."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from tests.lab.evidence.interrupting import assert_resumed_to_the_same_bytes
from tests.lab.layout import assert_nothing_is_cut_off_or_overlaps
from tests.lab.small import SMALL as SMALL_COMPARISON
from tinygrad_dropout import nn
from tinygrad_dropout.lab import Config, OptionError, UnfairPairError
from tinygrad_dropout.lab.comparison.training import Streams, mlp
from tinygrad_dropout.lab.evidence.sweep import SETTINGS, SWEEP, SweepOptions
from tinygrad_dropout.lab.evidence.sweep.picture import ticks
from tinygrad_dropout.lab.evidence.sweep.report import in_ranges
from tinygrad_dropout.lab.evidence.sweep.settings import FIXED_KEPT, FIXED_WIDTH
from tinygrad_dropout.lab.text import as_text
from tinygrad_dropout.lab.trials import run

SMALL = SMALL_COMPARISON | {"hidden": (8, 8)}
SWEPT = {
    "p": (0.2, 0.5),
    "input_p": (0.0, 0.5),
    "train_size": (10, 20),
    "width": (2, 4),
    "label_noise": (0.0, 0.5),
    "epochs": (1, 3),
}


class OneThousandRows:
    """As much of a data set as the options need."""

    classes, default_train_size, told, digest = 2, 500, (), "0"

    def check_train_size(self, train_size):
        if train_size > 1000:
            raise OptionError("train_size", f"expected between 2 and 1,000, got {train_size:,}")


def small_sweep(**given):
    """Options of a small sweep, by default over p; what is swept has no other value."""
    options = {"values": (0, 0.3, 0.6)} | SMALL | given
    swept = "train_size" if given.get("figure") == 10 else given.get("over")
    return SweepOptions(**{name: value for name, value in options.items() if name != swept})


def options_of(**given):
    return SWEEP.as_json(small_sweep(**given), OneThousandRows())


def made_up(options, score, validation_loss=lambda value, seed: value, train_loss=lambda value: 0.1):
    """Records with these test scores and validation losses: functions of the value (and of the series) and the seed."""
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
        baseline = {"train_loss": 0.7, "test_accuracy": 0.3}
        rows = {"train": 16, "validation": 4, "test": 1000}
        records.append(trial.record({"rows": rows, "baseline": baseline, "final": final}))
    return records


def figures_of(score, validation_loss=lambda value, seed: value, train_loss=lambda value: 0.1, **given):
    options = options_of(**{"seeds": 8} | given)
    return options, SWEEP.analyse(options, made_up(options, score, validation_loss, train_loss))


def interval(shifts, looks=1):
    return tuple(stats.ttest_1samp(100 * np.array(shifts), 0).confidence_interval(1 - 0.05 / looks))


def test_the_figures_are_those_of_numpy_and_scipy():
    rng = np.random.default_rng(0)
    scores, losses = rng.normal(0.8, 0.05, size=(8, 3)), rng.random((8, 3))  # of seeds and values
    place = {0.0: 0, 0.3: 1, 0.6: 2}
    _, figures = figures_of(
        lambda value, arm, seed: float(scores[seed, place[value]]), lambda value, seed: losses[seed, place[value]]
    )
    for name, column in (("0.3", 1), ("0.6", 2)):
        found = figures["differences"]["dropout"][name]
        assert (found["low"], found["high"]) == pytest.approx(interval(scores[:, column] - scores[:, 0], looks=2))
    chosen = losses.argmin(axis=1)
    found = figures["recommended"]["dropout"]
    assert found["value"] == ["0", "0.3", "0.6"][losses.mean(axis=0).argmin()]
    assert list(found["chosen"].values()) == np.bincount(chosen, minlength=3).tolist()
    shifts = scores[range(8), chosen] - scores[:, 0]
    assert (found["difference"]["low"], found["difference"]["high"]) == pytest.approx(interval(shifts))
    spread = stats.t.interval(0.95, 7, scores[:, 0].mean(), stats.sem(scores[:, 0]))
    shown = figures["scores"]["dropout"]["0"]
    assert (shown["mean"] - shown["half_width"], shown["mean"] + shown["half_width"]) == pytest.approx(spread)


def test_a_test_row_has_no_say_in_the_recommendation():
    _, honest = figures_of(lambda value, arm, seed: 0.8, lambda value, seed: -value)
    _, tempting = figures_of(lambda value, arm, seed: 0.99 if value == 0.3 else 0.8, lambda value, seed: -value)
    assert tempting["recommended"] == honest["recommended"]
    assert honest["recommended"]["dropout"]["value"] == "0.6"


def noisy(value_that_differs, by):
    return lambda value, arm, seed: 0.8 + 0.001 * (-1) ** seed * (value > 0) + by * (value == value_that_differs)


@pytest.mark.parametrize(
    ("by", "validation_loss", "words"),
    [
        (
            0.05,
            lambda value, seed: -value,
            [
                "The recommended p is 0.6: it has the lowest mean validation loss. With p chosen for each seed by its "
                "own validation part, the mean test accuracy is 85.0 %, on test rows that had no say in the choice: "
                "better than p = 0 (+5.0 points on average, 95 % interval +4.9 to +5.1).",
                "Dropout helps at p = 0.6; it shows no effect at p = 0.3.",
            ],
        ),
        (
            -0.05,
            lambda value, seed: -value,
            [
                "The recommended p is 0.6: it has the lowest mean validation loss. With p chosen for each seed by its "
                "own validation part, the mean test accuracy is 75.0 %, on test rows that had no say in the choice: "
                "worse than p = 0 (-5.0 points on average, 95 % interval -5.1 to -4.9).",
                "Dropout shows no effect at p = 0.3; it hurts at p = 0.6.",
            ],
        ),
        (
            0.05,
            lambda value, seed: value,
            [
                "The recommended p is 0 (no dropout): it has the lowest mean validation loss. With p chosen for each "
                "seed by its own validation part, the mean test accuracy is 80.0 %, on test rows that had no say in "
                "the choice: no difference is shown from p = 0 (+0.0 points on average, 95 % interval +0.0 to +0.0).",
                "Dropout helps at p = 0.6; it shows no effect at p = 0.3.",
            ],
        ),
    ],
)
def test_the_sentences_are_true_whichever_way_it_goes(by, validation_loss, words):
    options, figures = figures_of(noisy(0.6, by), validation_loss)
    assert list(SWEEP.notes(options, figures)[:2]) == words


@pytest.mark.parametrize(("by", "verb"), [(0.05, "helps"), (-0.05, "hurts"), (0, "shows no effect")])
def test_other_settings_are_compared_with_and_without_dropout(by, verb):
    def score(value, arm, seed):
        return 0.8 + 0.001 * (seed % 3) * (arm == "with dropout") * (-1) ** seed + by * (arm == "with dropout")

    options, figures = figures_of(score, over="epochs", values=(1, 3))
    assert figures["recommended"] == {}
    assert SWEEP.notes(options, figures)[0] == f"Dropout {verb} after 1 and 3 epochs."


@pytest.mark.parametrize(
    ("over", "values", "words"),
    [
        ("train_size", (100, 1000), "Dropout helps with 100 and 1,000 training examples."),
        ("width", (4, 512, 1024), "Dropout helps with 4 to 1,024 hidden units per layer."),
        ("label_noise", (0, 0.25), "Dropout helps with 0 % and 25 % of the training labels random."),
        ("input_p", (0, 0.25, 0.5), "Dropout on the inputs helps at p = 0.25 and 0.5."),
    ],
)
def test_values_are_written_as_a_reader_expects_them(over, values, words):
    helped = {"with dropout"} if over != "input_p" else {"dropout"}
    options, figures = figures_of(
        lambda value, series, seed: 0.8 + 0.001 * (seed % 2) + 0.05 * (series in helped and value > 0)
        if over == "input_p" else 0.8 + 0.05 * (series in helped) + 0.001 * (seed % 2) * (series in helped),
        over=over, values=values,
    )  # fmt: skip
    assert words in SWEEP.notes(options, figures)
    written = [text for value in values if f"{value:g}" != (text := SETTINGS[over].written(value))]
    table = as_text(lambda console: console.print(SWEEP.tables(options, figures)[0]))
    assert all(text in table for text in written)


def test_values_where_the_training_diverged_have_no_verdict():
    options, figures = figures_of(noisy(0.6, 0.05), lambda value, seed: value, lambda value: 9.0 * (value > 0.5))
    assert SWEEP.notes(options, figures)[1] == (
        "Dropout shows no effect at p = 0.3; there is no verdict at p = 0.6, because the training diverged."
    )


FIGURE_9 = {0: 0.7, 0.2: 0.9, 0.4: 0.925, 0.6: 0.91, 0.9: 0.5}


def test_figure_9_is_held_against_the_papers():
    options, figures = figures_of(
        lambda value, series, seed: FIGURE_9[value] + 0.1 * (series == FIXED_KEPT and value == 0.9),
        figure=9, values=tuple(FIGURE_9),
    )  # fmt: skip
    said = [note for note in SWEEP.notes(options, figures) if "the paper" in note or "figure 9" in note]
    assert said == [
        "In figure 9 of Srivastava et al. (2014), on MNIST, the error with a fixed width hardly changes from p = 0.2 "
        "to 0.6; here, the mean test accuracy differs by 2.5 points in that range.",
        "At p = 0.9, the paper's error is about 2.7 % with a fixed width and about 1.7 % with a fixed number of kept "
        "units; here, the test error is 50.0 % and 40.0 %.",
    ]
    assert SWEEP.notes(options, figures)[0].startswith("With a fixed width, dropout helps at p = 0.2 to 0.6; it hurts")
    assert ". With a fixed number of kept units, dropout helps at p = 0.2" in SWEEP.notes(options, figures)[0]
    assert SWEEP.notes(options, figures)[1].startswith("With a fixed width, the recommended p is 0 (no dropout): it")


def test_of_figure_9_nothing_is_said_that_was_not_swept():
    options, figures = figures_of(lambda value, series, seed: 0.8, figure=9, values=(0, 0.2, 0.8))
    assert not any("paper" in note or "figure" in note for note in SWEEP.notes(options, figures))


def test_figure_10_is_held_against_the_papers_largest_gain():
    gains = {50: -0.02, 100: 0.01, 1500: -0.01}
    options, figures = figures_of(
        lambda value, series, seed: 0.8 + gains[value] * (series == "with dropout"), figure=10, values=tuple(gains)
    )
    [note] = [note for note in SWEEP.notes(options, figures) if "figure 10" in note]
    assert note.endswith(
        "; here, the mean gain is largest with 100 examples, +1.0 points; it is -2.0 points with 50 and -1.0 points "
        "with 1,500."
    )


def test_values_that_follow_each_other_are_a_range():
    every = list("1234567")
    written = {name: f"{name} %" for name in every}
    assert in_ranges(["1", "2", "4", "5", "6"], every, written) == ["1 %", "2 %", "4 % to 6 %"]
    assert in_ranges(["1", "3", "5"], every, written) == ["1 %", "3 %", "5 %"]
    assert in_ranges(every, every, written) == ["1 % to 7 %"]


def test_of_two_seeds_nothing_is_concluded():
    options, figures = figures_of(noisy(0.3, 0.1), seeds=2)
    assert SWEEP.notes(options, figures) == ["Too few seeds for a verdict: 2; at least 3 are needed."]


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
    """No data are read."""
    monkeypatch.setattr("tinygrad_dropout.lab.comparison.experiment.load", lambda config: OneThousandRows())


@pytest.mark.usefixtures("one_thousand_rows")
@pytest.mark.parametrize("over", SETTINGS)
def test_each_setting_has_usual_values(over):
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
def test_values_depend_on_the_own_value_or_are_given(given, values):
    options, data = SWEEP.prepare(SweepOptions(**given), print)
    assert SWEEP.as_json(options, data)["values"] == values


@pytest.mark.usefixtures("one_thousand_rows")
def test_usual_sizes_that_do_not_fit_the_data_are_left_out_and_given_ones_refused():
    options, _ = SWEEP.prepare(SweepOptions(figure=10, train_size=1600), print)
    assert options.values == (100, 200, 400, 800)
    with pytest.raises(OptionError, match=r"^values: expected between 2 and 1,000, got 1,600"):
        SWEEP.prepare(SweepOptions(over="train_size", values=(800, 1600)), print)


@pytest.mark.parametrize("over", SETTINGS)
def test_a_network_has_the_value_and_everything_else_as_always(over):
    options = small_sweep(over=over, values=SWEPT[over], **({} if over == "p" else {"p": 0.4}))
    value, series = SWEPT[over][-1], options.series()[-1]
    config, method = options.network(value, series)
    rates = {"p": (0.5, 0), "input_p": (0.4, 0.5)}.get(over, (0.4, 0.2))
    assert (method.p, method.input_p) == rates
    wanted = {"train_size": 20, "hidden": (8, 8), "epochs": 2, "label_noise": 0}
    changed = {"hidden": (4, 4)} if over == "width" else {over: value}
    wanted |= {} if over in ("p", "input_p") else changed
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


def test_figure_10_is_about_the_number_of_training_examples_and_of_mnist_if_its_folder_is_given():
    assert SweepOptions(figure=10).values == (50, 100, 200, 500, 1000, 1500)
    mnist = SweepOptions(figure=10, data_dir="somewhere")
    assert (mnist.dataset, mnist.values[-1], mnist.over) == ("mnist", 50_000, "train_size")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"over": "depth"}, "over: expected p, input_p, .* or epochs, got 'depth'"),
        ({"values": (0.5, 1.5)}, "values: expected probabilities of dropping from 0 to 1, got 0.5,1.5"),
        ({"values": (float("nan"),)}, "values: expected probabilities of dropping from 0 to 1, got nan"),
        ({"values": (0,)}, "values: expected something above 0 to compare 0 with, got only 0"),
        ({"values": (0.5, 1), "figure": 9}, "values: expected probabilities of dropping from 0 to 0.99"),
        ({"over": "width", "values": (8.5,)}, "values: expected whole numbers, which width is swept over, got 8.5"),
        ({"over": "width", "values": (float("inf"),)}, "values: expected whole numbers"),
        ({"over": "width", "values": (0,)}, "values: expected one or more layers"),
        ({"over": "label_noise", "values": (2,)}, "values: expected a fraction"),
        ({"over": "p", "p": 0.3}, "p: expected only values of what is swept .*, got 0.3 here too"),
        ({"over": "input_p", "input_p": 0.3}, "input_p: expected only values of what is swept"),
        ({"over": "label_noise", "label_noise": 0.1}, "label_noise: expected only values of what is swept"),
        ({"over": "epochs", "epochs": 5, "values": (3,)}, "epochs: expected only values of what is swept"),
        ({"over": "train_size", "train_size": 5, "values": (3,)}, "train_size: expected only values of what is swept"),
        ({"figure": 11}, "figure: expected 9 or 10, got 11"),
        ({"figure": 10, "over": "p"}, "over: expected train_size with figure 10, got 'p'"),
    ],
)
def test_what_cannot_be_swept_is_refused(given, words):
    with pytest.raises(OptionError, match=words):
        SweepOptions(**given)


def test_what_plays_no_part_is_no_option():
    for name in ("early_stopping", "patience"):
        with pytest.raises(TypeError, match=name):
            SweepOptions(**{name: getattr(Config(), name)})


@pytest.mark.usefixtures("blank_pictures")
@pytest.mark.parametrize("given", [{"over": "p", "values": (0, 0.5)}, {"over": "epochs", "values": (1, 3)}])
def test_an_interrupted_run_goes_on_to_the_same_bytes(tmp_path, monkeypatch, given):
    outcome = assert_resumed_to_the_same_bytes(SWEEP, small_sweep(**given), tmp_path, monkeypatch, after=1)
    assert outcome.finished
    assert {bool(record["rows"]["validation"]) for record in outcome.records} == {given["over"] == "p"}


def test_both_series_of_figure_9_have_the_same_network_at_one_half():
    outcome = run(SWEEP, small_sweep(seeds=1, figure=9, values=(0, 0.5)))
    by_name = {(record["configuration"], record["arm"]): record["final"] for record in outcome.records}
    assert by_name[FIXED_WIDTH, "0.5"] == by_name[FIXED_KEPT, "0.5"]
    assert by_name[FIXED_WIDTH, "0"] != by_name[FIXED_KEPT, "0"]


def unfair(**changed):
    """Two records of a sweep over p, of which the second is changed."""
    shared = {"split": "0", "initial_weights": "0", "order": "0", "updates": 3}
    dropped = [[0, 1000], [0, 100_000], [0, 100_000]]
    first = {"configuration": "dropout", "arm": "0", "seed": 3, "shared": shared, "dropped": dropped}
    second = first | {"arm": "0.3", "dropped": [[0, 1000], [30_000, 100_000], [30_000, 100_000]]}
    return [first, second | changed | {"shared": shared | changed.get("shared", {})}]


def test_networks_that_differ_in_more_than_p_are_a_bug():
    SWEEP.check(options_of(), unfair())
    with pytest.raises(UnfairPairError, match=r"seed 3: expected all networks to share their order"):
        SWEEP.check(options_of(), unfair(shared={"order": "another"}))
    with pytest.raises(UnfairPairError, match=r"seed 3: a layer with p = 0.3 dropped 40,000 of 100,000 units"):
        SWEEP.check(options_of(), unfair(dropped=[[0, 1000], [30_000, 100_000], [40_000, 100_000]]))


def test_networks_of_different_widths_need_not_share_their_initial_weights():
    options = options_of(figure=9)
    different = unfair(configuration=FIXED_KEPT, shared={"initial_weights": "another"})
    SWEEP.check(options, different)
    with pytest.raises(UnfairPairError, match="share their initial_weights"):
        SWEEP.check(options, unfair(configuration=FIXED_WIDTH, shared={"initial_weights": "another"}))


@pytest.fixture
def table(tmp_path):
    """A table of numbers to predict, as options."""
    rows = "\n".join(f"{a},{b},{3 * a - b}" for a, b in np.random.default_rng(0).normal(size=(60, 2)))
    (tmp_path / "table.csv").write_text(f"a,b,y\n{rows}\n")
    own = {"csv": str(tmp_path / "table.csv"), "target": "y"}
    return {key: value for key, value in SMALL.items() if key != "dataset"} | own


def test_a_p_is_recommended_for_a_table_of_ones_own(table):
    outcome = run(SWEEP, SweepOptions(**table | {"seeds": 3, "values": (0, 0.5)}))
    losses = {p: [] for p in ("0", "0.5")}
    for record in outcome.records:
        losses[record["arm"]].append(record["final"]["validation_loss"])
    best = min(losses, key=lambda p: np.mean(losses[p]))
    assert outcome.figures["recommended"]["dropout"]["value"] == best
    assert outcome.notes[0].startswith(f"The recommended p is {best}")


def test_where_there_is_no_interval_none_is_given():
    """All seeds choose 0, so that a measure without steps differs by exactly nothing."""
    options, figures = figures_of(lambda value, arm, seed: 0.8)
    figures["recommended"]["dropout"]["difference"] |= {"low": None, "high": None}
    assert SWEEP.notes(options, figures)[0].endswith("that had no say in the choice, the same as with p = 0.")


EXTREMES = [
    {"values": (0, 1)},
    {"over": "train_size", "values": (10, 100_000, 101_000, 102_000, 1_000_000)},
    {"figure": 9, "values": (0, 0.01, 0.02, 0.5, 0.99)},
    {"over": "label_noise", "values": (0.5,)},
    {"over": "epochs", "values": (1, 2), "seeds": 1},
]


@pytest.mark.parametrize("given", EXTREMES, ids=str)
def test_in_the_picture_nothing_overlaps(drawn, given):
    options = options_of(**{"seeds": 3} | given)
    records = made_up(options, noisy(given["values"][-1], 0.1))
    figure = drawn(SWEEP.outcome(options, {}, tuple(records)))
    assert_nothing_is_cut_off_or_overlaps(figure)
    boxes = [label.get_window_extent() for label in figure.axes[1].get_xticklabels()]
    assert all(one.x1 < other.x0 for one, other in pairwise(boxes))


def test_labels_too_near_to_another_are_left_out():
    assert ticks([0, 1, 2, 30, 100], list("abcde")) == ([0, 30, 100], ["a", "d", "e"])
    assert ticks([7], ["a"]) == ([7], ["a"])


def test_numbers_have_no_labels_that_could_be_noisy(table):
    with pytest.raises(OptionError, match="over: expected another setting for a regression"):
        run(SWEEP, SweepOptions(**table | {"over": "label_noise"}))


def test_too_few_examples_to_hold_any_back():
    with pytest.raises(OptionError, match="expected at least 10 to hold a fifth back, got 9"):
        run(SWEEP, small_sweep(train_size=9))
