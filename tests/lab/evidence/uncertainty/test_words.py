"""The sentences, for results in either direction."""

import pytest

from tests.lab.evidence.uncertainty.small import made_up_outcome
from tinygrad_dropout.lab.evidence.uncertainty.analysis import LOOKS


def test_the_first_sentence_says_where_the_bands_are_too_narrow():
    outcome = made_up_outcome()
    found = {"in the gap": 0.6, "beyond the data": 0.1, "among the data": 0.95, "test rows": 0.99}
    for record in outcome.records:
        for place, scores in record["scores"].items():
            if "coverage" in scores["Monte Carlo"]:
                record["scores"][place] = scores | {
                    "Monte Carlo": scores["Monte Carlo"] | {"coverage": found[place] + record["seed"] / 1e4}
                }
    assert outcome.notes[0] == (
        "The 95% bands of Monte Carlo dropout are too narrow in the gap (60% of new values lie in them) and beyond "
        "the data (10%); they are too wide on diabetes (99%); they are not shown to be too narrow or too wide among "
        "the data (95%)."
    )


@pytest.mark.parametrize(
    ("coverage", "spread", "beginning"),
    [(0.6, 1e-3, "too narrow among the data (60% of new values lie in them), in the gap (60%), "),
     (0.99, 1e-3, "too wide among the data (99% of new values lie in them), in the gap (99%), "),
     (0.95, 1e-3, "not shown to be too narrow or too wide among the data (95% of new values lie in them), "),
     (0.6, 0.2, "not shown to be too narrow or too wide among the data (60% of new values lie in them), ")],
)  # fmt: skip
def test_bands_are_called_too_narrow_only_if_that_is_shown(coverage, spread, beginning):
    verdict = made_up_outcome(coverage=coverage, spread=spread).notes[0]
    assert verdict.startswith(f"The 95% bands of Monte Carlo dropout are {beginning}")
    assert verdict.endswith(f" on diabetes ({coverage:.0%}).")


@pytest.mark.parametrize(
    ("coverage", "said"),
    [(0.946, "too narrow among the data (94.6% of"), (0.95004, "too wide among the data (95.004%")],
)
def test_a_share_that_differs_from_95_percent_is_not_rounded_to_it(coverage, said):
    assert f"are {said}" in made_up_outcome(coverage=coverage, spread=1e-6, rows=10**9).notes[0]


def test_scores_that_differ_are_not_rounded_to_the_same_number():
    notes = made_up_outcome(better_by=0.0004, sure=0.98998, spread=1e-6).notes
    assert "on diabetes is 0.9996, better than the 1.0000 of" in notes[3]
    assert "on two moons is 0.0396, better than the 0.0400 of" in notes[3]
    assert "confidence of Monte Carlo is 98.998%, less than the 99.000% of" in notes[4]
    notes = made_up_outcome(better_by=0.0004, sure=0.98998, spread=1e-3).notes
    assert "on diabetes is 1.00, not shown to differ from the 1.00 of" in notes[3]
    assert "confidence of Monte Carlo is 99.0%, not shown to differ from the 99.0% of" in notes[4]


def test_bands_that_contain_all_of_a_few_rows_are_not_called_too_wide():
    """4 of 4 rows in each of 5 seeds: nothing varies, but one more row outside would be 80%."""
    assert "dropout are too wide among the data" in made_up_outcome(coverage=1.0, spread=0).notes[0]
    assert "dropout are not shown to be" in made_up_outcome(coverage=1.0, spread=0, rows=4).notes[0]


@pytest.mark.parametrize(("better_by", "said"), [(0.1, "better"), (-0.1, "worse"), (0.0, "not shown to differ")])
def test_the_log_likelihood_is_compared_either_way(better_by, said):
    notes = made_up_outcome(better_by=better_by).notes
    join = "or" if better_by == 0 else "and"
    places = f"among the data, in the gap, beyond the data, on diabetes {join} on two moons"
    assert notes[1] == f"Compared with weight scaling, the log-likelihood of Monte Carlo is {said} {places}."
    assert notes[2] == (
        "Compared with weight scaling, the log-likelihood of one mask is not shown to differ among the data, in the "
        "gap, beyond the data, on diabetes or on two moons."
    )


@pytest.mark.parametrize(
    ("better_by", "on_diabetes", "on_moons"),
    [
        (0.02, "0.98, better than the 1.00", "0.020, better than the 0.040"),
        (-0.1, "1.10, worse than the 1.00", "0.140, worse than the 0.040"),
        (0.0, "1.00, not shown to differ from the 1.00", "0.040, not shown to differ from the 0.040"),
    ],
)
def test_smaller_errors_are_called_better(better_by, on_diabetes, on_moons):
    assert made_up_outcome(better_by=better_by).notes[3] == (
        f"The RMSE of Monte Carlo on diabetes is {on_diabetes} of weight scaling; its calibration error on two moons "
        f"is {on_moons} of weight scaling."
    )


@pytest.mark.parametrize(
    ("sure", "words"),
    [(0.8, "80.0%, less than the 99.0%"), (0.998, "99.8%, more than the 99.0%"),
     (0.99, "99.0%, not shown to differ from the 99.0%")],
)  # fmt: skip
def test_the_confidence_far_away_is_compared_either_way(sure, words):
    assert f"the mean confidence of Monte Carlo is {words} of weight scaling." in made_up_outcome(sure=sure).notes[4]


def test_the_notes_explain_the_methods_and_their_limits():
    said = " ".join(made_up_outcome().notes)
    for words in ("arithmetic mean over masks", "approximates the geometric mean", "15 equally wide bins",
                  "maximum-likelihood estimate on a fifth of the training rows", f"corrected for {LOOKS} looks",
                  "changed after seeing results of other seeds",
                  "the true values. On diabetes, they cover other splits of the same rows."):  # fmt: skip
        assert words in said


def test_two_seeds_have_no_intervals_and_no_verdict():
    outcome = made_up_outcome(coverage=0.5, better_by=0.5, sure=0.6, seeds=2)
    assert outcome.notes[0] == (
        "Too few seeds for a verdict on the 95% bands of Monte Carlo dropout among the data (50% of new values lie "
        "in them), in the gap (50%), beyond the data (50%) and on diabetes (50%)."
    )
    said = " ".join(outcome.notes)
    for word in ("too narrow", "better", "worse", "less than"):
        assert word not in said
    assert said.endswith("There are none yet: 3 seeds are needed.")
    assert "+0.50" in str(outcome)


def test_the_sentences_name_the_given_table():
    assert "on wine (95%)" in made_up_outcome(csv="wine.csv").notes[0]
    assert "and yacht (100 training and 10,000 test rows, 50 hidden units); 5 given splits;" in (
        made_up_outcome(uci="yacht").description
    )
