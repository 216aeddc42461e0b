"""With any seed, the first finding of every wrong model is its mistake, and every right model has no error."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tests.conformance.model.models import OURS, PYTORCH, RIGHT, WRONG, framework, numbers
from tests.conformance.model.models.base import INPUTS, usual
from tinygrad_dropout.conformance import assert_model, check_model
from tinygrad_dropout.conformance.model.questions import forks
from tinygrad_dropout.mistakes import models as mistakes
from tinygrad_dropout.mistakes.kinds import KINDS
from tinygrad_dropout.mistakes.mistake import Mistake

SEEDS, MORE_SEEDS = (0,), range(1, 20)  # `pytest -m slow tests/conformance/model` uses MORE_SEEDS


def examined(make, name, seed, **options):
    """The report on a newly made model."""
    td.manual_seed(seed)
    f = framework(name)
    if name == PYTORCH:
        f.whole.manual_seed(seed)
    return check_model(make(f), INPUTS.get(make, numbers()), seed=seed, **options)


def codes(report):
    return [finding.code for finding in report.findings]


def of(name, table):
    """The models in a table whose layers belong to this framework."""
    return [pytest.param(*key, *rest, id=key[0].__name__) for key, *rest in table if key[1] == name]


@pytest.fixture
def few_forks(monkeypatch, request):
    """Fork processes only for models that need it, since forking takes longer than all other questions together."""
    if request.node.callspec.params.get("code") != mistakes.FORKS_SHARE.code:
        monkeypatch.setattr(forks, "CANNOT_FORK", "not in this test")


class Wrong:
    seeds = SEEDS

    @pytest.mark.parametrize(("make", "name", "code"), of(OURS, WRONG.items()))
    def test_one_of_ours_is_named(self, few_forks, make, name, code):
        self.names_it_first(make, name, code)

    @pytest.mark.parametrize(("make", "name", "code"), of(PYTORCH, WRONG.items()))
    def test_one_of_torch_is_named(self, torch, few_forks, make, name, code):
        self.names_it_first(make, name, code)

    def names_it_first(self, make, name, code):
        for seed in self.seeds:
            report = examined(make, name, seed)
            assert codes(report)[:1] == [code], f"seed {seed}: {report}"
            assert "\n" not in report.findings[0].message
            assert "{" not in report.findings[0].message


class Right:
    seeds = SEEDS

    @pytest.mark.parametrize(("make", "name"), of(OURS, [(key,) for key in RIGHT]))
    def test_one_of_ours_passes(self, few_forks, make, name):
        self.has_no_finding(make, name)

    @pytest.mark.parametrize(("make", "name"), of(PYTORCH, [(key,) for key in RIGHT]))
    def test_one_of_torch_passes(self, torch, few_forks, make, name):
        self.has_no_finding(make, name)

    def has_no_finding(self, make, name):
        for seed in self.seeds:
            report = examined(make, name, seed)
            assert report.ok, f"seed {seed}: {report}"
            assert not report.edge_cases, f"seed {seed}: {report}"


class TestWrong(Wrong):
    pass


class TestRight(Right):
    pass


@pytest.mark.slow
class TestWrongWithMoreSeeds(Wrong):
    seeds = MORE_SEEDS


@pytest.mark.slow
class TestRightWithMoreSeeds(Right):
    seeds = MORE_SEEDS


def test_there_are_enough_wrong_and_right_models():
    assert len({make for make, _ in WRONG}) >= 40
    assert len({make for make, _ in RIGHT}) >= 15
    assert all(make.__doc__ for make, _ in [*WRONG, *RIGHT])


CATALOG = {value.code: value for value in vars(mistakes).values() if isinstance(value, Mistake)}

#: Not the first finding of any model in the tables; each has its own test below.
ELSEWHERE = {
    *("frozen-part-stays-in-eval", "draws-in-eval", "eval-computes-something-else", "p-is-the-probability-of-keeping"),
    *("p-is-0", "drops-half-the-input", "training-is-deterministic", "backward-raises", "gradient-is-not-finite"),
}


def test_every_mistake_in_the_catalog_is_shown_by_some_model():
    assert CATALOG.keys() - {*WRONG.values()} == ELSEWHERE
    assert {mistake.kind for mistake in CATALOG.values()} <= KINDS.keys()


def usual_model(drop, **parts):
    return td.nn.Sequential(td.nn.Linear(12, 32), td.nn.ReLU(), drop, td.nn.Linear(32, 4))


def remarks(report):
    return [finding.code for finding in report.remarks]


class DrawsInEval(td.nn.Dropout):
    def forward(self, x):
        np.random.random(3)
        return super().forward(x)


@pytest.mark.parametrize(
    ("drop", "code"),
    [(td.nn.Dropout(0.0), "p-is-0"), (DrawsInEval(0.5), "draws-in-eval")],
    ids=["p-is-0", "draws-in-eval"],
)
def test_a_matter_of_taste_is_a_remark(drop, code):
    report = check_model(usual_model(drop), numbers())
    assert code in remarks(report)
    assert report.exit_code(strict=True) == 0


def test_dropping_half_of_the_input_is_a_remark():
    model = td.nn.Sequential(td.nn.Dropout(0.5), td.nn.Linear(12, 4))
    assert remarks(check_model(model, numbers())) == ["drops-half-the-input"]


def right_model(name):
    return next(make for make, _ in RIGHT if make.__name__ == name)


def test_the_remarks_on_right_models():
    assert remarks(examined(right_model("softmax_in_eval"), OURS, 0)) == ["eval-computes-something-else"]
    assert remarks(examined(right_model("keep_probability"), OURS, 0)) == ["p-is-the-probability-of-keeping"]


def test_a_frozen_part_that_stays_in_eval_mode_is_a_remark(torch):
    assert remarks(examined(right_model("frozen_part"), PYTORCH, 0)) == ["frozen-part-stays-in-eval"]


def test_a_dropout_without_effect_on_the_output_is_named():
    class Sign(td.nn.Module):
        def forward(self, x):
            return td.Tensor(np.sign(x.data.sum(axis=1) * 0 + 1)) * (x.sum() * 0 + 1)

    model = td.nn.Sequential(td.nn.Linear(12, 32), td.nn.DropConnect(32, 32), Sign())
    assert codes(check_model(model, numbers()))[:1] == ["training-is-deterministic"]


def test_an_exception_in_backward_is_named():
    class Refuses(td.nn.Module):
        def forward(self, x):
            def refuse(grad, x):
                raise ZeroDivisionError("no backward here")

            from tinygrad_dropout.autograd.recording import record

            return record(x.data.copy(), (x,), refuse)

    model = td.nn.Sequential(td.nn.Linear(12, 32), td.nn.Dropout(0.5), Refuses(), td.nn.Linear(32, 4))
    report = check_model(model, numbers())
    assert codes(report)[:1] == ["backward-raises"]
    assert "ZeroDivisionError: no backward here" in str(report)


def test_a_gradient_that_is_not_finite_is_named(torch):
    class Root(torch.nn.Module):
        def forward(self, x):
            return x.abs().sqrt()

    model = torch.nn.Sequential(torch.nn.Linear(12, 32), torch.nn.Dropout(0.5), Root(), torch.nn.Linear(32, 4))
    assert codes(check_model(model, numbers()))[:1] == ["gradient-is-not-finite"]


# What cannot be examined ----------------------------------------------------------------------------------------------


class Raises(td.nn.Module):
    def forward(self, x):
        raise KeyError("nothing here")


def raising():
    raise OSError("no such file")


@pytest.mark.parametrize(
    ("model", "x", "words"),
    [
        (td.nn.Sequential(td.nn.Linear(12, 4)), numbers(), "it has no dropout"),
        (usual_model(td.nn.Dropout()), numbers(16, 5), "calling the model in eval mode raised ShapeError"),
        (Raises(), numbers(), "raised KeyError: 'nothing here'"),
        (raising, numbers(), "making the model raised OSError: no such file"),
        (3, numbers(), "got a int"),
        (lambda: 3, numbers(), "got a int"),
    ],
    ids=["no-dropout", "wrong-shape", "raises", "cannot-be-made", "no-module", "makes-no-module"],
)
def test_the_reason_that_a_model_cannot_be_examined_is_one_sentence(model, x, words):
    report = check_model(model, x)
    assert words in report.verdict
    assert report.exit_code() == 3
    assert report.subject == "model"


def test_your_own_class_can_be_named_as_a_dropout():
    class Thinner(td.nn.Module):
        p = 0.5

        def forward(self, x):
            return x

    model = usual_model(Thinner())
    assert "layers=[MyLayer]" in check_model(model, numbers()).problem
    assert codes(check_model(model, numbers(), layers=[Thinner])) == ["layer-drops-nothing"]


def test_an_allowed_code_does_not_fail():
    model = td.nn.Sequential(td.nn.Linear(12, 4), td.nn.Dropout(0.5))
    assert codes(check_model(model, numbers())) == ["drops-the-output"]
    report = check_model(model, numbers(), allow=["drops-the-output"])
    assert not report.edge_cases
    assert [finding.code for finding in report.allowed] == ["drops-the-output"]


def test_assert_model_passes_right_models_and_fails_wrong_ones():
    assert_model(usual_model(td.nn.Dropout()), numbers(), seeds=1)
    assert_model(lambda: usual_model(td.nn.Dropout()), numbers(), seeds=1)
    with pytest.raises(AssertionError, match=r"seed 0: This model is wrong: 1 error\.(.|\n)*p-is-1"):
        assert_model(usual_model(td.nn.Dropout(1)), numbers(), seeds=2)
    ends_with_dropout = td.nn.Sequential(td.nn.Linear(12, 4), td.nn.Dropout(0.5))
    assert_model(ends_with_dropout, numbers(), seeds=1)
    with pytest.raises(AssertionError, match="drops-the-output"):
        assert_model(ends_with_dropout, numbers(), seeds=1, strict=True)


def test_the_same_seed_gives_the_same_report():
    model = usual_model(td.nn.Dropout(1))
    assert str(check_model(model, numbers(), seed=3)) == str(check_model(model, numbers(), seed=3))


def test_inputs_by_position_and_by_name():
    class Two(td.nn.Module):
        def __init__(self):
            self.hidden, self.drop, self.out = td.nn.Linear(12, 32), td.nn.Dropout(), td.nn.Linear(32, 4)

        def forward(self, x, bias):
            return self.out(self.drop(self.hidden(x))) + bias

    assert check_model(Two(), (numbers(), numbers(16, 4))).ok
    assert check_model(Two(), {"bias": numbers(16, 4), "x": td.Tensor(numbers())}).ok


@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16", "float16"])
def test_a_torch_model_gets_inputs_of_its_own_dtype(torch, dtype):
    f = framework(PYTORCH)
    model = f.net(usual, relu=f.nn.ReLU(), drop=f.nn.Dropout(0.5)).to(getattr(torch, dtype))
    for x in (numbers(), torch.from_numpy(numbers().astype(np.float64))):
        report = check_model(model, x)
        assert report.ok, str(report)
        assert not report.remarks, str(report)


def test_a_torchscript_module_cannot_be_examined(torch):
    class Scripted(torch.jit.ScriptModule):
        pass

    assert "layers cannot be seen" in check_model(Scripted(), numbers()).problem


def test_randomness_that_is_not_recognized_is_reported_as_not_checked():
    report = examined(right_model("noise_by_hand"), OURS, 0)
    assert "no dropout was recognized" in report.not_checked[0]
