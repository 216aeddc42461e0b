"""Write the scoreboard of drills.md: `python docs/make_drills.py` grades every answer with fifty seeds.

That takes eight minutes. `python docs/make_drills.py 11` grades only the answers of one exercise, and prints what the
grader says, for its author. The counts are saved after each exercise. `--render` only writes the pages.
tests/docs/test_drills_page.py renders again and compares.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout
from datetime import date, datetime
from io import StringIO
from pathlib import Path

from blocks import rendered

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent))  # tests/ is not installed

from tests.drills.derived import derived  # noqa: E402
from tinygrad_dropout import cli  # noqa: E402
from tinygrad_dropout.drills.exercise import Exercise, exercises, find  # noqa: E402
from tinygrad_dropout.drills.grader.grade_in_process import grade  # noqa: E402
from tinygrad_dropout.drills.grader.report import as_text  # noqa: E402
from tinygrad_dropout.drills.grader.result import Grade, Rejection  # noqa: E402
from tinygrad_dropout.drills.grader.shown import WIDTH  # noqa: E402
from tinygrad_dropout.drills.interview.follow_ups import FOLLOW_UPS  # noqa: E402
from tinygrad_dropout.drills.interview.of_exercises import subject_of  # noqa: E402
from tinygrad_dropout.drills.interview.own_tests import run_tests, score_tests  # noqa: E402
from tinygrad_dropout.drills.interview.tests_in_words import comparison_of, lines_of_run, lines_of_score  # noqa: E402
from tinygrad_dropout.drills.learner.plan import make_plan  # noqa: E402
from tinygrad_dropout.drills.learner.plan_in_words import as_text as plan_as_text  # noqa: E402
from tinygrad_dropout.drills.learner.progress import Progress  # noqa: E402
from tinygrad_dropout.drills.quiz.cards import load  # noqa: E402

PAGE, ANSWERS = DOCS / "drills.md", DOCS / "drills_answers.md"
RESULTS = DOCS / "drills.json"
SEEDS = 50

Counts = dict[str, dict[str, int]]


def sweep(exercise: Exercise) -> Counts:
    """How many of the seeds name each wrong answer correctly, and pass each right one and the solution."""

    def named(source: str, code: str) -> int:
        found = (grade(exercise, source, seed=seed).rejection for seed in range(SEEDS))
        return sum(rejection is not None and rejection.code == code for rejection in found)

    def passed(source: str) -> int:
        return sum(grade(exercise, source, seed=seed).solved for seed in range(SEEDS))

    right = {sample.name: passed(sample.source) for sample in exercise.right}
    by_formula = [{one.code for one in derived(exercise, seed)} for seed in range(SEEDS)]
    return {
        "wrong": {sample.name: named(sample.source, sample.name) for sample in exercise.wrong},
        "derived": {code: sum(code in codes for codes in by_formula) for code in sorted(set().union(*by_formula))},
        "right": {"the solution": passed(exercise.solution), **right},
    }


def sweep_all() -> None:
    """Save the counts of every exercise."""
    everything = exercises()
    with ProcessPoolExecutor() as processes:
        for one, counts in zip(everything, processes.map(sweep, everything), strict=True):
            save(one, counts)
            print(one.slug, flush=True)


def load_counts() -> dict[str, Counts]:
    """The saved counts by exercise."""
    saved: dict[str, Counts] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return saved


def save(exercise: Exercise, counts: Counts) -> None:
    """Save the counts of an exercise, and leave out those of exercises that there no longer are."""
    saved = {**load_counts(), exercise.slug: counts}
    ordered = {one.slug: saved[one.slug] for one in exercises() if one.slug in saved}
    RESULTS.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")


def show(exercise: Exercise) -> int:
    """Print what the grader says about each answer of an exercise; 1 if any count is not that of all seeds."""
    counts = sweep(exercise)
    save(exercise, counts)
    for which, source in (("the starter", exercise.starter), ("the solution", exercise.solution)):
        print(f"-- {which}\n{as_text(exercise, grade(exercise, source))}\n")
    for sample in exercise.wrong:
        print(f"\n-- {sample.name}: {sample.description}. Named with {counts['wrong'][sample.name]} of {SEEDS} seeds.")
        print(as_text(exercise, grade(exercise, sample.source)))
    for name, count in counts["right"].items():
        print(f"-- right: {name}, passed with {count} of {SEEDS} seeds")
    print(f"-- by formula: {', '.join(counts['derived']) or 'none'}")
    return int({count for kind in counts.values() for count in kind.values()} != {SEEDS})


def rejection_of(exercise: Exercise, source: str) -> Rejection:
    """The rejection of a wrong answer."""
    found = grade(exercise, source).rejection
    assert found is not None, "it is wrong"
    return found


def cell(text: str) -> str:
    """A text, escaped for a cell of a table."""
    return text.replace("|", "\\|")


def session() -> str:
    """What a learner sees: the start, and a check of an answer with a mistake."""
    exercise = find("11_linear_backward")
    mistake = next(sample for sample in exercise.wrong if sample.name == "bias-gradient-averaged")
    function = mistake.source.partition("\n\n")[2].strip()
    said = as_text(exercise, grade(exercise, mistake.source))
    return f"```\n$ cat 11_linear_backward.py\n{function}\n$ tinygrad-dropout drill check 11\n{said}\n```"


TESTS = """

def test_each_gradient_has_the_shape_of_its_parameter():
    grad, x, weight = np.ones((4, 3)), np.ones((4, 2)), np.ones((3, 2))
    shapes = [gradient.shape for gradient in linear_backward(grad, x, weight)]
    assert shapes == [(4, 2), (3, 2), (3,)]


def test_the_bias_is_used_once_for_every_row():
    assert linear_backward(np.ones((4, 3)), np.ones((4, 2)), np.ones((3, 2)))[2][0] == 4
"""


def own_tests() -> str:
    """Two tests of a wrong answer: their results, and their score."""
    exercise = find("11_linear_backward")
    answer = next(sample.source for sample in exercise.wrong if sample.name == "bias-gradient-averaged")
    subject = subject_of(exercise)
    ran = run_tests(answer + TESTS, "11_linear_backward.py", subject)
    run = lines_of_run(ran, comparison_of(subject.tested), WIDTH)
    score = lines_of_score(score_tests(answer + TESTS, "11_linear_backward.py", subject), WIDTH)
    said = "\n".join(text for _, text in [*run, ("", "\nAfter the clock:"), *score])
    return f"```python\n{TESTS.strip()}\n```\n\n```\n{said}\n```"


def plan() -> str:
    """A week for someone who forgot the scale once."""
    progress, today = Progress({}), date(2027, 1, 8)
    mistake = Grade((), Rejection("scale-missing", "", kind="rescaling"))
    progress.record("18_inverted_dropout_forward", mistake, datetime(2027, 1, 7))
    made = make_plan(progress, exercises(), load(), today, date(2027, 1, 15), 45)
    return f"```\n{plan_as_text(made)}\n```"


def commands() -> str:
    """The commands of `drill`, from its help."""
    out = StringIO()
    with redirect_stdout(out):
        cli.main(["drill"])
    lines = out.getvalue().partition("commands:\n")[2].partition("\n\n")[0].splitlines()
    joined = " ".join(line.strip() if line.startswith("     ") else f"\n{line.strip()}" for line in lines[1:])
    rows = [line.split(maxsplit=1) for line in joined.splitlines() if line.strip()]
    return "\n".join(["| command | |", "|---|---|", *(f"| `drill {name}` | {says.strip()} |" for name, says in rows)])


def blocks() -> dict[Path, dict[str, str]]:
    """The blocks of the pages."""
    counts, everything = load_counts(), exercises()
    heads = ("", "exercise", "wrong answers", "by formula", "named", "right answers", "passed")
    board = ["| " + " | ".join(heads).strip() + " |", "|---" * len(heads) + "|"]
    answers = []
    for one in everything:
        wrong, right, formulas = (counts[one.slug][kind] for kind in ("wrong", "right", "derived"))
        seen = sum(wrong.values()) + sum(formulas.values())
        share = f"{seen:,} of {(len(wrong) + len(formulas)) * SEEDS:,}"
        passed = f"{sum(right.values()):,} of {len(right) * SEEDS:,}"
        board.append(
            f"| {one.number} | {one.title} | {len(wrong)} | {len(formulas)} | {share} | {len(right)} | {passed} |"
        )
        answers += [f"## {one.number}. {one.title}", ""]
        answers += ["| wrong answer | code | what the grader says |", "|---|---|---|"]
        for sample in one.wrong:
            message = rejection_of(one, sample.source).message
            answers.append(f"| {cell(sample.description)} | `{sample.name}` | {cell(message)} |")
        written = {sample.name for sample in one.wrong}
        formulas = {made.code: made.rejection.message for made in derived(one) if made.code not in written}
        answers += [f"| (by its formula) | `{code}` | {cell(message)} |" for code, message in formulas.items()]
        answers.append("")
    missed, derived_missed, alarms = (
        sum(SEEDS - count for one in counts.values() for count in one[kind].values())
        for kind in ("wrong", "derived", "right")
    )
    totals = {kind: sum(len(one[kind]) for one in counts.values()) for kind in ("wrong", "derived", "right")}
    summary = (
        f"{len(everything)} exercises, {SEEDS} seeds. {totals['wrong']} wrong answers are written out, and "
        f"{totals['derived']} more are made by substituting the formula of a known mistake for the solution's "
        f"result. In {(totals['wrong'] + totals['derived']) * SEEDS:,} gradings, a mistake was missed or given the "
        f"wrong name {missed + derived_missed} times. {totals['right']} right answers, the solutions among them, were "
        f"rejected in {alarms} of {totals['right'] * SEEDS:,} gradings."
    )
    page = {
        "session": session(),
        "commands": commands(),
        "summary": summary,
        "scoreboard": "\n".join(board),
        "cards": f"{len(load())} cards, {sum(bool(card.snippet) for card in load())} of them with a snippet.",
        "questions": f"There are {len(FOLLOW_UPS)} questions about mistakes and code. "
        "Each is asked only if your own work gives a reason for it.",
        "own-tests": own_tests(),
        "plan": plan(),
    }
    return {PAGE: page, ANSWERS: {"answers": "\n".join(answers).rstrip()}}


def render() -> None:
    """Write the blocks into the pages."""
    for path, its_blocks in blocks().items():
        path.write_text(rendered(path.read_text(encoding="utf-8"), its_blocks), encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Grade the answers of one exercise, or of all; or only render."""
    code = 0
    if arguments and arguments != ["--render"]:
        code = show(find(arguments[0]))
    elif not arguments:
        sweep_all()
    render()
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
