"""summary: shapes and numbers of parameters, as text and as a notebook table; the model does not change."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import nn
from tinygrad_dropout.training import summary


def network():
    return nn.Sequential(
        nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Sequential(nn.ReLU(), nn.Dropout(0.25)), nn.Linear(8, 3, bias=False)
    )


def test_its_text():
    assert str(summary(network(), (5, 4))) == (
        "layer                                         output  parameters\n"
        "----------------------------------------------------------------\n"
        "Sequential                                    (5, 3)\n"
        "  0: Linear(4 -> 8)                           (5, 8)          40\n"
        "  1: BatchNorm1d(8, eps=1e-05, momentum=0.1)  (5, 8)          16\n"
        "  2: Sequential                               (5, 8)\n"
        "    0: ReLU()                                 (5, 8)\n"
        "    1: Dropout(p=0.25)                        (5, 8)\n"
        "  3: Linear(8 -> 3, bias=False)               (5, 3)          24\n"
        "----------------------------------------------------------------\n"
        "80 parameters; 17 numbers in buffers; 392 bytes"
    )


def test_its_table_has_the_same_cells_and_escapes_markup():
    class Odd(nn.ReLU):
        def extra_repr(self):
            return "<script>&"

    html = summary(nn.Sequential(nn.Linear(4, 2), Odd()), (1, 4))._repr_html_()
    assert html.count("<tr>") == 4
    assert "0: Linear(4 -&gt; 2)" in html
    assert ">10</td>" in html
    assert "Odd(&lt;script&gt;&amp;)" in html
    assert "<script>" not in html


def test_the_model_does_not_change():
    model = network()
    model[2].eval()
    td.manual_seed(0)
    before, modes, drawn = model.state_dict(), [m.training for m in model.modules()], td.get_rng_state()
    summary(model, (5, 4))
    np.testing.assert_equal(model.state_dict(), before)
    assert [module.training for module in model.modules()] == modes
    assert all("forward" not in vars(module) for module in model.modules())
    np.testing.assert_equal(td.get_rng_state(), drawn)


def test_the_model_does_not_change_after_an_error_that_names_the_layer():
    model = network()
    with pytest.raises(td.ShapeError, match=r'Linear\(4 -> 8\) at "0": expected the last axis to be 4'):
        summary(model, (5, 3))
    assert all("forward" not in vars(module) for module in model.modules())


def test_a_forward_set_on_the_instance_is_kept():
    model = nn.Linear(2, 2)
    own = model.forward = lambda x: td.Tensor(np.zeros((7, 7)))
    assert summary(model, (1, 2)).rows[0].output == "(7, 7)"
    assert model.forward is own


class Twice(nn.Module):
    """Uses one layer twice, one not at all, and shares a weight."""

    def __init__(self):
        self.layer, self.idle = nn.Linear(3, 3), nn.Linear(3, 3)
        self.idle.weight = self.layer.weight
        self.frozen = nn.Parameter(np.zeros((2, 2)), requires_grad=False)

    def forward(self, x):
        out = self.layer(x)
        return out, [self.layer(out)], "words"


def test_parameters_are_counted_once_and_calls_are_shown():
    told = summary(Twice(), (2, 3))
    assert [(row.key, row.output, row.parameters) for row in told.rows] == [
        ("", "(2, 3), (2, 3), str", 4),
        ("layer", "(2, 3), 2 calls", 12),
        ("idle", "not used", 3),
    ]
    assert (told.parameters, told.trained) == (19, 15)
    assert told.total() == "19 parameters, 4 of them frozen; 92 bytes"


def test_an_embedding_takes_integers():
    model = nn.Sequential(nn.Embedding(5, 2), nn.Flatten())
    assert [row.output for row in summary(model, (1, 3), dtype=np.int64).rows] == ["(1, 6)", "(1, 3, 2)", "(1, 6)"]


@pytest.mark.parametrize(("outputs", "words"), [(20, "960 bytes"), (21, "1.0 kB"), (100, "4.8 kB"), (25000, "1.2 MB")])
def test_sizes_are_in_readable_units(outputs, words):
    assert summary(nn.Linear(11, outputs), (1, 11)).total().endswith(words)


def test_only_modules_have_a_summary():
    with pytest.raises(TypeError, match="expected a model that is a Module, got function"):
        summary(lambda x: x, (1, 2))
