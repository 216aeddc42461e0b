"""Make the figures and output in build_it_yourself.md: `python docs/make_build.py` grades every package, in minutes.

`python docs/make_build.py --render` only writes the page. tests/docs/test_build_page.py renders again and compares.
"""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from blocks import rendered

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent))  # tests/ is not installed

from tests.drills.alone import Alone  # noqa: E402
from tinygrad_dropout import cli  # noqa: E402
from tinygrad_dropout.drills.bundle import PACKAGE, files_in  # noqa: E402
from tinygrad_dropout.drills.grader.grade_in_process import grade  # noqa: E402
from tinygrad_dropout.drills.learner.side_by_side import code_lines  # noqa: E402
from tinygrad_dropout.drills.stage import Stage, stages  # noqa: E402

PAGE, RESULTS = DOCS / "build_it_yourself.md", DOCS / "build.json"
SEEDS = 50

Counts = dict[str, dict[str, int]]


def sweep(stage: Stage) -> Counts:
    """How many of the seeds name each wrong package correctly, and pass each right one and ours."""
    alone = Alone(stage.folder)

    def named(source: str, code: str) -> int:
        found = (grade(alone, source, seed=seed).rejection for seed in range(SEEDS))
        return sum(rejection is not None and rejection.code == code for rejection in found)

    def passed(source: str) -> int:
        return sum(grade(alone, source, seed=seed).solved for seed in range(SEEDS))

    right = {sample.name: passed(sample.source) for sample in stage.right}
    return {
        "wrong": {f"{one.name}: {one.description}": named(one.source, one.name) for one in stage.wrong},
        "right": {"ours": passed(stage.solution), **right},
    }


def sweep_all() -> dict[str, Counts]:
    """Of every stage."""
    everything = stages()
    with ProcessPoolExecutor() as processes:
        return {one.slug: counts for one, counts in zip(everything, processes.map(sweep, everything), strict=True)}


def in_a_folder(*commands: str, package: str | None = None) -> str:
    """The output of commands in a new folder, with separate progress.

    Args:
        commands: as they are typed after `tinygrad-dropout`.
        package: the text of the package that is there; None for none.
    """
    before = Path.cwd(), os.environ.get("TINYGRAD_DROPOUT_HOME"), os.environ.get("COLUMNS")
    with TemporaryDirectory() as folder:
        os.chdir(folder)
        os.environ.update(TINYGRAD_DROPOUT_HOME=str(Path(folder, "home")), COLUMNS="100")
        try:
            for name, text in files_in(package or "").items():
                path = Path(PACKAGE, name)
                path.parent.mkdir(exist_ok=True, parents=True)
                path.write_text(text, encoding="utf-8")
            said = [f"$ tinygrad-dropout {command}\n{output_of(command)}" for command in commands]
            return "\n".join(said).replace(str(Path(folder).resolve()), "~").replace(folder, "~")
        finally:
            os.chdir(before[0])
            for name, value in zip(("TINYGRAD_DROPOUT_HOME", "COLUMNS"), before[1:], strict=True):
                os.environ.pop(name) if value is None else os.environ.update({name: value})


def output_of(command: str) -> str:
    """The output of a command."""
    out = StringIO()
    with redirect_stdout(out):
        cli.main(command.split())
    return out.getvalue().rstrip() + "\n"


def fenced(text: str) -> str:
    """A block of code, without spaces at the ends of its lines."""
    lines = [line.rstrip() for line in text.rstrip().splitlines()]
    return "\n".join(["```", *lines, "```"])


def started() -> str:
    """The first lines."""
    return fenced(in_a_folder("build start my-framework"))


def checked() -> str:
    """A package with a mistake in stage 5, at stage 5."""
    mistake = next(sample for sample in stages()[4].wrong if sample.name == "not-divided-by-n")
    return fenced(in_a_folder("build check 5", package=mistake.source))


def compared() -> str:
    """The comparison on our package, a small one."""
    data = "--dataset moons --label-noise 0.3 --seeds 3"
    training = "--epochs 20 --learning-rate 0.01 --hidden 32 --workers 1 --out out"
    return fenced(in_a_folder(f"compare --framework . {data} {training}", package=stages()[-1].solution))


def table(counts: dict[str, Counts]) -> str:
    """The stages, and how their checks do."""
    lines = [
        "| | you write | lines of ours | wrong packages | named | right packages | passed |",
        "|---|---|---|---|---|---|---|",
    ]
    for stage in stages():
        wrong, right = counts[stage.slug]["wrong"], counts[stage.slug]["right"]
        size = code_lines("\n".join(files_in(stage.solution).values()))
        asks = ", ".join(f"`{name.replace('.__matmul__', ' @')}`" for name in stage.asks)
        lines.append(
            f"| {stage.number} | {stage.title}: {asks} | {size} | {len(wrong)} | {out_of(wrong)} | {len(right)} | "
            f"{out_of(right)} |"
        )
    return "\n".join(lines)


def out_of(counts: dict[str, int]) -> str:
    """`800 of 800`."""
    return f"{sum(counts.values()):,} of {SEEDS * len(counts):,}"


def summary(counts: dict[str, Counts]) -> str:
    """The table in a sentence."""
    wrong = [count for one in counts.values() for count in one["wrong"].values()]
    right = [count for one in counts.values() for count in one["right"].values()]
    missed, refused = SEEDS * len(wrong) - sum(wrong), SEEDS * len(right) - sum(right)
    return (
        f"{len(wrong)} wrong packages and {len(right)} right ones, {SEEDS} seeds. In {SEEDS * len(wrong):,} gradings "
        f"a mistake was missed or given the wrong name {missed} times; in {SEEDS * len(right):,}, a right package was "
        f"rejected {refused} times."
    )


def blocks() -> dict[str, str]:
    """All blocks of the page."""
    counts = json.loads(RESULTS.read_text(encoding="utf-8"))
    return {
        "started": started(),
        "checked": checked(),
        "compared": compared(),
        "summary": summary(counts),
        "stages": table(counts),
    }


def main(arguments: list[str]) -> int:
    """Count, unless only the page is asked for, and write it."""
    if arguments != ["--render"]:
        RESULTS.write_text(json.dumps(sweep_all(), indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8"), blocks()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
