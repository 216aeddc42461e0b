"""The tables: every contender by name, and the rows where we lose shown like the others."""

import re

import pytest

from benchmarks import report


def test_a_workload_is_printed_with_everybodys_time_and_ratio(results):
    lines = report.workload_lines(results, "W1")
    assert lines[0].startswith("W1  tiny")
    assert [line.split("  ")[-1] for line in lines[2:]] == ["(2.00 x to 2.00 x)", "(0.50 x to 0.50 x)"]
    assert "2.00 ms" in lines[1]


def test_the_markdown_table_shows_where_we_lose_in_italics(results):
    table = report.markdown_table(results).splitlines()
    assert table[0].startswith("|  | W1 | W5 | memory")
    assert table[2].startswith("| **tinygrad_dropout** | **2.00 ms** |")
    assert table[3].startswith("| PyTorch eager | 2.00 x | 2.00 x |")
    assert table[4].startswith("| NumPy, naive | *0.50 x* | *0.50 x* |")


def test_memory_is_given_in_multiples_of_the_parameters(results):
    assert "3.35 x" in "\n".join(report.memory_lines(results))


def test_a_very_small_ratio_is_not_shown_as_nothing():
    assert report.multiple(0.0007) == "0.0007 x"


def test_the_growth_table_says_where_the_times_cross(growth):
    table = report.growth_table(growth)
    assert "| PyTorch eager | 2.00 x | *0.50 x* |" in table
    assert "Our times and PyTorch eager's cross at 100." in table
    assert "| memory, tinygrad_dropout | 1.0 MiB | 2.0 MiB |" in table


def test_the_growth_table_tells_our_time_for_each_one_where_cost_should_grow_in_proportion(growth):
    table = report.growth_table(growth)
    assert "| for each link | 1.00 µs | 1.00 µs |" in table
    assert table.count("for each") == 1


@pytest.mark.parametrize(
    ("noted", "line"),
    [
        ({}, "a processor, a system, 1 thread; Python 3"),
        ({"threads": 2}, "a processor, a system, 2 threads; Python 3"),
        ({"kernels": "NumPy on BLIS"}, "a processor, a system, 1 thread; Python 3; NumPy on BLIS"),
        (
            {"kernels": "NumPy on BLIS", "forced": "BLIS_ARCH_TYPE=zen"},
            "a processor, a system, 1 thread; Python 3; NumPy on BLIS; kernels forced by BLIS_ARCH_TYPE=zen",
        ),
    ],
)
def test_the_machine_line_tells_the_kernels_and_what_forced_them(results, noted, line):
    assert report.machine_line(results.machine | noted) == line


def test_the_largest_network_is_named_with_the_time_of_its_step(results):
    sentence = report.largest_step_sentence(results)
    assert re.fullmatch(r"A training step of its largest benchmark \(.+\) takes .+ on one thread\.", sentence)
    assert "chain" not in sentence


def test_the_main_job_is_printed_with_every_programs_time_and_ratio(main_job):
    assert report.main_job_lines(main_job) == [
        "The whole experiment, 10 pairs of 80 epochs",
        "     tinygrad_dropout                  10.5 s",
        "     PyTorch, 2 processes              21.0 s     2.00 x ours  (2.00 x to 2.00 x)",
        "     PyTorch, 2 threads                31.5 s     3.00 x ours  (3.00 x to 3.00 x)",
    ]


def test_the_main_jobs_table_has_ours_first_and_then_the_faster(main_job):
    assert report.main_job_table(main_job).splitlines()[2:] == [
        "| **tinygrad_dropout** | **10.5 s** |  | 0.840 / 0.940 |",
        "| PyTorch, 2 processes | 21.0 s | 2.00 x | 0.840 / 0.940 |",
        "| PyTorch, 2 threads | 31.5 s | 3.00 x | 0.840 / 0.940 |",
    ]


def test_the_main_job_in_one_sentence_takes_the_faster_way(main_job):
    assert report.main_job_sentence(main_job) == (
        "`tinygrad-dropout compare` takes 10.5 s on 2 cores; the same experiment in PyTorch takes 2.0 times as long."
    )
