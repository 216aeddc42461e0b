"""Words that the lab's reports share."""

import pytest

from tinygrad_dropout.lab.text import counted


@pytest.mark.parametrize(("number", "said"), [(0, "0 pairs"), (1, "1 pair"), (2, "2 pairs"), (1500, "1,500 pairs")])
def test_things_are_counted_in_the_right_number(number, said):
    assert counted(number, "pair") == said
