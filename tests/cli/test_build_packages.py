"""What `build check` says about packages: which file is wrong, and where; and the page that `--show` writes."""

import pytest

from tests.cli.building import ALL, write, write_stage
from tinygrad_dropout.cli.drill import solving
from tinygrad_dropout.drills.bundle import files_in
from tinygrad_dropout.drills.grader.result import Grade, Rejection

AS_VALUE = "from framework.value import Value\n"
BROKEN = {  # files of the package -> the message
    "a syntax error": ({"value.py": "x = 1\nx ="}, "Python cannot read line 2 of framework/value.py"),
    "a null byte": ({"value.py": "x = '\0'"}, "Python cannot read"),
    "an error at import": (
        {"value.py": "\nraise ValueError('so it is')"},
        "raised ValueError in line 2 of framework/value.py: so it is",
    ),
    "a circular import": ({"value.py": "import framework.b", "b.py": AS_VALUE}, "(most likely due to a circular"),
    "a name that is not there": ({"value.py": "x = 1"}, "cannot import name 'Value' from 'framework.value'"),
    "a name that is None": ({"value.py": "Value = None"}, "Your package has no Value yet"),
    "torch": ({"value.py": "import torch"}, "framework/value.py imports torch; only NumPy and the standard library"),
    "torch by its name": ({"value.py": "__import__('torch')"}, "framework/value.py imports torch"),
    "this package": ({"value.py": "from tinygrad_dropout import Tensor"}, "imports tinygrad_dropout"),
    "an import from above": ({"value.py": "from ..secret import Value"}, "relative import beyond top-level package"),
    "a module that is not there": ({"value.py": "import framework.b"}, "No module named 'framework.b'"),
    "exit": ({"value.py": "exit()"}, "called exit()"),
    "input": ({"value.py": "raise EOFError"}, "waits for input()"),
}  # fmt: skip


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("files", "says"), BROKEN.values(), ids=BROKEN)
def test_a_mistake_in_a_file_is_reported_with_its_place(build, begun, files, says):
    write(begun, {"__init__.py": AS_VALUE} | files)
    code, out, err = build("check")
    assert (code, err) == (1, "")
    assert says in " ".join(out.split())


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "files",
    [
        {"__init__.py": "from .inner.value import Value", "inner/__init__.py": "", "inner/value.py": "{value}"},
        {"__init__.py": "from .inner.value import *", "inner/value.py": "{value}"},
        {"__init__.py": "from framework import v\nValue = v.Value", "v.py": "# file of the package: v.py\n{value}"},
        {"__init__.py": "from . import value\nValue = value.Value", "value.py": "\ufeff{value}", "my notes.py": "x ="},
    ],
    ids=["sub-packages", "a folder without __init__.py", "a comment with a name", "a byte order mark"],
)  # fmt: skip
def test_a_package_can_be_split_into_any_files(build, begun, files):
    value = files_in(ALL[0].solution)["value.py"]
    notes = files.pop("my notes.py", None)
    write(begun, {name: text.format(value=value) for name, text in files.items()})
    assert build("check")[0] == 0
    if notes:  # no module of the package can have such a name, but Python must be able to read it
        write(begun, {"my notes.py": notes})
        assert "framework/my notes.py" in build("check")[1]


def test_a_file_that_is_not_text_is_named(build, begun):
    (begun / "framework" / "image.py").write_bytes(b"x = 1\xff")
    code, out, err = build("check")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "image.py cannot be read: expected UTF-8, and byte 5 is not" in err


@pytest.mark.usefixtures("quick")
def test_reset_restores_a_deleted_package(build, begun):
    (begun / "framework" / "__init__.py").unlink()
    (begun / "framework").rmdir()
    code, _, err = build("check")
    assert code == 2
    assert "my-framework/framework; `build reset` writes it again" in err
    assert build("reset", "--yes") == (0, "The package is empty again\n", "")
    assert "no Value yet" in build("check")[1]


def test_a_package_that_never_ends_is_stopped_and_its_output_is_shown(build, begun):
    write(begun, {"__init__.py": "print('here I am')\nwhile True: pass"})
    code, out, _ = build("check", "--time-limit", "3")
    assert code == 1
    assert "[never-ends]" in out
    assert "did not finish within 3 s" in out
    assert "here I am" in out


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("number", "code", "place"),
    [
        (1, "product-slopes-are-one", "value.py:"),
        (3, "quotient-without-the-minus", "tensor.py:"),
        (4, "mean-gradient-of-the-sum", "tensor.py:"),
        (5, "gradient-passes-unmasked", "functional.py:"),
        (7, "scale-is-1/p", "your backward"),
    ],
)
def test_show_writes_a_page_and_names_the_step(build, begun, tmp_path, monkeypatch, number, code, place):
    pytest.importorskip("igraph")
    wrong = Grade((), Rejection(code, "It is wrong."))  # the tests of the stages check that the grader finds it
    monkeypatch.setattr(solving, "grade_file", lambda *arguments, **options: wrong)
    write_stage(begun, number, code)
    show = ("--show", "--no-open", "--out", "page.html")
    exit_code, out, err = build("check", str(number), *show)
    assert (exit_code, err) == (1, "")
    assert "page.html: step " in out
    assert place in (tmp_path / "page.html").read_text(encoding="utf-8")
    if number == 1:
        assert "page.html: step " in build("check", "2", *show)[1]


@pytest.mark.usefixtures("quick")
def test_a_stage_without_a_backward_gets_a_reason_instead_of_a_page(build, begun, tmp_path, monkeypatch):
    monkeypatch.setattr(solving, "grade_file", lambda *arguments, **options: Grade(("it runs",)))
    code, _, err = build("check", "6", "--show", "--no-open", "--out", "page.html")
    assert code == 2
    assert err == "tinygrad-dropout: stage 6 is not about one backward, which is what a replay shows\n"
    assert not (tmp_path / "page.html").exists()
