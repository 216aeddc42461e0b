"""Which seeds are run, and which count."""

from tinygrad_dropout.lab.trials.seeds import arms_of_whole_seeds, seeds_of, whole_seeds

RECORDS = [
    {"configuration": "", "arm": arm, "seed": seed} for seed, arm in ((1, "b"), (0, "b"), (2, "a"), (0, "a"), (2, "b"))
]


def test_the_seeds_follow_the_first():
    assert list(seeds_of({"seeds": 3, "first_seed": 7, "p": 0.5})) == [7, 8, 9]


def test_only_seeds_whose_trials_have_all_run_count_in_their_order():
    _, b0, a2, a0, b2 = RECORDS
    assert whole_seeds(RECORDS, 2) == [{("", "b"): b0, ("", "a"): a0}, {("", "a"): a2, ("", "b"): b2}]
    assert arms_of_whole_seeds(RECORDS, 2) == [{"b": b0, "a": a0}, {"a": a2, "b": b2}]


def test_records_of_other_configurations_are_other_trials():
    other = RECORDS[1] | {"configuration": "wide"}
    assert len(whole_seeds([*RECORDS, other], 3)) == 1
