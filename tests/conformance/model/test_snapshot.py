"""The user's model and random state are restored exactly, even if something raises."""

import random

import numpy as np
import pytest

import tinygrad_dropout as td
from tests.conformance.model.models import PYTORCH, framework, numbers
from tests.conformance.model.models.right import train_reaches_the_list
from tinygrad_dropout.conformance import check_model


class Remembers(td.nn.Module):
    """Stores its input in many places."""

    def __init__(self):
        self.history, self.table, self.last = [], {}, None
        self.rng = np.random.default_rng(4)

    def forward(self, x):
        self.last = x
        self.history.append(x)
        self.table["x"] = x
        self.more = self.rng.random()
        return x


class Fails(td.nn.Module):
    calls = 0

    def forward(self, x):
        self.calls += 1
        if self.calls > 4:
            raise RuntimeError("enough")
        return x


def ours(*more):
    model = td.nn.Sequential(
        td.nn.Linear(12, 16),
        td.nn.BatchNorm1d(16),
        td.nn.Dropout(0.5, rng=np.random.default_rng(3)),
        Remembers(),
        *more,
        td.nn.Linear(16, 2),
    )
    model(td.Tensor(numbers())).sum().backward()
    model[2].eval()
    return model


def state_of_ours(model):
    """All visible state of the model."""
    return [
        {key: value.tobytes() for key, value in model.state_dict().items()},
        [(id(tensor.grad), tensor.grad.tobytes()) for tensor in model.parameters()],
        [(key, module.training) for key, module in model.named_modules()],
        [sorted(vars(module)) for module in model.modules()],
        [id(tensor.data) for tensor in (*model.parameters(), *model.buffers())],
        model[2].mask.tobytes(),
        model[2].rng.bit_generator.state,
        [id(value) for value in model[3].history],
        list(model[3].table),
        id(model[3].last),
        model[3].rng.bit_generator.state,
    ]


@pytest.mark.parametrize("more", [(), (Fails(),)], ids=["as-usual", "a-forward-that-raises"])
def test_our_model_is_restored(more):
    model = ours()
    model._layers[4:4] = more
    before = state_of_ours(model)
    report = check_model(model, numbers())
    assert report.examined is not bool(more)
    assert state_of_ours(model) == before


def test_our_framework_is_restored():
    call, functions = td.nn.Module.__call__, (td.functional.dropout, td.functional.gaussian_dropout)
    check_model(ours(Fails()), numbers())
    check_model(ours(), numbers())
    assert td.nn.Module.__call__ is call
    assert (td.functional.dropout, td.functional.gaussian_dropout) == functions


def test_the_users_random_states_are_restored():
    td.manual_seed(8)
    random.seed(8)
    wanted = (np.random.default_rng(0).random(), td.nn.Dropout()(td.ones(50)).data.copy(), random.random())
    td.manual_seed(8)
    random.seed(8)
    check_model(ours, numbers())
    again = (np.random.default_rng(0).random(), td.nn.Dropout()(td.ones(50)).data, random.random())
    assert wanted[0] == again[0]
    assert np.array_equal(wanted[1], again[1])
    assert wanted[2] == again[2]


def test_the_users_input_is_not_changed(torch):
    x = numbers()
    check_model(torch.nn.Sequential(torch.nn.Dropout(0.5, inplace=True), torch.nn.Linear(12, 2)), x)
    tensor = torch.from_numpy(numbers())
    check_model(torch.nn.Sequential(torch.nn.Dropout(0.5, inplace=True), torch.nn.Linear(12, 2)), tensor)
    assert np.array_equal(x, numbers())
    assert np.array_equal(tensor, numbers())
    assert not tensor.requires_grad


def torchs(torch, raises=False):
    """A PyTorch model with hooks, gradients, mixed modes and a frozen part."""

    class Own(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.generator, self.history, self.calls = torch.Generator().manual_seed(3), [], 0
            self.hidden_drop = [torch.nn.Dropout(0.5)]
            self.register_buffer("count", torch.zeros(1))

        def forward(self, x):
            self.history.append(x)
            self.count += 1
            self.calls += 1
            if raises and self.calls > 3:
                raise RuntimeError("enough")
            return self.hidden_drop[0](x) + torch.rand(1, generator=self.generator)

    model = torch.nn.Sequential(
        torch.nn.Linear(12, 16), torch.nn.BatchNorm1d(16), torch.nn.Dropout(0.5), Own(), torch.nn.Linear(16, 2)
    )
    model[0].bias.requires_grad_(False)
    model[4].register_forward_hook(lambda module, args, output: output * 2)
    model[1].eval()
    x = torch.from_numpy(numbers())
    model[4](model[2](model[0](x))).sum().backward()
    return model


def state_of_torchs(torch, model):
    """All visible state of the model."""
    own = model[3]
    return [
        {key: value.numpy().tobytes() for key, value in model.state_dict().items()},
        [(key, p.data_ptr(), p.requires_grad) for key, p in model.named_parameters()],
        [(id(p.grad), None if p.grad is None else p.grad.numpy().tobytes()) for p in model.parameters()],
        [(key, module.training, sorted(vars(module))) for key, module in model.named_modules()],
        own.hidden_drop[0].training,
        len(own.history),
        own.calls,
        own.generator.get_state().numpy().tobytes(),
        [len(module._forward_hooks) + len(module._forward_pre_hooks) for module in model.modules()],
        torch.get_rng_state().numpy().tobytes(),
        len(torch.nn.modules.module._global_forward_hooks) + len(torch.nn.modules.module._global_forward_pre_hooks),
        torch.is_grad_enabled(),
    ]


@pytest.mark.parametrize("raises", [False, True], ids=["as-usual", "a-forward-that-raises"])
def test_a_torch_model_is_restored(torch, raises):
    model = torchs(torch, raises)
    before = state_of_torchs(torch, model)
    report = check_model(model, numbers())
    assert report.examined is not raises
    assert state_of_torchs(torch, model) == before


def test_a_torch_model_can_still_be_trained_after_the_check(torch):
    model = torchs(torch)
    check_model(model, numbers())
    model[3].hidden_drop[0].eval()
    model(torch.from_numpy(numbers())).sum().backward()
    assert all(parameter.grad is not None for parameter in model.parameters() if parameter.requires_grad)


def test_ctrl_c_is_passed_on_and_the_model_is_restored():
    class Interrupted(td.nn.Module):
        def forward(self, x):
            raise KeyboardInterrupt

    model = ours()
    model._layers.insert(4, Interrupted())
    before = state_of_ours(model)
    with pytest.raises(KeyboardInterrupt):
        check_model(model, numbers())
    assert state_of_ours(model) == before


def test_the_mode_of_a_layer_in_a_list_that_train_reaches_is_restored(torch):
    model = train_reaches_the_list(framework(PYTORCH))
    model.eval()
    model.layers[1].train()
    assert check_model(model, numbers()).ok
    assert not model.training
    assert model.layers[1].training
