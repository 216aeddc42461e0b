"""What an interview about exercises tells the candidate."""

import pytest

from tinygrad_dropout.drills.exercise import find
from tinygrad_dropout.drills.interview.of_exercises import readme

LINEAR, HUNT = find("11_"), find("27_")


@pytest.mark.parametrize(
    ("exercises", "strict", "says", "leaves_out"),
    [
        ([LINEAR], False, ["`11_linear_backward.py`", "summary.txt", "`c` checks", "test_...", "backward(...)"], []),
        ([LINEAR], True, ["graded when the time is over"], ["`c`"]),
        ([HUNT], False, ["`27_hunt_the_wine_labels.py`", "summary.txt"], ["test_..."]),
        ([HUNT, LINEAR], False, ["these files", "linear_backward(...)", "the exposing input is the test"], []),
    ],
)  # fmt: skip
def test_the_readme_names_the_file_and_explains_tests_and_the_end(exercises, strict, says, leaves_out):
    text = readme(exercises, strict=strict)
    assert [one for one in says if one not in text] == []
    assert [one for one in [*leaves_out, "drill check", "drill watch"] if one in text] == []
