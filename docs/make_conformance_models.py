"""Make the blocks of conformance_models.md: `python docs/make_conformance_models.py` takes a few seconds.

tests/docs/test_conformance_models_page.py makes them once more and compares.
"""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from blocks import rendered

from tinygrad_dropout.mistakes import EDGE_CASE, ERROR, REMARK, Mistake, models

DOCS = Path(__file__).parent
PAGE = DOCS / "conformance_models.md"

TEST = """\
from tinygrad_dropout import nn


class Unscaled(nn.Dropout):
    def forward(self, x):
        return super().forward(x) * (1 - self.p) if self.training else x


def test_unscaled(assert_dropout):
    assert_dropout(Unscaled)
"""


def names(page: str) -> dict[str, Any]:
    """Run the page's examples and return the names that they define."""
    test = doctest.DocTestParser().get_doctest(page, {}, PAGE.name, str(PAGE), 0)
    runner = doctest.DocTestRunner(verbose=False)
    failures, _ = runner.run(test, clear_globs=False)
    if failures:
        raise SystemExit(f"{PAGE.name}: an example does not print the output shown")
    return test.globs


def report_block(page: str) -> str:
    """The report on the model with three bugs."""
    return f"```\n{names(page)['report']}\n```"


def codes_block() -> str:
    """All mistakes that the kit looks for in a model, with their severities."""
    catalog = [value for value in vars(models).values() if isinstance(value, Mistake)]
    lines = ["| code | severity | what is expected |", "|---|---|---|"]
    for severity in (ERROR, EDGE_CASE, REMARK):
        mistakes = [mistake for mistake in catalog if mistake.severity == severity]
        expected = [mistake.expected.replace("__", r"\_\_") for mistake in mistakes]  # __init__ is not a bold init
        lines += [f"| `{one.code}` | {severity} | {text} |" for one, text in zip(mistakes, expected, strict=True)]
    return "\n".join(lines)


def pytest_block() -> str:
    """The output of a failing test."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "test_dropout.py").write_text(TEST, encoding="utf-8")
        paths = [str(DOCS.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(paths),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTEST_ADDOPTS": "",
            "COLUMNS": "100",
        }
        command = [sys.executable, "-m", "pytest", "-q", "-p", "pytest_tinygrad_dropout", "-p", "no:cacheprovider"]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    shown = done.stdout.partition("test_unscaled __")[2].partition("\n")[2].partition("=== short test summary")[0]
    lines = [line for line in shown.strip("\n=").splitlines() if " object at 0x" not in line]
    return "\n".join(["```", *re.sub(r"^\n+", "", "\n".join(lines)).strip("=\n").splitlines(), "```"])


def blocks(page: str) -> dict[str, str]:
    """The page's generated blocks, by name."""
    return {"report": report_block(page), "codes": codes_block(), "pytest": pytest_block()}


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(rendered(text, blocks(text)), encoding="utf-8")
