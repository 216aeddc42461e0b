"""Make the scoreboard of conformance.md: `python docs/make_conformance.py` takes some five minutes.

It examines every layer of tests/conformance with a hundred seeds and keeps the counts in docs/conformance.json; the
messages are those of seed 0, given when the page is rendered. `--render` only does that.
tests/conformance/test_docs.py renders the page again and compares.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from blocks import rendered

DOCS = Path(__file__).parent
ROOT = DOCS.parent
sys.path.insert(0, str(ROOT))  # tests/ is not installed

from tests.conformance.right_layers import RIGHT  # noqa: E402
from tests.conformance.wild import WILD  # noqa: E402
from tests.conformance.wrong_layers import WRONG  # noqa: E402
from tinygrad_dropout.conformance import check_dropout, of  # noqa: E402

SEEDS = 100
KEPT = DOCS / "conformance.json"
COMMAND = ["conformance", "examples/7_is_this_dropout_right.py:FirstTry"]


def sweep() -> dict[str, dict[str, int]]:
    """How many of the seeds name each wrong layer's own fault first, and pass each right one."""
    counts: dict[str, dict[str, int]] = {"wrong": {}, "right": {}}
    for layer, code in WRONG.items():
        reports = (check_dropout(of(layer), seed=seed) for seed in range(SEEDS))
        counts["wrong"][layer.__name__] = sum(not report.ok and report.findings[0].code == code for report in reports)
    for layer in RIGHT:
        counts["right"][name_of(layer)] = sum(check_dropout(of(layer), seed=seed).ok for seed in range(SEEDS))
    return counts


def name_of(layer: type) -> str:
    """`nn.Dropout` for ours, the class's name for those of the tests."""
    return "nn.Dropout" if layer.__module__.startswith("tinygrad_dropout") else layer.__name__


def first_line(text: str | None) -> str:
    """What a layer's docstring says of it."""
    return (text or "").strip().splitlines()[0]


def cell(text: str) -> str:
    """A text inside a table."""
    return text.replace("|", "\\|")


def finding_of(layer: type) -> tuple[str, str]:
    """Code and message at seed 0."""
    finding = check_dropout(of(layer)).findings[0]
    return f"`{finding.code}`", cell(finding.message)


def blocks() -> dict[str, str]:
    """The blocks of the page."""
    counts = json.loads(KEPT.read_text(encoding="utf-8"))
    run = subprocess.run(
        [sys.executable, "-m", "tinygrad_dropout", *COMMAND], cwd=ROOT, capture_output=True, text=True, check=False
    )
    wrong = ["| what is wrong with it | code | what the kit says | named |", "|---|---|---|---|"]
    for layer in WRONG:
        code, message = finding_of(layer)
        named = counts["wrong"][layer.__name__]
        wrong.append(f"| {cell(first_line(layer.__doc__))} | {code} | {message} | {named} |")
    wild = ["| seen in | what went wrong | code | what the kit says |", "|---|---|---|---|"]
    for layer, (reference, _) in WILD.items():
        code, message = finding_of(layer)
        repository, number = reference.split("#")
        link = f"[{reference}](https://github.com/{repository}/issues/{number})"
        wild.append(f"| {link} | {cell(first_line(layer.__doc__))} | {code} | {message} |")
    right = ["| how it is written | passed |", "|---|---|"]
    for layer in RIGHT:
        said = "ours: `nn.Dropout`" if name_of(layer) == "nn.Dropout" else first_line(layer.__doc__)
        right.append(f"| {cell(said)} | {counts['right'][name_of(layer)]} |")
    missed = sum(SEEDS - count for count in counts["wrong"].values())
    alarms = sum(SEEDS - count for count in counts["right"].values())
    summary = (
        f"{len(WRONG)} wrong layers, {len(set(WRONG.values()))} codes, {SEEDS} seeds: "
        f"of {len(WRONG) * SEEDS:,} examinations {missed} missed the fault or gave it another name first. "
        f"{len(RIGHT)} right layers: of {len(RIGHT) * SEEDS:,} examinations {alarms} raised a false alarm."
    )
    return {
        "report": f"```\n$ tinygrad-dropout {' '.join(COMMAND)}\n{run.stdout.rstrip()}\n```",
        "summary": summary,
        "wrong": "\n".join(wrong),
        "wild": "\n".join(wild),
        "right": "\n".join(right),
    }


def render() -> None:
    """Write the blocks into the page."""
    page = DOCS / "conformance.md"
    page.write_text(rendered(page.read_text(encoding="utf-8"), blocks()), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--render"]:
        KEPT.write_text(json.dumps(sweep(), indent=1) + "\n", encoding="utf-8")
    render()
