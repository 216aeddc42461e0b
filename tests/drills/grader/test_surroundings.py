"""A learner's file shares the process with the checks: neither disturbs the other."""

import warnings

import numpy as np
import pytest

from tests.drills.grader.answers import rejection_of
from tinygrad_dropout.drills.exercise import exercises, find
from tinygrad_dropout.drills.grader import answer
from tinygrad_dropout.drills.grader.grade_in_process import grade

SETTINGS = {
    "NumPy's errors raise": "import numpy as np\nnp.seterr(all='raise')\n",
    "warnings are errors": "import warnings\nwarnings.simplefilter('error')\n",
    "NumPy prints two digits": "import numpy as np\nnp.set_printoptions(precision=2, threshold=3)\n",
}


@pytest.mark.parametrize("exercise", exercises(), ids=lambda one: one.slug)
def test_a_right_answer_passes_whatever_its_file_sets_for_the_process(exercise):
    assert grade(exercise, "".join(SETTINGS.values()) + exercise.solution).rejection is None


def test_settings_of_a_file_are_restored():
    before = np.geterr(), np.get_printoptions(), list(warnings.filters)
    for setting in SETTINGS.values():
        answer.run(setting)
    assert (np.geterr(), np.get_printoptions(), list(warnings.filters)) == before


def test_settings_of_a_function_are_restored_after_the_call():
    before = np.geterr()
    source = "import numpy as np\ndef f(x):\n    np.seterr(all='raise')\n    return x"
    answer.Answer(answer.run(source)["f"], "f", ("x",))(1.0)
    assert np.geterr() == before


REPLACED = {
    "np.allclose": "import numpy as np\nnp.allclose = lambda *a, **b: True",
    "np.random.default_rng": "import numpy as np\nnp.random.default_rng = lambda seed=None: None",
    "np.linalg.norm": "from numpy import linalg\nlinalg.norm = None",
    "abs": "import builtins\nbuiltins.abs = lambda x: 0",
    "deleted": "import numpy as np\ndel np.isclose",
}


@pytest.mark.parametrize("source", REPLACED.values(), ids=REPLACED)
def test_a_replaced_function_is_refused_and_restored(source):
    before = np.allclose, np.random.default_rng, np.linalg.norm, abs, np.isclose
    found = rejection_of(lambda: answer.run(source))
    assert found.code == "replaces-a-function"
    assert (np.allclose, np.random.default_rng, np.linalg.norm, abs, np.isclose) == before


def test_a_function_that_is_replaced_in_a_call_is_refused_when_the_grading_ends():
    exercise, before = find("11"), np.allclose
    source = exercise.solution.replace(
        "def linear_backward(grad, x, weight):",
        "def linear_backward(grad, x, weight):\n    np.allclose = lambda *a, **b: True",
    )
    assert grade(exercise, source).rejection.code == "replaces-a-function"
    assert np.allclose is before


@pytest.mark.parametrize(
    "source",
    [
        "exec(open('solution.py').read())",
        "text = open('drills/solutions/11_linear_backward.py').read()",
        "from pathlib import Path\nPath('tinygrad_dropout') / 'drills'",
        "name = r'solutions\\11.py'",
    ],
)
def test_an_answer_that_reads_the_solution_is_refused(source):
    assert rejection_of(lambda: answer.run(source)).code == "reads-the-answer"
