"""A recorded pass as plain data for the page: numbers of six digits, and no more of an array than is shown."""

from __future__ import annotations

from collections.abc import Iterable
from inspect import getsource, unwrap
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.tensor import Array
from tinygrad_dropout.study.bugs import Bug
from tinygrad_dropout.study.derivatives import Derivatives
from tinygrad_dropout.study.differences import central_differences
from tinygrad_dropout.study.errors import StudyError
from tinygrad_dropout.study.page.code import code_data
from tinygrad_dropout.study.page.layout import lay_out
from tinygrad_dropout.study.paths import Paths
from tinygrad_dropout.study.preview import ArrayPreview
from tinygrad_dropout.study.trace import Contribution, Node, Pass, dead, dropped, is_result, scale
from tinygrad_dropout.study.variants import variants
from tinygrad_dropout.study.worked import explain, saved_values
from tinygrad_dropout.study.wrong_run import concerns, first_difference, in_words, with_bug

Json = dict[str, Any]


def page_data(passes: list[Pass], bug: Bug | None) -> Json:
    """All that the page shows.

    Args:
        passes: as they ran. The first is shown with its variants.
        bug: a wrong backward function to run each pass with as well.
    """
    sources: dict[str, Json] = {}
    return {
        "passes": [pass_data(recorded, bug, recorded is passes[0], sources) for recorded in passes],
        "sources": sources,
    }


def pass_data(recorded: Pass, bug: Bug | None, with_variants: bool, sources: dict[str, Json]) -> Json:
    """One pass: the run that was recorded, and the other runs of it."""
    runs = [recorded]
    found: Json = {"number": recorded.number, "bug": None, "no_variants": "", "code": code_data(recorded)}
    if bug and concerns(recorded, bug):
        wrong = with_bug(recorded, bug)
        runs.append(wrong)
        found["bug"] = {"name": bug.name, "says": bug.says, **difference_data(recorded, wrong)}
    if with_variants:
        try:
            runs += variants(recorded)
        except StudyError as error:
            found["no_variants"] = str(error)
    found["runs"] = [run_data(run, sources) for run in runs]
    return found


def difference_data(recorded: Pass, wrong: Pass) -> Json:
    """Where two runs part, also in words."""
    difference = first_difference(recorded, wrong)
    if difference is None:
        return {"step": None}
    return {"step": difference.step, "words": in_words(recorded, difference)}


def run_data(run: Pass, sources: dict[str, Json]) -> Json:
    """One run of a pass."""
    derivatives = Derivatives(run)
    paths = Paths(derivatives)
    gradients = run.gradients()
    wanted = [(value, int(entry)) for value in gradients for entry in ArrayPreview(run.nodes[value].data).entries.flat]
    wanted.sort(key=lambda one: (one[1], bool(run.nodes[one[0]].parents)))  # some of each, should they be too many
    differences, missing = central_differences(run, wanted)
    layout = lay_out(run)
    links = reachable_links(paths, wanted)
    return {
        "label": run.label,
        "place": place_text(run),
        "values": [
            {
                **value_data(run, value, sources),
                "differences": [
                    rounded(differences.get((index, int(entry)))) for entry in ArrayPreview(value.data).entries.flat
                ]
                if index in gradients
                else None,
                "links": links.get(index),
            }
            for index, value in enumerate(run.nodes)
        ],
        "steps": [
            {
                "value": step.node,
                "upstream": array_data(step.upstream),
                "gives": [
                    contribution_data(derivatives, number, position, contribution)
                    for position, contribution in enumerate(step.contributions)
                ],
            }
            for number, step in enumerate(run.steps)
        ],
        "boxes": [[box.value, box.child, box.x, box.row] for box in layout.boxes],
        "routes": [[*edge, points] for edge, points in layout.routes.items()],
        "no_paths": paths.problem,
        "no_differences": missing,
    }


def value_data(run: Pass, value: Node, sources: dict[str, Json]) -> Json:
    """A tensor of the graph."""
    place = value.source_line
    saved = {
        name: "the result" if is_result(value, kept) else saved_data(kept)
        for name, kept in saved_values(run, value).items()
        if kept is not None
    }
    data: Json = {
        "name": value.name,
        "operation": value.operation,
        "dtype": str(value.data.dtype),
        "asks": value.requires_grad,
        "layer": value.layer,
        "parents": list(value.parents),
        "arguments": list(value.arguments),
        "array": array_data(value.data),
        "saved": saved,
        "rule": value.rule,
        "line": f"{Path(place.file).name}:{place.line}" if place else "",
        "code": place.code if place else "",
        "module": place.module if place else "",
        "backward": source_key(value.backward, sources),
        "forward": source_key(value.forward, sources),
        "before": None if value.grad_before is None else array_data(value.grad_before),
    }
    if (out := dropped(value)) is not None:
        data |= {"dropped": table_of(out), "scale": rounded(scale(value)), "p": value.saved.get("p")}
    if (off := dead(value)) is not None:
        data["dead"] = table_of(off)
    return data


def contribution_data(derivatives: Derivatives, step: int, position: int, contribution: Contribution) -> Json:
    """What a step gives to one parent, and for each entry that is shown how it is worked out."""
    data: Json = {"parent": contribution.parent, "waiting": contribution.waiting}
    if contribution.value is None or contribution.returned is None:
        return data
    data |= {
        "array": array_data(contribution.value),
        "before": None if contribution.before is None else array_data(contribution.before),
        "after": None if contribution.after is None else array_data(contribution.after),
    }
    if contribution.summed:
        data |= {"returned": array_data(contribution.returned), "summed": list(contribution.summed)}
    entries = [int(entry) for entry in ArrayPreview(contribution.value).entries.flat]
    worked = [explain(derivatives, step, position, entry) for entry in entries]
    if all(worked):
        data["worked"] = [[[line.parts() for line in found.lines], found.remarks] for found in worked if found]
    sums = [derivatives.sum(step, position, entry) for entry in entries]
    if all(sums):
        data["products"] = [sum(1 for term in found.terms if term.product) for found in sums if found]
    return data


def reachable_links(paths: Paths, wanted: Iterable[tuple[int, int]]) -> dict[int, Json]:
    """For each node, entry -> its number of paths and the last links of the largest, as far as the page needs them."""
    found: dict[int, Json] = {}
    ahead = [(value, entry) for value, entry in wanted if value in paths.links]
    while ahead:
        value, entry = ahead.pop()
        if str(entry) in found.setdefault(value, {}):
            continue
        links = paths.links[value][entry]
        found[value][str(entry)] = [
            int(min(paths.counts[value][entry], 2**53)),
            [[rounded(link.product), rounded(link.local), link.node, link.entry, link.rank] for link in links],
        ]
        ahead += [(link.node, link.entry) for link in links if link.node >= 0]
    return found


def array_data(array: Array) -> Json:
    """An array: its shape, the numbers that are shown, and its range if that is not all."""
    shown = ArrayPreview(array)
    data: Json = {"shape": list(array.shape), "rows": table_of(array)}
    if not shown.whole:
        data |= {"part": shown.part, **{name: rounded(number) for name, number in shown.range.items()}}
    return data


def table_of(array: Array) -> list[list[Any]]:
    """The rows that are shown; booleans as 0 and 1."""
    return [[rounded(number) for number in row] for row in ArrayPreview(array).table.tolist()]


def saved_data(saved: Any) -> Any:
    """A saved value: an array as such, anything else as its repr."""
    return array_data(saved) if isinstance(saved, np.ndarray) and saved.dtype.kind in "fiub" else repr(saved)


def rounded(number: Any) -> Any:
    """Six digits; whole numbers and booleans without a point; what JSON has no number for as a word."""
    if number is None:
        return None
    number = float(number)
    if not np.isfinite(number):
        return str(number)
    return int(number) if number == int(number) and abs(number) < 1e6 else float(f"{number:.6g}")


def source_key(function: Any, sources: dict[str, Json]) -> str:
    """Enter a function's source among the sources; returns the key."""
    function = unwrap(function) if callable(function) else None
    code = getattr(function, "__code__", None)
    if code is None:
        return ""
    key = f"{Path(code.co_filename).name}:{code.co_firstlineno}"
    if key not in sources:
        try:
            text = getsource(function)
        except (OSError, TypeError):
            return ""
        sources[key] = {"name": code.co_name, "text": text.rstrip()}
    return key


def place_text(run: Pass) -> str:
    """`train.py:12  loss.backward()`."""
    called = run.source_line
    return f"{Path(called.file).name}:{called.line}  {called.code}".rstrip() if called else ""
