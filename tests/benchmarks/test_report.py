"""The tables: every contender by name, and the rows where we lose shown like the others."""

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


def test_the_growth_table_says_where_the_times_are_equal(growth):
    table = report.growth_table(growth)
    assert "| PyTorch eager | 2.00 x | *0.50 x* |" in table
    assert "Equal to PyTorch eager at 100." in table
    assert "| memory, tinygrad_dropout | 1.0 MiB | 2.0 MiB |" in table


def test_the_short_table_has_the_train_steps_alone(results):
    table = report.short_table(results)
    assert "tiny" in table
    assert "chain" not in table
