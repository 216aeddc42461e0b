"""A learner's file: a file that cannot be run and every wrong call get a code and a sentence."""

from io import StringIO

import numpy as np
import pytest

from tests.drills.grader.answers import judge_of, rejection_of
from tinygrad_dropout.drills.grader import answer

REJECTED_FILES = {
    "a syntax error": ("def f(:\n    pass", "syntax-error", "Python cannot read line 1"),
    "a null byte": ("x = 1\0", "syntax-error", "contains a null byte"),
    "torch": ("import torch", "forbidden-import", "imports torch"),
    "a part of torch": ("from torch.nn import functional", "forbidden-import", "imports torch"),
    "this package": ("import tinygrad_dropout as td", "forbidden-import", "imports tinygrad_dropout"),
    "a neighbor": ("from .other import f", "forbidden-import", "imports"),
    "importlib": ("import importlib\nimportlib.import_module('jax')", "forbidden-import", "imports jax"),
    "an import inside a function": ("def f():\n    import autograd", "forbidden-import", "imports autograd"),
    "a computed import": ("__import__('tor' + 'ch')", "forbidden-import", "something computed"),
    "an exception": ("x = 1\n1 / 0", "raises", "ZeroDivisionError in line 2"),
    "an exception without a message": ("assert False", "raises", "raised AssertionError in line 1."),
    "exit": ("exit()", "calls-exit", "exit()"),
    "input": ("input()", "asks-for-input", "input()"),
}


@pytest.mark.parametrize(("source", "code", "says"), REJECTED_FILES.values(), ids=REJECTED_FILES)
def test_a_file_that_cannot_be_run_is_rejected(source, code, says, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO())
    found = rejection_of(lambda: answer.run(source))
    assert found.code == code
    assert says in found.message


@pytest.mark.parametrize(
    "source", ["import numpy", "from numpy import exp", "import math, itertools", "import numpy.linalg"]
)
def test_numpy_and_the_standard_library_may_be_imported(source):
    assert "__name__" in answer.run(source)


@pytest.mark.parametrize(
    "source",
    [
        "import numpy as np\nnp.broadcast_shapes",
        "from numpy import broadcast_shapes",
        "import numpy\nnumpy.broadcast_shapes",
    ],
)
def test_a_numpy_function_that_is_the_whole_answer_is_refused(source):
    found = rejection_of(lambda: answer.run(source, refused={"broadcast_shapes": "it is what you are to write"}))
    assert found.code == "forbidden-name"
    assert found.message.endswith("broadcast_shapes, which is not allowed here: it is what you are to write.")


def test_the_files_definitions_are_returned():
    assert answer.run("x = 3")["x"] == 3


def test_a_dataclass_with_string_annotations_can_be_defined():
    source = (
        "from __future__ import annotations\nfrom dataclasses import dataclass\n@dataclass\nclass A:\n    x: int = 3"
    )
    assert answer.run(source)["A"]().x == 3


def test_a_main_part_does_not_run():
    assert "y" not in answer.run("if __name__ == '__main__':\n    y = 1")


CALLS = {
    "missing": ("g = 1", "missing", "has no function f; expected f(x, y)"),
    "not a function": ("f = 1", "missing", "f is a int"),
    "too few parameters": ("def f(x): pass", "wrong-signature", "f(x) cannot be called as f(x, y)"),
    "None": ("def f(x, y): x + y", "returns-none", "f(x, y) returned None"),
    "not written": (
        "def f(x, y): raise NotImplementedError",
        "part-not-written",
        "f(x, y) reached line 2, which is not",
    ),
    "a coroutine": ("async def f(x, y): return x", "is-async", "f is an `async def`; expected a plain `def`"),
    "raises": ("def f(x, y):\n    return x @ y", "raises", "raised ValueError in line 3"),
    "recursion": ("def f(x, y): return f(x, y)", "recursion-error", "recursion limit"),
    "changes its input": ("def f(x, y):\n    x *= 2\n    return x", "changes-its-input", "f changed the array x"),
    "exits": ("def f(x, y): raise SystemExit", "calls-exit", "f(x, y) called exit()"),
}


SHOWN = {
    "raises": ("x *= 2; 1 / 0", (("the call", "f(x, y)"), ("x", "[1. 2.]"), ("y", "0.5"))),
    "None": ("x *= 2", (("x", "[1. 2.]"), ("y", "0.5"))),
    "changes its input": ("x *= 2; return 3", (("x", "[1. 2.]"), ("y", "0.5"), ("x afterward", "[2. 4.]"))),
}


@pytest.mark.parametrize(("body", "shown"), SHOWN.values(), ids=SHOWN)
def test_arguments_are_shown_as_they_were_before_the_call(body, shown):
    call = judge_of(f"def f(x, y): {body}").function("f", "x", "y")
    assert rejection_of(lambda: call(np.array([1.0, 2.0]), 0.5)).shown == shown


@pytest.mark.parametrize(("source", "code", "says"), CALLS.values(), ids=CALLS)
def test_a_call_that_fails_is_named(source, code, says):
    found = rejection_of(lambda: judge_of(source).function("f", "x", "y")(np.ones((2, 3)), np.ones((2, 3))))
    assert found.code == code
    assert says in found.message


@pytest.mark.parametrize("signature", ["x, y", "a, b", "x, y, extra=1", "*arguments", "x, y, *, flag=False"])
def test_a_signature_that_can_be_called_is_accepted(signature):
    assert judge_of(f"def f({signature}): return 1").function("f", "x", "y")(1, 2) == 1


def test_the_callers_arguments_do_not_change():
    x = np.ones(3)
    judge_of("def f(x):\n    x += 1\n    return x").function("f", "x")(x, may_change=True)
    assert np.array_equal(x, np.ones(3))


def test_the_traceback_begins_in_the_learners_file():
    source = "def inner(x):\n    return x + missing\ndef f(x):\n    return inner(x)"
    found = rejection_of(lambda: judge_of(source).function("f", "x")(1))
    assert found.traceback.count("File ") == 2
    assert "drills" not in found.traceback
    assert found.traceback.rstrip().endswith("NameError: name 'missing' is not defined")


def test_ctrl_c_is_not_swallowed():
    with pytest.raises(KeyboardInterrupt):
        judge_of("def f(): raise KeyboardInterrupt").function("f")()


def test_methods_and_classes_are_guarded_like_functions():
    judge = judge_of("class A:\n    def __init__(self, p): self.p = p\n    def go(self, x): return None")
    instance = judge.make("A", "p")(0.3)
    assert instance.p == 0.3
    assert rejection_of(lambda: judge.method(instance, "go", "x")(1)).message.startswith("A.go(x) returned None")
    assert rejection_of(lambda: judge.method(instance, "stay", "x")).code == "missing"


def test_a_file_that_begins_with_a_byte_order_mark_is_read():
    assert answer.run("\ufeffx = 3")["x"] == 3
