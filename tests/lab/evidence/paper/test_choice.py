"""The choice of the settings: only by training examples, and the one with the fewest errors."""

import numpy as np
import pytest

from tests.lab.evidence.interrupting import assert_resumed_to_the_same_bytes
from tests.lab.evidence.paper.small import small_options, write_files
from tinygrad_dropout.lab.evidence.paper import CHOICE, with_choice
from tinygrad_dropout.lab.evidence.paper import choice as choosing
from tinygrad_dropout.lab.evidence.paper.choice import held_back
from tinygrad_dropout.lab.evidence.paper.networks import CANDIDATES, RECIPES, Settings
from tinygrad_dropout.lab.trials import Trial, run


@pytest.fixture(scope="module")
def choice(mnist):
    return run(CHOICE, small_options(mnist))


def outcome_with(errors):
    """A choice whose candidates have these errors, in the order of `CANDIDATES`; the others have 500."""
    records = []
    for recipe in RECIPES:
        counts = errors.get(recipe.name, ())
        for place, settings in enumerate(CANDIDATES[recipe.name]):
            wrong = counts[place] if place < len(counts) else 500
            result = {"curve": [{"epoch": 1, "errors": wrong}], "errors": wrong, "updates": 1}
            records.append(Trial(str(settings), recipe.name, 0).record(result))
    return CHOICE.outcome({"train_size": 60_000, "choice_epochs": 15}, {}).with_records(records)


def test_five_sixths_are_for_training_and_the_others_for_choosing(mnist):
    split = small_options(mnist).load().split(240, np.random.default_rng(0))
    part = held_back(split)
    assert (len(part.y_train), len(part.y_test)) == (200, 40)
    together = np.concatenate([part.x_train, part.x_test])
    assert together.tobytes() == split.x_train.tobytes()
    assert np.concatenate([part.y_train, part.y_test]).tobytes() == split.y_train.tobytes()


def test_the_test_set_does_not_affect_the_choice(mnist, choice, tmp_path):
    other = write_files(tmp_path)
    labels = other / "t10k-labels-idx1-ubyte"
    labels.write_bytes(labels.read_bytes()[:8] + bytes(120))
    assert run(CHOICE, small_options(other)).records == choice.records


def test_the_settings_with_the_fewest_errors_are_chosen_and_the_first_of_a_tie():
    outcome = outcome_with({"standard": (200, 150, 180, 150), "+ max-norm": (300, 290, 280, 270)})
    chosen = with_choice(small_options("."), outcome).settings
    assert chosen == {
        "standard": Settings(0.06),
        "hidden dropout": Settings(0.03),
        "+ input dropout": Settings(0.03),
        "+ max-norm": Settings(0.1, 3.0),
    }
    assert "Chosen: standard: lr 0.06;" in outcome.notes[0]
    assert "+ max-norm: lr 0.1, c 3." in outcome.notes[0]
    assert outcome.notes[1] == (
        "The lowest or the highest learning rate that was tried was chosen for hidden dropout and + input dropout."
    )
    assert "50,000 training examples, 10,000 others for choosing" in outcome.description


def test_nothing_is_chosen_before_all_candidates_have_run(choice):
    assert CHOICE.outcome(choice.options, {}, choice.records[:-1]).figures is None


def test_a_candidate_that_diverges_gets_everything_wrong(mnist, monkeypatch):
    too_fast = {recipe.name: (Settings(1e30, 1e30 if recipe.max_norm else None), Settings(0.1)) for recipe in RECIPES}
    monkeypatch.setattr(choosing, "CANDIDATES", too_fast)
    outcome = run(CHOICE, small_options(mnist))
    assert [record["errors"] for record in outcome.records[::2]] == [40] * 4
    assert {settings.lr for settings in with_choice(small_options(mnist), outcome).settings.values()} == {0.1}


def test_every_network_is_tried_with_its_candidates(choice):
    assert [(record["arm"], record["configuration"]) for record in choice.records] == [
        (recipe.name, str(settings)) for recipe in RECIPES for settings in CANDIDATES[recipe.name]
    ]


def test_an_interrupted_choice_resumes_to_the_same_bytes(mnist, tmp_path, monkeypatch):
    assert_resumed_to_the_same_bytes(CHOICE, small_options(mnist), tmp_path, monkeypatch, after=5)
