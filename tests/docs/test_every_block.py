"""No block of code and no command in the documentation goes unchecked, and every picture has an alternative text.

A block is a session, which doctest runs; or made from kept results, between markers; or commands, each of which is run
by the test or the long check named here; or a block with its own test, named here too.
"""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import pytest

from tinygrad_dropout import cli

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCED = re.compile(
    r"^(?P<indent> *)(?P<fence>```+)(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)(?P=fence)", re.DOTALL | re.MULTILINE
)

#: What runs a command of ours: a test for each, by its first words. Training for minutes is cut short there (--quick).
COMMANDS = {
    "compare": "tests/cli/test_compare.py", "conformance": "tests/cli/test_conformance.py",
    "drill": "tests/cli/test_drill.py", "play": "tests/cli/test_play.py", "study": "tests/cli/test_study.py",
    "lab expectation": "tests/cli/lab/test_theory.py", "lab ensemble": "tests/cli/lab/test_theory.py",
    "lab ridge": "tests/cli/lab/test_theory.py", "lab report": "tests/cli/lab/test_folders.py",
    "lab merge": "tests/cli/lab/test_folders.py",
    **{f"lab {name}": "tests/cli/lab/evidence/test_when_and_paper.py" for name in ("when", "paper")},
    **{f"lab {name}": "tests/cli/lab/evidence/test_sweep_and_rivals.py" for name in ("sweep", "rivals")},
    **{f"lab {name}": "tests/cli/lab/evidence/test_coadaptation_and_boundary.py"
       for name in ("coadaptation", "boundary")},
    "lab uncertainty": "tests/cli/lab/evidence/test_uncertainty.py",
}  # fmt: skip

#: What runs the others: a test, or .ci/run, which holds each of these lines or a shorter form of it.
OTHERS = {
    "python3 -m venv .venv": ".ci/run", ". .venv/bin/activate": ".ci/run", "pytest": ".ci/run",
    "ruff check .": ".ci/run", "ruff format --check .": ".ci/run", "mypy": ".ci/run",
    "pip install torch": ".ci/run", ".ci/run": ".ci/run",
    "mkdocs build --strict": ".ci/run", "coverage report": ".ci/run", "coverage run": ".ci/run",
    "python -m benchmarks": "tests/benchmarks/test_command.py",
    "python -m tests.differential": "tests/differential/test_command.py",
    "python -m tests.mutation": "tests/mutation/test_mutation.py",
    "python -m tests.saving.hostile": "tests/saving/test_hostile.py",
    "python -m tests.drills.promises": "tests/drills/test_promises.py",
    "python docs/make_drills.py": "tests/docs/test_drills_page.py",
    "python examples/0_the_whole_idea.py": "tests/test_the_whole_idea.py",
    "dask scheduler": "tests/lab/trials/test_cluster.py", "dask worker": "tests/lab/trials/test_cluster.py",
}  # fmt: skip

#: Blocks with a test of their own, by page: how the block begins ("" is any block of Python), and the test.
TESTED = {
    "coming_from_pytorch.md": {"import numpy": "test_our_script_learns", "ours.load": "test_weights_move_both_ways"},
    "compare.md": {
        "apartment;": "test_the_commands_print_what_the_page_shows",
        "$ ": "test_the_commands_print_what_the_page_shows",
    },
    "conformance.md": {"from tinygrad_dropout.conformance": "test_the_example_test_passes_only_for_a_right_layer"},
    "conformance_frameworks.md": {"": "test_an_example_prints_the_output_shown"},
    "conformance_models.md": {
        "import numpy": "test_the_example_tests_pass_with_the_example_settings",
        "@pytest.mark": "test_the_example_tests_pass_with_the_example_settings",
        "[pytest]": "test_the_example_tests_pass_with_the_example_settings",
        "import torch": "test_the_example_with_torch_prints_the_output_shown",
    },
    "intervals.md": {"mean ±": "test_the_measured_interval_is_that_of_the_verdict"},
    "new_exercise.md": {
        "# Tanh": "test_the_solution_passes", '"""Exercise 47': "test_the_starter_does_not_pass",
        '"""The backward': "test_the_solution_passes", '"""dx =': "test_the_known_mistakes_are_named",
    },
    "new_operation.md": {
        "Operation(": "test_the_row_is_correct", '"softplus":': "test_the_spelling_is_correct_on_both_sides",
        "@elementwise": "test_the_rule_explains_every_entry",
    },
    "the_whole_idea.md": {"": "test_the_page_quotes_the_whole_file_in_order"},
    "README.md": {
        "$ tinygrad-dropout conformance": "test_the_readme_shows_the_same_report",
        "$ tinygrad-dropout study --text": "test_the_replay_shows_what_the_command_prints",
        "$ tinygrad-dropout drill check 11": "test_the_graders_answer_matches_the_page_about_drills",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Block:
    """A block of code on a page."""

    page: str
    language: str
    text: str
    made: bool

    def __str__(self) -> str:
        return f"{self.page}: {self.text.splitlines()[0] if self.text else ''}"

    @property
    def session(self) -> bool:
        return bool(re.search(r"^ *>>> ", self.text, re.MULTILINE))

    @property
    def test(self) -> str | None:
        """The test of its own that it has."""
        tests = TESTED.get(self.page, {})
        if self.language == "python" and "" in tests:
            return tests[""]
        return next((test for start, test in tests.items() if start and self.text.startswith(start)), None)


def blocks_of(name: str, text: str) -> list[Block]:
    made = [
        match.span()
        for match in re.finditer(r"<!-- (?:made: \S+|prints) -->.*?(?:<!-- end -->|```\n.*?```)", text, re.DOTALL)
    ]
    return [
        Block(name, match["language"], match["text"], any(start < match.start() < end for start, end in made))
        for match in FENCED.finditer(text)
    ]


def commands_of(block: Block) -> list[str]:
    """The commands of a block without a language, line by line and && by &&, without comments and variables."""
    lines = re.sub(r"(^| )# .*$|\s# .*$", "", block.text, flags=re.MULTILINE).splitlines()
    commands = [command.strip() for line in lines for command in line.split("&&")]
    return [re.sub(r"^([A-Z_]+=\S+ )+", "", command) for command in commands if command]


def runner_of(command: str) -> str | None:
    """The file that runs a command; None if it is not known here."""
    if command.startswith("tinygrad-dropout "):
        command, known = command.removeprefix("tinygrad-dropout "), COMMANDS
    elif extras := re.fullmatch(r'pip install -e "\.\[([\w,]+)\]"', command):
        declared = re.findall(r"^(\w+) = \[", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
        return ".ci/run" if set(extras[1].split(",")) <= {*declared} else None
    else:
        known = OTHERS
    return next((file for start, file in known.items() if f"{command} ".startswith(f"{start} ")), None)


BLOCKS = [block for page in PAGES for block in blocks_of(page.name, page.read_text(encoding="utf-8"))]
OF_COMMANDS = [one for one in BLOCKS if not (one.session or one.made or one.test or one.language)]


def test_every_block_is_checked():
    assert len(BLOCKS) > 150
    assert [str(one) for one in BLOCKS if not (one.session or one.made or one.test or one in OF_COMMANDS)] == []


def test_an_unchecked_block_is_detected():
    (block,) = blocks_of("study.md", "```python\nprint(1)\n```\n")
    assert [block.session, block.made, block.test] == [False, False, None]
    assert block not in OF_COMMANDS
    assert runner_of("make everything") is None
    assert runner_of("tinygrad-dropout lab nothing") is None
    assert runner_of('pip install -e ".[lap]"') is None


@pytest.mark.parametrize("block", OF_COMMANDS, ids=str)
def test_a_command_is_run_by_the_file_named_for_it(block):
    commands = commands_of(block)
    assert commands
    for command in commands:
        file = runner_of(command)
        assert file is not None, command
        assert (ROOT / file).exists(), file
        if command.startswith("tinygrad-dropout "):
            assert cli.parse(shlex.split(command)[1:]).run


@pytest.mark.parametrize(("start", "file"), [pair for pair in {**COMMANDS, **OTHERS}.items() if pair[1] != ".ci/run"])
def test_the_file_named_for_a_command_mentions_it(start, file):
    word = re.split(r"[ ./]", start.removesuffix(".py"))[-1]
    assert word in (ROOT / file).read_text(encoding="utf-8")


def test_commands_attributed_to_ci_are_in_its_script():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    shorter = {
        "python3 -m venv .venv": "-m venv",
        ". .venv/bin/activate": "bin/activate",
        "pip install torch": "pip install -q torch",
    }
    itself = {".ci/run"}
    lines = {shorter.get(command, command) for command, file in OTHERS.items() if file == ".ci/run"} - itself
    assert {line for line in lines if line not in script} == set()


@pytest.mark.parametrize("test", sorted({test for page in TESTED.values() for test in page.values()}))
def test_the_test_named_for_a_block_exists(test):
    files = [*(ROOT / "tests" / "docs").glob("test_*.py"), ROOT / "tests" / "test_the_whole_idea.py"]
    assert any(f"def {test}(" in file.read_text(encoding="utf-8") for file in files)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_picture_has_an_alternative_text(page):
    text = page.read_text(encoding="utf-8")
    pictures = re.findall(r"!\[([^\]]*)\]\(", text)
    assert [alternative for alternative in pictures if len(alternative.split()) < 3] == []
    assert "<img" not in re.sub(r"`[^`]*`", "", text)
