"""The conformance kit's findings, sorted into claims."""

import re

import numpy as np
import pytest

from tests.conformance.wrong_layers import OPTIONS, WRONG, Dropout
from tests.drills.grader.answers import judge_of, rejection_of
from tinygrad_dropout.conformance import of
from tinygrad_dropout.drills.grader.dropout_checks import FAMILIES, NOT_ASKED, QUESTIONS, examine, family_of

EVERYTHING = [family.name for family in FAMILIES]
CODES = sorted({code for layer, code in WRONG.items() if not OPTIONS[layer]} - set(NOT_ASKED))


def families_of(code):
    return [family.name for family in FAMILIES if re.fullmatch(family.codes, code)]


@pytest.mark.parametrize("code", CODES)
def test_every_finding_of_the_kit_belongs_to_a_claim(code):
    assert families_of(code)[0] == family_of(code).name


@pytest.mark.parametrize("code", QUESTIONS)
def test_every_question_is_about_an_existing_finding(code):
    assert families_of(code)
    assert QUESTIONS[code].rstrip().endswith(("?", ".", "half-way?"))


def test_families_have_questions():
    assert all(family.question for family in FAMILIES)


def test_a_right_layer_passes_every_claim():
    judge = judge_of("")
    examine(judge, of(Dropout), EVERYTHING)
    assert judge.right == [family.claim for family in FAMILIES]


def test_a_wrong_layer_passes_the_claims_before_its_finding():
    judge = judge_of("")

    class ScalesInEval(Dropout):
        def forward(self, x):
            return super().forward(x) * (1 if self.training else 1 - self.p)

    found = rejection_of(lambda: examine(judge, of(ScalesInEval), EVERYTHING))
    assert found.code == "eval-scales-by-1-p"
    assert found.kind == "modes"
    assert judge.right == [family.claim for family in FAMILIES][: EVERYTHING.index("eval")]


def test_findings_of_other_families_are_ignored():
    class Forgetful(Dropout):
        def forward(self, x):
            return super().forward(x) * (1 - self.p if self.training else 1)

    assert rejection_of(lambda: examine(judge_of(""), of(Forgetful), ["structure", "rate"])) is None
    assert rejection_of(lambda: examine(judge_of(""), of(Forgetful), ["scale"])).code == "scale-missing"


def test_a_small_example_is_shown():
    class Identity:
        training = True

        def __init__(self, p):
            pass

        def forward(self, x):
            return x

        def backward(self, grad):
            return grad

    shown = dict(rejection_of(lambda: examine(judge_of(""), of(Identity), EVERYTHING)).shown)
    assert shown["a small x, p = 0.35"] == shown["your y"]


def test_a_remark_can_count_as_a_mistake():
    class Refuses(Dropout):
        def __init__(self, p, rng=None):
            if p == 1:
                raise ValueError(p)
            super().__init__(p, rng)

    judge, asked, strict = judge_of(""), ["scale", "edges"], ["refuses-p=1"]
    assert rejection_of(lambda: examine(judge, of(Refuses), asked)) is None
    assert strict[0] in judge.notes
    assert rejection_of(lambda: examine(judge, of(Refuses), asked, strict=strict)).code == strict[0]


def test_an_unwritten_part_is_neither_a_refusal_nor_a_mistake():
    class Begun(Dropout):
        def forward(self, x):
            if self.p == 1:
                raise NotImplementedError
            return super().forward(x)

    found = rejection_of(lambda: examine(judge_of(""), of(Begun), ["scale"]))
    assert found.code == "part-not-written"


def test_arrays_are_named_as_in_the_task():
    class InCOrder(Dropout):
        def backward(self, grad):
            return np.ascontiguousarray(grad).ravel(order="K").reshape(grad.shape, order="C") * (
                super().backward(np.ones_like(grad)) if grad.flags.c_contiguous else 2
            )

    found = rejection_of(lambda: examine(judge_of(""), of(InCOrder), ["backward", "forward"]))
    assert found.code == "wrong-for-another-layout"
    assert found.message.startswith("With grad as a transposed array")


def test_an_example_uses_the_findings_p_and_mode():
    class NanAtOne(Dropout):
        def forward(self, x):
            return super().forward(x) if self.p < 1 else x * np.nan

    class ScalesInEval(Dropout):
        def forward(self, x):
            return super().forward(x) * (1 if self.training else 1 - self.p)

    found = rejection_of(lambda: examine(judge_of(""), of(NanAtOne), ["edges"]))
    assert found.code == "p=1-gives-nan"
    assert "a small x, p = 1" in dict(found.shown)
    found = rejection_of(lambda: examine(judge_of(""), of(ScalesInEval), ["eval"]))
    assert "your y in eval mode" in dict(found.shown)


def test_an_exercise_has_its_own_words_and_its_own_example():
    class Forgets(Dropout):
        def backward(self, grad):
            return grad

    def ask(example):
        return rejection_of(
            lambda: examine(judge_of(""), of(Forgets), ["backward"], words={"dx": "dx"}, example=example)
        )

    found = ask(lambda finding: {"the code": finding.code})
    assert found.message.startswith("dx = grad")
    assert dict(found.shown)["the code"] == repr(found.code)
    assert [label for label, _ in ask(lambda finding: {"expected dx": 1 / 0}).shown] == ["expected"]


def test_a_layer_that_cannot_be_examined_passes_no_claim():
    class Lists(Dropout):
        def forward(self, x):
            return super().forward(x).tolist()

    judge = judge_of("")
    assert rejection_of(lambda: examine(judge, of(Lists), EVERYTHING)).code == "forward-returns-no-array"
    assert judge.right == []


def test_a_claim_puts_the_answer_after_a_colon():
    assert all(": " in family.claim for family in FAMILIES)
