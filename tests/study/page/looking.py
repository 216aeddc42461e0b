"""Shared by the tests of the page: reading its tables, boxes, edges and colors, and the recorded data."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import study
from tinygrad_dropout.study.preview import ArrayPreview

STEPS = 8  # in the example of `tinygrad-dropout study`

FIGURES = """(within) => [...document.querySelectorAll(`${within} figure`)].map((figure) => ({
  caption: figure.querySelector("figcaption").firstChild.textContent,
  cells: [...figure.querySelectorAll("td")].map((cell) => cell.textContent),
  differs: [...figure.querySelectorAll("td")].map((cell) => cell.classList.contains("differs")),
}))"""

TITLES = """() => Object.fromEntries([...document.querySelectorAll("g.box")].map((box) =>
  [box.getAttribute("data-key"), box.querySelector("title").textContent]))"""

COLORS = """(cells) => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  return cells.map((cell) => {
    canvas.fillStyle = getComputedStyle(cell).backgroundColor;
    canvas.fillRect(0, 0, 1, 1);
    const [red, , blue] = canvas.getImageData(0, 0, 1, 1).data;
    return [cell.textContent, red - blue];
  });
}"""

EDGES = """() => {
  const boxes = [...document.querySelectorAll("g.box")].map((one) => {
    const { e: x, f: y } = one.transform.baseVal[0].matrix;
    const { width, height } = one.querySelector("rect").getBBox();
    return { key: one.getAttribute("data-key"), x, y, width, height };
  });
  const near = (a, b) => Math.abs(a - b) < 0.5;
  return [...document.querySelectorAll("path.edge")].map((edge) => {
    const length = edge.getTotalLength();
    const [from, to] = [edge.getPointAtLength(0), edge.getPointAtLength(length)];
    const through = new Set();
    for (let at = 4; at < length - 4; at += 4) {
      const { x, y } = edge.getPointAtLength(at);
      const inside = (box) => x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height;
      for (const box of boxes.filter(inside)) through.add(box.key);
    }
    return {
      from: boxes.find((box) => near(box.x + box.width / 2, from.x) && near(box.y + box.height, from.y))?.key,
      to: boxes.find((box) => near(box.x + box.width / 2, to.x) && near(box.y, to.y))?.key,
      through: [...through],
      active: edge.classList.contains("active"),
      arrows: ["marker-start", "marker-end"].filter((one) => edge.hasAttribute(one)),
    };
  });
}"""

FRAMES = """() => [...document.querySelectorAll("path.layer")].map((frame) =>
  [...document.querySelectorAll("g.box")].filter((box) => {
    const { e: x, f: y } = box.transform.baseVal[0].matrix;
    const { width, height } = box.querySelector("rect").getBBox();
    const across = Array.from({ length: 30 }, (_, k) => x + (width * k) / 29);
    const points = across.flatMap((at) => [new DOMPoint(at, y), new DOMPoint(at, y + height)]);
    const inside = points.filter((point) => frame.isPointInFill(point)).length;
    if (inside % points.length) throw new Error("a frame cuts a box");
    return inside;
  }).map((box) => box.getAttribute("data-key")))"""

FOCUSED = "document.activeElement.getAttribute('data-key') ?? document.activeElement.textContent"
ODD = ("w\"'<b>&amp;</b>", "</script><script>document.title = 'broken'</script>", "<!--<script>")


def replay_of(*passes, bug=None):
    """Record these functions."""
    with study.record(bug=bug) as replay:
        for one in passes:
            one()
    return replay


def leaf(*numbers, name="x"):
    return td.Tensor(np.array(numbers, dtype=float), requires_grad=True, name=name)


def look_at(page, name):
    """Click the box of a tensor, which can also be that of the current step."""
    page.locator(f"g.box[aria-label^='{name}: ']").first.click()


def floats(texts):
    return [float(text.replace("−", "-")) for text in texts]


def figures_of(page, within):
    return page.evaluate(FIGURES, within)


def assert_shown(figures, expected):
    """Check that the figures have these captions and show these arrays, to four digits."""
    assert [figure["caption"] for figure in figures] == [caption for caption, _ in expected]
    for figure, (caption, array) in zip(figures, expected, strict=True):
        assert floats(figure["cells"]) == pytest.approx(ArrayPreview(array).table.ravel().tolist(), rel=6e-4), caption


def backward_figures(recorded, step):
    """Return the (caption, array) pairs that a step shows under Backward."""
    found = [(f"upstream: grad = dL/d{recorded.nodes[step.node].name}", step.upstream)]
    for contribution in step.contributions:
        if contribution.value is None:
            continue
        parent = recorded.nodes[contribution.parent]
        if contribution.summed:
            found.append(("returned", contribution.returned))
        if contribution.before is None:
            found.append((f"dL/d{parent.name}", contribution.value))
        else:
            earlier = f".grad of {parent.name}, including an earlier backward"
            after = f"dL/d{parent.name}" if parent.grad_before is None else earlier
            found += [
                ("before", contribution.before),
                ("contribution", contribution.value),
                (after, contribution.after),
            ]
    return found


def gradients_after(recorded, steps):
    """Return node -> (gradient, consumers that it waits for), or (gradient, None) if it is from an earlier backward."""
    found = {index: (node.grad_before, None) for index, node in enumerate(recorded.nodes) if node.requires_grad}
    for step in recorded.steps[:steps]:
        if found[step.node][0] is None:
            found[step.node] = (step.upstream, 0)
        for contribution in step.contributions:
            if contribution.value is not None:
                found[contribution.parent] = (contribution.after, contribution.waiting)
    return found


def index_of(recorded, name):
    (index,) = [index for index, node in enumerate(recorded.nodes) if node.name == name]
    return index


def shown_step(page):
    return int(page.input_value("#jump"))


def heading(page):
    return page.inner_text("#panel h2")


def gradient_entry(page, entry):
    """Return a cell in the gradient of the inspected tensor."""
    return page.locator("#inspection figure").nth(1).locator("td").nth(int(entry))


def answer_of(page):
    """Return the answer to the current question, from the page's own data."""
    return page.evaluate("questionOf(currentRun(), state.step).answer")
