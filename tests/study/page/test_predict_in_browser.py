"""Predict on the page: which answers are accepted, and what is hidden until then."""

import pytest

from tests.study.graphs import stopped
from tests.study.page.looking import STEPS, answer_of, floats, leaf, look_at, replay_of, shown_step


def ask(page, step):
    """Switch predict on, and go to the question of a step by giving up on the earlier ones."""
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
def test_predict_accepts_a_number_within_1_percent(visit, default, factor, form, right):
    page = visit(default)
    ask(page, 3)
    answer = floats([answer_of(page)])[0]
    page.fill("#guess", form.format(answer * factor))
    page.keyboard.press("Enter")
    assert ("✓ Right." in page.inner_text("#verdict")) == right


def test_predict_accepts_a_decimal_comma_and_a_true_minus_sign(visit, default):
    page = visit(default)
    ask(page, 2)
    page.fill("#guess", answer_of(page).replace(".", ","))
    page.keyboard.press("Enter")
    assert "✓ Right." in page.inner_text("#verdict")


@pytest.mark.parametrize("guess", ["4 x 3", "34", "3", "3 x 4 x 1"])
def test_predict_rejects_other_shapes(visit, default, guess):
    page = visit(default)
    ask(page, 2)
    page.fill("#guess", guess)
    page.keyboard.press("Enter")
    assert f"✗ It is 3 × 4, not {guess}." in page.inner_text("#verdict")


def test_predict_hides_the_answer_in_an_inspected_tensor(visit, default):
    page = visit(default)
    ask(page, 2)
    page.keyboard.press("Escape")
    look_at(page, "dropout_2")
    assert page.locator("#inspection table.pending").count() == 1


def test_predict_starts_over_in_the_backward_direction(visit, default):
    page = visit(default, "#view=forward&step=3")
    ask(page, 2)
    page.click("#give-up")
    page.keyboard.press("p")
    page.keyboard.press("p")
    assert shown_step(page) == 0
    assert page.get_attribute("#backward", "aria-pressed") == "true"
    assert page.inner_text("#verdict") == "Predict: 0 of 0 right so far."
    page.keyboard.press("ArrowRight")
    assert page.locator("#question").count() == 1


def test_letters_typed_in_a_field_are_not_shortcuts(visit, default):
    page = visit(default)
    ask(page, 1)
    page.keyboard.type("f l p ?")
    assert page.input_value("#guess") == "f l p ?"
    assert page.is_hidden("#keys")
    assert page.locator("#question").count() == 1


def test_predict_does_not_count_steps_without_a_question(visit):
    x = leaf(1.0, 2.0)
    page = visit(replay_of(lambda: (x.tanh() + stopped(x)).sum().backward()))
    page.keyboard.press("p")
    asked = 0
    for _ in range(4):
        page.keyboard.press("ArrowRight")
        if page.locator("#question").count():
            asked += 1
            page.click("#give-up")
        assert "✓ Right." not in page.inner_text("#verdict")
    assert page.inner_text("#verdict").endswith(f"Finished: 0 of {asked} right.")


def test_predict_asks_for_the_sum_of_all_contributions_to_a_tensor(visit):
    x = leaf(3.0, 1.0)
    page = visit(replay_of(lambda: (x * x).sum().backward()))
    ask(page, 2)
    assert "What does this step contribute to the gradient of x[0]?" in page.inner_text("#question")
    page.fill("#guess", "6")
    page.keyboard.press("Enter")
    assert "✓ Right." in page.inner_text("#verdict")


def test_predict_accepts_numbers_in_the_pages_own_format(visit):
    x = leaf(1.0, 2.0)
    page = visit(replay_of(lambda: (x * -1.5e-6).sum().backward()))
    ask(page, 2)
    assert answer_of(page) == "−1.5e−6"
    page.fill("#guess", "−1.5e−6")
    page.keyboard.press("Enter")
    assert "✓ Right." in page.inner_text("#verdict")


def test_predict_disables_the_forward_pass(visit, default):
    page = visit(default)
    ask(page, 2)
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    assert page.is_disabled("#forward")
    assert page.get_attribute("#backward", "aria-pressed") == "true"
    page.keyboard.press("p")
    page.keyboard.press("f")
    assert page.get_attribute("#forward", "aria-pressed") == "true"


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
