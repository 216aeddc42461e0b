"""Pairs that are examined: what they share, the interval of each measure, tables, and resuming a folder."""

import dataclasses
import json
import math
from io import StringIO

import numpy as np
import pytest
from rich.console import Console
from scipy import stats

from tests.lab.evidence.interrupting import assert_resumed_to_the_same_bytes
from tests.lab.evidence.small import SMALL, made_up_records, options_of, small_outcome
from tinygrad_dropout.lab import LabError, merge, read
from tinygrad_dropout.lab.comparison.arms import ARMS, WITH, WITHOUT, method_of
from tinygrad_dropout.lab.comparison.data import draw_split, load
from tinygrad_dropout.lab.comparison.fairness import UnfairPairError
from tinygrad_dropout.lab.comparison.tasks import Classification
from tinygrad_dropout.lab.comparison.training import Streams, train
from tinygrad_dropout.lab.evidence.boundary.experiment import BOUNDARY
from tinygrad_dropout.lab.evidence.boundary.options import NOISY
from tinygrad_dropout.lab.evidence.claim import HOLDS
from tinygrad_dropout.lab.evidence.coadaptation.experiment import COADAPTATION
from tinygrad_dropout.lab.evidence.examined import pairs_in
from tinygrad_dropout.lab.trials import run

EXPERIMENTS = pytest.mark.parametrize("experiment", [BOUNDARY, COADAPTATION], ids=lambda one: one.name)
LOOKS = {BOUNDARY: 3 * 3, COADAPTATION: 2 * (1 + 2 * 12) + 1 + 4}
MEASURE = {BOUNDARY: ("", "length"), COADAPTATION: ("layer 2", "interaction_size")}


def records_of(experiment, values):
    """Pairs of the first setting with these values of one measure, without and with dropout."""
    setting, (part, name) = next(iter(options_of(experiment)["configurations"])), MEASURE[experiment]
    return setting, made_up_records(experiment, setting, [[{part: {name: value}} for value in two] for two in values])


@pytest.mark.parametrize("arm", ["without dropout", "with dropout"])
def test_a_network_is_trained_as_the_comparison_trains_it(arm):
    config, streams = SMALL[BOUNDARY].configurations()[NOISY], Streams.from_seed(1)
    split = draw_split(config, load(config), streams, hold_back=False)
    expected = train(config, Classification(2), split, streams, method_of(config, ARMS[arm]), lambda: None)
    found = next(
        record for record in small_outcome(BOUNDARY).records
        if (record["configuration"], record["arm"], record["seed"]) == (NOISY, arm, 1)
    )  # fmt: skip
    assert (found["shared"], found["dropped"]) == (expected.shared, expected.dropped)
    assert found["measured"][""]["accuracy"] == expected.final["test_accuracy"]


@EXPERIMENTS
def test_the_arms_share_everything_but_dropout(experiment):
    outcome = small_outcome(experiment)
    for setting in outcome.options["configurations"]:
        for pair in pairs_in(outcome.records, setting):
            assert pair[WITHOUT.name]["shared"] == pair[WITH.name]["shared"]
            assert sum(dropped for dropped, _ in pair[WITHOUT.name]["dropped"]) == 0
            of_inputs, *of_hidden = (dropped for dropped, _ in pair[WITH.name]["dropped"])
            assert of_inputs == 0 < min(of_hidden)


@EXPERIMENTS
def test_a_pair_that_differs_in_more_than_dropout_is_a_bug(experiment):
    outcome = small_outcome(experiment)
    setting = next(iter(outcome.options["configurations"]))
    without, with_dropout = pairs_in(outcome.records, setting)[0].values()
    experiment.check(outcome.options, [without, with_dropout])
    unfair = with_dropout | {"shared": with_dropout["shared"] | {"initial_weights": "0"}}
    with pytest.raises(UnfairPairError, match="initial_weights"):
        experiment.check(outcome.options, [without, unfair])
    without_effect = with_dropout | {"dropped": [[0, units] for _, units in without["dropped"]]}
    with pytest.raises(UnfairPairError, match="dropped 0 of"):
        experiment.check(outcome.options, [without, without_effect])


@EXPERIMENTS
def test_the_interval_is_students_with_a_share_of_the_five_percent(experiment):
    values = np.array([[1.0, 0.7], [1.2, 0.8], [0.9, 0.85], [1.1, 0.6]])
    setting, records = records_of(experiment, values)
    part, name = MEASURE[experiment]
    found = experiment.analyze(options_of(experiment), records)[setting]["parts"][part][name]
    differences = values[:, 1] - values[:, 0]
    confidence = 1 - 0.05 / LOOKS[experiment]
    expected = stats.t.interval(confidence, 3, differences.mean(), stats.sem(differences))
    assert (found["without"], found["with"]) == (pytest.approx(1.05), pytest.approx(0.7375))
    np.testing.assert_allclose([found["mean"], found["low"], found["high"]], [differences.mean(), *expected])


@EXPERIMENTS
def test_the_table_has_the_verdict_on_a_claim(experiment):
    setting, records = records_of(experiment, [[1.0, 0.7], [1.2, 0.9], [0.9, 0.6], [1.1, 0.76]])
    outcome = experiment.outcome(options_of(experiment) | {"seeds": 4}, {}).with_records(records)
    part, name = MEASURE[experiment]
    assert outcome.figures[setting]["parts"][part][name]["verdict"] == HOLDS
    claim = experiment.subject(setting).parts[part][name]
    (row,) = [line for line in str(outcome).splitlines() if line.startswith(claim.measure.label) and "holds" in line]
    without, with_dropout, difference = row.removeprefix(claim.measure.label).split()[:3]
    assert (without, with_dropout, float(difference)) == ("1.050", "0.740", -0.31)


@EXPERIMENTS
def test_the_tables_have_every_measure_and_fit_a_terminal_of_80_columns(experiment):
    outcome = small_outcome(experiment)
    console = Console(width=80, file=StringIO())
    for table in experiment.tables(outcome.options, outcome.figures):
        console.print(table)
    lines = console.file.getvalue().splitlines()
    wanted = [
        claim.measure.label
        for setting in outcome.options["configurations"]
        for claims in experiment.subject(setting).parts.values()
        for claim in claims.values()
    ]
    rows = [line for line in lines if any(line.startswith(label) for label in wanted)]
    assert len(rows) == len(wanted) == LOOKS[experiment]
    assert "…" not in "".join(lines)
    assert max(map(len, lines)) <= 80
    whole = str(outcome).splitlines()
    assert {line.rstrip() for line in lines if line.strip()} <= {line.rstrip() for line in whole}


@EXPERIMENTS
def test_an_interrupted_run_resumes_to_the_same_bytes(experiment, tmp_path, monkeypatch, blank_pictures):
    outcome = assert_resumed_to_the_same_bytes(experiment, SMALL[experiment], tmp_path, monkeypatch, after=3)
    assert outcome == small_outcome(experiment)
    assert json.loads((tmp_path / "whole" / "results.json").read_text())["notes"] == list(outcome.notes)


@EXPERIMENTS
def test_a_folder_gets_more_pairs_after_and_before_its_own(experiment, tmp_path, blank_pictures):
    options = SMALL[experiment]
    run(experiment, dataclasses.replace(options, seeds=1, first_seed=1), out=tmp_path)
    run(experiment, dataclasses.replace(options, seeds=2, first_seed=1), out=tmp_path)
    assert run(experiment, options, out=tmp_path) == small_outcome(experiment)


@EXPERIMENTS
def test_folders_of_other_seeds_are_merged(experiment, tmp_path, blank_pictures):
    options = SMALL[experiment]
    for seeds, first in ((2, 0), (2, 1)):  # seed 1 is in both
        run(experiment, dataclasses.replace(options, seeds=seeds, first_seed=first), out=tmp_path / str(first))
    merge([tmp_path / "0", tmp_path / "1"], tmp_path / "both")
    assert read(tmp_path / "both") == small_outcome(experiment)


@EXPERIMENTS
def test_a_folder_of_other_options_is_refused_in_a_few_words(experiment, tmp_path, blank_pictures):
    run(experiment, dataclasses.replace(SMALL[experiment], seeds=1), out=tmp_path)
    with pytest.raises(LabError, match=r"made with other options \(p 0\.5, not 0\.25\): choose another folder"):
        run(experiment, dataclasses.replace(SMALL[experiment], seeds=1, p=0.25), out=tmp_path)


@EXPERIMENTS
def test_a_record_that_lacks_a_measure_or_a_number_is_incomplete(experiment):
    outcome = small_outcome(experiment)
    record = outcome.records[0]
    assert experiment.is_complete(outcome.options, record)
    part, name = next((part, name) for part, measured in record["measured"].items() for name in measured)
    of_part = record["measured"][part]
    for changed in (of_part | {name: math.nan}, {key: of_part[key] for key in of_part if key != name}):
        broken = record | {"measured": record["measured"] | {part: changed}}
        assert not experiment.is_complete(outcome.options, broken)
    assert not experiment.is_complete(outcome.options, {key: record[key] for key in record if key != "shared"})


@EXPERIMENTS
def test_an_incomplete_pair_has_no_figures(experiment):
    outcome = small_outcome(experiment)
    assert experiment.analyze(outcome.options, outcome.records[:1]) is None


@EXPERIMENTS
def test_the_options_of_a_quick_run_are_valid_and_smaller(experiment):
    quick = experiment.options_class(**experiment.quick)
    assert quick != experiment.options_class()
    assert quick.seeds < experiment.options_class().seeds


@EXPERIMENTS
def test_numpy_numbers_are_allowed(experiment):
    options = dataclasses.replace(SMALL[experiment], seeds=np.int64(2), epochs=np.int32(3), p=np.float32(0.5))
    json.dumps(dataclasses.asdict(options))
