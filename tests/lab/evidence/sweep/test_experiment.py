"""A sweep's figures, its recommendation, its checks, and what is run."""

import numpy as np
import pytest
from scipy import stats

from tests.lab.evidence.interrupting import assert_resumed_to_the_same_bytes
from tests.lab.evidence.sweep.small import SMALL, OneThousandRows, figures_of, options_of, small_sweep
from tinygrad_dropout.lab import OptionError, UnfairPairError
from tinygrad_dropout.lab.evidence.sweep import SWEEP, SweepOptions, settings
from tinygrad_dropout.lab.evidence.sweep.settings import FIXED_KEPT, FIXED_WIDTH
from tinygrad_dropout.lab.trials import run


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
        assert (found["low"], found["high"]) == pytest.approx(interval(scores[:, column] - scores[:, 0], looks=3))
    chosen = losses.argmin(axis=1)
    found = figures["recommended"]["dropout"]
    assert found["value"] == ["0", "0.3", "0.6"][losses.mean(axis=0).argmin()]
    assert list(found["chosen"].values()) == np.bincount(chosen, minlength=3).tolist()
    shifts = scores[range(8), chosen] - scores[:, 0]
    assert (found["difference"]["low"], found["difference"]["high"]) == pytest.approx(interval(shifts, looks=3))
    spread = stats.t.interval(0.95, 7, scores[:, 0].mean(), stats.sem(scores[:, 0]))
    shown = figures["scores"]["dropout"]["0"]
    assert (shown["mean"] - shown["half_width"], shown["mean"] + shown["half_width"]) == pytest.approx(spread)


def test_test_rows_do_not_affect_the_recommendation():
    _, honest = figures_of(lambda value, arm, seed: 0.8, lambda value, seed: -value)
    _, tempting = figures_of(lambda value, arm, seed: 0.99 if value == 0.3 else 0.8, lambda value, seed: -value)
    assert tempting["recommended"] == honest["recommended"]
    assert honest["recommended"]["dropout"]["value"] == "0.6"


def test_every_interval_counts_as_a_look():
    """Each of two series has two differences from 0 and the difference of its recommendation."""
    _, figures = figures_of(lambda value, arm, seed: 0.8, figure=9)
    assert figures["looks"] == 6
    _, figures = figures_of(lambda value, arm, seed: 0.8, over="epochs", values=(1, 3))
    assert figures["looks"] == 2


def test_few_examples_do_not_mean_little_training():
    """The sizes that take two batches, one batch more, and enough batches for 2,000 updates without more epochs."""
    options = small_sweep(over="train_size", values=(16, 17, 16_000), batch_size=8)
    assert [options.network(size, "with dropout")[0].epochs for size in options.values] == [1000, 667, 2]
    kept = SWEEP.as_json(options, OneThousandRows())
    assert SWEEP.epochs(kept) == 1000
    record = run(SWEEP, small_sweep(over="train_size", values=(16,), batch_size=4, seeds=1)).records[0]
    assert record["shared"]["updates"] == 2000
    assert "2 epochs of adam, or more for at least 2,000 updates" in SWEEP.describe(
        kept, {"rows": record["rows"], "seeds": 1}
    )


@pytest.mark.parametrize("over", ["p", "train_size", "epochs"])
def test_a_record_without_all_epochs_is_not_complete(monkeypatch, over):
    monkeypatch.setattr(settings, "MIN_UPDATES", 20)  # instead of 2,000, which would only take longer
    outcome = run(SWEEP, small_sweep(over=over, values={"p": (0, 0.5)}.get(over, (16,)), seeds=1, batch_size=16))
    record = outcome.records[-1]
    assert SWEEP.is_complete(outcome.options, record)
    [earlier, last] = record["curve"]
    assert last["epoch"] == record["epochs"]
    assert last["test_accuracy"] == record["final"]["test_accuracy"]
    for damaged in (
        {"curve": [last]},
        {"curve": [earlier, last | {"test_accuracy": float("nan")}]},
        {"epochs": 1, "curve": [{"epoch": 1, "test_accuracy": 0.5}]},
    ):
        assert not SWEEP.is_complete(outcome.options, record | damaged)


@pytest.mark.usefixtures("blank_pictures")
@pytest.mark.parametrize(
    "given",
    [
        {"over": "p", "values": (0, 0.5)},
        {"over": "epochs", "values": (1, 3)},
        {"over": "train_size", "values": (10, 20), "batch_size": 2},
    ],
)
def test_an_interrupted_run_resumes_to_the_same_bytes(tmp_path, monkeypatch, given):
    monkeypatch.setattr(settings, "MIN_UPDATES", 20)  # instead of 2,000, which would only take longer
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


def test_a_p_is_recommended_for_your_own_table(table):
    outcome = run(SWEEP, SweepOptions(**table | {"seeds": 3, "values": (0, 0.5)}))
    losses = {p: [] for p in ("0", "0.5")}
    for record in outcome.records:
        losses[record["arm"]].append(record["final"]["validation_loss"])
    best = min(losses, key=lambda p: np.mean(losses[p]))
    assert outcome.figures["recommended"]["dropout"]["value"] == best
    assert outcome.notes[0].startswith(f"The recommended p is {best}")


def test_label_noise_cannot_be_swept_for_a_target_of_numbers(table):
    with pytest.raises(OptionError, match="over: expected a setting other than label_noise"):
        run(SWEEP, SweepOptions(**table | {"over": "label_noise"}))


def test_too_few_examples_to_hold_any_back_are_refused():
    with pytest.raises(OptionError, match="expected at least 10 to hold a fifth back, got 9"):
        run(SWEEP, small_sweep(train_size=9))
