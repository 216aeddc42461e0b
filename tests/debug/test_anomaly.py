"""detect_anomaly names the operation where a number went wrong, and arrays that changed after they were saved."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn, optim
from tinygrad_dropout.autograd.grad_mode import ModeContext
from tinygrad_dropout.autograd.recording import record

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy's own warnings about the same faults

# The computation, its x, and the operation that must be named.
FORWARD = [
    ("log", lambda x: (x * 2).log(), -1.0, "NaN"),
    ("sqrt", lambda x: (x * 2).sqrt(), -1.0, "NaN"),
    ("log", lambda x: (x * 2).log(), 0.0, "infinity"),
    ("divide", lambda x: 1 / (x * 2), 0.0, "infinity"),
    ("exp", lambda x: (x * 2).exp(), 1000.0, "infinity"),
]


@pytest.mark.parametrize(
    ("name", "compute", "value", "fault"), FORWARD, ids=[f"{name} of {2 * value}" for name, _, value, _ in FORWARD]
)
def test_a_fault_in_forward_is_reported_by_name(name, compute, value, fault):
    x = td.Tensor([value], requires_grad=True)
    with td.detect_anomaly(), pytest.raises(td.AnomalyError, match=rf"\b{name}\b.*{fault}"):
        compute(x)


def test_a_fault_in_backward_is_reported_by_name():
    x = td.Tensor([0.0], requires_grad=True)
    with td.detect_anomaly():
        loss = x.sqrt().sum()
        with pytest.raises(td.AnomalyError, match=r"backward.*\bsqrt\b.*infinity"):
            loss.backward()


def test_the_input_that_already_had_the_fault_is_named():
    x = td.Tensor([np.nan], name="pixels")
    with td.detect_anomaly(), pytest.raises(td.AnomalyError, match=r"pixels.*NaN"):
        x * 2


# An operation, and the array that its backward still needs.
SAVED = {
    "multiply": lambda x: (x * x, x),
    "exp": lambda x: (x.exp(),) * 2,
    "linear": lambda x: (F.linear(x, x), x),
}


@pytest.mark.parametrize(("name", "build"), SAVED.items(), ids=SAVED.keys())
def test_an_array_changed_after_it_was_saved_is_reported_by_name(name, build):
    """Seen in DeZero and PyDyNet: it silently gave the wrong gradient."""
    x = td.Tensor(np.array([[1.0, 2.0], [3.0, 4.0]]), requires_grad=True)
    with td.detect_anomaly():
        out, saved = build(x)
        saved.data[0] = 100
        with pytest.raises(td.AnomalyError, match=rf"\b{name}\b.*changed"):
            out.sum().backward()


CHANGES = {
    "in place": lambda weight, optimizer: weight.data.fill(9.0),
    "by assignment": lambda weight, optimizer: setattr(weight, "data", weight.data + 1),
    "by an optimizer's step": lambda weight, optimizer: optimizer.step(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_every_change_of_a_weight_between_forward_and_backward_is_reported(change):
    weight, x = nn.Parameter(np.array([[1.0, 2.0]])), td.Tensor(np.array([[3.0, 4.0]]), requires_grad=True)
    weight.grad = np.ones((1, 2))
    optimizer = optim.SGD([weight], lr=0.1)
    with td.detect_anomaly():
        loss = F.linear(x, weight).sum()
        change(weight, optimizer)
        with pytest.raises(td.AnomalyError, match=r"\blinear\b.*changed"):
            loss.backward()


def test_a_sound_computation_passes_with_the_right_gradient():
    x = td.Tensor([1.0, 2.0], requires_grad=True)
    with td.detect_anomaly():
        (x * x).log().sum().backward()
    np.testing.assert_allclose(x.grad, [2.0, 1.0], rtol=1e-6)


def test_outside_the_context_nothing_is_checked():
    x = td.Tensor([-1.0], requires_grad=True)
    with td.detect_anomaly():
        pass
    assert np.isnan(x.log().item())


def test_an_anomaly_is_a_runtime_error():
    assert issubclass(td.AnomalyError, RuntimeError)


def test_a_changed_index_is_reported():
    x, index = td.Tensor([1.0, 2.0, 3.0], requires_grad=True), np.array([0, 1])
    with td.detect_anomaly():
        loss = x[index,].sum()
        index[:] = 2
        with pytest.raises(td.AnomalyError, match=r"getitem.*the saved index was changed"):
            loss.backward()


def test_a_changed_array_that_no_backward_reads_is_not_reported():
    x = td.Tensor([1.0, 2.0], requires_grad=True)
    with td.detect_anomaly():
        loss = (x + 1.0).sum()
        x.data[:] = 100
        loss.backward()
    np.testing.assert_array_equal(x.grad, [1, 1])


class Listener:
    """A watcher that records the operations."""

    def __init__(self):
        self.heard = []

    def after_forward(self, result, parents, operation):
        self.heard.append(operation)


def test_as_a_decorator_it_hides_nothing_from_other_watchers():
    @td.detect_anomaly()
    def log_of(value):
        return td.Tensor([value]).log()

    listener = Listener()
    with ModeContext(watcher=listener):
        log_of(2.0)
        with pytest.raises(td.AnomalyError, match="log at"):
            log_of(-1.0)
    assert listener.heard == ["log", "log"]


@pytest.mark.parametrize("unread", ["weight", "x"])
def test_linear_reads_the_weight_only_for_the_inputs_gradient_and_the_input_only_for_the_weights(unread):
    """The first layer's input and a frozen weight need no gradient, so the other array can change."""
    x = td.Tensor(np.ones((2, 3)), requires_grad=unread == "x")
    weight = td.Tensor(np.ones((4, 3)), requires_grad=unread == "weight")
    tensor = weight if unread == "weight" else x
    with td.detect_anomaly():
        y = td.functional.linear(x, weight).sum()
        tensor.data[...] = 7
        y.backward()
    np.testing.assert_array_equal(tensor.grad, np.full(tensor.shape, 2.0 if unread == "weight" else 4.0))


JOINED = {
    "concatenate": (F.concatenate, [[1.0, 2.0], [np.nan]]),
    "stack": (F.stack, [[1.0], [np.nan]]),
}


@pytest.mark.parametrize(("join", "values"), JOINED.values(), ids=JOINED.keys())
def test_the_faulty_one_of_many_inputs_is_named(join, values):
    whole, faulty = (td.Tensor(value, requires_grad=True) for value in values)
    with td.detect_anomaly(), pytest.raises(td.AnomalyError, match=rf"{join.__name__} at .*input 1 \(.*NaN"):
        join([whole, faulty])


@pytest.mark.parametrize("join", [F.concatenate, F.stack], ids=["concatenate", "stack"])
def test_a_sound_operation_on_many_inputs_passes_and_each_gets_its_gradient(join):
    x, y = (td.Tensor([value], requires_grad=True) for value in (1.0, 2.0))
    with td.detect_anomaly():
        (join([x, y]) * 3).sum().backward()
    assert (x.grad.tolist(), y.grad.tolist()) == ([3.0], [3.0])


def test_a_graph_from_outside_the_context_is_checked_in_backward():
    x = td.Tensor([0.0], requires_grad=True)
    loss = x.sqrt().sum()
    with td.detect_anomaly(), pytest.raises(td.AnomalyError, match=r"^backward of sqrt: .*infinity"):
        loss.backward()


class Doubled:
    """A backward that is not a function, so it has no code to read names from."""

    def __call__(self, grad, x, factor):
        return (grad * factor,)


def test_a_saved_value_without_a_name_is_described_by_its_number():
    x, factor = td.Tensor([1.0], requires_grad=True), np.array([2.0])
    with td.detect_anomaly():
        out = record(x.data * factor, (x,), Doubled(), saved=(factor,))
        factor[:] = 3
        with pytest.raises(td.AnomalyError, match="saved value 0 was changed"):
            out.backward()
