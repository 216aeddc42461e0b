"""Which seeds are run, and which count."""

from tinygrad_dropout.lab.trials.seeds import arms_of_whole_seeds, seeds_of, whole_seeds

RECORDS = [
    {"configuration": "", "arm": arm, "seed": seed} for seed, arm in ((1, "b"), (0, "b"), (2, "a"), (0, "a"), (2, "b"))
]


def test_seeds_are_consecutive_from_the_first():
    assert list(seeds_of({"seeds": 3, "first_seed": 7, "p": 0.5})) == [7, 8, 9]


def test_only_complete_seeds_count_and_they_are_sorted():
    _, b0, a2, a0, b2 = RECORDS
    assert whole_seeds(RECORDS, 2) == [{("", "b"): b0, ("", "a"): a0}, {("", "a"): a2, ("", "b"): b2}]
    assert arms_of_whole_seeds(RECORDS, 2) == [{"b": b0, "a": a0}, {"a": a2, "b": b2}]


def test_records_of_other_configurations_belong_to_other_trials():
    other = RECORDS[1] | {"configuration": "wide"}
    assert len(whole_seeds([*RECORDS, other], 3)) == 1
