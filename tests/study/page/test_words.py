"""What the page says to a newcomer: the code first, clear names, a short legend, and no answer too early."""

import re

import numpy as np
import pytest

import tinygrad_dropout as td
from tests.study.page.looking import answer_of, shown_step
from tests.study.page.recordings import numbers, recording
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn, study
from tinygrad_dropout.autograd.recording import record


def page_of(loss_of):
    """Return the page of a backward pass from the tensor that a function returns."""
    with study.record() as replay:
        loss_of().backward()
    return replay.html()


# The start page -------------------------------------------------------------------------------------------------------


def test_it_begins_with_the_code_the_loss_the_number_of_steps_and_what_to_press(visit, default):
    page = visit(default)
    text = page.inner_text(".beginning")
    assert "loss = 1.204 in 8 operations" in text
    assert "8 steps from loss to the gradients of 0.weight, 0.bias, 3.weight, 3.bias, 6.weight and 6.bias" in text
    assert "model = nn.Sequential(" in page.inner_text("#code")
    made = page.locator("#code li.made").all_inner_texts()
    assert made == [
        "logits = model(x) ◂ makes linear_1 … logits (7 tensors)",
        "loss = td.functional.cross_entropy(logits, labels) ◂ makes loss",
        "loss.backward() ◂ starts the backward pass",
    ]
    assert "0 Linear(3 -> 5) → 1 ReLU() → 2 Dropout(p=0.4) → 3" in text
    page.click("#start")
    assert shown_step(page) == 1


def test_the_forward_pass_begins_with_the_code_too(visit, default):
    page = visit(default, "#view=forward")
    assert "loss.backward()" in page.inner_text("#code")
    assert "from the inputs down to loss" in page.inner_text(".beginning")


def test_if_no_line_is_known_the_operations_are_listed(visit):
    names = {"td": td, "study": study}
    source = "w = td.Tensor([2.0], requires_grad=True)\nwith study.record() as replay: (w * w).sum().backward()"
    exec(compile(source, "<stdin>", "exec"), names)
    page = visit(names["replay"].html())
    assert page.locator("#code li").all_inner_texts() == ["multiply = multiply(w, w)", "sum = sum(multiply)"]
    assert "at a prompt that does not keep them" in page.inner_text("#code")


# Layers and names -----------------------------------------------------------------------------------------------------


def labels(page):
    return [text.removesuffix(" into one box").removeprefix("fold ") for text in
            page.locator("g.label title").all_text_contents()]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("the example", ["Linear 0 → ReLU 1 → Dropout 2", "Linear 3 → ReLU 4 → Dropout 5", "Linear 6"]),
        ("branches", ["Linear left → relu", "Linear right → sigmoid", "Linear left2 → tanh → dropout",
                      "Linear right2 → relu → multiply", "Linear out"]),
    ],
)  # fmt: skip
def test_a_layer_is_named_after_its_contents(visit, name, expected):
    assert labels(visit(recording(name))) == expected


def test_a_layer_that_ran_outside_the_recording_is_named_after_its_operations(visit):
    model = nn.Sequential(nn.Linear(3, 2), nn.Tanh())
    loss = model(td.Tensor(numbers(4, 3))).sum()
    with study.record() as replay:
        loss.backward()
    assert labels(visit(replay)) == ["linear 0 → tanh"]


def test_the_heading_of_a_frame_folds_it_by_mouse_and_by_keyboard(visit, default):
    page = visit(default)
    page.locator("g.label").nth(1).click()
    folded = page.locator("g.box.folded")
    assert folded.locator("text").all_text_contents() == ["Linear 3", "→ ReLU 4 →", "Dropout 5"]
    assert folded.get_attribute("aria-expanded") == "false"
    folded.press("Enter")
    assert page.locator("g.box.folded").count() == 0
    assert page.locator("g.label").nth(1).get_attribute("aria-expanded") == "true"


def test_a_long_name_is_cut_in_the_middle_but_complete_in_the_title_and_for_screen_readers(visit):
    page = visit(recording("long names"))
    name = "loss_of_a_name_that_nobody_would_ever_choose"
    box = page.locator(f"g.box[aria-label^='{name}: ']")
    assert box.locator("title").text_content() == f"{name}: a number, not yet"
    head, tail = box.locator("text.name").all_text_contents()
    assert name.startswith(head)
    assert tail[0] == "…"
    assert name.endswith(tail[1:])


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("loss", ["loss"]), ("blocks.1.second.weight", ["blocks.1.", "second.weight"]),
        ("Dropout blocks.1", ["Dropout", "blocks.1"]), ("a_hidden_representation", ["a_hidden_", "representation"]),
        ("W" * 30, ["W" * 7, "…" + "W" * 6]), ("", [""]),
    ],
)  # fmt: skip
def test_a_name_is_broken_after_a_dot_a_space_or_an_underscore(visit, default, text, lines):
    assert visit(default).evaluate("(text) => inLines(text, NAME)", text) == lines


# Controls -------------------------------------------------------------------------------------------------------------


def test_controls_are_named_after_what_they_do(visit, default):
    page = visit(default)
    words = "(all) => all.map((one) => one.firstChild.textContent.trim())"
    assert page.locator("#choices label").evaluate_all(words) == ["Show", "Compare with"]
    page.select_option("#beside", label="the same pass with another mask")
    page.keyboard.press("End")
    assert page.locator(".run").all_text_contents() == ["the pass as it ran", "the same pass with another mask"]


# The legend -----------------------------------------------------------------------------------------------------------

SIGNS = {
    "positive": "positive: ", "negative": "negative: ", "pending": "not computed yet", "dropped": "dropped: ",
    "dead": "ReLU off: ", "differs": "differs from", "worked": "worked out below",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "fragment", "signs"),
    [
        ("the example", "#step=0", "pending"),
        ("the example", "#step=3", "positive negative pending dropped dead worked"),
        ("the example", "#step=5&beside=1", "positive negative pending dropped differs worked"),
        ("the example", "#step=1&run=3", "positive negative pending worked"),
        ("long names", "#step=1", "positive pending worked"),
    ],
)
def test_the_legend_lists_only_the_signs_on_the_screen(visit, name, fragment, signs):
    text = visit(recording(name), fragment).inner_text("#signs")
    assert {sign for sign, words in SIGNS.items() if words in text} == set(signs.split())


@pytest.mark.parametrize(("fragment", "words"), [("#step=0", ""), ("#step=3", "✓ waits"), ("#step=999", "✓")])
def test_the_legend_explains_the_words_in_the_boxes(visit, passes, fragment, words):
    page = visit(passes, fragment)
    text = page.inner_text("#signs")
    for word, meaning in (
        ("✓", "✓: its gradient is complete"),
        ("waits", "waits for 2: two more"),
        ("earlier", "earlier: "),
    ):
        assert (meaning in text) == (word in words.split()), word
    assert "earlier: its .grad is from an earlier backward" in visit(passes, "#step=0&pass=2").inner_text("#signs")


def test_without_dropout_and_relu_the_legend_does_not_mention_them(visit):
    x = td.Tensor(numbers(4, 3), requires_grad=True)
    page = visit(page_of(lambda: (x.tanh() * x).sum()))
    for _ in range(4):
        assert not re.search("dropped|ReLU", page.inner_text("#signs"))
        page.keyboard.press("ArrowRight")


# Predict --------------------------------------------------------------------------------------------------------------


def product(x, weight):
    """x @ weight, as an operation that also saves the weight."""
    return record(x.data @ weight.data, (x, weight), product_backward, saved=(weight.data,))


def product_backward(grad, x, weight, kept):
    """dL/dx = grad @ weight.T; dL/dweight = x.T @ grad"""
    return grad @ kept.T, x.data.T @ grad


@pytest.fixture(scope="module")
def asked():
    """Record two passes of a network whose sizes all differ, with questions of all kinds."""
    td.manual_seed(0)
    layer = nn.Linear(5, 6)
    row = td.Tensor(numbers(1, 6), requires_grad=True, name="row")
    out = td.Tensor(numbers(6, 8), requires_grad=True, name="out")
    with study.record() as replay:
        for scale in (1, 2):
            x = td.Tensor(numbers(7, 5, scale=scale))
            F.cross_entropy(product(layer(x).tanh() * row, out), np.arange(7)).backward()
    return replay


#: All text that is visible or read aloud.
WORDS = """() => {
  const said = [...document.querySelectorAll("[aria-label], [title]")].flatMap((one) => [one.ariaLabel, one.title]);
  const titles = [...document.querySelectorAll("title")].map((one) => one.textContent);
  return [document.body.innerText, ...said, ...titles].join(" | ");
}"""


def questions(page):
    """Yield one question after another, and give up on each."""
    page.keyboard.press("p")
    for _ in range(int(page.inner_text("#count"))):
        page.keyboard.press("ArrowRight")
        if page.locator("#question").count():
            yield page.evaluate("questionOf(currentRun(), state.step)")
            if page.locator("#give-up").count():
                page.click("#give-up")


def test_there_are_questions_of_each_kind(visit, asked):
    kinds = [question["kind"] for question in questions(visit(asked))]
    assert kinds == ["number", "shape", "axes", "number", "number"]


@pytest.mark.parametrize("number_", [1, 2])  # in the second, each leaf has a gradient of the first
def test_no_answer_is_visible_before_a_guess(visit, asked, number_):
    page = visit(asked, f"#pass={number_}")
    for question in questions(page):
        answer = answer_of(page)
        if question["kind"] == "axes":  # the digit is in many places, so only the note that gives it is checked
            assert "sum over axis" not in page.inner_text("#panel")
        else:
            assert answer not in page.evaluate(WORDS), question
        page.evaluate("inspect(questionOf(currentRun(), state.step).about)")
        if question["kind"] != "axes":
            assert answer not in page.evaluate(WORDS), question
        page.click("#give-up")
        assert answer in page.inner_text("#panel")
        page.keyboard.press("Escape")


def test_the_shapes_that_determine_the_answer_are_visible(visit, asked):
    page = visit(asked)
    for question in questions(page):
        if question["kind"] == "shape":
            assert question["text"] == "What is the shape of out's gradient?"
            assert page.locator("article .forward .arrays figcaption small").all_inner_texts() == ["7 × 6", "7 × 8"]
            assert "hidden until you answer" in page.inner_text("article .forward .arrays")
            return
    pytest.fail("no question about a shape was asked")


@pytest.mark.parametrize(
    ("guess", "right"), [("0", True), ("axis 0", True), ("1", False), ("0, 1", False), ("none", False)]
)
def test_axes_are_accepted_in_any_notation(visit, asked, guess, right):
    page = visit(asked)
    for question in questions(page):
        if question["kind"] == "axes":
            assert question["text"].startswith("Broadcasting stretched row from 1 × 6 to 7 × 6.")
            page.fill("#guess", guess)
            page.keyboard.press("Enter")
            assert ("✓ Right." in page.inner_text("#verdict")) == right
            return
    pytest.fail("no question about axes was asked")


def test_a_new_fragment_ends_predict(visit, default):
    page = visit(default)
    page.keyboard.press("p")
    page.evaluate("location.hash = '#step=3&view=forward&beside=1'")
    page.wait_for_function("document.getElementById('predict').getAttribute('aria-pressed') === 'false'")
    assert page.is_enabled("#forward")
