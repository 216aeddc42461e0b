"""Axis arguments have NumPy's names; 0-d Tensors behave as in PyTorch; PyTorch's names get advice."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F

REDUCTIONS = ["sum", "mean", "var", "std", "max", "min", "argmax", "argmin"]
ALONG = ["softmax", "log_softmax"]
HERE = [(name, "dim", "axis=") for name in [*REDUCTIONS, *ALONG, "squeeze", "unsqueeze"]]
HERE += [(name, "keepdim", "keepdims=") for name in REDUCTIONS]
HERE += [(name, "unbiased", "correction=") for name in ("var", "std")]


@pytest.mark.parametrize(("name", "theirs", "ours"), HERE)
def test_the_name_that_pytorch_uses_raises_an_error_that_says_what_to_write(name, theirs, ours):
    x = td.Tensor([[1.0, 2.0]])
    for call in (getattr(x, name), lambda **options: getattr(F, name)(x, **options)):
        with pytest.raises(TypeError, match=rf"^{name}: .*; write {ours}.* instead of {theirs}="):
            call(**{theirs: 0})


@pytest.mark.parametrize("join", [F.concatenate, F.stack])
def test_so_do_concatenate_and_stack(join):
    with pytest.raises(TypeError, match=r"write axis= instead of dim="):
        join([td.Tensor([1.0])], dim=0)


def test_an_unknown_name_is_pythons_own_error():
    with pytest.raises(TypeError, match="unexpected keyword"):
        td.Tensor([1.0]).sum(axes=0)


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [0, -1])
@pytest.mark.parametrize("name", [name for name in REDUCTIONS if name not in ("argmax", "argmin", "var", "std")])
def test_a_tensor_without_axes_accepts_axis_0_or_minus_1(torch, name, axis, keepdims):
    x, y = td.Tensor(3.0, requires_grad=True), torch.tensor(3.0, requires_grad=True)
    theirs = {"max": "amax", "min": "amin"}.get(name, name)
    ours = getattr(x, name)(axis=axis, keepdims=keepdims)
    out = getattr(y, theirs)(axis, keepdim=keepdims)
    assert (ours.shape, ours.item()) == (tuple(out.shape), out.item())
    ours.backward()
    out.backward()
    assert x.grad == y.grad.numpy()
    for tuple_of_one in ((axis,),):
        assert getattr(x, name)(axis=tuple_of_one).item() == 3.0


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy's, on 0 degrees of freedom
@pytest.mark.parametrize("name", ["var", "std"])
def test_a_single_number_has_no_sample_variance(name):
    x = td.Tensor(3.0, requires_grad=True)
    out = getattr(x, name)(axis=0)
    out.backward()
    assert np.isnan(out.item())
    assert np.isnan(x.grad)
    assert getattr(x, name)(axis=-1, correction=0).item() == 0


@pytest.mark.parametrize("axis", [0, -1])
def test_a_softmax_of_a_single_number_is_1(axis):
    x = td.Tensor(3.0, requires_grad=True)
    assert x.softmax(axis).item() == 1
    x.log_softmax(axis).backward()
    assert x.grad == 0
    assert x.squeeze(axis).shape == ()


@pytest.mark.parametrize("name", [*REDUCTIONS, *ALONG])
@pytest.mark.parametrize(("shape", "axis"), [((), 1), ((), -2), ((2,), 1), ((2, 3), 2), ((2, 3), -3)])
def test_any_other_axis_is_an_error_of_the_forward(name, shape, axis):
    with pytest.raises(td.ShapeError, match=rf"^{name}: .*axis={axis}"):
        getattr(td.Tensor(np.ones(shape)), name)(axis=axis)


def test_the_error_for_a_wrong_axis_names_the_right_ones():
    with pytest.raises(td.ShapeError, match=r"^sum: expected axes from -2 to 1 for shape \(2, 3\), got axis=2 "):
        td.Tensor(np.ones((2, 3))).sum(axis=2)
    with pytest.raises(td.ShapeError, match=r"^max: expected elements to reduce, got shape \(0, 3\) and axis=0 "):
        td.Tensor(np.ones((0, 3))).max(axis=0)


@pytest.mark.parametrize("axis", [0, -1, (0,), (-1,)])
def test_every_reduction_of_a_single_number_is_that_number(axis):
    for name in ("sum", "mean", "max", "min"):
        assert getattr(td.Tensor(3.0), name)(axis=axis).item() == 3.0
    with pytest.raises(td.ShapeError):
        td.Tensor(3.0).mean(axis=(1,))
