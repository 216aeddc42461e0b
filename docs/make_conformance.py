"""Make the scoreboard of conformance.md: `python docs/make_conformance.py` takes about fifteen minutes on two cores.

It examines every layer of tests/conformance with a hundred seeds and saves the counts, and the messages for seed 0, in
docs/conformance.json. `--render` only writes the page from the saved results. `--messages` refreshes the messages with
seed 0 and keeps the counts, after only the wording has changed. With names of layers (`scale.NoScale`), only these are
examined again. tests/docs/test_conformance_page.py renders the page and compares, and examines a sample of the layers.
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
RESULTS = DOCS / "conformance.json"
COMMAND = ["conformance", "examples/7_is_this_dropout_right.py:FirstTry"]


def name_of(layer: type) -> str:
    """`nn.Dropout` for ours; file and class for the layers of the tests."""
    if layer.__module__.startswith("tinygrad_dropout"):
        return "nn.Dropout"
    return f"{layer.__module__.rpartition('.')[2]}.{layer.__name__}"


LAYERS = {name_of(layer): layer for layer in (*WRONG, *WILD, *RIGHT)}
EXPECTED = {**{name_of(layer): code for layer, code in WRONG.items()}, **{name_of(x): c for x, (_, c) in WILD.items()}}


def examined(name: str, seed: int) -> Report:
    """The report of a check with the layer's own options."""
    layer = LAYERS[name]
    return check_dropout(of(layer), seed=seed, **OPTIONS.get(layer, {}))


def swept(name: str) -> tuple[str, dict[str, Any]]:
    """With how many seeds a wrong layer's mistake is named first, or a right one passes; and the message for seed 0."""
    reports = [examined(name, seed) for seed in range(SEEDS)]
    if name not in EXPECTED:
        return name, {"passed": sum(report.ok for report in reports)}
    named = sum(bool(report.findings) and report.findings[0].code == EXPECTED[name] for report in reports)
    return name, {"named": named, **first_finding(reports[0])}


def first_finding(report: Report) -> dict[str, str]:
    """The code and the message of a report's first finding."""
    return {"code": report.findings[0].code, "message": report.findings[0].message}


def sweep(names: list[str]) -> dict[str, dict[str, Any]]:
    """Examine these layers, in two processes of one thread each."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with ProcessPoolExecutor(2) as pool:
        return dict(pool.map(swept, names, chunksize=4))


def with_new_messages(kept: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The saved results with the messages for seed 0 refreshed; a new code would need the whole run."""
    fresh = {
        name: {**one, **first_finding(examined(name, 0))} if name in EXPECTED else one for name, one in kept.items()
    }
    changed = [name for name, one in kept.items() if one.get("code") != fresh[name].get("code")]
    if changed:
        raise SystemExit(f"not only messages changed; run without --messages: {', '.join(changed)}")
    return fresh


def first_line(text: str | None) -> str:
    """The first line of a docstring."""
    return (text or "").strip().splitlines()[0]


def cell(text: str) -> str:
    """A text that is safe inside a table."""
    return text.replace("|", "\\|")


def options_of(layer: type) -> str:
    """The options of a layer's check, if they are not the usual ones."""
    options = OPTIONS.get(layer, {})
    return "".join(f"; `{name}={value!r}`" for name, value in options.items())


def blocks() -> dict[str, str]:
    """The generated blocks of the page."""
    kept = json.loads(RESULTS.read_text(encoding="utf-8"))
    run = subprocess.run(
        [sys.executable, "-m", "tinygrad_dropout", *COMMAND], cwd=ROOT, capture_output=True, text=True, check=False
    )
    wrong = []
    for part in PARTS:
        layers = [layer for layer in WRONG if layer.__module__ == part.__name__]
        title = first_line(part.__doc__).removeprefix("Wrong layers: ").rstrip(".")
        wrong += [f"<details><summary>{title} ({len(layers)})</summary>", ""]
        wrong += ["| mistake | code | the kit's message |", "|---|---|---|"]
        for layer in layers:
            found = kept[name_of(layer)]
            about = cell(first_line(layer.__doc__) + options_of(layer))
            wrong.append(f"| {about} | `{found['code']}` | {cell(found['message'])} |")
        wrong += ["", "</details>", ""]
    wild = ["| seen in | what went wrong | code | the kit's message |", "|---|---|---|---|"]
    for layer, (reference, _) in WILD.items():
        repository, number = reference.split("#")
        link = f"[{reference}](https://github.com/{repository}/issues/{number})"
        found = kept[name_of(layer)]
        wild.append(f"| {link} | {cell(first_line(layer.__doc__))} | `{found['code']}` | {cell(found['message'])} |")
    right = ["| how it works | passed |", "|---|---|"]
    for layer in RIGHT:
        about = "ours: `nn.Dropout`" if name_of(layer) == "nn.Dropout" else first_line(layer.__doc__)
        right.append(f"| {cell(about + options_of(layer))} | {kept[name_of(layer)]['passed']} |")
    missed = sum(SEEDS - kept[name_of(layer)]["named"] for layer in WRONG)
    alarms = sum(SEEDS - kept[name_of(layer)]["passed"] for layer in RIGHT)
    summary = (
        f"{len(WRONG)} wrong layers, {len(set(WRONG.values()))} codes, {SEEDS} seeds: "
        f"in {len(WRONG) * SEEDS:,} examinations, the kit missed the mistake or named another first {missed} times. "
        f"{len(RIGHT)} right layers: {alarms} false alarms in {len(RIGHT) * SEEDS:,} examinations."
    )
    return {
        "report": f"```\n$ tinygrad-dropout {' '.join(COMMAND)}\n{run.stdout.rstrip()}\n```",
        "summary": summary,
        "wrong": "\n".join(wrong).rstrip(),
        "wild": "\n".join(wild),
        "right": "\n".join(right),
    }


def render() -> None:
    """Write the generated blocks into the page."""
    page = DOCS / "conformance.md"
    page.write_text(rendered(page.read_text(encoding="utf-8"), blocks()), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--render"]:
        kept = json.loads(RESULTS.read_text(encoding="utf-8")) if sys.argv[1:] else {}
        if sys.argv[1:] == ["--messages"]:
            kept = with_new_messages(kept)
        else:
            kept.update(sweep(sys.argv[1:] or list(LAYERS)))
        ordered = {name: kept[name] for name in LAYERS}
        RESULTS.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")
        for name, one in ordered.items():
            if one.get("named", one.get("passed")) != SEEDS:
                print(name, one)
    render()
