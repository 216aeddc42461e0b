"""The page in a real browser: keys, clicks, the fragment, widths, and labels for screen readers."""

import re

import numpy as np
import pytest

from tests.study.page.looking import STEPS, answer_of, gradient_entry, heading, shown_step
from tinygrad_dropout import study
from tinygrad_dropout.study.preview import number
from tinygrad_dropout.study.script import EXAMPLE, run_script
from tinygrad_dropout.study.variants import run_variants


def look_at(page, name):
    page.locator(f"g.box:has(text.name:text-is('{name}'))").click()


def value_of(replay, name):
    (recorded,) = replay.passes
    (index,) = [index for index, node in enumerate(recorded.nodes) if node.name == name]
    return index, recorded.gradients()[index]


@pytest.mark.parametrize(
    ("keys", "step"),
    [
        ("ArrowRight", 1), ("ArrowRight ArrowRight ArrowLeft", 1), ("End", STEPS), ("End Home", 0), ("ArrowLeft", 0),
        ("End ArrowRight", STEPS), ("End ArrowLeft", STEPS - 1),
    ],
)  # fmt: skip
def test_keys_go_from_step_to_step(visit, default, keys, step):
    page = visit(default)
    for key in keys.split():
        page.keyboard.press(key)
    assert shown_step(page) == step
    assert page.inner_text("#count") == str(STEPS)


@pytest.mark.parametrize(("button", "step"), [("first", 0), ("previous", 2), ("next", 4), ("last", STEPS)])
def test_buttons_go_from_step_to_step(visit, default, button, step):
    page = visit(default, "#step=3")
    page.click(f"#{button}")
    assert shown_step(page) == step


def test_you_can_jump_to_a_step(visit, default):
    page = visit(default)
    page.fill("#jump", "5")
    page.keyboard.press("Tab")
    assert heading(page).startswith("linear_2 =")
    page.fill("#jump", "99")
    page.keyboard.press("Enter")
    assert shown_step(page) == STEPS
    page.keyboard.press("ArrowLeft")
    assert shown_step(page) == STEPS - 1


def test_the_steps_are_shown_in_the_order_in_which_they_ran(visit, default):
    page = visit(default)
    (recorded,) = default.passes
    for step in recorded.steps:
        page.keyboard.press("ArrowRight")
        node = recorded.nodes[step.node]
        assert heading(page).startswith(f"{node.name} = {node.operation}(")
        assert page.inner_text(".rule") == node.rule
        assert node.backward.__name__ in page.inner_text("details.source summary")


def test_the_source_of_the_function_is_shown_and_stays_open(visit, default):
    page = visit(default, "#step=3")
    page.click("details.source summary")
    assert "return (multiply_by_mask(grad, mask, p, scaling),)" in page.inner_text("details.source pre")
    page.keyboard.press("ArrowRight")
    assert "def relu_backward" in page.inner_text("details.source pre")


def test_play_advances_and_stops_at_the_end(visit, default):
    page = visit(default, "#step=7")
    page.keyboard.press("Space")
    assert page.get_attribute("#play", "aria-pressed") == "true"
    page.wait_for_function("document.getElementById('jump').value === '8'")
    page.wait_for_function("document.getElementById('play').getAttribute('aria-pressed') === 'false'")


def test_play_stops_when_asked(visit, default):
    page = visit(default)
    page.click("#play")
    page.click("#play")
    assert page.get_attribute("#play", "aria-pressed") == "false"
    page.wait_for_timeout(1400)
    assert shown_step(page) == 0


def test_the_fragment_keeps_the_step_after_a_reload(visit, default):
    page = visit(default)
    page.keyboard.press("End")
    page.keyboard.press("f")
    page.select_option("#beside", "2")
    assert "view=forward" in page.url
    page.reload()
    assert page.get_attribute("#forward", "aria-pressed") == "true"
    assert heading(page).startswith("linear_1")
    assert page.input_value("#beside") == "2"


@pytest.mark.parametrize(
    ("fragment", "step"),
    [("#step=4", 4), ("#step=999", STEPS), ("#step=-1", 0), ("#nonsense", 0), ("#step=x&run=77", 0)],
)
def test_any_fragment_leads_to_a_valid_step(visit, default, fragment, step):
    page = visit(default, fragment)
    assert shown_step(page) == step
    page.evaluate("location.hash = '#step=2'")
    page.wait_for_function("document.getElementById('jump').value === '2'")


def test_forward_and_backward_show_the_same_operation(visit, default):
    page = visit(default, "#step=6")
    assert heading(page).startswith("dropout_1")
    page.click("#forward")
    assert heading(page).startswith("dropout_1")
    assert "Backward" not in page.inner_text("#panel")
    page.keyboard.press("b")
    assert heading(page).startswith("dropout_1")
    assert shown_step(page) == 6


def test_the_forward_pass_goes_from_the_inputs_to_the_loss(visit, default):
    page = visit(default, "#view=forward&step=0")
    names = []
    for _ in range(STEPS):
        page.keyboard.press("ArrowRight")
        names.append(heading(page).split(" = ")[0])
    assert names == ["linear_1", "relu_1", "dropout_1", "linear_2", "relu_2", "dropout_2", "logits", "loss"]


def test_before_backward_every_gradient_is_hatched_and_none_is_0(visit, default):
    page = visit(default)
    look_at(page, "0.weight")
    assert page.locator("#inspection table.pending").count() == 1
    assert page.locator("#inspection table.pending td").all_inner_texts() == [""] * 15
    assert "not computed yet" in page.get_attribute("#inspection table.pending", "aria-label")
    assert page.locator("g.box.pending").count() == 14  # all but x, which does not require a gradient


def test_a_box_shows_the_state_of_its_gradient(visit, passes):
    page = visit(passes, "#step=2")
    boxes = page.locator("g.box")
    assert not any("waits" in text for text in boxes.all_text_contents())  # both uses of out are in one operation
    page.keyboard.press("ArrowRight")
    assert any("waits for 1" in text for text in boxes.all_text_contents())
    assert "waiting for 1 more consumer" in page.inner_text("#panel")


def test_dropped_units_are_crossed_out_forward_and_backward(visit, default):
    page = visit(default, "#step=6")
    (recorded,) = default.passes
    (node,) = [node for node in recorded.nodes if node.name == "dropout_1"]
    dropped = int((~node.saved["mask"]).sum())
    figures = page.locator("article figure:has(td.dropped)")  # the result, the mask, the gradient
    assert [figures.nth(k).locator("td.dropped").count() for k in range(figures.count())] == [dropped] * 3
    assert "Kept: × 1.667 = 1/(1 − 0.4)" in page.inner_text("#panel")
    assert page.locator("main td.dropped").first.get_attribute("title").endswith("dropped")


def test_units_that_are_off_look_different_from_dropped_ones(visit, default):
    page = visit(default, "#step=7")
    (recorded,) = default.passes
    (node,) = [node for node in recorded.nodes if node.name == "relu_1"]
    assert page.locator(".contribution td.dead").count() == int((node.data == 0).sum())
    assert page.locator(".contribution td.dropped").count() == 0
    assert page.locator("main td.dead").first.get_attribute("title").endswith("ReLU off")


def test_the_first_step_shows_the_probabilities_the_target_and_their_difference(visit, default):
    page = visit(default, "#step=1")
    (recorded,) = default.passes
    logits = recorded.nodes[recorded.nodes[-1].parents[0]].data
    labels = recorded.nodes[-1].saved["target"]
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    captions = [text.split("\n")[0] for text in page.locator(".saved figcaption").all_inner_texts()]
    assert captions == ["p = softmax(logits) 4 × 3", f"target (labels {', '.join(map(str, labels))}) 4 × 3"]
    for figure, shown in enumerate((p, np.eye(3)[labels])):
        rows = page.locator(".saved figure").nth(figure).locator("tr")
        cells = [rows.nth(k).locator("td").all_inner_texts() for k in range(rows.count())]
        np.testing.assert_allclose(np.array(cells, float), shown, rtol=6e-4)
    page.locator(".contribution td").nth(7).click()
    line = page.inner_text(".example .equation")
    assert line.startswith(f"dL/dlogits[2, 1] = upstream × (p − target) / N = 1 × ({number(p[2, 1])} − ")


def test_elementwise_rules_show_the_local_derivative(visit, default):
    page = visit(default, "#step=3")
    found = re.search(r"upstream × mask / \(1 − p\) = (\S+) × 1 / \(1 − 0\.4\) = (\S+)", page.inner_text("#panel"))
    upstream, product = (float(text.replace("−", "-")) for text in found.groups())
    assert product == pytest.approx(upstream / 0.6, rel=1e-3)


def test_matrix_products_name_the_row_and_the_column(visit, default):
    page = visit(default, "#step=5")
    assert re.search(r"row \d of dL/dlinear_2 times column \d of 3.weight", page.inner_text("#panel"))
    assert re.search(r"column \d of dL/dlinear_2 times column \d of dropout_1", page.inner_text("#panel"))
    page.locator(".contribution:has(h4:text-is('to 3.weight')) td").nth(7).click()
    assert "dL/d3.weight[1, 2] = Σ upstream × x = " in page.inner_text(
        ".contribution:has(h4:text-is('to 3.weight')) .example"
    )


def test_unbroadcast_is_shown_as_a_sum(visit, passes):
    page = visit(passes)
    page.keyboard.press("End")
    while "to shift" not in page.inner_text("#panel"):
        page.keyboard.press("ArrowLeft")
    assert "sum over axis 0, along which shift was stretched: 10 × 12 → 1 × 12" in page.inner_text("#panel")


def test_a_contribution_is_added_to_an_earlier_grad(visit, passes):
    page = visit(passes, "#pass=2")
    page.keyboard.press("End")
    captions = page.locator(".contribution figcaption").all_inner_texts()
    assert any(caption.startswith("before") for caption in captions)
    assert any(caption.startswith("contribution") for caption in captions)
    assert any("including an earlier backward" in caption for caption in captions)


def test_large_arrays_show_their_range_and_a_corner(visit, passes):
    page = visit(passes, "#step=3")
    assert "shown: [0:8, 0:8]" in page.inner_text("#panel")
    assert re.search(r"min \S+, max \S+, norm \S+", page.inner_text("#panel"))


@pytest.mark.parametrize("name", ["0.weight", "3.bias", "relu_1", "logits", "loss"])
def test_the_paths_to_an_entry_add_up_to_its_gradient_and_the_difference_agrees(visit, default, name):
    page = visit(default)
    page.keyboard.press("End")
    look_at(page, name)
    _, gradient = value_of(default, name)
    entry = int(np.argmax(np.abs(gradient)))
    gradient_entry(page, entry).click()
    text = page.inner_text("#entry")
    assert f"= {number(gradient.reshape(-1)[entry])}" in text
    assert "differences" not in text
    page.keyboard.press("g")
    assert "✓ They agree." in page.inner_text("#entry")
    page.click("#check")
    assert "They agree" not in page.inner_text("#entry")


def test_a_few_paths_are_all_shown(visit, default):
    page = visit(default)
    page.keyboard.press("End")
    look_at(page, "logits")
    gradient_entry(page, 0).click()
    assert page.locator(".paths li").count() == 1
    assert page.inner_text("#entry").startswith("All paths from loss to logits[0, 0]")


def test_an_entry_without_paths_says_why(visit, default):
    page = visit(default)
    page.keyboard.press("End")
    look_at(page, "relu_1")
    (recorded,) = default.passes
    (dropout,) = [node for node in recorded.nodes if node.name == "dropout_1"]
    entry = int(np.flatnonzero(~dropout.saved["mask"])[0])
    gradient_entry(page, entry).click()
    assert "(dropout_1 dropped it), so its gradient is 0" in page.inner_text("#entry")


@pytest.mark.parametrize(
    "value", [0.0, 1.0, -0.5, 12345.6, 9999.5, 0.00012345, 0.000012345, 1e-10, -3e20, 123.456, 0.1 + 0.2]
)
def test_numbers_are_formatted_as_in_the_text(visit, default, value):
    assert visit(default).evaluate("(value) => number(value)", value) == number(value)


def test_an_entry_without_a_gradient_yet_shows_no_paths(visit, default):
    page = visit(default, "#step=2")
    look_at(page, "0.weight")
    page.locator("#inspection td").first.click()
    assert "has not been computed at this step" in page.inner_text("#inspection")
    assert page.locator("#entry").count() == 0


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


@pytest.mark.parametrize("run", [1, 2, 3])
def test_variants_are_shown_next_to_the_run(visit, default, run):
    page = visit(default, "#step=3")
    page.select_option("#beside", str(run))
    variant = run_variants(default.passes[0])[run - 1]
    assert variant.label in page.inner_text("article:nth-child(2) .run")
    text = page.inner_text("article:nth-child(2)")
    if variant.label == "evaluation mode":
        assert "in evaluation mode dropout is the identity" in text
    else:
        assert "Backward" in text
        assert page.locator("main td.differs").count() > 0


def test_a_variant_can_be_the_run_itself(visit, default):
    page = visit(default)
    page.select_option("#run", "2")
    assert page.inner_text("#count") == "6"
    assert page.locator("g.box:has-text('dropout')").count() == 0
    page.keyboard.press("End")
    look_at(page, "0.weight")
    gradient_entry(page, 0).click()
    page.keyboard.press("g")
    assert "✓ They agree." in page.inner_text("#entry")


@pytest.mark.parametrize("bug", ["backward-forgets-the-mask", "relu-ignored", "backward-inverts-the-mask"])
def test_gradients_that_a_bug_lets_through_are_not_crossed_out(visit, bug):
    page = visit(run_script(EXAMPLE, ["0.4", "0"], bug=study.BUGS[bug]).replay)
    through = page.locator("article:nth-child(2) .contribution td.differs").filter(has_not_text=re.compile("^0$"))
    assert through.count() > 0
    assert all(" differs" in one.get_attribute("class") or one.get_attribute("class").split()[0] == "differs"
               for one in through.all())  # fmt: skip
    assert not any({"dropped", "dead"} & set(one.get_attribute("class").split()) for one in through.all())
    assert "with the bug" in page.inner_text("#banner")


def test_the_example_of_a_bug_is_an_entry_that_differs(visit, buggy):
    page = visit(buggy)
    right, wrong = (page.inner_text(f"article:nth-child({k}) .example") for k in (1, 2))
    assert right.split("=")[0] == wrong.split("=")[0]
    assert right.split("=")[1] != wrong.split("=")[1]


def test_passes_are_chosen_from_a_list(visit, passes):
    page = visit(passes)
    assert page.locator("#pass option").count() == 3
    page.select_option("#pass", "1")
    assert "pass=2" in page.url
    assert "loss" in page.locator("#pass option").nth(1).inner_text()


def test_a_bug_opens_at_the_first_step_that_differs_with_both_side_by_side(visit, buggy):
    page = visit(buggy)
    assert shown_step(page) == 3
    assert "The first step that differs is step 3" in page.inner_text("#banner")
    assert page.locator("article").count() == 2
    assert page.inner_text("article:nth-child(2) .rule") == "dL/dx = grad * mask"
    assert page.locator(".contribution td.differs").count() > 0
    assert page.locator("article h3 ~ .arrays >> nth=0 >> td.differs").count() == 0
    assert "differs" in page.locator(".contribution td.differs").first.get_attribute("title")
    page.keyboard.press("Home")
    page.click("#to-bug")
    assert shown_step(page) == 3


def test_nothing_differs_before_the_bug_and_the_central_difference_disagrees_after_it(visit, buggy):
    page = visit(buggy, "#step=2&beside=1")
    assert page.locator("main td.differs").count() == 0
    page.select_option("#run", "1")
    page.keyboard.press("End")
    look_at(page, "0.weight")
    _, gradient = value_of(buggy, "0.weight")
    gradient_entry(page, np.argmax(np.abs(gradient))).click()
    page.keyboard.press("g")
    assert "✗ They differ" in page.inner_text("#entry")


def test_predict_hides_the_answer_until_you_guess(visit, default):
    page = visit(default)
    page.keyboard.press("p")
    page.keyboard.press("ArrowRight")
    assert page.locator("#question").count() == 1
    assert page.evaluate("document.activeElement.id") == "guess"
    assert page.locator(".contribution table").count() == 0
    assert "to logits: ?" in page.inner_text("#panel")
    page.keyboard.press("Enter")  # no guess yet
    page.click("#next")
    assert shown_step(page) == 1
    page.fill("#guess", answer_of(page))
    page.keyboard.press("Enter")
    assert "✓ Right." in page.inner_text("#verdict")
    assert page.locator(".contribution table").count() == 1


def test_predict_counts_right_guesses(visit, default):
    page = visit(default)
    page.click("#predict")
    for step in range(1, STEPS + 1):
        page.keyboard.press("ArrowRight")
        assert shown_step(page) == step
        if step == 2:
            page.fill("#guess", "123456")
            page.click("#question button[type=submit]")
            assert f"✗ It is {answer_of(page)}, not 123456." in page.inner_text("#verdict")
        elif step == 3:
            page.click("#give-up")
        else:
            page.fill("#guess", answer_of(page))
            page.keyboard.press("Enter")
    assert page.inner_text("#verdict").endswith(f"Finished: {STEPS - 2} of {STEPS} right.")
    page.click("#predict")
    assert page.locator("#verdict").count() == 0


@pytest.mark.parametrize("guess", ["3, 4", "(3, 4)", "3 × 4", "3x4"])
def test_predict_accepts_shapes_in_any_notation(visit, default, guess):
    page = visit(default)
    page.keyboard.press("p")
    page.keyboard.press("ArrowRight")
    page.click("#give-up")
    page.keyboard.press("ArrowRight")
    page.fill("#guess", guess)
    page.keyboard.press("Enter")
    assert "✓ Right." in page.inner_text("#verdict")


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_predict_shows_the_verdict_on_a_guess_in_the_window(visit, default, width):
    page = visit(default, width=width, height=700)
    page.keyboard.press("p")
    for _ in range(2):
        page.keyboard.press("ArrowRight")
        page.click("#give-up")
        assert page.locator("#verdict").evaluate("""(one) => {
          const box = one.getBoundingClientRect();
          return document.elementFromPoint(box.left + 5, box.top + box.height / 2) === one;
        }""")


def test_predict_skips_no_step_and_shows_only_one_run(visit, default):
    page = visit(default, "#beside=2")
    page.keyboard.press("p")
    assert page.is_hidden("#choices")
    page.keyboard.press("End")
    assert shown_step(page) == 1
    page.click("#give-up")
    page.fill("#jump", "8")
    page.keyboard.press("Enter")
    assert shown_step(page) == 2
    assert page.locator("article").count() == 1


def test_the_keys_are_explained(visit, default):
    page = visit(default)
    page.keyboard.press("?")
    text = page.inner_text("#keys")
    for word in ("play", "forward pass", "layer", "central difference", "predict"):
        assert word in text
    page.click("#help")
    assert page.is_hidden("#keys")


def test_an_entry_and_its_check_can_be_reached_by_keyboard(visit, default):
    page = visit(default)
    page.keyboard.press("End")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('aria-label') ?? ''").startswith("0.weight"):
            break
    page.keyboard.press("Enter")
    assert "0.weight" in page.inner_text("#inspection h3")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("!!document.activeElement.closest('#inspection figure')"):
            break
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("[1, 1]")
    page.keyboard.press("Enter")
    assert "0.weight[1, 1]" in page.inner_text("#entry")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("[1, 1]")
    page.keyboard.press("g")
    assert "They agree" in page.inner_text("#entry")
    assert shown_step(page) == STEPS
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert page.locator("#inspection").count() == 0


def test_after_a_click_on_an_entry_the_arrow_keys_still_change_the_step(visit, default):
    page = visit(default, "#step=3")
    page.locator(".contribution td").first.click()
    page.keyboard.press("ArrowRight")
    assert shown_step(page) == 4


NAMELESS = """() => {
  const used = document.querySelectorAll("button, select, input, summary, [role=button], main table");
  return [...used]
    .filter((one) => !(one.getAttribute("aria-label") || one.textContent.trim() || one.labels?.length))
    .map((one) => one.outerHTML);
}"""


def test_every_control_has_a_name(visit, default):
    page = visit(default, "#step=5")
    look_at(page, "relu_1")
    nameless = page.evaluate(NAMELESS)
    assert nameless == []
    assert page.get_attribute("html", "lang") == "en"
    assert page.locator("#announcement[aria-live=polite]").inner_text()


def test_a_step_is_announced_to_screen_readers(visit, default):
    page = visit(default)
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#announcement").startswith(
        "step 1 of 8, backward of loss: dL/dlogits = grad * (p - target)"
    )


@pytest.mark.parametrize("width", [320, 390, 900, 1280])
def test_the_default_graph_is_not_scrolled_sideways(visit, default, width):
    page = visit(default, width=width)
    assert page.locator("#graph .scroll").evaluate("(one) => one.scrollWidth - one.clientWidth") <= 0


def test_the_default_graph_fits_one_screen(visit, default):
    page = visit(default, width=1280, height=800)
    assert page.evaluate("document.querySelector('#graph svg').getBoundingClientRect().bottom") <= 800


CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (color, under) => {
    canvas.fillStyle = under; canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (color) => {
    const [r, g, b] = color.map((c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (one) => {
    for (; one; one = one.parentElement) {
      const color = getComputedStyle(one).backgroundColor;
      if (color !== "rgba(0, 0, 0, 0)") return color;
    }
    return "white";
  };
  const words = document.querySelectorAll("td, p, h1, h2, h3, h4, small, summary, button:not(:disabled), .note");
  return [...words].map((one) => {
    const [a, b] = [light(rgb(getComputedStyle(one).color, "white")), light(rgb(ground(one), "white"))];
    return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), one.className + " " + one.textContent.slice(0, 20)];
  }).filter(([ratio]) => ratio < 4.5);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("fragment", ["#step=3&beside=1", "#step=8", "#step=1"])
def test_text_has_enough_contrast(visit, default, scheme, fragment):
    page = visit(default, fragment, color_scheme=scheme)
    look_at(page, "0.weight")
    page.click("#inspection td >> nth=0")
    assert page.evaluate(CONTRAST) == []


def test_the_dark_and_the_light_theme_differ(visit, default):
    grounds = {
        scheme: visit(default, color_scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    }
    assert grounds["light"] != grounds["dark"]


def test_in_a_notebook_the_page_works_in_an_iframe(visit, default):
    page = visit(f"<!DOCTYPE html><title>notebook</title><link rel=icon href=data:,>{default._repr_html_()}")
    frame = page.frame_locator("iframe")
    frame.locator("#next").click()
    assert frame.locator("#jump").input_value() == "1"
    frame.locator("g.box").first.click()
    assert frame.locator("#inspection").count() == 1
