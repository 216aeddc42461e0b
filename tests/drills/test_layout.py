"""Text for a terminal: lines are broken at spaces only."""

import pytest

from tinygrad_dropout.drills.exercise import exercises
from tinygrad_dropout.drills.layout import narrowed, reflow, tables_as_lists, unbroken, wrap

WRAPPED = {
    "at a space": ("one two three", 8, "one two\nthree"),
    "what fits stays": ("one  two", 8, "one  two"),
    "never inside a word": ("a-word-with-hyphens is long", 10, "a-word-with-hyphens\nis long"),
    "nor inside backticks": ("write `a = a * b` there", 12, "write\n`a = a * b`\nthere"),
    "indented as the line was": ("  one two three", 10, "  one two\n  three"),
    "code stays": ("    one two three", 10, "    one two three"),
    "line by line": ("one two\nthree four", 8, "one two\nthree\nfour"),
    "a prompt keeps its space": ("one two [y/N] ", 10, "one two\n[y/N] "),
    "a path with a space in it": (f"see {unbroken('my drills/a b.py')}", 12, "see\nmy drills/a b.py"),
}


@pytest.mark.parametrize(("text", "width", "expected"), WRAPPED.values(), ids=WRAPPED)
def test_lines_are_broken(text, width, expected):
    assert wrap(text, width) == expected


def test_what_follows_a_break_can_be_indented():
    assert wrap("  right  one two", 12, indent=9) == "  right  one\n         two"


def test_the_lines_of_a_paragraph_are_rejoined_and_those_of_a_list_are_not():
    assert reflow("one\ntwo three\n\nlist:\n  one\n  two", 8) == "one two\nthree\n\nlist:\n  one\n  two"


def test_a_table_becomes_a_list():
    rows = ["| name | type | what |", "|---|---|---|", "| `x` | array | the input |", "| `p` | number | |"]
    assert (
        tables_as_lists("\n".join(["Given:", "", *rows, "", "That is all."]))
        == "Given:\n\n- `x`: array, the input\n- `p`: number\n\nThat is all."
    )


def test_code_is_not_a_table():
    code = "```\n| a | b |\n```"
    assert tables_as_lists(code) == code


def test_a_bar_inside_a_cell_is_not_a_border():
    assert tables_as_lists("| name | |\n|---|---|\n| `n` | \\|x\\| |") == "- `n`: \\|x\\|"


def test_no_table_is_left_in_a_task():
    assert [one.slug for one in exercises() if "|---" in tables_as_lists(one.task)] == []


def test_a_narrow_terminal_has_lists_and_code_that_is_broken_at_spaces():
    markdown = (
        "| a | |\n|---|---|\n| `x` | y |\n\n```\n  f(x, the_second_argument) -> y\n```\n\na long line of prose stays"
    )
    code = "  f(x,\n      the_second_argument)\n      -> y"
    assert narrowed(markdown, 24) == f"- `x`: y\n\n```\n{code}\n```\n\na long line of prose stays"
    assert narrowed(markdown, 80) == markdown
