"""Every stage of building a framework is complete, and its checks are right: wrong packages are named, right ones
pass."""

import ast
import doctest
import re

import numpy as np
import pytest

from tests.drills.alone import Alone
from tests.drills.graded import graded
from tinygrad_dropout.drills.bundle import files_in, joined
from tinygrad_dropout.drills.exercise import DrillError
from tinygrad_dropout.drills.grader import answer
from tinygrad_dropout.drills.grader.result import PART_NOT_WRITTEN
from tinygrad_dropout.drills.stage import FRAMEWORKS, find_stage, framework, stages
from tinygrad_dropout.mistakes import KINDS

ALL = stages()
PARTS = {"task.md", "hints.md", "checks.py", "wrong.diff", "promises.md"}
every_seed = pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
every_stage = pytest.mark.parametrize("stage", ALL, ids=[one.slug for one in ALL])


def of_every_stage(kind):
    return [pytest.param(one, sample, id=f"{one.number}-{sample.name}") for one in ALL for sample in getattr(one, kind)]


def test_there_are_ten_stages_numbered_from_1():
    assert [one.number for one in ALL] == list(range(1, 11))


@every_stage
def test_a_stage_has_all_its_parts(stage):
    assert {path.name for path in stage.folder.iterdir() if path.is_file()} - {"right.diff", "brief.md"} == PARTS
    assert set(stage.kinds) <= set(KINDS)
    assert stage.asks


@every_stage
def test_a_task_names_what_it_asks_for_and_has_an_example(stage):
    assert [name for name in stage.asks if name.strip("_").split(".")[-1].strip("_") not in stage.task + "matmul"] == []
    assert "\n## Example" in stage.task
    assert "\n## Allowed" in stage.task


@every_stage
def test_our_package_reproduces_the_tasks_example(stage):
    namespace = {**answer.run(stage.solution), "np": np}
    examples = doctest.DocTestParser().get_doctest(stage.task, namespace, stage.slug, None, 0)
    assert examples.examples
    assert doctest.DocTestRunner(verbose=False).run(examples).failed == 0


@every_stage
def test_there_are_three_hints_and_none_contains_the_solution(stage):
    assert len(stage.hints) == 3
    code = [line.strip() for text in files_in(stage.solution).values() for line in text.splitlines()]
    lines = [line for line in code if len(line) > 30 and not line.startswith(("import", "from", "def ", "class ", '"'))]
    assert [line for line in lines for hint in stage.hints if line in hint] == []


@every_stage
def test_an_empty_package_is_unfinished_and_not_wrong(stage):
    assert graded(stage, stage.starter).rejection.code == PART_NOT_WRITTEN


@pytest.mark.parametrize("stage", ALL[1::4], ids=[one.slug for one in ALL[1::4]])
def test_a_package_with_only_the_previous_stage_is_unfinished(stage):
    found = graded(stage, ALL[stage.number - 2].solution)
    assert found.rejection.code == PART_NOT_WRITTEN
    assert [claim for claim in found.right if claim.startswith("stage")] == [
        f"stage {one.number}, {one.title}: as before" for one in ALL[: stage.number - 1]
    ]


@every_seed
@every_stage
def test_our_package_passes(stage, seed):
    assert graded(Alone(stage.folder), stage.solution, seed=seed).rejection is None


def test_our_package_passes_all_ten_stages():
    assert graded(ALL[-1], ALL[-1].solution).rejection is None


@every_seed
@pytest.mark.parametrize(("stage", "sample"), of_every_stage("wrong"))
def test_a_wrong_package_is_rejected_by_name(stage, sample, seed):
    found = graded(Alone(stage.folder), sample.source, seed=seed).rejection
    assert found is not None
    assert found.code == sample.name
    assert found.kind in KINDS
    assert re.match(r"(?s)\S.*[.?!)]$", found.message)


@every_stage
def test_a_stage_has_at_least_8_wrong_packages_with_different_messages(stage):
    messages = [graded(Alone(stage.folder), sample.source).rejection.message for sample in stage.wrong]
    assert len(messages) >= 8
    assert len(set(messages)) == len(messages)


@every_seed
@pytest.mark.parametrize(("stage", "sample"), of_every_stage("right"))
def test_a_right_package_written_differently_passes(stage, sample, seed):
    assert graded(Alone(stage.folder), sample.source, seed=seed).rejection is None


@every_stage
def test_a_stage_has_right_packages(stage):
    assert len(stage.right) >= 1
    assert len({sample.source for sample in stage.right}) == len(stage.right)


@pytest.mark.parametrize("sample", ALL[-1].right, ids=lambda sample: sample.name)
def test_a_right_package_passes_all_ten_stages(sample):
    found = graded(ALL[-1], sample.source)
    assert found.rejection is None
    assert sum(claim.startswith("stage ") for claim in found.right) == 9


def test_earlier_stages_must_still_pass():
    broken = framework("reference", 5) | {"value.py": framework("reference", 5)["value.py"].replace("+= 1.0", "+= 2.0")}
    found = graded(ALL[4], joined(broken)).rejection
    assert found.claim.startswith("stage 2, ")


def test_our_package_is_small():
    lines = [line for text in framework("reference", 10).values() for line in text.splitlines()]
    assert sum(bool(line.strip()) and not line.strip().startswith("#") for line in lines) < 420


@pytest.mark.parametrize("folder", sorted(FRAMEWORKS.iterdir()), ids=lambda folder: folder.name)
def test_a_package_can_be_read_at_every_stage(folder):
    for stage in ALL:
        for text in framework(folder.name, stage.number).values():
            ast.parse(text)
            assert "# stage" not in text


@pytest.mark.parametrize(("typed", "number"), [("3", 3), ("tensor", 3), ("Value", 1), ("10", 10), ("stage_07", 7)])
def test_a_stage_is_found_by_its_number_or_a_part_of_its_name(typed, number):
    assert find_stage(typed).number == number


@pytest.mark.parametrize("typed", ["0", "11", "nothing"])
def test_an_unknown_stage_is_reported(typed):
    with pytest.raises(DrillError, match="expected a number from 1 to 10"):
        find_stage(typed)


def test_a_name_that_fits_several_stages_lists_them():
    with pytest.raises(DrillError, match=r"'stage' fits stage_01_value, .*, stage_10_capstone: choose one"):
        find_stage("stage")
