"""Bug hunts: each network trains in spite of its bug, and the grader explains why a bug does not show on an input."""

import ast
import re

import numpy as np
import pytest

from tests.drills.graded import graded
from tinygrad_dropout.drills.exercise import exercises
from tinygrad_dropout.drills.grader.grade_in_process import grade
from tinygrad_dropout.drills.grader.hunt import differ, drawn_from, sigmas_apart
from tinygrad_dropout.drills.grader.hunt_bugs import BUGS, table
from tinygrad_dropout.drills.grader.hunt_input import MOST

ALL = [one for one in exercises() if one.hunt]
EACH = [(one.of(f"HUNT = {number}"), plant) for one in ALL for number, plant in enumerate(one.hunt.plants)]
NAMES = [f"{one.number}-{plant.bug}" for one, plant in EACH]

every_hunt = pytest.mark.parametrize("exercise", ALL, ids=[one.slug for one in ALL])
every_bug = pytest.mark.parametrize(("exercise", "plant"), EACH, ids=NAMES)
every_network = pytest.mark.parametrize(
    ("exercise", "source"),
    [pytest.param(one, one.read("starter.py"), id=f"{one.number}-right") for one in ALL]
    + [pytest.param(one, one.starter, id=name) for (one, _), name in zip(EACH, NAMES, strict=True)],
)


def network_of(exercise, source):
    """What a network's file defines."""
    namespace = {"__name__": "network"}
    exec(compile(source, exercise.slug, "exec"), namespace)
    return namespace


def some_input(hunt, rng):
    """A random input of a hunt's network."""
    sizes = {"rows": 5, "reviews": 5, "length": 4}
    given = {"p": 0.3, "training": True}
    for argument in hunt.arguments:
        if argument.shape:
            shape = [sizes.get(size, size) for size in argument.shape]
            below = argument.below
            given[argument.name] = rng.normal(size=shape) if below is None else rng.integers(below, size=shape)
    return given


def answer(exercise, plant, given):
    """A file that names the bug and gives this input, as an expression."""
    top = f"import numpy as np\n\nHUNT = {exercise.seed}\nBUG = {plant.bug!r}\n"
    return f"{top}\n\ndef exposing_input():\n    return {given}\n"


@every_network
def test_a_network_trains(exercise, source):
    losses = network_of(exercise, source)["train"]()
    assert np.mean(losses[-30:]) < 0.7 * np.mean(losses[:30])


@every_hunt
def test_the_file_runs_and_prints_a_loss_that_falls(exercise, capsys):
    exec(compile(exercise.starter, exercise.slug, "exec"), {"__name__": "__main__"})
    printed = [float(loss) for loss in re.findall(r"mean loss ([\d.]+)$", capsys.readouterr().out, re.MULTILINE)]
    assert len(printed) == 10
    assert printed[-1] < printed[0]


@every_hunt
def test_there_are_at_least_three_bugs_all_in_the_table(exercise):
    bugs = [plant.bug for plant in exercise.hunt.plants]
    assert len(set(bugs)) == len(bugs) >= 3
    assert set(bugs) < set(exercise.hunt.listed) <= set(BUGS)
    assert len(exercise.hunt.listed) == 8


@every_bug
def test_a_bug_is_one_line(exercise, plant):
    right = exercise.read("starter.py").splitlines()
    assert "\n".join(right).count(plant.right) == 1
    changed = [(one, other) for one, other in zip(right, exercise.starter.splitlines(), strict=True) if one != other]
    assert [one.strip() for one, _ in changed if not one.startswith("HUNT")] == [
        one.strip() for one, other in changed if plant.right in one and plant.wrong in other
    ]
    assert len([one for one, _ in changed if not one.startswith("HUNT")]) == 1


@every_bug
def test_an_untouched_file_is_not_solved(exercise, plant):
    assert graded(exercise, exercise.starter).rejection.code == "not-written"


@every_bug
def test_a_solution_derives_its_answer_and_exposes_the_bug(exercise, plant):
    assert len(ast.get_docstring(ast.parse(exercise.solution)).split()) >= 40
    assert f"HUNT = {exercise.seed}\nBUG = {plant.bug!r}".replace("'", '"') in exercise.solution
    assert [
        found.rejection for seed in range(3) if not (found := graded(exercise, exercise.solution, seed=seed)).solved
    ] == []


@every_bug
def test_a_bug_has_three_hints_that_do_not_name_it(exercise, plant):
    assert len(exercise.hints) == 3
    assert not [hint for hint in exercise.hints if plant.bug in hint or plant.right in hint or plant.wrong in hint]


@every_hunt
def test_every_bug_has_hints_and_a_solution_and_no_others_exist(exercise):
    bugs = [plant.bug for plant in exercise.hunt.plants]
    assert re.findall(r"^# ([a-z-]+)$", exercise.read("hints.md"), re.MULTILINE) == bugs
    assert re.findall(r"^# %% ([a-z-]+)$", exercise.read("solution.py"), re.MULTILINE) == bugs


@every_hunt
def test_the_answer_for_one_bug_does_not_solve_another(exercise):
    hunts = [one for one, _ in EACH if one.slug == exercise.slug]
    for one, other in zip(hunts, [*hunts[1:], hunts[0]], strict=True):
        mixed = other.solution.replace(f"HUNT = {other.seed}", f"HUNT = {one.seed}")
        assert graded(exercise, mixed).rejection.code == "names-another-bug"


def test_the_hunt_number_selects_the_bug():
    hunt = ALL[0].hunt
    count = len(hunt.plants)
    assert [hunt.plant(seed) for seed in range(count)] == list(hunt.plants)
    assert hunt.plant(7 * count + 2) == hunt.plants[2]
    assert ALL[0].of(f"x = 1\nHUNT = {7 * count + 2}  # mine\n").starter.count(hunt.plants[2].wrong) == 1


@every_bug
def test_a_file_without_a_number_is_identified_by_its_bug(exercise, plant):
    source = exercise.starter.replace(f"HUNT = {exercise.seed}", "")
    known = exercise.hunt.plant(exercise.hunt.seed_of(source))
    assert known == plant


def test_a_file_without_number_and_bug_is_the_first_hunt():
    assert ALL[0].hunt.seed_of("BUG = 'keep-and-drop-swapped'") == 0


@every_hunt
def test_the_file_can_be_read_in_one_sitting(exercise):
    assert 40 <= len(exercise.starter.splitlines()) <= 92


@every_hunt
@pytest.mark.parametrize("training", [True, False])
def test_the_correct_network_has_the_right_gradients(exercise, training):
    network = network_of(exercise, exercise.read("starter.py"))
    rng = np.random.default_rng(1)
    given = {**some_input(exercise.hunt, rng), "training": training}
    parameters = {name: value + rng.normal(0, 0.1, value.shape) for name, value in network["new_parameters"]().items()}

    def loss():
        return network["one_step"](parameters, **given, rng=np.random.default_rng(2))

    seen = loss()
    for name, value in parameters.items():
        for index in np.ndindex(value.shape):
            at = value[index]
            value[index] = at + 1e-6
            above = loss()["loss"]
            value[index] = at - 1e-6
            below = loss()["loss"]
            value[index] = at
            assert seen[f"d_{name}"][index] == pytest.approx((above - below) / 2e-6, rel=1e-4, abs=1e-7)


@every_hunt
def test_the_correct_network_drops_with_probability_p_and_keeps_the_mean(exercise):
    hunt = exercise.hunt
    runs = hunt.network(None)({**some_input(hunt, np.random.default_rng(3)), "training": False}, 0)
    name = next(name for name in ("dropped", "seen_x", "read", "last", "output0") if name in next(runs))
    plain = next(runs)[name]
    runs = hunt.network(None)({**some_input(hunt, np.random.default_rng(3)), "training": True}, 0)
    drawn = np.stack([next(runs)[name] for _ in range(3000)])
    assert (drawn == 0)[:, plain != 0].mean() == pytest.approx(0.3, abs=0.02)
    np.testing.assert_allclose(drawn.mean(axis=0), plain, atol=0.06 * np.abs(plain).max())


@every_hunt
def test_the_task_lists_the_names_and_the_keys(exercise):
    hunt = exercise.hunt
    assert table(hunt.listed) in exercise.task
    for argument in hunt.arguments:
        assert f"| `{argument.name}` |" in exercise.task
    assert f"from 1 to {MOST}" in exercise.task


@every_hunt
def test_neither_the_title_nor_the_top_of_the_file_gives_the_bug_away(exercise):
    words = {word for plant in exercise.hunt.plants for word in plant.bug.split("-") if len(word) > 4}
    top = f"{exercise.slug} {exercise.title} {exercise.starter.partition('def exposing')[0]}".lower()
    assert not [word for word in words if re.search(rf"\b{word}\b", top)]


@every_bug
def test_the_input_that_the_task_shows_has_the_right_form_and_hides_every_bug(exercise, plant):
    example = exercise.task.rpartition("return ")[2].partition("\n```")[0]
    found = graded(exercise, answer(exercise, plant, example))
    assert len(found.right) == 2
    assert found.rejection.code in {hiding.code for hiding in plant.hidings}


@every_bug
def test_each_other_name_is_refused_with_a_reason(exercise, plant):
    messages = set()
    for name in exercise.hunt.listed:
        if name != plant.bug:
            found = grade(exercise, exercise.solution.replace(f'BUG = "{plant.bug}"', f'BUG = "{name}"')).rejection
            assert found.code == "names-another-bug"
            assert found.kind == "exposing"
            messages.add(found.message)
    assert len(messages) == 7


def first_row(given):
    return {name: value[:1] if np.ndim(value) else value for name, value in given.items()}


#: code of the reason why a bug does not show -> how to change an exposing input so that this reason applies
HIDES = {
    "eval-mode-hides-it": lambda given: given | {"training": False},
    "training-mode-hides-it": lambda given: given | {"training": True},
    "p-of-zero-hides-it": lambda given: given | {"p": 0.0},
    "p-of-one-half-hides-it": lambda given: given | {"p": 0.5},
    "p-close-to-one-half-hides-it": lambda given: given | {"p": 0.49},
    "p-close-to-an-end-hides-it": lambda given: given | {"p": 1e-4},
    "p-close-to-one-hides-it": lambda given: given | {"p": 0.99999, "training": True},
    "one-row-hides-it": first_row,
    "nothing-but-zeros": lambda given: given | {"x": 0 * given["x"]},
    "small-scores-hide-it": lambda given: given | {"x": given["x"] / 1e4},
    "rows-of-one-size-hide-it": lambda given: given | {"x": given["x"][[0, 0]]},
    "nearly-zero-is-not-zero": lambda given: given | {"x": given["x"] + 1e-9},
    "no-exact-zeros": lambda given: (
        given | {"words": np.array([[2, 7, 5]])} if "words" in given else given | {"x": 1 + np.cos(given["x"])}
    ),
    "no-unit-in-two-rows": lambda given: (
        given | {"x": given["x"] * np.arange(2).reshape(2, *[1] * (given["x"].ndim - 1))}
    ),
    "gradients-cancel": lambda given: given | {"x": 0 * given["x"]},
    "each-word-once": lambda given: given | {"words": np.array([[2, 7, 5]])},
    "one-note-hides-it": lambda given: given | {"x": given["x"][:, :1]},
    "blank-after-the-first-note": lambda given: given | {"x": given["x"] * [[[1], [0]]]},
    "flat-tanh-hides-it": lambda given: given | {"x": given["x"] * 1e4},
}


def without_gradient(exercise, given):
    """Targets that the network already predicts; for classes, two rows whose gradients cancel."""
    if "prices" in given:
        return given | {"prices": np.zeros((2, 1)), "x": 0 * given["x"]}
    labels = next(name for name in ("labels", "kinds", "outer") if name in given)
    if labels == "labels":  # so sure of the right class that no gradient is left
        seen = next(exercise.hunt.network(None)(given | {"x": 1e6 * given["x"]}, 0))
        return given | {"x": 1e6 * given["x"], "labels": seen["scores"].argmax(axis=1)}
    if labels == "kinds":  # words of zeros, and both kinds
        return given | {"words": np.array([[17], [18]]), "kinds": np.array([0, 1])}
    seen = next(exercise.hunt.network(None)(given | {"x": 1e6 * given["x"]}, 0))
    return given | {"x": 1e6 * given["x"], "outer": (seen["score"] > 0).astype(int)}


@pytest.mark.parametrize(
    ("exercise", "plant", "hiding"),
    [
        pytest.param(one, plant, hiding, id=f"{one.number}-{plant.bug}-{hiding.code}")
        for one, plant in EACH
        for hiding in plant.hidings
    ],
)
def test_each_reason_why_a_bug_does_not_show_is_named(exercise, plant, hiding):
    given = network_of(exercise, exercise.solution)["exposing_input"]()
    hide = HIDES.get(hiding.code, lambda given: without_gradient(exercise, given))
    with np.printoptions(threshold=10**6):
        found = grade(exercise, answer(exercise, plant, repr(hide(given)).replace("array", "np.array"))).rejection
    assert found is not None
    assert found.code == hiding.code
    assert found.kind == "exposing"
    assert found.claim == "on this input, the network with the bug differs from the correct one"


@every_hunt
def test_case_spaces_and_underscores_in_a_name_do_not_matter(exercise):
    bug = exercise.hunt.plants[0].bug
    assert grade(exercise, exercise.solution.replace(f'"{bug}"', repr(f" {bug.replace('-', '_').upper()} "))).solved


@every_hunt
def test_a_changed_network_does_not_matter(exercise):
    filled = exercise.solution + "\n\ndef one_step(*arguments, **named):\n    return {}\n"
    assert grade(exercise, filled).solved


FORMS = [
    ("{}", "input-lacks-an-argument"),
    ("[]", "input-is-no-dict"),
    ("dict(GOOD, p='0.3')", "input-is-no-number"),
    ("dict(GOOD, p=-0.1)", "p-is-wrong"),
    ("dict(GOOD, p=float('nan'))", "input-is-not-finite"),
    ("dict(GOOD, p=[0.3])", "p-is-wrong"),
    ("dict(GOOD, training=None)", "input-is-no-number"),
    ("dict(GOOD, training=0.5)", "training-is-wrong"),
    ("dict(GOOD, training=[True])", "training-is-wrong"),
    ("dict(GOOD, x=None)", "input-is-no-number"),
    ("dict(GOOD, x=[[1, 2], [3]])", "input-is-no-number"),
    ("dict(GOOD, x=[[1j] * 16])", "input-is-no-number"),
    ("dict(GOOD, x=np.ones((16, 2)))", "input-has-the-wrong-shape"),
    ("dict(GOOD, x=np.ones((0, 16)), labels=[])", "input-has-the-wrong-size"),
    ("dict(GOOD, labels=[0.5, 1])", "integer-is-out-of-range"),
    ("dict(GOOD, labels=[-1, 1])", "integer-is-out-of-range"),
    ("dict(GOOD, labels=[1])", "input-has-the-wrong-shape"),
    ("dict(GOOD, seed=3)", "input-has-a-stray-argument"),
    ("dict(GOOD, x=np.full((2, 16), 1e308))", "breaks-the-correct-network-too"),
    ("1 / 0", "raises"),
]


@pytest.mark.parametrize(("returned", "code"), FORMS)
def test_an_invalid_input_is_refused_with_its_code(returned, code):
    exercise = ALL[0]
    source = (
        f"import numpy as np\n\nBUG = {exercise.hunt.plants[0].bug!r}\n"
        "GOOD = dict(x=np.ones((2, 16)), labels=[0, 1], p=0.2, training=True)\n"
        f"def exposing_input():\n    return {returned}\n"
    )
    found = grade(exercise, source).rejection
    assert found.code == code
    assert found.message.endswith(".")


def test_arrays_differ_by_more_than_rounding():
    one = {"loss": np.array(1.0), "d": np.array([1e-14, 3.0])}
    assert not differ({"loss": np.array(1.0), "d": np.array([2e-14, 3.0 + 1e-12])}, one)
    assert differ({"loss": np.array(1.0), "d": np.array([1e-3, 3.0])}, one)
    assert differ({"loss": np.array(np.nan), "d": one["d"]}, one)
    assert not differ(one, {"loss": np.array(np.nan), "d": one["d"]})


def test_means_are_compared_by_their_standard_errors():
    rng = np.random.default_rng(0)
    one, other = rng.normal(size=(400, 3)), rng.normal([0, 0, 1], size=(400, 3))
    apart = sigmas_apart(one, other)
    assert (apart[:2] < 4).all()
    assert apart[2] > 10
    assert (sigmas_apart(np.ones((9, 2)), np.ones((9, 2)) * [1, 2]) > 6).tolist() == [False, True]


def test_rows_that_share_a_mask_never_differ():
    drawn = drawn_from("y")
    shared, own = drawn({"y": np.array([[1.0, 0, 2], [3, 0, 4]])}), drawn({"y": np.array([[1.0, 0, 2], [0, 3, 4]])})
    assert shared.tolist() == [1, 0, 2, 3, 0, 4, 2, 0, 0]
    assert own.tolist() == [1, 0, 2, 0, 3, 4, 2, 4, 2]


def test_a_name_is_shown_as_typed_and_the_nearest_one_is_suggested():
    exercise = ALL[0]
    source = exercise.solution.replace(f'"{exercise.hunt.plants[0].bug}"', '"Keep_and_drop_swaped"')
    message = grade(exercise, source).rejection.message
    assert message.startswith("BUG is 'Keep_and_drop_swaped'; did you mean keep-and-drop-swapped? Otherwise")
    other = grade(
        exercise, exercise.solution.replace(f'"{exercise.hunt.plants[0].bug}"', '"Scale_is_one_over_p"')
    ).rejection
    assert other.code == "names-another-bug"
    assert other.message.startswith("BUG is Scale_is_one_over_p, but")


def test_a_chance_difference_of_losses_is_explained():
    exercise = next(one for one in ALL if one.number == 28)
    sample = next(sample for sample in exercise.wrong if sample.name == "one-row-hides-it")
    assert dict(grade(exercise, sample.source).rejection.shown)["the difference"].startswith("chance")
