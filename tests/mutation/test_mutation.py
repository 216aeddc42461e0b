"""Tests of the mutation testing itself: drawing, killing, excuses and errors."""

import json
import threading
from argparse import Namespace
from pathlib import Path

import pytest

pytest.importorskip("cosmic_ray", reason="Cosmic Ray is not installed: pip install -e '.[dev]'")

from tests.mutation import __main__ as command
from tests.mutation import run
from tests.mutation.core import core
from tests.mutation.excused import EXCUSED, KINDS, Excuse, excused_mutants
from tests.mutation.mutants import draw
from tests.mutation.trial import BrokenSuiteError, ClosedError, Copy, Subject

READ_BUT_NEVER_RUN = '''
from __future__ import annotations
from typing import TYPE_CHECKING, TypeAlias, overload
if TYPE_CHECKING:
    import numpy
    SMALL = 1 < 2
Length: TypeAlias = int | None
class Vector:
    """1 + 1 are 2."""
    size: int | None
@overload
def f(x: int) -> int | None: ...
def f(x: int | None = None, größe: float | int = None, **more: int | str) -> Length | None:
    """2 < 3."""
    y: list[int | None] = x
    return y
'''

TOY = "def larger(a, b):\n    return a if a > b else b\n"
TOY_TEST = "from toy import larger\n\ndef test_larger():\n    assert larger(1, 2) == larger(2, 1) == 2\n"


@pytest.fixture
def toy(tmp_path):
    """A package of one function whose test does not notice >= instead of >."""
    root = tmp_path / "toy_repository"
    for name, text in {"toy/__init__.py": TOY, "tests/test_toy.py": TOY_TEST}.items():
        (root / name).parent.mkdir(parents=True)
        (root / name).write_text(text)
    return Subject(root, "toy", ["toy/__init__.py"], ["tests/test_toy.py"], lambda file: ["tests/test_toy.py"])


def options(tmp_path, **changed):
    standard = {"files": None, "sample": 0, "seed": 0, "workers": 1, "out": tmp_path / "out", "excused": False}
    return Namespace(**(standard | changed))


def mutants_of(tmp_path, source, sample=0):
    (tmp_path / "code.py").write_text(source, encoding="utf-8")
    return draw(tmp_path, ["code.py"], sample, seed=0)


def test_text_for_type_checkers_and_readers_has_no_mutants(tmp_path):
    assert mutants_of(tmp_path, READ_BUT_NEVER_RUN) == []


@pytest.mark.parametrize(
    ("source", "mutated"),
    [
        ("x: int | None = 1 < y", "x: int | None = 1 <= y"),
        ("def f(größe: int | None): return größe > 1", "def f(größe: int | None): return größe < 1"),
        ("def f(x: int | None = 3): pass", "def f(x: int | None = 4): pass"),
        ("@property\ndef f(self): pass", "def f(self): pass"),
    ],
)
def test_code_next_to_an_annotation_has_mutants(tmp_path, source, mutated):
    assert mutated in {mutant.source.strip() for mutant in mutants_of(tmp_path, source)}


def test_every_mutant_is_a_different_program_that_compiles(tmp_path):
    mutants = mutants_of(tmp_path, "def f(x, *, y):\n    return x + y\n")
    assert len(mutants) > 10
    assert all(compile(mutant.source, "code.py", "exec") for mutant in mutants)
    assert all(mutant.original != mutant.mutated for mutant in mutants)


def test_the_same_seed_draws_the_same_sample_and_another_seed_a_different_one(tmp_path):
    (tmp_path / "code.py").write_text("def f(x, y):\n    return x + y * 2 < 3\n")

    def drawn(seed):
        return [mutant.place for mutant in draw(tmp_path, ["code.py"], sample=5, seed=seed)]

    assert len(drawn(0)) == 5
    assert drawn(0) == drawn(0) != drawn(1)


def test_a_sample_stays_the_same_when_other_lines_change(tmp_path):
    def drawn(source):
        return {mutant.mutated for mutant in mutants_of(tmp_path, source, sample=8)}

    lines = [f"def f{i}(x, y): return x + {i} * y < {i}" for i in range(5)]
    before, after = drawn("\n".join(lines)), drawn("\n".join(["", "import os", *lines]))
    assert before == after


def test_all_of_the_core_is_mutated():
    files = core().files
    assert {Path(file).parent.name for file in files} == {
        "autograd", "functional", "nn", "optim", "debug", "saving", "training", "tinygrad_dropout"
    }  # fmt: skip
    assert "tinygrad_dropout/rng.py" in files
    assert not any("lab" in file or "drills" in file for file in files)


def test_every_file_of_the_core_has_mirrored_tests_that_exist():
    subject = core()
    missing = {name for file in subject.files for name in subject.mirrored(file) if not (subject.root / name).exists()}
    assert missing == set()


def test_one_mutant_is_killed_and_one_survives(toy, tmp_path):
    copy = Copy(toy, tmp_path / "worker")
    copy.run_unchanged()
    outcomes = {}
    for mutant in draw(copy.root, toy.files, sample=0, seed=0):
        if mutant.place.operator in ("ReplaceComparisonOperator_Gt_Lt", "ReplaceComparisonOperator_Gt_GtE"):
            outcomes[mutant.mutated] = copy.try_out(mutant)
    assert (copy.root / "toy/__init__.py").read_text() == TOY
    killed, survived = outcomes["return a if a < b else b"], outcomes["return a if a >= b else b"]
    assert (killed.outcome, killed.by) == ("killed", "tests/test_toy.py::test_larger")
    assert (survived.outcome, survived.by) == ("survived", None)


def test_a_suite_that_fails_on_the_unchanged_code_is_refused(toy, tmp_path):
    (toy.root / "tests/test_toy.py").write_text("def test_nothing_holds():\n    assert False\n")
    with pytest.raises(BrokenSuiteError, match="test_nothing_holds"):
        Copy(toy, tmp_path / "worker").run_unchanged()


@pytest.mark.parametrize(
    ("endless", "waiting"),
    [("while True:\n        pass", 5), ("__import__('time').sleep(30)", 1)],
    ids=["works", "waits"],
)
def test_an_endless_mutant_is_killed_by_the_time_limit(toy, tmp_path, monkeypatch, endless, waiting):
    monkeypatch.setattr("tests.mutation.trial.START", 1)
    monkeypatch.setattr("tests.mutation.trial.WAITING", waiting)
    (toy.root / "tests/test_toy.py").write_text(f"def test_toy():\n    {endless}\n")
    (mutant,) = draw(toy.root, toy.files, sample=1, seed=0)
    assert Copy(toy, tmp_path / "worker").try_out(mutant).outcome == "timed out"


def test_an_interrupted_mutant_gets_no_verdict(toy, tmp_path):
    (toy.root / "tests/test_toy.py").write_text("def test_toy():\n    __import__('time').sleep(30)\n")
    (mutant,) = draw(toy.root, toy.files, sample=1, seed=0)
    copy = Copy(toy, tmp_path / "worker")
    threading.Timer(0.2, copy.close).start()
    with pytest.raises(ClosedError):
        copy.try_out(mutant)


def kept(path, mutant, outcome, tree="this"):
    line = {"mutant": mutant.place.name, "tree": tree, "outcome": outcome, "by": None}
    with open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def test_an_interrupted_run_continues_with_the_results_of_the_same_tree(toy, tmp_path):
    first, second, third = draw(toy.root, toy.files, sample=3, seed=0)
    kept(tmp_path / "out", first, "killed")
    kept(tmp_path / "out", second, "killed", tree="another")
    with open(tmp_path / "out", "a", encoding="utf-8") as file:
        file.write('{"mutant": "half a li')
    memory = run.Memory(tmp_path / "out", "this")
    assert [bool(memory.known(mutant)) for mutant in (first, second, third)] == [True, False, False]


def test_an_excused_mutant_is_listed_and_not_tried(toy, tmp_path, monkeypatch, capsys):
    excuse = Excuse(
        toy.files[0],
        "return a if a > b else b",
        "ReplaceComparisonOperator_Gt_GtE",
        "return a if a >= b else b",
        "equivalent",
        "If two numbers are equal, either is the larger one.",
    )
    monkeypatch.setattr(run, "EXCUSED", (excuse,))
    for mutant in draw(toy.root, toy.files, sample=0, seed=0):
        if not excuse.covers(mutant):
            kept(tmp_path / "out", mutant, "killed")
    monkeypatch.setattr(run, "digest", lambda subject: "this")
    code = run.run(toy, options(tmp_path))
    mutants, killed, timed_out, survived, listed = map(int, capsys.readouterr().out.split("together")[-1].split()[:5])
    assert (timed_out, survived, listed) == (0, 0, 1)
    assert killed == mutants - 1
    assert code == 1, "one of so few is more than 5%"


@pytest.mark.parametrize(
    ("killed", "survived", "listed", "code"),
    [
        pytest.param(98, 2, 0, 0, id="98%"),
        pytest.param(97, 3, 0, 1, id="97%"),
        pytest.param(95, 0, 5, 0, id="5% listed"),
        pytest.param(94, 0, 6, 1, id="6% listed"),
        pytest.param(94, 2, 4, 1, id="below 98% of those not listed"),
    ],
)
def test_the_exit_code_says_whether_enough_were_killed(tmp_path, killed, survived, listed, code):
    (mutant, *_) = mutants_of(tmp_path, "x = 1")
    excuse = Excuse("", "", "", "", "equivalent", "")
    results = [run.Result(mutant, run.Verdict("killed")) for _ in range(killed)]
    results += [run.Result(mutant, run.Verdict("survived")) for _ in range(survived)]
    results += [run.Result(mutant, None, excuse) for _ in range(listed)]
    assert run.report(results) == code


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--sample", "-1"], "expected a whole number of at least 0, got '-1'"),
        (["--workers", "0"], "expected a whole number of at least 1, got '0'"),
        (["--files", "tinygrad_dropout/nothing.py"], "expected files of the core"),
        (["--out", "no/such/folder"], "expected --out to be a file in a folder that exists"),
        (["--fast"], "unrecognized arguments: --fast"),
    ],
)
def test_wrong_arguments_give_one_sentence_and_exit_code_2(arguments, problem, capsys):
    with pytest.raises(SystemExit) as exit_:
        command.main(arguments)
    assert exit_.value.code == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert problem in err


def test_every_excuse_describes_as_many_mutants_as_it_says():
    wrong = [(excuse, len(found)) for excuse, found in excused_mutants(core().root) if len(found) != excuse.places]
    assert wrong == []


def test_every_excuse_has_a_kind_and_a_reason_and_occurs_once():
    assert {excuse.kind for excuse in EXCUSED} <= KINDS.keys()
    assert all(excuse.reason.endswith(".") for excuse in EXCUSED)
    assert len(set(EXCUSED)) == len(EXCUSED)
