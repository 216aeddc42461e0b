"""A raised recursion limit is found in every file and under every name."""

import pytest

from tests.drills.grader.answers import rejection_of
from tinygrad_dropout.drills.bundle import joined
from tinygrad_dropout.drills.grader.judge import Judge
from tinygrad_dropout.drills.grader.recursion import names_in, refuse_a_raised_limit

RAISING = {
    "an attribute": "import sys\nsys.setrecursionlimit(9999)",
    "a name": "from sys import setrecursionlimit",
    "another name": "from sys import setrecursionlimit as more",
    "a text": "import sys\ngetattr(sys, 'setrecursionlimit')(9999)",
    "inside a function": "def f():\n    import sys\n    sys.setrecursionlimit(9999)",
    "a thread": "import threading\nthreading.stack_size(2**28)",
}
NOT_RAISING = {
    "nothing": "",
    "reading the limit": "import sys\nlimit = sys.getrecursionlimit()",
    "a comment": "x = 1  # without setrecursionlimit",
    "a word in a docstring": 'def f():\n    """Needs no setrecursionlimit."""',
}


@pytest.mark.parametrize("source", RAISING.values(), ids=RAISING)
@pytest.mark.parametrize("form", ["a file", "a package"])
def test_a_raised_limit_is_refused(source, form):
    source = source if form == "a file" else joined({"__init__.py": "from framework.b import *", "b.py": source})
    found = rejection_of(lambda: refuse_a_raised_limit(Judge({}, source=source)))
    assert (found.code, found.kind) == ("raises-the-recursion-limit", "order")


@pytest.mark.parametrize("source", NOT_RAISING.values(), ids=NOT_RAISING)
def test_a_file_that_does_not_raise_the_limit_passes(source):
    refuse_a_raised_limit(Judge({}, source=source))


def test_names_come_from_every_file():
    assert {"a", "b", "np", "numpy", "text"} <= names_in(
        joined({"a.py": "import numpy as np\na = np", "b.py": "b = 'text'"})
    )
