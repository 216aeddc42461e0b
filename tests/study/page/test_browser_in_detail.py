"""What the page shows against what was recorded: every table, line, color, sign and word of a step."""

import re
from functools import cache

import numpy as np
import pytest

import tinygrad_dropout as td
from tests.study.graphs import stopped
from tests.study.page.test_browser import STEPS, answer_of, gradient_entry, heading, shown_step
from tests.study.worked.reading import calculate
from tinygrad_dropout import functional as F
from tinygrad_dropout import study
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.study.derivatives import Derivatives
from tinygrad_dropout.study.paths import Paths
from tinygrad_dropout.study.preview import ArrayPreview, number, sizes
from tinygrad_dropout.study.variants import variants
from tinygrad_dropout.study.worked.total import MOST_TERMS

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


@cache
def text_of(replay):
    """The page, made once; the replay is kept, so that no other has its id."""
    return replay.html()


def replay_of(*passes, bug=None):
    """A recording of what these functions do."""
    with study.record(bug=bug) as replay:
        for one in passes:
            one()
    return replay


def leaf(*numbers, name="x"):
    return td.Tensor(np.array(numbers, dtype=float), requires_grad=True, name=name)


@pytest.fixture(scope="module")
def blocks():
    """Arrays of three axes and of one, larger than what is shown of them."""
    weight = td.Tensor(np.random.default_rng(1).normal(size=(2, 3, 10)), requires_grad=True, name="weight")
    bias = leaf(*np.linspace(-1, 1, 12), name="bias")
    return replay_of(lambda: ((weight * weight).sum() * (bias * bias).sum()).backward())


@pytest.fixture(scope="module")
def lines():
    """Two backward passes on lines of their own, the second from an array."""
    x = leaf(1.0, -2.0)
    with study.record() as replay:
        (x * x).sum().backward()
        x.tanh().backward(np.array([3.0, 0.0]))
    return replay


def look_at(page, name):
    """Unlike that of test_browser, also at the tensor that the step is about."""
    page.locator(f"g.box[aria-label^='{name}: ']").first.click()


def floats(texts):
    return [float(text.replace("−", "-")) for text in texts]


def figures_of(page, within):
    return page.evaluate(FIGURES, within)


def assert_shown(figures, expected):
    """The figures have these captions and show these arrays, to four digits."""
    assert [figure["caption"] for figure in figures] == [caption for caption, _ in expected]
    for figure, (caption, array) in zip(figures, expected, strict=True):
        assert floats(figure["cells"]) == pytest.approx(ArrayPreview(array).table.ravel().tolist(), rel=6e-4), caption


def backward_figures(recorded, step):
    """The (caption, array) that a step shows below Backward."""
    found = [(f"upstream: grad = dL/d{recorded.nodes[step.node].name}", step.upstream)]
    for gift in step.contributions:
        if gift.value is None:
            continue
        parent = recorded.nodes[gift.parent]
        if gift.summed:
            found.append(("returned", gift.returned))
        if gift.before is None:
            found.append((f"dL/d{parent.name}", gift.value))
        else:
            earlier = f".grad of {parent.name}, with an earlier backward's"
            after = f"dL/d{parent.name}" if parent.grad_before is None else earlier
            found += [("before", gift.before), ("contribution", gift.value), (after, gift.after)]
    return found


def gradients_after(recorded, steps):
    """value -> (gradient, how many it waits for); None for the number where the gradient is an earlier backward's."""
    found = {index: (value.grad_before, None) for index, value in enumerate(recorded.nodes) if value.requires_grad}
    for step in recorded.steps[:steps]:
        if found[step.node][0] is None:
            found[step.node] = (step.upstream, 0)
        for gift in step.contributions:
            if gift.value is not None:
                found[gift.parent] = (gift.after, gift.waiting)
    return found


def named(recorded, name):
    (index,) = [index for index, value in enumerate(recorded.nodes) if value.name == name]
    return index


# The step -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "number_"), [("default", 1), ("passes", 1), ("passes", 2)])
def test_a_step_shows_what_came_and_what_it_gave(visit, request, name, number_):
    replay = request.getfixturevalue(name)
    recorded = replay.passes[number_ - 1]
    page = visit(text_of(replay), f"#step=0&pass={number_}")
    for step in recorded.steps:
        page.keyboard.press("ArrowRight")
        assert_shown(figures_of(page, "article .backward"), backward_figures(recorded, step))


def test_a_step_shows_what_the_operation_took_and_made(visit, passes):
    page = visit(text_of(passes), "#view=forward")
    values = passes.passes[0].nodes
    for value in values:
        if value.parents:
            page.keyboard.press("ArrowRight")
            inputs = [values[parent] for parent in value.parents]
            assert heading(page) == f"{value.name} = {value.operation}({', '.join(one.name for one in inputs)})"
            expected = {one.name: one.data for one in [*inputs, value]}
            assert_shown(figures_of(page, "article .forward .arrays"), list(expected.items()))


def test_a_step_names_its_line_and_its_layer(visit, default):
    page = visit(text_of(default), "#step=3")
    place = default.passes[0].nodes[named(default.passes[0], "dropout_2")].source_line
    assert page.inner_text("p.line") == f"logits = model(x) example.py:{place.line}, in 5 Dropout(p=0.4)"


def test_the_forward_pass_shows_the_source_of_the_forward_function(visit, default):
    page = visit(text_of(default), "#step=3&view=forward")
    page.click("details.source summary")
    assert page.inner_text("details.source pre").startswith("def dropout(")


def test_of_many_products_the_largest_are_written_out(visit, passes):
    page = visit(text_of(passes), "#step=5")
    (recorded, *_), derivatives = passes.passes, Derivatives(passes.passes[0])
    assert heading(page).startswith("linear_2 =")
    for position, text in enumerate(page.locator(".equation").all_inner_texts()[:2]):
        name, index, _, written, total = re.match(r"dL/d(\S+?)\[(.+?)\] = (.+?) = (.+?) = (\S+)$", text).groups()
        shape = recorded.nodes[named(recorded, name)].data.shape
        entry = np.ravel_multi_index([int(one) for one in index.split(", ")], shape)
        terms = derivatives.sum(4, position, int(entry)).terms
        assert f"({len(terms) - MOST_TERMS} more: " in written
        assert calculate(written) == pytest.approx(sum(term.product for term in terms), rel=2e-3)
        assert floats([total])[0] == pytest.approx(sum(term.product for term in terms), rel=1e-3)


def test_a_tensor_that_is_used_twice_is_told_apart_by_the_arguments(visit, passes):
    page = visit(text_of(passes), "#step=2")
    assert page.locator(".gift h4").all_inner_texts() == ["to out, as x", "to out, as y"]


def test_what_gets_no_gradient_says_why(visit, default):
    assert "x asks for no gradient." in visit(text_of(default), "#step=8").inner_text(".backward")
    x = leaf(1.0, 2.0)
    page = visit(text_of(replay_of(lambda: (stopped(x) * 2 + x.tanh()).sum().backward())))
    while not heading_or_nothing(page).startswith("stopped"):
        page.keyboard.press("ArrowRight")
    assert "x gets nothing from this operation." in page.inner_text(".backward")


def heading_or_nothing(page):
    return heading(page) if shown_step(page) else ""


def test_the_pass_says_where_it_was_started(visit, lines):
    page = visit(text_of(lines))
    called = page.inner_text("#called")
    assert re.fullmatch(r"\S+, test_browser_in_detail\.py:\d+ +\(x \* x\)\.sum\(\)\.backward\(\)", called)
    page.select_option("#pass", "1")
    assert "x.tanh().backward(np.array([3.0, 0.0]))" in page.inner_text("#called")


def test_passes_are_listed_by_their_loss_or_their_line(visit, passes, lines):
    page = visit(text_of(passes))
    expected = [f"{one.number}: loss {number(one.loss)}" for one in passes.passes]
    assert page.locator("#pass option").all_inner_texts() == expected
    first, second = visit(text_of(lines)).locator("#pass option").all_inner_texts()
    assert first.endswith(" 5")
    assert second.endswith("x.tanh().backward(np.array([3.0, 0.0]))")


# Gradients ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number_", [1, 2])
def test_a_box_says_at_every_step_how_far_its_gradient_is(visit, passes, number_):
    recorded = passes.passes[number_ - 1]
    page = visit(text_of(passes), f"#step=0&pass={number_}")
    for step in range(len(recorded.steps) + 1):
        titles = {int(key.split()[1]): title for key, title in page.evaluate(TITLES).items()}
        found = gradients_after(recorded, step)
        for index, value in enumerate(recorded.nodes):
            gradient, waiting = found.get(index, (None, None))
            word = (
                ", no grad" if not value.requires_grad else ", not yet" if gradient is None
                else ", earlier" if waiting is None else f", waits for {waiting}" if waiting else " ✓"
            )  # fmt: skip
            assert titles[index] == f"{value.name}: {sizes(value.data.shape)}{word}", step
        page.keyboard.press("ArrowRight")


@pytest.mark.parametrize("name", ["hidden", "second.bias"])
def test_the_gradient_of_a_tensor_grows_from_step_to_step(visit, passes, name):
    recorded = passes.passes[1]
    index = named(recorded, name)
    page = visit(text_of(passes), "#step=0&pass=2")
    look_at(page, name)
    for step in range(len(recorded.steps) + 1):
        gradient, waiting = gradients_after(recorded, step)[index]
        _, shown = figures_of(page, "#inspection")
        if gradient is None:
            assert (shown["caption"], set(shown["cells"])) == ("gradient", {""})
        else:
            earlier = recorded.nodes[index].grad_before is not None
            caption = ".grad, with an earlier backward's" if earlier else "gradient"
            caption = ".grad of an earlier backward" if waiting is None else caption + ", so far" * bool(waiting)
            assert_shown([shown], [(caption, gradient)])
        page.keyboard.press("ArrowRight")


def test_an_entry_that_waits_for_more_has_no_paths_yet(visit, passes):
    page = visit(text_of(passes), "#step=3")
    look_at(page, "hidden")
    gradient_entry(page, 0).click()
    assert "is not complete yet: it waits for 1 more" in page.inner_text("#inspection")
    assert page.locator("#entry").count() == 0


def test_the_forward_pass_says_which_tensors_are_there(visit, default):
    page = visit(text_of(default), "#view=forward&step=3")
    titles = page.evaluate(TITLES)
    for index, value in enumerate(default.passes[0].nodes):
        there = index <= named(default.passes[0], "dropout_1")
        assert titles[f"value {index}"] == f"{value.name}: {sizes(value.data.shape) if there else 'not yet'}"


# Paths ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "tensor", "cell"), [("default", "0.weight", 4), ("default", "3.bias", 1), ("passes", "second.weight", 8)]
)
def test_the_derivatives_along_a_path_multiply_to_its_product(visit, request, name, tensor, cell):
    replay = request.getfixturevalue(name)
    recorded = replay.passes[0]
    index = named(recorded, tensor)
    entry = int(ArrayPreview(recorded.nodes[index].data).entries.flat[cell])
    paths = Paths(Derivatives(recorded))
    page = visit(text_of(replay))
    page.keyboard.press("End")
    look_at(page, tensor)
    gradient_entry(page, cell).click()
    shown = page.locator(".paths li").all_inner_texts()
    assert len(shown) == len(paths.links[index][entry])
    at = ArrayPreview(recorded.nodes[index].data).index(entry)
    for rank, text in enumerate(shown):
        path, product = text.split(": product ")
        walk = paths.walk(index, entry, rank)[::-1]
        assert floats(re.findall(r" × (\S+?) → ", path)) == pytest.approx([local for *_, local in walk[1:]], rel=6e-4)
        names = [
            recorded.nodes[value].name + ArrayPreview(recorded.nodes[value].data).index(one) for value, one, _ in walk
        ]
        assert re.split(r" × \S+? → ", path) == names
        assert names[0] == "loss"
        assert names[-1] == tensor + at
        assert floats([product])[0] == pytest.approx(paths.links[index][entry][rank].product, rel=6e-4)
    together = f"All {int(paths.counts[index][entry]):,} together: dL/d{tensor}{at} = "
    assert together + number(paths.totals[index][entry]) in page.inner_text("#entry")


@pytest.mark.parametrize("run", [0, 1, 3])
def test_a_variant_has_numbers_of_its_own(visit, default, run):
    recorded = [default.passes[0], *variants(default.passes[0])][run]
    page = visit(text_of(default), f"#step=2&run={run}")
    assert_shown(figures_of(page, "article .backward"), backward_figures(recorded, recorded.steps[1]))
    page.keyboard.press("End")
    look_at(page, "0.weight")
    paths = Paths(Derivatives(recorded))
    entry = int(np.argmax(paths.counts[0]))
    gradient_entry(page, entry).click()
    page.keyboard.press("g")
    assert paths.counts[0][entry] > 3
    assert f" = {number(recorded.gradients()[0].flat[entry])}\n" in page.inner_text("#entry")
    assert "✓ They agree." in page.inner_text("#entry")


def test_where_relu_is_off_an_entry_has_no_paths_for_that(visit, default):
    page = visit(text_of(default))
    page.keyboard.press("End")
    look_at(page, "linear_1")
    off = np.flatnonzero(default.passes[0].nodes[named(default.passes[0], "linear_1")].data < 0)
    gradient_entry(page, off[0]).click()
    assert "(relu_1 is off there), so its gradient is 0" in page.inner_text("#entry")


def test_a_seed_other_than_1_is_said_and_counts(visit, lines):
    page = visit(text_of(lines), "#pass=2")
    page.keyboard.press("End")
    root = lines.passes[1].nodes[-1].name
    look_at(page, root)
    gradient_entry(page, 0).click()
    page.keyboard.press("g")
    assert f"3 at the start; {root}[0]: product 3" in page.inner_text("#entry")
    assert "backward says 3. ✓ They agree." in page.inner_text("#entry")


def test_another_entry_and_another_tensor_begin_without_a_check(visit, default):
    page = visit(text_of(default))
    page.keyboard.press("End")
    look_at(page, "0.weight")
    gradient_entry(page, 1).click()
    page.keyboard.press("g")
    gradient_entry(page, 2).click()
    assert page.get_attribute("#check", "aria-pressed") == "false"
    look_at(page, "relu_1")
    assert page.locator("#entry").count() == 0
    page.keyboard.press("Escape")
    assert page.locator("#inspection").count() == 0


@pytest.mark.parametrize(("figure", "name"), [("article .forward .arrays", "relu_2"), (".gift", "relu_2")])
def test_a_click_on_a_number_looks_at_its_tensor(visit, default, figure, name):
    page = visit(text_of(default), "#step=3")
    page.locator(f"{figure} td").nth(6).click()
    assert page.inner_text("#inspection h3").startswith(name)
    selected = page.locator("#panel td[aria-selected=true]")
    assert {one.get_attribute("title").split("]")[0] for one in selected.all()} == {"[1, 2"}
    assert selected.count() == 4  # forward, backward, and both tables of the tensor


# Large arrays ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "cell", "index", "part"), [("weight", 21, "[0, 2, 5]", "[0, 0:3, 0:8]"), ("bias", 5, "[5]", "[0:8]")]
)
def test_a_corner_of_any_number_of_axes_has_the_indices_of_the_whole(visit, blocks, name, cell, index, part):
    page = visit(text_of(blocks))
    page.keyboard.press("End")
    look_at(page, name)
    assert page.locator("#inspection .range").nth(1).inner_text() == f"the part {part}"
    assert gradient_entry(page, cell).get_attribute("title") == index
    gradient_entry(page, cell).click()
    recorded = blocks.passes[0]
    value = named(recorded, name)
    entry = int(ArrayPreview(recorded.nodes[value].data).entries.flat[cell])
    assert f"dL/d{name}{index} = {number(recorded.gradients()[value].flat[entry])}" in page.inner_text("#entry")
    page.keyboard.press("g")
    assert "✓ They agree." in page.inner_text("#entry")


def test_the_range_is_that_of_the_whole_array(visit, passes):
    page = visit(text_of(passes), "#step=3")
    array = passes.passes[0].nodes[named(passes.passes[0], "hidden")].data
    text = page.locator("article .forward .arrays .range").first.inner_text()
    shown = re.fullmatch(r"min (\S+), max (\S+), norm (\S+)", text).groups()
    assert floats(shown) == pytest.approx([array.min(), array.max(), np.linalg.norm(array)], rel=6e-4)


def test_an_entry_of_a_lower_row_has_its_own_difference(visit, passes):
    page = visit(text_of(passes))
    page.keyboard.press("End")
    look_at(page, "second.weight")
    gradient_entry(page, 8).click()
    page.keyboard.press("g")
    assert "second.weight[1, 0] moved by a millionth" in page.inner_text("#entry")
    assert "✓ They agree." in page.inner_text("#entry")


def test_an_array_without_elements_says_so(visit):
    x = td.Tensor(np.ones((0, 3)), requires_grad=True, name="x")
    page = visit(text_of(replay_of(lambda: (x * x).sum().backward())))
    for _ in range(2):
        page.keyboard.press("ArrowRight")
        look_at(page, "x")
    assert "no elements" in page.inner_text(".backward")


# Colors and signs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "within",
    [".forward table", ".gift table", "#signs span:has-text('negative')", "#signs span:has-text('positive')"],
)
def test_the_color_says_the_sign_and_the_size(visit, default, within):
    page = visit(text_of(default), "#step=5")
    for table in page.locator(within).all():
        cells = table.locator("td").evaluate_all(COLORS)
        largest = max(abs(floats([text])[0]) for text, _ in cells)
        for text, color in cells:
            share = floats([text])[0] / largest
            assert abs(color - 120 * share) < 35 * abs(share) + 3, text  # orange for positive, blue for negative


def test_a_screen_reader_is_told_what_a_cell_and_a_box_show(visit, default):
    page = visit(text_of(default), "#step=3")
    assert re.fullmatch(r"\[\d, \d\] 0 dropped", page.locator(".gift td.dropped").first.get_attribute("aria-label"))
    assert page.locator(".gift table").get_attribute("aria-label") == "dL/drelu_2, 4 × 4"
    assert page.locator("g.box.here").get_attribute("aria-label") == "dropout_2: 4 × 4 ✓, this step"
    page.keyboard.press("ArrowRight")
    assert re.fullmatch(r"\[\d, \d\] 0 ReLU off", page.locator(".gift td.dead").first.get_attribute("aria-label"))


@pytest.mark.parametrize(("name", "step"), [("default", 3), ("default", 4), ("buggy", 3), ("buggy", 5)])
def test_what_differs_from_the_run_beside_is_marked_in_both(visit, request, name, step):
    page = visit(text_of(request.getfixturevalue(name)), f"#step={step}&beside=1")
    left, right = (
        [*figures_of(page, f"article:nth-child({k}) .forward"), *figures_of(page, f"article:nth-child({k}) .backward")]
        for k in (1, 2)
    )
    assert [one["caption"] for one in left] == [one["caption"] for one in right]
    for mine, theirs in zip(left, right, strict=True):
        expected = [one != other for one, other in zip(mine["cells"], theirs["cells"], strict=True)]
        assert mine["differs"] == theirs["differs"] == expected, mine["caption"]


# The graph ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["default", "passes", "deep"])
def test_lines_lead_from_each_tensor_to_what_uses_it_and_through_no_box(visit, request, name):
    replay = request.getfixturevalue(name)
    recorded = replay.passes[0]
    page = visit(text_of(replay), "#step=2", height=2000)
    edges = page.evaluate(EDGES)
    boxes = page.evaluate(TITLES)
    own = {(parent, child): key if (key := f"value {parent} for {child}") in boxes else f"value {parent}"
           for child, value in enumerate(recorded.nodes) for parent in value.parents}  # fmt: skip
    assert {(edge["from"], edge["to"]) for edge in edges} == {
        (key, f"value {child}") for (_, child), key in own.items()
    }
    assert [edge for edge in edges if edge["through"]] == []
    here = f"value {recorded.steps[1].node}"
    assert {edge["to"] for edge in edges if edge["active"]} == {here}
    assert all(edge["active"] == (edge["to"] == here) for edge in edges)


@pytest.mark.parametrize(("fragment", "arrow"), [("#step=2", "marker-start"), ("#step=2&view=forward", "marker-end")])
def test_arrows_point_the_way_of_the_pass(visit, default, fragment, arrow):
    edges = visit(text_of(default), fragment).evaluate(EDGES)
    assert {tuple(edge["arrows"]) for edge in edges} == {(arrow,)}


def test_a_folded_layer_names_its_operations_and_shows_each_step_in_it(visit, default):
    page = visit(text_of(default))
    page.keyboard.press("l")
    assert page.evaluate(TITLES)["layer 3"] == "Linear 3 → ReLU 4 → Dropout 5: folded into one box"
    recorded = default.passes[0]
    for step in recorded.steps:
        page.keyboard.press("ArrowRight")
        layer = recorded.nodes[step.node].layer
        here = page.locator("g.box.here").get_attribute("data-key")
        assert here == (f"layer {layer}" if layer else f"value {step.node}")


@pytest.mark.parametrize("name", ["default", "passes", "branches"])
def test_a_frame_is_drawn_round_each_layer_and_round_nothing_else(visit, request, name):
    replay = request.getfixturevalue(name)
    frames = visit(text_of(replay)).evaluate(FRAMES)
    nodes = replay.passes[0].nodes
    layers = list(dict.fromkeys(node.layer for node in nodes if node.layer))
    expected = [{f"value {k}" for k, one in enumerate(nodes) if one.layer == layer} for layer in layers]
    assert [set(keys) for keys in frames] == expected


@pytest.mark.parametrize("target", ["g.box >> nth=3", "details.source summary", ".gift td >> nth=0"])
def test_the_focus_stays_where_enter_was_pressed(visit, default, target):
    page = visit(text_of(default), "#step=3")
    page.focus(target)
    before = page.evaluate(FOCUSED)
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUSED) == before
    page.keyboard.press("ArrowRight" if "summary" in target else "Enter")
    assert (
        page.evaluate("document.activeElement.tagName.toLowerCase()")
        == target.split(" >>")[0].split()[-1][:7].split(".")[0]
    )


def test_arrow_keys_move_in_a_table_in_all_directions(visit, default):
    page = visit(text_of(default), "#step=3")
    page.focus(".gift td >> nth=0")
    for key, index in [("Down", "1, 0"), ("Right", "1, 1"), ("Up", "0, 1"), ("Up", "0, 1"), ("Left", "0, 0")]:
        page.keyboard.press(f"Arrow{key}")
        assert page.evaluate("document.activeElement.title").startswith(f"[{index}]")
    assert shown_step(page) == 3


# Runs and passes ------------------------------------------------------------------------------------------------------


def test_runs_are_listed_by_what_was_changed(visit, default):
    page = visit(text_of(default))
    assert [one.label for one in variants(default.passes[0])] == ["another mask", "evaluation mode", "p = 0.2"]
    labels = [
        "the pass as it ran", "the same pass with another mask", "the same pass in evaluation mode",
        "the same pass with p = 0.2",
    ]  # fmt: skip
    assert page.locator("#run option").all_inner_texts() == labels
    assert page.locator("#beside option").all_inner_texts() == ["nothing", *labels[1:]]
    page.select_option("#run", "3")
    page.select_option("#beside", "0")
    page.keyboard.press("ArrowRight")
    assert page.locator(".run").all_text_contents() == [labels[3], labels[0]]


def test_a_run_is_chosen_while_a_tensor_is_looked_at(visit, default):
    page = visit(text_of(default))
    look_at(page, "loss")
    page.select_option("#run", "2")
    assert page.locator("#inspection").count() == 0


def test_the_fragment_keeps_the_run_and_the_pass_over_a_reload(visit, default, passes):
    page = visit(text_of(default))
    page.select_option("#run", "3")
    page.reload()
    assert page.input_value("#run") == "3"
    page = visit(text_of(passes))
    page.select_option("#pass", "1")
    page.reload()
    assert page.input_value("#pass") == "1"


@pytest.mark.parametrize("fragment", ["#pass=99", "#pass=0&run=5&beside=7", "#pass=3&step=99&view=sideways"])
def test_a_fragment_of_more_than_there_is_leads_to_the_last(visit, passes, fragment):
    page = visit(text_of(passes), fragment)
    assert page.input_value("#pass") == ("0" if "=0" in fragment else "2")


def test_a_fragment_with_a_step_shows_the_run_with_a_bug_only_if_it_says_so(visit, buggy):
    assert visit(text_of(buggy), "#step=5").locator("article").count() == 1


def test_only_the_first_pass_has_variants_and_the_others_say_so(visit):
    x = leaf(1.0, 2.0, 3.0)
    page = visit(text_of(replay_of(*[lambda: F.dropout(x, 0.5).sum().backward()] * 2)))
    assert page.locator("#run").count() == 1
    page.select_option("#pass", "1")
    assert page.locator("#run").count() == 0
    assert "The first pass can be compared with others" in page.inner_text("#choices")


def test_a_pass_that_cannot_be_done_again_says_why_it_has_no_variants(visit):
    x = leaf(1.0, 2.0, 3.0)

    def changed():
        loss = F.dropout(x, 0.5).sum()
        x.data[:] = 7
        loss.backward()

    assert "Nothing to compare with: " in visit(text_of(replay_of(changed))).inner_text("#choices")


def test_a_bug_that_changes_nothing_is_said_to(visit):
    page = visit(text_of(replay_of(lambda: leaf(1.0, 2.0).relu().sum().backward(), bug="relu-ignored")))
    assert "in this pass it changes nothing" in page.inner_text("#banner")
    assert page.locator("#to-bug").count() == 0


# Odd recordings -------------------------------------------------------------------------------------------------------


def half(x):
    return record(x.data / 2, (x,), half_backward)


def half_backward(grad, x):
    """dL/dx = grad / 2, </script> and <!--<script> & <b>too</b>"""
    return (grad / 2,)


def test_names_and_sources_may_hold_markup_and_quotes(visit):
    first, second, third = (leaf(1.0, 2.0, name=name) for name in ODD)
    page = visit(text_of(replay_of(lambda: half(first * second * third).sum().backward())), "#step=2")
    assert page.inner_text(".rule") == half_backward.__doc__
    page.click("details.source summary")
    assert half_backward.__doc__ in page.inner_text("details.source pre")
    assert page.title() == "Replay of one backward pass"
    page.keyboard.press("End")
    assert ODD[0] in heading(page)
    for name in ODD:
        page.locator("g.box").nth(ODD.index(name)).press("Enter")
        assert page.locator("#inspection h3").text_content().startswith(name)


def test_nan_and_infinity_are_shown_as_words(visit):
    x = leaf(np.nan, np.inf, -np.inf, 1.0, -2.0)
    page = visit(text_of(replay_of(lambda: F.dropout(x * x, 0.0).sum().backward())))
    page.keyboard.press("End")
    look_at(page, "x")
    values, gradient = figures_of(page, "#inspection")
    assert values["cells"] == ["nan", "inf", "−inf", "1", "−2"]
    assert gradient["cells"] == ["nan", "inf", "−inf", "2", "−4"]
    gradient_entry(page, 3).click()
    page.keyboard.press("g")
    assert "dL/dx[3]" in page.inner_text("#inspection") or "x[3]" in page.inner_text("#inspection")


# Predict --------------------------------------------------------------------------------------------------------------


def ask(page, step):
    """Switch guessing on and go to the question of a step, without an answer to the earlier ones."""
    page.keyboard.press("p")
    for _ in range(step - 1):
        page.keyboard.press("ArrowRight")
        page.click("#give-up")
    page.keyboard.press("ArrowRight")


@pytest.mark.parametrize(
    ("factor", "form", "right"),
    [(1.005, "{:.6f}", True), (1.03, "{:.6f}", False), (0.97, "{:.6f}", False), (-1, "{:.6f}", False),
     (1, "{:.3e}", True), (0, "{}", False)],
)  # fmt: skip
def test_predict_takes_a_number_to_a_hundredth(visit, default, factor, form, right):
    page = visit(text_of(default))
    ask(page, 3)
    answer = floats([answer_of(page)])[0]
    page.fill("#guess", form.format(answer * factor))
    page.keyboard.press("Enter")
    assert ("✓ Right." in page.inner_text("#verdict")) == right


def test_predict_takes_a_decimal_comma_and_a_true_minus(visit, default):
    page = visit(text_of(default))
    ask(page, 2)
    page.fill("#guess", answer_of(page).replace(".", ","))
    page.keyboard.press("Enter")
    assert "✓ Right." in page.inner_text("#verdict")


@pytest.mark.parametrize("guess", ["4 x 3", "34", "3", "3 x 4 x 1"])
def test_predict_takes_no_other_shape(visit, default, guess):
    page = visit(text_of(default))
    ask(page, 2)
    page.fill("#guess", guess)
    page.keyboard.press("Enter")
    assert f"✗ It is 3 × 4, not {guess}." in page.inner_text("#verdict")


def test_predict_hides_the_numbers_from_who_looks_at_the_tensor(visit, default):
    page = visit(text_of(default))
    ask(page, 2)
    page.keyboard.press("Escape")
    look_at(page, "dropout_2")
    assert page.locator("#inspection table.pending").count() == 1


def test_predict_begins_anew_and_backward(visit, default):
    page = visit(text_of(default), "#view=forward&step=3")
    ask(page, 2)
    page.click("#give-up")
    page.keyboard.press("p")
    page.keyboard.press("p")
    assert shown_step(page) == 0
    assert page.get_attribute("#backward", "aria-pressed") == "true"
    assert page.inner_text("#verdict") == "Predict: 0 of 0 right so far."
    page.keyboard.press("ArrowRight")
    assert page.locator("#question").count() == 1


def test_letters_in_a_field_are_no_shortcuts(visit, default):
    page = visit(text_of(default))
    ask(page, 1)
    page.keyboard.type("f l p ?")
    assert page.input_value("#guess") == "f l p ?"
    assert page.is_hidden("#keys")
    assert page.locator("#question").count() == 1


# The bar --------------------------------------------------------------------------------------------------------------


def test_play_from_the_end_begins_anew(visit, default):
    page = visit(text_of(default), f"#step={STEPS}")
    page.keyboard.press("Space")
    assert (shown_step(page), page.inner_text("#play")) == (0, "stop")
    page.keyboard.press("Space")
    assert page.inner_text("#play") == "play"


def test_the_browsers_own_shortcuts_are_left_to_it(visit, default):
    page = visit(text_of(default), "#view=forward&step=3")
    for key in ("Control+b", "Alt+b", "Meta+b"):
        page.keyboard.press(key)
    assert page.get_attribute("#forward", "aria-pressed") == "true"


def test_space_on_a_button_is_one_press_of_that_button(visit, default):
    page = visit(text_of(default))
    page.focus("#next")
    page.keyboard.press("Space")
    assert (shown_step(page), page.inner_text("#play")) == (1, "play")


@pytest.mark.parametrize(("step", "off"), [(0, ["first", "previous"]), (3, []), (STEPS, ["next", "last"])])
def test_buttons_that_lead_nowhere_are_off(visit, default, step, off):
    page = visit(text_of(default), f"#step={step}")
    assert [one for one in ("first", "previous", "next", "last") if page.is_disabled(f"#{one}")] == off


def test_the_list_of_keys_is_said_to_be_open_or_closed(visit, default):
    page = visit(text_of(default))
    assert page.get_attribute("#help", "aria-expanded") == "false"
    page.keyboard.press("?")
    assert page.get_attribute("#help", "aria-expanded") == "true"
    page.keyboard.press("Escape")
    assert page.is_hidden("#keys")


# Faults of the page ---------------------------------------------------------------------------------------------------


def test_an_entry_without_paths_blames_no_other_operation(visit):
    x = leaf(1.0, 2.0)
    mask = np.array([False, True])
    page = visit(text_of(replay_of(lambda: (x.tanh() * td.Tensor(mask.astype(float))).sum().backward())))
    page.keyboard.press("End")
    look_at(page, "x")
    gradient_entry(page, 0).click()
    assert "tanh dropped it" not in page.inner_text("#entry")


@pytest.mark.parametrize("early", [lambda x: stopped(x), lambda x: stopped(x.exp())])
def test_nothing_waits_at_the_end_for_what_gives_no_gradient(visit, early):
    x = leaf(1.0, 2.0)
    page = visit(text_of(replay_of(lambda: (early(x) + x.tanh()).sum().backward())))
    page.keyboard.press("End")
    assert [title for title in page.evaluate(TITLES).values() if "waits" in title] == []


def test_predict_counts_no_step_that_it_does_not_ask(visit):
    x = leaf(1.0, 2.0)
    page = visit(text_of(replay_of(lambda: (x.tanh() + stopped(x)).sum().backward())))
    page.keyboard.press("p")
    asked = 0
    for _ in range(4):
        page.keyboard.press("ArrowRight")
        if page.locator("#question").count():
            asked += 1
            page.click("#give-up")
        assert "✓ Right." not in page.inner_text("#verdict")
    assert page.inner_text("#verdict").endswith(f"At the end: 0 of {asked} right.")


def test_predict_asks_for_all_that_a_tensor_gets_from_a_step(visit):
    x = leaf(3.0, 1.0)
    page = visit(text_of(replay_of(lambda: (x * x).sum().backward())))
    ask(page, 2)
    assert "Which number does x[0] get from this step?" in page.inner_text("#question")
    page.fill("#guess", "6")
    page.keyboard.press("Enter")
    assert "✓ Right." in page.inner_text("#verdict")


def test_predict_takes_a_number_as_the_page_writes_it(visit):
    x = leaf(1.0, 2.0)
    page = visit(text_of(replay_of(lambda: (x * -1.5e-6).sum().backward())))
    ask(page, 2)
    assert answer_of(page) == "−1.5e−6"
    page.fill("#guess", "−1.5e−6")
    page.keyboard.press("Enter")
    assert "✓ Right." in page.inner_text("#verdict")


def test_predict_leaves_the_forward_pass_closed(visit, default):
    page = visit(text_of(default))
    ask(page, 2)
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    assert page.is_disabled("#forward")
    assert page.get_attribute("#backward", "aria-pressed") == "true"
    page.keyboard.press("p")
    page.keyboard.press("f")
    assert page.get_attribute("#forward", "aria-pressed") == "true"


def test_another_fragment_leads_to_a_run_without_the_tensor_that_is_looked_at(visit, default):
    page = visit(text_of(default), "#step=1")
    look_at(page, "loss")
    page.evaluate("location.hash = '#step=2&run=2'")
    page.wait_for_function("document.getElementById('jump').value === '2'")
    assert heading(page).startswith("logits =")


def test_an_infinite_gradient_is_said_as_it_is(visit):
    x = leaf(-0.0, 2.0)
    with np.errstate(all="ignore"):
        page = visit(text_of(replay_of(lambda: (x**-1.0).sum().backward())))
    page.keyboard.press("End")
    look_at(page, "x")
    gradient_entry(page, 0).click()
    page.keyboard.press("g")
    assert "backward says −inf" in page.inner_text("#inspection")


@pytest.mark.parametrize(("target", "after"), [("g.label >> nth=0", "layer 0"), ("#fold-all", "fold all layers")])
def test_the_focus_stays_where_something_was_folded(visit, default, target, after):
    page = visit(text_of(default))
    page.focus(target)
    before = page.evaluate(FOCUSED)
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUSED) == after
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUSED) == before
