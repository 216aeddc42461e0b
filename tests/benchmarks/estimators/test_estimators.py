"""The comparison of the estimators: all contenders fit the same job, scores are paired, tables have the figures."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.estimators import __main__ as command
from benchmarks.estimators import report, scores, tables, times
from benchmarks.estimators.contenders import CONTENDERS, Job
from benchmarks.estimators.scores import Scores
from benchmarks.estimators.times import Fit

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 5)).astype(np.float32)
JOBS = {
    "classes": (Job(True, (7, 6), 16, 4), RNG.integers(0, 3, 60)),
    "values": (Job(False, (7, 6), 16, 4), RNG.normal(size=60).astype(np.float32)),
}
THEIRS, OURS, WITH_DROPOUT, SKORCH = CONTENDERS

ignores_convergence = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def shapes_and_epochs(name, fitted):
    if name == SKORCH:
        weights = [p for p in fitted.module_.parameters() if p.ndim == 2]
        return (
            [tuple(w.shape)[::-1] for w in weights],
            len(fitted.history),
            str(weights[0].dtype).removeprefix("torch."),
        )
    return [w.shape for w in fitted.coefs_], fitted.n_iter_, str(fitted.coefs_[0].dtype)


@ignores_convergence
@pytest.mark.parametrize("name", CONTENDERS)
@pytest.mark.parametrize("kind", JOBS)
def test_all_fit_the_same_network_for_the_same_epochs_in_float32(name, kind):
    if name == SKORCH:
        pytest.importorskip("skorch")
    job, y = JOBS[kind]
    outputs = 3 if kind == "classes" else 1
    found = shapes_and_epochs(name, CONTENDERS[name](job, X, y))
    assert found == ([(5, 7), (7, 6), (6, outputs)], 4, "float32")


@ignores_convergence
def test_only_those_with_dropout_have_it():
    job, y = JOBS["classes"]
    layers = {name: str(CONTENDERS[name](job, X, y).module_) for name in (OURS, WITH_DROPOUT)}
    assert "Dropout" not in layers[OURS]
    assert layers[WITH_DROPOUT].count("Dropout(p=0.2)") == 2


@pytest.mark.parametrize("table", tables.TABLES.values(), ids=lambda table: table.title)
def test_the_tables_are_what_their_titles_say(table):
    if "50,000" in table.title:
        return  # takes seconds to make
    features, targets = table.load()
    assert f"({len(features):,} x {features.shape[1]})" in table.title
    assert (features.dtype, len(targets)) == (np.float32, len(features))
    assert targets.dtype.kind == ("i" if table.classes else "f")


@ignores_convergence
def test_a_measurement_has_a_figure_for_each_round_and_contender(monkeypatch):
    monkeypatch.setattr(times, "CONTENDERS", {name: CONTENDERS[name] for name in (THEIRS, OURS)})
    monkeypatch.setitem(times.FITS, "small", ("wine", (4,), 50, 2))
    fit = times.measured("small", rounds=3, with_memory=True)
    assert {name: len(seconds) for name, seconds in fit.seconds.items()} == {THEIRS: 3, OURS: 3}
    assert set(fit.peak) == {THEIRS, OURS}
    assert times.measured("small", rounds=1, with_memory=False).peak == {}


def test_the_peak_is_what_was_allocated_at_most():
    def step():
        first = np.ones(1_000_000, np.uint8)
        del first
        return np.ones(500_000, np.uint8)

    assert 1_000_000 <= times.peak_of(step) < 1_100_000


def test_scores_of_a_seed_come_from_the_same_rows(monkeypatch):
    seen = []
    monkeypatch.setattr(scores, "fitted_score", lambda model, *parts: seen.append(parts) or _pretend(model))
    (score,) = scores.measured("wine", range(1))
    assert all(part is first for parts in seen[1:] for part, first in zip(parts, seen[0], strict=True))
    assert (score.theirs, score.ours, score.searched, score.chosen, score.epochs) == (0.5, 0.5, 0.5, 0.2, (3, 3))


def _pretend(model):
    if hasattr(model, "param_grid"):
        model.best_params_ = {"dropoutmlpclassifier__dropout": 0.2}
    else:
        model[-1].n_iter_ = 3
    return 0.5


FIT = Fit(
    "a fit", {THEIRS: [0.2, 0.4, 0.3], OURS: [0.1, 0.1, 0.1], WITH_DROPOUT: [0.2] * 3, SKORCH: [0.8, 1.0, 0.6]}, {}
)


def test_the_table_of_times_has_the_medians_of_the_ratios():
    assert report.times_table([FIT]).splitlines()[-1] == "| a fit | 100 ms | 3.00 x | 200 ms | 1.50 x | 4.00 x |"


def test_the_table_of_memory_has_only_what_was_measured():
    with_memory = replace(FIT, title="measured", peak=dict.fromkeys(CONTENDERS, 2_500_000))
    lines = report.memory_table([FIT, with_memory]).splitlines()
    assert lines[2:] == ["| measured | 2.50 MB | 2.50 MB | 2.50 MB |"]


def test_the_table_of_scores_has_paired_differences():
    own = [Scores("wine", seed, 0.90 + seed / 100, 0.91 + seed / 100, 0.95, chosen, (9, 9)) for seed, chosen in
           enumerate((0.2, 0.5, 0.2))]  # fmt: skip
    line = report.scores_table(own).splitlines()[-1]
    assert line == (
        "| wine (178 x 13) | 0.910 | 0.920 | +0.0100 ± 0.0000 | 0.950 | +0.0300 ± 0.0248 | 0.2 (2 x), 0.5 (1 x) |"
    )


def test_what_is_to_be_measured_must_be_said(capsys):
    with pytest.raises(SystemExit) as ended:
        command.main(["speed"])
    assert ended.value.code == 2
    assert "invalid choice: 'speed'" in capsys.readouterr().err


def test_a_missing_package_is_one_sentence(monkeypatch, capsys):
    monkeypatch.setattr(command, "find_spec", lambda module: None)
    with pytest.raises(SystemExit) as ended:
        command.main(["times"])
    assert ended.value.code == 2
    assert "pip install scikit-learn torch skorch" in capsys.readouterr().err
