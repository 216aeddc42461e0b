"""A recorded pass as plain data for the page: numbers with six digits, and only the displayed part of each array.

The keys are the ones that the page's script reads.
"""

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
from tinygrad_dropout.study.variants import run_variants
from tinygrad_dropout.study.worked import explain, saved_values
from tinygrad_dropout.study.wrong_run import bug_applies, describe_difference, first_difference, run_with_bug

Json = dict[str, Any]


def page_data(passes: list[Pass], bug: Bug | None) -> Json:
    """Return all data of the page.

    Args:
        passes: the passes as they ran. The first is shown with its variants.
        bug: a wrong backward function with which each pass is rerun, too.
    """
    sources: dict[str, Json] = {}
    return {
        "passes": [pass_data(recorded, bug, recorded is passes[0], sources) for recorded in passes],
        "sources": sources,
    }


def pass_data(recorded: Pass, bug: Bug | None, with_variants: bool, sources: dict[str, Json]) -> Json:
    """Return one pass: the recorded run and its reruns."""
    runs = [recorded]
    found: Json = {"number": recorded.number, "bug": None, "no_variants": "", "code": code_data(recorded)}
    if bug and bug_applies(recorded, bug):
        wrong = run_with_bug(recorded, bug)
        runs.append(wrong)
        found["bug"] = {"name": bug.name, "description": bug.description, **difference_data(recorded, wrong)}
    if with_variants:
        try:
            runs += run_variants(recorded)
        except StudyError as error:
            found["no_variants"] = str(error)
    found["runs"] = [run_data(run, sources) for run in runs]
    return found


def difference_data(recorded: Pass, wrong: Pass) -> Json:
    """Return the first step at which two runs differ, and the difference in words."""
    difference = first_difference(recorded, wrong)
    if difference is None:
        return {"step": None}
    return {"step": difference.step, "words": describe_difference(recorded, difference)}


def run_data(run: Pass, sources: dict[str, Json]) -> Json:
    """Return one run of a pass."""
    derivatives = Derivatives(run)
    paths = Paths(derivatives)
    gradients = run.gradients()
    wanted = [(node, int(entry)) for node in gradients for entry in ArrayPreview(run.nodes[node].data).entries.flat]
    wanted.sort(key=lambda one: (one[1], bool(run.nodes[one[0]].parents)))  # if there are too many, some of each node
    differences, missing = central_differences(run, wanted)
    layout = lay_out(run)
    links = reachable_links(paths, wanted)
    return {
        "label": run.label,
        "called_at": called_at(run),
        "nodes": [
            {
                **node_data(run, node, sources),
                "differences": [
                    rounded(differences.get((index, int(entry)))) for entry in ArrayPreview(node.data).entries.flat
                ]
                if index in gradients
                else None,
                "links": links.get(index),
            }
            for index, node in enumerate(run.nodes)
        ],
        "steps": [
            {
                "node": step.node,
                "upstream": array_data(step.upstream),
                "gives": [
                    contribution_data(derivatives, number, position, contribution)
                    for position, contribution in enumerate(step.contributions)
                ],
            }
            for number, step in enumerate(run.steps)
        ],
        "boxes": [[box.node, box.child, box.x, box.row] for box in layout.boxes],
        "routes": [[*edge, points] for edge, points in layout.routes.items()],
        "no_paths": paths.problem,
        "no_differences": missing,
    }


def node_data(run: Pass, node: Node, sources: dict[str, Json]) -> Json:
    """Return a tensor of the graph."""
    line = node.source_line
    saved = {
        name: "the result" if is_result(node, value) else saved_data(value)
        for name, value in saved_values(run, node).items()
        if value is not None
    }
    data: Json = {
        "name": node.name,
        "operation": node.operation,
        "dtype": str(node.data.dtype),
        "requires_grad": node.requires_grad,
        "layer": node.layer,
        "parents": list(node.parents),
        "arguments": list(node.arguments),
        "array": array_data(node.data),
        "saved": saved,
        "rule": node.rule,
        "line": f"{Path(line.file).name}:{line.line}" if line else "",
        "code": line.code if line else "",
        "module": line.module if line else "",
        "backward": source_key(node.backward, sources),
        "forward": source_key(node.forward, sources),
        "before": None if node.grad_before is None else array_data(node.grad_before),
    }
    if (out := dropped(node)) is not None:
        data |= {"dropped": table_of(out), "scale": rounded(scale(node)), "p": node.saved.get("p")}
    if (off := dead(node)) is not None:
        data["dead"] = table_of(off)
    return data


def contribution_data(derivatives: Derivatives, step: int, position: int, contribution: Contribution) -> Json:
    """Return a step's contribution to one parent, with each displayed entry worked out."""
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
    """Return node -> entry -> [number of paths, last links of the largest], for the paths that the page can show."""
    found: dict[int, Json] = {}
    ahead = [(node, entry) for node, entry in wanted if node in paths.links]
    while ahead:
        node, entry = ahead.pop()
        if str(entry) in found.setdefault(node, {}):
            continue
        links = paths.links[node][entry]
        found[node][str(entry)] = [
            int(min(paths.counts[node][entry], 2**53)),
            [[rounded(link.product), rounded(link.local), link.node, link.entry, link.rank] for link in links],
        ]
        ahead += [(link.node, link.entry) for link in links if link.node >= 0]
    return found


def array_data(array: Array) -> Json:
    """Return an array's shape, the displayed numbers, and its range if these are not all."""
    shown = ArrayPreview(array)
    data: Json = {"shape": list(array.shape), "rows": table_of(array)}
    if not shown.whole:
        data |= {"part": shown.part, **{name: rounded(number) for name, number in shown.range.items()}}
    return data


def table_of(array: Array) -> list[list[Any]]:
    """Return the displayed rows, with booleans as 0 and 1."""
    return [[rounded(number) for number in row] for row in ArrayPreview(array).table.tolist()]


def saved_data(saved: Any) -> Any:
    """Return a saved value: an array as its data, anything else as its repr."""
    return array_data(saved) if isinstance(saved, np.ndarray) and saved.dtype.kind in "fiub" else repr(saved)


def rounded(number: Any) -> Any:
    """Round to six digits. Whole numbers and booleans become ints; inf and NaN, which JSON cannot write, strings."""
    if number is None:
        return None
    number = float(number)
    if not np.isfinite(number):
        return str(number)
    return int(number) if number == int(number) and abs(number) < 1e6 else float(f"{number:.6g}")


def source_key(function: Any, sources: dict[str, Json]) -> str:
    """Add a function's source to the sources. Returns its key, or "" if the source is not available."""
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


def called_at(run: Pass) -> str:
    """Say where backward() was called: `train.py:12  loss.backward()`."""
    called = run.source_line
    return f"{Path(called.file).name}:{called.line}  {called.code}".rstrip() if called else ""
