"""What an interviewer says fits a screen, asks for what the starter asks for, and is true of the solution."""

import ast
import doctest
import re

import numpy as np
import pytest

from tests.drills.promises import in_sentences
from tinygrad_dropout.drills.exercise import exercises
from tinygrad_dropout.drills.interview_text import Question, parsed
from tinygrad_dropout.drills.layout import narrowed

LINES, COLUMNS = 20, 80
SPECIAL = {"__len__": "len(", "__iter__": "for "}  # how a brief shows methods that are not called by their names
ALL = exercises()
HUNTS = [one for one in ALL if one.hunt]
every_exercise = pytest.mark.parametrize("exercise", ALL, ids=[one.slug for one in ALL])
every_hunt = pytest.mark.parametrize("exercise", HUNTS, ids=[one.slug for one in HUNTS])
each_question = pytest.mark.parametrize("kind", ["cost", "tests"])


def rendered(markdown):
    """The lines on a screen."""
    console = pytest.importorskip("rich.console").Console(width=COLUMNS)
    with console.capture() as captured:
        console.print(pytest.importorskip("rich.markdown").Markdown(narrowed(markdown, COLUMNS)))
    return captured.get().splitlines()


def code(markdown):
    """The code in the fences."""
    return "\n\n".join(re.findall(r"^```.*?\n(.*?)^```", markdown, flags=re.MULTILINE | re.DOTALL))


def is_gap(function):
    """Whether a function of a starter is still to be written."""
    raises = any(isinstance(node, ast.Raise) and "NotImplemented" in ast.unparse(node) for node in ast.walk(function))
    return raises or (len(function.body) == 1 and ast.get_docstring(function) is not None)


def asked(starter):
    """The calls of everything that a starter leaves to be written: `f(x, axis=0)`, `Layer(p)`, `.forward(x)`."""
    lines, found = starter.splitlines(), []

    def call(function):
        return re.sub(r"\(self(, )?", "(", re.match(r"\s*def (.*):$", lines[function.lineno - 1])[1])

    for node in ast.parse(starter).body:
        if isinstance(node, ast.FunctionDef) and is_gap(node):
            found.append(call(node))
        if isinstance(node, ast.ClassDef):
            methods = [one for one in node.body if isinstance(one, ast.FunctionDef)]
            gaps = [one for one in methods if is_gap(one)]
            makes = [call(one).replace("__init__", node.name) for one in methods if one.name == "__init__"]
            calls = [SPECIAL.get(one.name, f".{call(one)}") for one in gaps if one.name != "__init__"]
            found += (makes + calls) * bool(gaps)
    return found


@every_exercise
def test_a_brief_fits_a_screen(exercise):
    assert len(rendered(exercise.brief)) <= LINES


@every_exercise
def test_no_line_of_code_in_a_brief_is_broken_on_a_screen(exercise):
    assert narrowed(exercise.brief, COLUMNS) == exercise.brief


@every_exercise
def test_a_brief_names_everything_that_the_starter_asks_for(exercise):
    wanted = asked(exercise.starter)
    assert wanted
    assert [call for call in wanted if call not in code(exercise.brief)] == []


@every_exercise
def test_a_brief_explains_every_argument(exercise):
    calls = asked(exercise.starter)
    names = {name for call in calls for name in re.findall(r"[(,] ?(\w+)", call)}
    brief = exercise.brief
    for call in calls:
        brief = brief.replace(call, "", 1)
    assert {name for name in names if not re.search(rf"\b{name}\b", brief)} == set()


@every_exercise
def test_an_example_in_a_brief_is_what_the_solution_gives(exercise):
    namespace = {"np": np}
    exec(compile(exercise.solution, "solution.py", "exec"), namespace)
    examples = doctest.DocTestParser().get_doctest(code(exercise.brief), namespace, exercise.slug, None, 0)
    assert bool(examples.examples) == (">>>" in exercise.brief)
    assert doctest.DocTestRunner(verbose=False).run(examples).failed == 0


@every_hunt
def test_the_brief_of_a_hunt_names_the_bugs_and_the_arguments_of_its_task(exercise):
    tables = re.findall(r"^\| `([\w-]+)` \|", exercise.task, flags=re.MULTILINE)
    assert len(tables) == 12
    assert [name for name in tables if f"`{name}`" not in exercise.brief] == []


@every_hunt
def test_the_questions_of_a_hunt_name_none_of_its_bugs(exercise):
    said = f"{exercise.cost} {exercise.tests}"
    assert [plant.bug for plant in exercise.hunt.plants if plant.bug in said] == []


@each_question
@every_exercise
def test_a_question_has_a_short_answer_and_three_to_five_points(exercise, kind):
    question = getattr(exercise, kind)
    assert re.match(r"[A-Z].*\?$", question.question)
    assert 2 <= len(in_sentences(question.short)) <= 4
    assert 3 <= len(set(question.points)) == len(question.points) <= 5
    assert [point for point in question.points if not 4 <= len(point.split()) <= 14] == []


def test_no_two_exercises_share_an_answer():
    answers = [getattr(one, kind).short for one in ALL for kind in ("cost", "tests")]
    assert len(set(answers)) == len(answers)


TEXT = """\
## Brief

Write it:

```
f(x) -> y
```

## Cost
How much?

**In short.** One step,
no more. Or two.

**Points.**

- one step
- or two

## Tests
How?

**In short.** Call it.

**Points.**

- a call
"""


def test_a_text_is_read_in_its_three_parts():
    found = parsed("interview.md", TEXT)
    assert found.brief == "Write it:\n\n```\nf(x) -> y\n```"
    assert found.cost == Question("How much?", "One step, no more. Or two.", ("one step", "or two"))
    assert found.tests == Question("How?", "Call it.", ("a call",))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("## Brief", "# Brief", "line 1: expected `## Brief`; got '# Brief'"),
        ("## Cost", "## Price", "line 9: expected `## Cost`; got '## Price'"),
        ("## Cost", "Cost", "line 20: expected `## Cost`; got '## Tests'"),
        ("**Points.**\n\n- a call\n", "", "the end of the file"),
        ("- a call\n", "- a call\n\nMore.\n", "line 29: expected the end of the file after the points"),
        (TEXT.partition("## Cost")[2], "", "the question, on one line; got the end of the file"),
        (TEXT.partition("## Brief")[2], "", "expected `## Cost`; got the end of the file"),
    ],
)
def test_a_malformed_text_is_named_with_its_line(old, new, message):
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        parsed("12_relu/interview.md", TEXT.replace(old, new))
    assert str(caught.value).startswith("12_relu/interview.md, line ")
