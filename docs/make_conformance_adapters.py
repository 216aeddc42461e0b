"""Make the blocks of conformance_frameworks.md: `python docs/make_conformance_adapters.py`, ten minutes on one core.

It examines the dropouts in tests/conformance/adapters/frameworks.py, saves the findings in
docs/conformance_frameworks.json, runs the page's examples, and writes their output into the page. Frameworks that are
not installed keep their previous findings, and their names are printed. With names of packages (`flax`), only these are
examined again. `--examples` only runs the page's examples, and `--render` only writes the table from saved findings.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from blocks import rendered

DOCS = Path(__file__).parent
ROOT = DOCS.parent
sys.path.insert(0, str(ROOT))  # tests/ is not installed

from tests.conformance.adapters.frameworks import CASES, Case, is_installed  # noqa: E402
from tinygrad_dropout.mistakes import Finding  # noqa: E402

SEEDS = 20
PAGE = DOCS / "conformance_frameworks.md"
RESULTS = DOCS / "conformance_frameworks.json"


class Example(NamedTuple):
    """A code block of the page: the packages that it needs, the code, and the output shown."""

    packages: tuple[str, ...]
    code: str
    printed: str


EXAMPLE = re.compile(r"(?:<!-- needs: ([^\n]*) -->\n)?```python\n(.*?)```\n<!-- prints -->\n```\n(.*?)```\n", re.DOTALL)


def examples(page: str) -> Iterator[Example]:
    """The page's code blocks."""
    for packages, code, printed in EXAMPLE.findall(page):
        yield Example(tuple(packages.split(", ")) if packages else (), code, printed)


def missing(packages: tuple[str, ...]) -> list[str]:
    """The packages that are not installed."""
    return [package for package in packages if not is_installed(package)]


def examined(case: Case) -> dict[str, Any]:
    """Examine a dropout with all seeds: each code with the number of seeds and the first message."""
    found: dict[str, dict[str, dict[str, Any]]] = {"errors": {}, "edge_cases": {}}
    not_checked: tuple[str, ...] = ()
    for seed in range(SEEDS):
        report = case.report(seed=seed)
        if not report.examined:
            raise SystemExit(f"{case.name}: {report}")
        note(found["errors"], report.errors)
        note(found["edge_cases"], report.edge_cases)
        not_checked = report.not_checked
    versions = {package: version(package).partition("+")[0] for package in case.packages}
    return {"versions": versions, "seeds": SEEDS, **found, "not_checked": not_checked}


def note(kept: dict[str, dict[str, Any]], findings: tuple[Finding, ...]) -> None:
    """Count findings by their codes."""
    for finding in findings:
        kept.setdefault(finding.code, {"seeds": 0, "message": finding.message})["seeds"] += 1


def examined_elsewhere(case: Case) -> dict[str, Any]:
    """Examine a dropout in a separate process, since some frameworks cannot be imported together."""
    command = [sys.executable, str(Path(__file__)), "--examine", case.name]
    environment = {**os.environ, **case.environment}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment)
    if done.returncode:
        raise SystemExit(f"{case.name}: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def printed_by(code: str) -> str:
    """Run an example in a separate process and return its output."""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        raise SystemExit(f"{code}\n{done.stderr[-2000:]}")
    return done.stdout


def with_examples(page: str) -> str:
    """The page with the current output of its examples."""

    def run(match: re.Match[str]) -> str:
        packages, code, printed = match.groups()
        absent = missing(tuple(packages.split(", ")) if packages else ())
        if absent:
            print(f"not run, since {', '.join(absent)} is missing: {code.splitlines()[0]} ...")
            return match[0]
        start = match.start(3) - match.start()
        return match[0][:start] + printed_by(code) + match[0][start + len(printed) :]

    return EXAMPLE.sub(run, page)


def cell(found: dict[str, dict[str, Any]], seeds: int) -> str:
    """Codes and messages, with the number of seeds unless it is all of them."""
    shown = []
    for code, one in found.items():
        often = "" if one["seeds"] == seeds else f" ({one['seeds']} of {seeds} seeds)"
        shown.append(f"`{code}`{often}: {one['message']}".replace("|", "\\|"))
    return "<br>".join(shown) or "none"


def table(kept: dict[str, dict[str, Any]]) -> str:
    """The table, with one row for each dropout."""
    lines = ["| framework | code | errors | edge cases |", "|---|---|---|---|"]
    for case in CASES:
        one = kept[case.name]
        versions = ", ".join(f"{package} {number}" for package, number in one["versions"].items())
        errors, edge_cases = (cell(one[kind], one["seeds"]) for kind in ("errors", "edge_cases"))
        settings = [f"{name}={value}" for name, value in case.environment.items()]
        code = "<br>".join(f"`{line}`" for line in (*settings, case.imports, case.written))
        lines.append(f"| {versions} | {code} | {errors} | {edge_cases} |")
    return "\n".join(lines)


def blocks() -> dict[str, str]:
    """The generated blocks, made from the saved findings."""
    return {"table": table(json.loads(RESULTS.read_text(encoding="utf-8")))}


def examine(wanted: list[str]) -> None:
    """Examine the dropouts of these packages, or of all packages, and save the findings."""
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for case in CASES:
        if wanted and case.packages[0] not in wanted:
            continue
        if absent := missing(case.packages):
            print(f"not examined, since {', '.join(absent)} is missing: {case.name}")
            continue
        kept[case.name] = examined_elsewhere(case)
        print(case.name, *kept[case.name]["errors"], *kept[case.name]["edge_cases"], flush=True)
    ordered = {case.name: kept[case.name] for case in CASES if case.name in kept}
    RESULTS.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")


def main(arguments: list[str]) -> None:
    """Run the command that the module's docstring describes."""
    if arguments[:1] == ["--examine"]:
        print(json.dumps(examined(next(case for case in CASES if case.name == arguments[1]))))
        return
    if arguments not in (["--render"], ["--examples"]):
        examine(arguments)
    page = PAGE.read_text(encoding="utf-8")
    if arguments != ["--render"]:
        page = with_examples(page)
    PAGE.write_text(rendered(page, blocks()), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
