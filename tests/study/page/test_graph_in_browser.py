"""The graph on the page: edges, arrows, frames, the focus, and the arrow keys."""

import pytest

from tests.study.page.looking import EDGES, FOCUSED, FRAMES, TITLES, shown_step


@pytest.mark.parametrize("name", ["default", "passes", "deep"])
def test_edges_lead_from_each_tensor_to_its_uses_and_through_no_box(visit, request, name):
    replay = request.getfixturevalue(name)
    recorded = replay.passes[0]
    page = visit(replay, "#step=2", height=2000)
    edges = page.evaluate(EDGES)
    boxes = page.evaluate(TITLES)
    own = {(parent, child): key if (key := f"node {parent} for {child}") in boxes else f"node {parent}"
           for child, node in enumerate(recorded.nodes) for parent in node.parents}  # fmt: skip
    assert {(edge["from"], edge["to"]) for edge in edges} == {(key, f"node {child}") for (_, child), key in own.items()}
    assert [edge for edge in edges if edge["through"]] == []
    here = f"node {recorded.steps[1].node}"
    assert {edge["to"] for edge in edges if edge["active"]} == {here}
    assert all(edge["active"] == (edge["to"] == here) for edge in edges)


@pytest.mark.parametrize(("fragment", "arrow"), [("#step=2", "marker-start"), ("#step=2&view=forward", "marker-end")])
def test_arrows_point_in_the_direction_of_the_pass(visit, default, fragment, arrow):
    edges = visit(default, fragment).evaluate(EDGES)
    assert {tuple(edge["arrows"]) for edge in edges} == {(arrow,)}


def test_a_folded_layer_names_its_operations_and_shows_each_step_in_it(visit, default):
    page = visit(default)
    page.keyboard.press("l")
    assert page.evaluate(TITLES)["layer 3"] == "Linear 3 → ReLU 4 → Dropout 5: folded into one box"
    recorded = default.passes[0]
    for step in recorded.steps:
        page.keyboard.press("ArrowRight")
        layer = recorded.nodes[step.node].layer
        here = page.locator("g.box.here").get_attribute("data-key")
        assert here == (f"layer {layer}" if layer else f"node {step.node}")


@pytest.mark.parametrize("name", ["default", "passes", "branches"])
def test_a_frame_surrounds_each_layer_and_nothing_else(visit, request, name):
    replay = request.getfixturevalue(name)
    frames = visit(replay).evaluate(FRAMES)
    nodes = replay.passes[0].nodes
    layers = list(dict.fromkeys(node.layer for node in nodes if node.layer))
    expected = [{f"node {k}" for k, one in enumerate(nodes) if one.layer == layer} for layer in layers]
    assert [set(keys) for keys in frames] == expected


@pytest.mark.parametrize("target", ["g.box >> nth=3", "details.source summary", ".contribution td >> nth=0"])
def test_the_focus_stays_where_enter_was_pressed(visit, default, target):
    page = visit(default, "#step=3")
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
    page = visit(default, "#step=3")
    page.focus(".contribution td >> nth=0")
    for key, index in [("Down", "1, 0"), ("Right", "1, 1"), ("Up", "0, 1"), ("Up", "0, 1"), ("Left", "0, 0")]:
        page.keyboard.press(f"Arrow{key}")
        assert page.evaluate("document.activeElement.title").startswith(f"[{index}]")
    assert shown_step(page) == 3


def test_layers_fold_into_one_box_and_unfold(visit, default):
    page = visit(default)
    everything = page.locator("g.box").count()
    page.keyboard.press("l")
    assert sorted(page.locator("g.box text.name").all_text_contents()) == [
        "Linear 0", "Linear 3", "Linear 6", "loss", "x",
    ]  # fmt: skip
    page.locator("g.box.folded").first.click()
    assert page.locator("g.box").count() == 9
    page.locator("g.box.folded").first.focus()
    page.keyboard.press("Enter")
    page.click("#fold-all")
    page.click("#fold-all")
    assert page.locator("g.box").count() == everything


def test_the_graph_follows_the_step_without_moving_the_page(visit, deep):
    page = visit(deep, height=600)
    for _ in range(len(deep.passes[0].steps)):
        page.keyboard.press("ArrowRight")
        assert page.evaluate("""() => {
          const place = (one) => document.querySelector(one).getBoundingClientRect();
          const [pane, here] = ["#graph", ".box.here"].map(place);
          return here.top >= pane.top && here.bottom <= pane.bottom
            && here.left >= pane.left && here.right <= pane.right;
        }""")
        assert page.evaluate("scrollY") == 0


def test_no_boxes_overlap_and_no_edge_leaves_the_picture(visit, deep):
    page = visit(deep)
    assert page.evaluate("""() => {
      const svg = document.querySelector("#graph svg");
      const { width, height } = svg.viewBox.baseVal;
      const boxes = [...svg.querySelectorAll(".box")].map((one) => one.transform.baseVal[0].matrix);
      const near = (a, b) => Math.abs(a.e - b.e) < 116 && Math.abs(a.f - b.f) < 38;
      const overlaps = boxes.filter((a, i) => boxes.slice(i + 1).some((b) => near(a, b)));
      const outside = [...svg.querySelectorAll(".edge")].map((one) => one.getBBox()).filter((box) =>
        box.x < 0 || box.y < 0 || box.x + box.width > width || box.y + box.height > height);
      return [overlaps.length, outside.length];
    }""") == [0, 0]


def test_a_reused_leaf_is_shown_next_to_each_use(visit, deep):
    page = visit(deep)
    assert page.locator("g.box:has(text.name:text-is('weight'))").count() == 12


def test_a_folded_layer_shows_the_step_in_it(visit, default):
    page = visit(default, "#step=3")
    page.keyboard.press("l")
    assert page.text_content("g.box.here title") == "Linear 3 → ReLU 4 → Dropout 5: folded into one box"


@pytest.mark.parametrize("width", [320, 390, 900, 1280])
def test_the_default_graph_is_not_scrolled_sideways(visit, default, width):
    page = visit(default, width=width)
    assert page.locator("#graph .scroll").evaluate("(one) => one.scrollWidth - one.clientWidth") <= 0


def test_the_default_graph_fits_one_screen(visit, default):
    page = visit(default, width=1280, height=800)
    assert page.evaluate("document.querySelector('#graph svg').getBoundingClientRect().bottom") <= 800
