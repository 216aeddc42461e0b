"""Results: what follows from the figures, and their way to a file and back."""

import pytest

from benchmarks.results import Results, readable, time_of


def test_a_contender_is_compared_with_us_round_by_round(results):
    assert results.times_ours("W1", "torch_eager").median == 2
    assert results.times_ours("W1", "numpy_naive").median == 0.5
    assert results.times_ours("W1", "mygrad_tape") is None
    assert results.times_ours("W2", "torch_eager") is None


def test_wins_are_counted_over_the_workloads_both_took_part_in(results):
    assert results.wins("torch_eager") == (2, 2)
    assert results.wins("numpy_naive") == (0, 2)


def test_figures_come_back_from_a_file_as_they_were(results, tmp_path):
    results.save(tmp_path / "results.json")
    assert Results.load(tmp_path / "results.json") == results


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (2.5, "2.50 s"), (0.0123, "12.3 ms"), (97.44e-6, "97.4 µs"), (1e-6, "1.00 µs"), (553.2e-9, "553 ns"),
        (1.6e-9, "1.60 ns"), (3e-11, "0.03 ns"),
    ],
)  # fmt: skip
def test_a_time_is_written_with_three_digits_and_a_unit(seconds, text):
    assert readable(seconds) == text


def test_a_chain_is_given_per_node():
    assert time_of("W5", [0.04]) == "2.00 µs a node"
    assert time_of("W1", [0.04]) == "40.0 ms"
