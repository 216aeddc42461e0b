"""What finished pairs say, in numbers and in words."""

import os

import pytest

from tests.lab.small import made_up_pair, small_config
from tinygrad_dropout.lab import Comparison, LabError

PAIRS = [made_up_pair(0, 0.80, 0.90), made_up_pair(1, 0.82, 0.91), made_up_pair(2, 0.78, 0.89)]


def comparison_of(pairs, seeds=3):
    return Comparison(small_config(seeds=seeds).as_json() | {"data": "0"}, {}, tuple(pairs))


def test_pairs_are_kept_in_the_order_of_their_seeds():
    comparison = comparison_of([])
    for pair in (PAIRS[2], PAIRS[0]):
        comparison = comparison.with_pair(pair)
    assert [pair["seed"] for pair in comparison.pairs] == [0, 2]
    assert comparison.missing_seeds == [1]
    assert not comparison.finished
    assert comparison.with_pair(PAIRS[1]).finished


@pytest.mark.parametrize("finished", [0, 1])
def test_fewer_than_two_pairs_have_no_summary_and_say_so(finished):
    comparison = comparison_of(PAIRS[:finished])
    assert comparison.summary is None
    assert str(comparison) == "Fewer than two of 3 pairs are finished: too few for a verdict."


@pytest.mark.usefixtures("blank_pictures")
def test_saving_makes_the_folder_and_its_files(tmp_path):
    comparison_of(PAIRS).save(tmp_path / "new")
    assert sorted(os.listdir(tmp_path / "new")) == ["comparison.png", "learning_curves.png", "results.json"]


def test_only_the_last_epoch_counts_however_good_an_earlier_one_was():
    pairs = [made_up_pair(seed, 0.80, 0.90) for seed in range(2)]
    for pair in pairs:
        pair["without"].insert(0, dict.fromkeys(pair["without"][0], 0.99))
        pair["with"].insert(0, dict.fromkeys(pair["with"][0], 0.01))
    summary = Comparison({}, {}, tuple(pairs)).summary
    assert summary["difference"]["mean"] == pytest.approx(10)
    assert (summary["without"]["test_accuracy"], summary["with"]["test_accuracy"]) == (0.80, 0.90)


@pytest.mark.usefixtures("blank_pictures")
def test_saving_over_another_comparison_is_refused(tmp_path):
    comparison_of(PAIRS).save(tmp_path)
    with pytest.raises(LabError, match="made with other options"):
        comparison_of(PAIRS, seeds=4).save(tmp_path)


def test_one_pair_is_saved_without_pictures(tmp_path):
    comparison_of(PAIRS[:1]).save(tmp_path)
    assert os.listdir(tmp_path) == ["results.json"]
