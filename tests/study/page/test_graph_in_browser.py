"""The graph on the page: edges, arrows, frames, the focus, and the arrow keys."""

import pytest

from tests.study.page.looking import EDGES, FOCUSED, FRAMES, TITLES, shown_step, text_of


@pytest.mark.parametrize("name", ["default", "passes", "deep"])
def test_edges_lead_from_each_tensor_to_its_uses_and_through_no_box(visit, request, name):
    replay = request.getfixturevalue(name)
    recorded = replay.passes[0]
    page = visit(text_of(replay), "#step=2", height=2000)
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
        assert here == (f"layer {layer}" if layer else f"node {step.node}")


@pytest.mark.parametrize("name", ["default", "passes", "branches"])
def test_a_frame_surrounds_each_layer_and_nothing_else(visit, request, name):
    replay = request.getfixturevalue(name)
    frames = visit(text_of(replay)).evaluate(FRAMES)
    nodes = replay.passes[0].nodes
    layers = list(dict.fromkeys(node.layer for node in nodes if node.layer))
    expected = [{f"node {k}" for k, one in enumerate(nodes) if one.layer == layer} for layer in layers]
    assert [set(keys) for keys in frames] == expected


@pytest.mark.parametrize("target", ["g.box >> nth=3", "details.source summary", ".contribution td >> nth=0"])
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
    page.focus(".contribution td >> nth=0")
    for key, index in [("Down", "1, 0"), ("Right", "1, 1"), ("Up", "0, 1"), ("Up", "0, 1"), ("Left", "0, 0")]:
        page.keyboard.press(f"Arrow{key}")
        assert page.evaluate("document.activeElement.title").startswith(f"[{index}]")
    assert shown_step(page) == 3
