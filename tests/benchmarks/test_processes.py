"""Programs that are started: what they print comes back, and their failures have a sentence."""

import pytest

from benchmarks.processes import Failed, output_of


def test_what_a_program_prints_comes_back():
    assert output_of(["this"], "reading").startswith("The Zen of Python")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["no_such_module"], "reading failed: .*No module named no_such_module"),
        (["benchmarks", "--only", "W9"], "reading failed: .*--only: expected some of W1"),
    ],
)
def test_a_program_that_fails_is_reported_with_its_last_line(arguments, sentence):
    with pytest.raises(Failed, match=sentence):
        output_of(arguments, "reading")
