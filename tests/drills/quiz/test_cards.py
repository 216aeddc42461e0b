"""The cards: every file parses, every promised question has a card, every snippet prints the output shown."""

import doctest
from itertools import combinations

import pytest

from tests.drills.graded import graded
from tinygrad_dropout.drills.exercise import find
from tinygrad_dropout.drills.quiz.cards import PRELUDE, Card, load, parsed

CARDS = load()


def by_id(cards):
    return pytest.mark.parametrize("card", cards, ids=[card.id for card in cards])


@by_id(CARDS)
def test_a_card_is_short_enough_to_say_and_long_enough_to_explain(card):
    assert card.question.endswith("?")
    assert len(card.question) <= 120
    assert 5 <= len(card.short.split()) <= 60
    assert len(card.why.split()) >= 30
    assert len(card.why.splitlines()) < 25
    assert len(card.snippet.splitlines()) <= 12


@by_id(CARDS)
def test_a_card_has_three_to_five_short_points(card):
    assert 3 <= len(card.points) <= 5
    assert [point for point in card.points if not 4 <= len(point.split()) <= 14 or len(point) > 76] == []
    assert [point for point in card.points if point[0].isspace() or point.endswith(".")] == []


@by_id(CARDS)
def test_no_point_of_a_card_repeats_another(card):
    words = [frozenset(point.replace(",", "").split()) for point in card.points]
    repeated = [(a, b) for a, b in combinations(words, 2) if len(a & b) > 0.7 * min(len(a), len(b))]
    assert repeated == []


@by_id(CARDS)
def test_a_card_is_ascii_and_fits_any_terminal(card):
    text = "\n".join([card.question, card.short, *card.points, card.why, card.snippet])
    assert text.isascii()
    assert "\t" not in text
    formulas = [line for line in card.why.splitlines() if line.startswith(" ")]
    assert [line for line in [*formulas, *card.snippet.splitlines()] if len(line) > 60] == []


@by_id(CARDS)
def test_paragraphs_and_formulas_do_not_mix(card):
    for paragraph in [card.short, *card.why.split("\n\n")]:
        lines = paragraph.splitlines()
        assert len(lines) == 1 or all(line.startswith("    ") for line in lines)


SNIPPETS = [card for card in CARDS if card.snippet]


@by_id(SNIPPETS)
def test_a_snippet_prints_the_output_shown(card):
    text = f"{PRELUDE}\n{card.snippet}\n"
    test = doctest.DocTestParser().get_doctest(text, {}, card.id, None, None)
    assert len(test.examples) > PRELUDE.count(">>>")
    report = []
    result = doctest.DocTestRunner(verbose=False).run(test, out=report.append)
    assert result.failed == 0, "".join(report)


def test_the_dropout_on_a_card_solves_the_exercises_about_it():
    (card,) = (card for card in CARDS if card.id == "dropout-in-numpy")
    written = [one.source for one in doctest.DocTestParser().get_examples(card.snippet) if one.source.startswith("def")]
    used = {
        "18": "def dropout_forward(x, p, rng):\n    return forward(x, p, rng)[0]\n",
        "19": "def dropout_backward(grad, mask, p):\n    return backward(grad, mask, 1 / (1 - p))\n",
    }
    for number, text in used.items():
        grade = graded(find(number), "\n".join(["import numpy as np", *written, text]))
        assert grade.solved, (number, grade.rejection)


#: The questions that interviewers really ask, by number, and the card that answers each.
PROMISED = {
    1: "what-is-dropout",
    2: "dropout-in-numpy",
    3: "why-divide-by-one-minus-p",
    4: "inverted-or-original",
    5: "dropout-at-inference",
    6: "scale-left-out",
    7: "gradient-mask-scaled",
    8: "why-the-same-mask",
    9: "is-dropout-differentiable",
    10: "gradient-of-a-dropped-unit",
    11: "mask-per-batch-or-element",
    12: "keep-or-drop",
    13: "typical-p",
    14: "where-to-put-dropout",
    15: "ensemble-view",
    16: "weight-scaling-exact",
    17: "dropout-against-bagging",
    18: "dropout-against-l2",
    19: "co-adaptation",
    20: "output-variance",
    21: "dropout-and-batch-norm",
    22: "mc-dropout",
    23: "mc-dropout-limits",
    24: "dropout-in-cnns",
    25: "dropout-in-rnns",
    26: "dropout-in-transformers",
    27: "validation-loss-below-training-loss",
    28: "smaller-layers-drop-less",
    29: "training-time",
    30: "eval-or-no-grad",
    31: "gradient-in-eval-mode",
    32: "gradient-check-dropout",
    33: "memory-of-the-mask",
    34: "what-is-backprop",
    35: "why-reverse-mode",
    36: "linear-backward",
    37: "two-layer-mlp-in-numpy",
    38: "softmax-cross-entropy-gradient",
    39: "stable-softmax",
    40: "relu-at-zero",
    41: "sigmoid-derivative",
    42: "vanishing-and-exploding-gradients",
    43: "why-zero-grad",
    44: "why-gradients-add-up",
    45: "why-topological-order",
    46: "gradient-checking",
    47: "why-not-zero-weights",
    48: "dead-neurons",
    49: "batch-norm-backward",
    50: "batch-norm-or-layer-norm",
    51: "why-nonlinearities",
    52: "bias-and-variance-from-two-curves",
    53: "adam-or-sgd",
    54: "learning-rate-and-warm-up",
    55: "batch-size",
    56: "cross-entropy-or-mse",
    57: "l1-or-l2",
    58: "sigmoid-or-softmax",
    59: "loss-is-nan",
    60: "training-loss-falls-validation-loss-rises",
    61: "input-scaling",
    62: "data-leakage",
    63: "cost-of-backward",
    64: "gelu",
    65: "mixed-precision",
    66: "truncated-bptt",
    67: "saddle-points",
    68: "why-not-newton",
}


def test_every_promised_question_has_its_card():
    assert list(PROMISED) == list(range(1, 69))
    assert len(set(PROMISED.values())) == 68
    assert set(PROMISED.values()) <= {card.id for card in CARDS}


def test_there_are_enough_cards_and_snippets():
    assert len(CARDS) >= 101
    assert len(SNIPPETS) >= 93
    assert [card.topic for card in CARDS] == sorted(card.topic for card in CARDS)


MADE = """# A topic

## one-card
What is asked?

**In short.** An
answer.

**Points.**

- a first point
- a second point

**Why.** The first
paragraph.

    a formula
      of two lines

The last.

```python
>>> 1 + 1
2
```

## another-card
And what else?

**In short.** Another.

**Points.**

- a third point

**Why.** Because.
"""


def test_a_file_becomes_cards():
    assert parsed([("topic_name.md", MADE)]) == (
        Card(
            "one-card",
            "topic_name",
            "What is asked?",
            "An answer.",
            "The first paragraph.\n\n    a formula\n      of two lines\n\nThe last.",
            ">>> 1 + 1\n2",
            ("a first point", "a second point"),
        ),
        Card("another-card", "topic_name", "And what else?", "Another.", "Because.", "", ("a third point",)),
    )


@pytest.mark.parametrize(
    ("before", "after", "line", "expected"),
    [
        ("# A topic\n", "", 1, "a title, `# ...`; got an empty line"),
        ("## one-card", "## One card", 3, "a card, `## words-joined-by-hyphens`; got '## One card'"),
        ("## one-card", "## one_card", 3, "a card"),
        ("What is asked?", "", 4, "the question, on one line; got an empty line"),
        ("What is asked?\n", "What is\nasked?\n", 5, "an empty line after the question; got 'asked?'"),
        ("**In short.** An", "An", 6, "`**In short.** ...`; got 'An'"),
        ("**In short.** An\n", "**In short.**\n", 6, "`**In short.** ...`; got '**In short.**'"),
        ("answer.", "answer.\n\nMore of it.", 9, "`**Points.**`; got 'More of it.'"),
        ("**Points.**\n\n- a f", "- a f", 9, "`**Points.**`; got '- a first point'"),
        ("**Points.**\n\n- a f", "**Points.**\n- a f", 10, "an empty line after **Points.**; got '- a first point'"),
        ("- a first", "a first", 11, "a point, `- ...`; got 'a first point'"),
        ("- a second", "  and more", 12, "a point, `- ...`; got '  and more point'"),
        ("**Why.** The", "The", 14, "`**Why.** ...`; got 'The first'"),
        ("\n**Why.** Because.\n", "", 35, "`**Why.** ...`; got the end of the file"),
        ("```python", "```", 22, "a snippet that begins with ```python; got '```'"),
        ("2\n```\n", "2\n", 36, "```, the end of the snippet that began on line 22; got the end of the file"),
        ("2\n```\n", "2\n```\nA word.\n", 26, "a card, `## words-joined-by-hyphens`; got 'A word.'"),
        ("another-card", "one-card", 27, "a unique id; topic.md already has a card one-card"),
    ],
)
def test_a_mistake_in_a_file_is_named_with_its_line(before, after, line, expected):
    assert MADE.count(before) >= 1
    with pytest.raises(ValueError, match=r"^questions/topic\.md, line ") as raised:
        parsed([("topic.md", MADE.replace(before, after))])
    assert f", line {line}: expected {expected}" in str(raised.value)


def test_an_id_is_unique_over_all_files():
    with pytest.raises(
        ValueError, match=r"^questions/b\.md, line 3: expected a unique id; a\.md already has a card one-"
    ):
        parsed([("a.md", MADE), ("b.md", MADE)])
