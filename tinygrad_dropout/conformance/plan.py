"""Which questions to ask, in which order, and which findings make other questions pointless."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tinygrad_dropout.conformance.examination import DEPTHS, GAUSSIAN, MASK, QUICK, THOROUGH, USUAL, Examination
from tinygrad_dropout.conformance.questions.backward import examine_backward
from tinygrad_dropout.conformance.questions.calls import examine_calls, examine_one_element, examine_sequence
from tinygrad_dropout.conformance.questions.edges import examine_edges, examine_empty, examine_eval_at_edges
from tinygrad_dropout.conformance.questions.evaluation import examine_eval
from tinygrad_dropout.conformance.questions.gaussian import examine_noise
from tinygrad_dropout.conformance.questions.layers import examine_two_layers
from tinygrad_dropout.conformance.questions.layouts import examine_layouts, examine_other_axes, examine_single_rows
from tinygrad_dropout.conformance.questions.memory import examine_memory
from tinygrad_dropout.conformance.questions.randomness import examine_randomness
from tinygrad_dropout.conformance.questions.rate import examine_rate
from tinygrad_dropout.conformance.questions.returned_mask import examine_returned_mask
from tinygrad_dropout.conformance.questions.rounds import (
    examine_circumstances,
    examine_copies,
    examine_later_rounds,
    examine_second_backward,
    examine_two_forwards,
)
from tinygrad_dropout.conformance.questions.scale import examine_scale
from tinygrad_dropout.conformance.questions.settings import examine_settings
from tinygrad_dropout.conformance.questions.structure import examine_structure
from tinygrad_dropout.conformance.questions.values import examine_values
from tinygrad_dropout.mistakes import Finding

Ask = Callable[[Examination], Iterator[Finding]]


@dataclass(frozen=True)
class Question:
    """A question about a layer.

    Args:
        ask: yields the findings.
        depth: the least thorough check that asks it.
        unless: skip the question if one of these found an error, because it would only repeat that finding.
        about_backward: whether it needs a backward.
        noise: ask it only for this kind of noise; "" for every kind.
    """

    ask: Ask
    depth: str = USUAL
    unless: tuple[Ask, ...] = ()
    about_backward: bool = False
    noise: str = ""


#: The questions in the order they are asked, the most informative first.
QUESTIONS = (
    Question(examine_scale, QUICK, noise=MASK),
    Question(examine_structure, QUICK),
    Question(examine_noise, QUICK, (examine_structure,), noise=GAUSSIAN),
    Question(examine_rate, QUICK, (examine_structure,), noise=MASK),
    Question(examine_randomness, QUICK),
    Question(examine_settings),
    Question(examine_calls, QUICK),
    Question(examine_sequence, QUICK, (examine_structure, examine_calls)),
    Question(examine_backward, QUICK, about_backward=True),
    Question(examine_later_rounds, QUICK, (examine_backward,), about_backward=True),
    Question(examine_two_layers, QUICK, (examine_calls, examine_backward, examine_later_rounds)),
    Question(examine_two_forwards, QUICK, about_backward=True),
    Question(examine_second_backward, USUAL, (examine_backward, examine_later_rounds), about_backward=True),
    Question(examine_circumstances, USUAL, (examine_backward, examine_later_rounds), about_backward=True),
    Question(examine_copies, USUAL, (examine_backward, examine_later_rounds, examine_two_layers), about_backward=True),
    Question(examine_eval, QUICK),
    Question(examine_edges, QUICK),
    Question(examine_eval_at_edges, USUAL, (examine_eval,)),
    Question(examine_single_rows, USUAL, (examine_scale, examine_structure, examine_calls, examine_backward)),
    Question(examine_one_element, USUAL, (examine_structure, examine_calls, examine_sequence)),
    Question(examine_other_axes, USUAL, (examine_scale, examine_structure, examine_backward, examine_eval)),
    Question(examine_layouts, USUAL, (examine_scale, examine_backward, examine_eval)),
    Question(examine_returned_mask),
    Question(examine_values, USUAL, (examine_scale, examine_structure, examine_backward)),
    Question(examine_empty),
    Question(examine_memory, THOROUGH),
)


def questions(examination: Examination) -> Iterator[Question]:
    """The questions that the options select."""
    options = examination.options
    for question in QUESTIONS:
        deep_enough = DEPTHS.index(question.depth) <= DEPTHS.index(options.depth)
        if (
            question.noise in ("", options.noise)
            and deep_enough
            and not (question.about_backward and options.forward_only)
        ):
            yield question
