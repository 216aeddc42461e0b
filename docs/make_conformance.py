"""Make the scoreboard of conformance.md: `python docs/make_conformance.py` takes about fifteen minutes on two cores.

It examines every layer of tests/conformance with a hundred seeds and keeps the counts, and what the kit says with seed
0, in docs/conformance.json. `--render` only writes the page from what was kept. Names of layers (`scale.NoScale`) have
only these examined again. tests/docs/test_conformance_page.py renders the page once more and compares, and examines a
sample of the layers.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from blocks import rendered

DOCS = Path(__file__).parent
ROOT = DOCS.parent
sys.path.insert(0, str(ROOT))  # tests/ is not installed

from tests.conformance.right_layers import RIGHT  # noqa: E402
from tests.conformance.wild import WILD  # noqa: E402
from tests.conformance.wrong_layers import OPTIONS, PARTS, WRONG  # noqa: E402
from tinygrad_dropout.conformance import Report, check_dropout, of  # noqa: E402

SEEDS = 100
KEPT = DOCS / "conformance.json"
COMMAND = ["conformance", "examples/7_is_this_dropout_right.py:FirstTry"]


def name_of(layer: type) -> str:
    """`nn.Dropout` for ours; for those of the tests, file and class."""
    if layer.__module__.startswith("tinygrad_dropout"):
        return "nn.Dropout"
    return f"{layer.__module__.rpartition('.')[2]}.{layer.__name__}"


LAYERS = {name_of(layer): layer for layer in (*WRONG, *WILD, *RIGHT)}
EXPECTED = {**{name_of(layer): code for layer, code in WRONG.items()}, **{name_of(x): c for x, (_, c) in WILD.items()}}


def examined(name: str, seed: int) -> Report:
    """One report, by a check with the layer's own options."""
    layer = LAYERS[name]
    return check_dropout(of(layer), seed=seed, **OPTIONS.get(layer, {}))


def swept(name: str) -> tuple[str, dict[str, Any]]:
    """How many of the seeds name a wrong layer's own fault first, or pass a right one, and what is said with seed 0."""
    reports = [examined(name, seed) for seed in range(SEEDS)]
    if name not in EXPECTED:
        return name, {"passed": sum(report.ok for report in reports)}
    named = sum(bool(report.findings) and report.findings[0].code == EXPECTED[name] for report in reports)
    finding = reports[0].findings[0]
    return name, {"named": named, "code": finding.code, "message": finding.message}


def sweep(names: list[str]) -> dict[str, dict[str, Any]]:
    """Examine these layers, in two processes of one thread each."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with ProcessPoolExecutor(2) as pool:
        return dict(pool.map(swept, names, chunksize=4))


def first_line(text: str | None) -> str:
    """What a layer's docstring says of it."""
    return (text or "").strip().splitlines()[0]


def cell(text: str) -> str:
    """A text inside a table."""
    return text.replace("|", "\\|")


def options_of(layer: type) -> str:
    """The options of its check, where they are not the usual ones."""
    options = OPTIONS.get(layer, {})
    return "".join(f"; `{name}={value!r}`" for name, value in options.items())


def blocks() -> dict[str, str]:
    """The blocks of the page."""
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    run = subprocess.run(
        [sys.executable, "-m", "tinygrad_dropout", *COMMAND], cwd=ROOT, capture_output=True, text=True, check=False
    )
    wrong = []
    for part in PARTS:
        layers = [layer for layer in WRONG if layer.__module__ == part.__name__]
        title = first_line(part.__doc__).removeprefix("Wrong layers: ").rstrip(".")
        wrong += [f"<details><summary>{title} ({len(layers)})</summary>", ""]
        wrong += ["| what is wrong with it | code | what the kit says |", "|---|---|---|"]
        for layer in layers:
            said = kept[name_of(layer)]
            about = cell(first_line(layer.__doc__) + options_of(layer))
            wrong.append(f"| {about} | `{said['code']}` | {cell(said['message'])} |")
        wrong += ["", "</details>", ""]
    wild = ["| seen in | what went wrong | code | what the kit says |", "|---|---|---|---|"]
    for layer, (reference, _) in WILD.items():
        repository, number = reference.split("#")
        link = f"[{reference}](https://github.com/{repository}/issues/{number})"
        said = kept[name_of(layer)]
        wild.append(f"| {link} | {cell(first_line(layer.__doc__))} | `{said['code']}` | {cell(said['message'])} |")
    right = ["| how it is written | passed |", "|---|---|"]
    for layer in RIGHT:
        said = "ours: `nn.Dropout`" if name_of(layer) == "nn.Dropout" else first_line(layer.__doc__)
        right.append(f"| {cell(said + options_of(layer))} | {kept[name_of(layer)]['passed']} |")
    missed = sum(SEEDS - kept[name_of(layer)]["named"] for layer in WRONG)
    alarms = sum(SEEDS - kept[name_of(layer)]["passed"] for layer in RIGHT)
    summary = (
        f"{len(WRONG)} wrong layers, {len(set(WRONG.values()))} codes, {SEEDS} seeds: "
        f"of {len(WRONG) * SEEDS:,} examinations {missed} missed the fault or gave it another name first. "
        f"{len(RIGHT)} right layers: of {len(RIGHT) * SEEDS:,} examinations {alarms} raised a false alarm."
    )
    return {
        "report": f"```\n$ tinygrad-dropout {' '.join(COMMAND)}\n{run.stdout.rstrip()}\n```",
        "summary": summary,
        "wrong": "\n".join(wrong).rstrip(),
        "wild": "\n".join(wild),
        "right": "\n".join(right),
    }


def render() -> None:
    """Write the blocks into the page."""
    page = DOCS / "conformance.md"
    page.write_text(rendered(page.read_text(encoding="utf-8"), blocks()), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--render"]:
        kept = json.loads(KEPT.read_text(encoding="utf-8")) if sys.argv[1:] else {}
        kept.update(sweep(sys.argv[1:] or list(LAYERS)))
        ordered = {name: kept[name] for name in LAYERS}
        KEPT.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")
        for name, one in ordered.items():
            if one.get("named", one.get("passed")) != SEEDS:
                print(name, one)
    render()
