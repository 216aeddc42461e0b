"""A learner's package: an import error is reported with its file, and changes to the process are undone."""

import sys
from io import StringIO

import numpy as np
import pytest

from tests.drills.grader.answers import rejection_of
from tinygrad_dropout.drills.bundle import joined
from tinygrad_dropout.drills.grader import answer

USES = {"__init__.py": "from framework.a import x"}
RAISES = {
    "a syntax error": ("x = 1\nx =", "syntax-error", "Python cannot read line 2 of framework/a.py"),
    "a return outside of a function": ("return 1", "syntax-error", "line 1 of framework/a.py: 'return' outside"),
    "a null byte": ("x = 1\0", "syntax-error", "Python cannot read framework/a.py: it contains a null byte"),
    "torch": ("import torch", "forbidden-import", "framework/a.py imports torch;"),
    "torch inside a function": ("def x():\n    import torch", "forbidden-import", "framework/a.py imports torch;"),
    "a computed import": ("__import__('tor' + 'ch')", "forbidden-import", "imports something computed"),
    "a relative import by function": (
        "from importlib import import_module as i\nimport importlib\nimportlib.import_module('.b', 'framework')",
        "forbidden-import",
        "framework/a.py imports from the folder it is in;",
    ),
    "an import from above": ("from ... import x", "raises", "relative import beyond top-level package"),
    "the text of our answer": ("open('drills/solution.py')", "reads-the-answer", "names solution.py"),
    "an exception": ("x = 1\n1 / 0", "raises", "Your package raised ZeroDivisionError in line 2 of framework/a.py"),
    "a circular import": ("from framework import y", "raises", "(most likely due to a circular import)"),
    "endless imports": ("def f():\n    f()\nf()", "recursion-error", "Your package exceeded"),
    "exit": ("exit()", "calls-exit", "Your package called exit()"),
    "input": ("input()", "asks-for-input", "Your package waits for input()"),
    "an unwritten part": ("raise NotImplementedError", "part-not-written", "reached line 1 of framework/a.py"),
    "a function of NumPy's": ("import numpy as np\nx = np.exp = np.sin", "replaces-a-function", "replaces numpy.exp"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "code", "says"), RAISES.values(), ids=RAISES)
def test_the_reason_why_a_package_cannot_be_imported_is_named(text, code, says, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO())
    found = rejection_of(lambda: answer.run(joined(USES | {"a.py": text})))
    assert found.code == code
    assert says in found.message


def test_a_package_can_import_its_own_files_in_every_way():
    files = {
        "__init__.py": "from .a import x\nfrom . import b\nimport framework.b as c\nfrom framework import b as d",
        "a.py": "x = 1",
        "b.py": "from .a import x as y\nfrom importlib import import_module",
    }
    names = answer.run(joined(files))
    assert names["x"] == names["b"].y == names["c"].y == names["d"].y == 1


def test_a_traceback_begins_in_the_package_and_has_its_lines():
    files = {"__init__.py": "from framework.a import f\nf()", "a.py": "def f():\n    raise ValueError('so it is')"}
    found = rejection_of(lambda: answer.run(joined(files)))
    lines = found.traceback.splitlines()
    assert lines[1] == '  File "framework/__init__.py", line 2, in <module>'
    assert "    raise ValueError('so it is')" in lines
    assert "import_package" not in found.traceback


def test_process_settings_are_restored_after_a_package():
    before = np.geterr()
    answer.run(joined({"__init__.py": "import numpy as np\nnp.seterr(all='raise')"}))
    assert np.geterr() == before
    limit = sys.getrecursionlimit()
    answer.run(joined({"__init__.py": f"import sys\nsys.setrecursionlimit({limit + 1})"}))
    assert sys.getrecursionlimit() == limit


def test_a_refused_name_is_refused_in_every_file():
    files = {"__init__.py": "", "a.py": "import numpy as np\nx = np.einsum"}
    found = rejection_of(lambda: answer.run(joined(files), refused={"einsum": "it is the whole answer"}))
    assert found.code == "forbidden-name"
