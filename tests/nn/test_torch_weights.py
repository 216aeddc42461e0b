"""Weights move to torch.nn and back for all common layers: the keys are the same, the outputs agree to 1e-6."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import nn

#: Layers that both frameworks have, and how to draw an input for each.
NETWORKS = {
    "an MLP": (
        lambda nn: nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 3)),
        lambda rng: rng.normal(size=(7, 5)),
    ),
    "no biases": (
        lambda nn: nn.Sequential(nn.Linear(5, 8, bias=False), nn.LayerNorm(8, bias=False), nn.Linear(8, 3, bias=False)),
        lambda rng: rng.normal(size=(7, 5)),
    ),
    "every activation": (
        lambda nn: nn.Sequential(
            nn.Linear(5, 6), nn.LeakyReLU(0.1), nn.Linear(6, 6), nn.GELU(), nn.Linear(6, 6), nn.GELU("tanh"),
            nn.Linear(6, 6), nn.Sigmoid(), nn.Linear(6, 6), nn.Tanh(), nn.Linear(6, 6), nn.Softmax(-1),
            nn.Linear(6, 6), nn.LogSoftmax(-1),
        ),
        lambda rng: rng.normal(size=(7, 5)),
    ),
    "normalized": (
        lambda nn: nn.Sequential(
            nn.BatchNorm1d(5), nn.Linear(5, 8), nn.LayerNorm(8), nn.ReLU(), nn.BatchNorm1d(8, affine=False),
            nn.BatchNorm1d(8, track_running_stats=False), nn.BatchNorm1d(8, momentum=None),
        ),
        lambda rng: 3 * rng.normal(size=(7, 5)) + 1,
    ),
    "words": (
        lambda nn: nn.Sequential(nn.Embedding(11, 4, padding_idx=0), nn.Flatten(), nn.Linear(12, 2)),
        lambda rng: rng.integers(0, 11, size=(7, 3)),
    ),
    "a network in a network": (
        lambda nn: nn.Sequential(
            nn.Sequential(nn.Linear(5, 4), nn.Sequential(nn.Tanh(), nn.Linear(4, 4))), nn.Identity(),
            nn.ModuleList([nn.Linear(4, 2)])[0],
        ),
        lambda rng: rng.normal(size=(7, 5)),
    ),
    "float64": (
        lambda nn: nn.Sequential(nn.Linear(5, 4), nn.BatchNorm1d(4), nn.Linear(4, 2)).double(),
        lambda rng: rng.normal(size=(7, 5)),
    ),
}  # fmt: skip


@pytest.fixture(params=NETWORKS)
def pair(request, torch):
    """Our model, theirs, and a function that draws an input for both. Each has been trained a little by itself."""
    make, draw = NETWORKS[request.param]
    ours, theirs = make(nn), make(torch.nn)
    rng = np.random.default_rng(1)

    def inputs():
        x = draw(rng)
        x = x.astype(next(ours.parameters()).dtype) if x.dtype.kind == "f" else x
        return x, torch.from_numpy(x)

    for _ in range(3):  # moves the buffers
        ours(inputs()[0])
        theirs(inputs()[1])
    for tensor in (
        *ours.parameters(),
        *theirs.parameters(),
    ):  # those that start at 0 or 1 would be equal
        tensor.data *= 1 + 0.1 * rng.normal()
        tensor.data += 0.1 * rng.normal()
    return ours, theirs, inputs


def gap(pair) -> float:
    """The largest difference between the outputs, in evaluation mode and, if nothing is random, in training.

    If outputs are larger than 1, it is a fraction of the largest, because float32 has no more digits.
    """
    ours, theirs, inputs = pair
    modes = [False] if any(isinstance(layer, nn.Dropout) for layer in ours.modules()) else [False, True]
    gaps = []
    for mode in modes:
        our_input, their_input = inputs()
        output = ours.train(mode)(our_input)
        expected = theirs.train(mode)(their_input).detach().numpy()
        assert (output.shape, output.dtype) == (expected.shape, expected.dtype)
        gaps.append(abs(output.data - expected).max() / max(1, abs(expected).max()))
    return max(gaps)


def as_arrays(state) -> dict:
    return {key: tensor.numpy() for key, tensor in state.items()}


def directly(torch, folder):
    """(ours to theirs, theirs to ours): functions from a state_dict to a state_dict."""
    return lambda state: {key: torch.from_numpy(array) for key, array in state.items()}, lambda state: state


def through_td_save(torch, folder):
    def kept(state):
        td.save(state, folder / "weights.npz")
        return td.load(folder / "weights.npz")

    to_theirs, _ = directly(torch, folder)
    return lambda state: to_theirs(kept(state)), lambda state: kept(as_arrays(state))


def through_safetensors(torch, folder):
    """Written by td.save and read by safetensors.torch, and the other way round."""
    library, path = pytest.importorskip("safetensors.torch"), folder / "weights.safetensors"
    return (
        lambda state: (td.save(state, path), library.load_file(path))[1],
        lambda state: (library.save_file(state, path), td.load(path))[1],
    )


def through_safetensors_numpy(torch, folder):
    """safetensors.numpy accepts and returns state_dicts."""
    library, path = pytest.importorskip("safetensors.numpy"), folder / "weights.safetensors"
    to_theirs, _ = directly(torch, folder)
    return (
        lambda state: (library.save_file(state, path), to_theirs(library.load_file(path)))[1],
        lambda state: (library.save_file(as_arrays(state), path), library.load_file(path))[1],
    )


WAYS = [directly, through_td_save, through_safetensors, through_safetensors_numpy]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("direction", ["to PyTorch", "from PyTorch"])
def test_weights_and_buffers_move_and_the_outputs_are_the_same(torch, pair, tmp_path, way, direction):
    ours, theirs, _ = pair
    to_theirs, to_ours = way(torch, tmp_path)
    assert gap(pair) > 1e-3
    if direction == "to PyTorch":
        theirs.load_state_dict(to_theirs(ours.state_dict()))
    else:
        ours.load_state_dict(to_ours(theirs.state_dict()))
    our_state, their_state = ours.state_dict(), as_arrays(theirs.state_dict())
    assert our_state.keys() == their_state.keys()
    for key, array in our_state.items():
        np.testing.assert_array_equal(array, their_state[key], strict=True)
    assert gap(pair) < 1e-6


def test_no_common_layer_was_forgotten(torch):
    def layers(module) -> set[str]:
        return {type(each).__name__ for make, _ in NETWORKS.values() for each in make(module).modules()}

    losses = {name for name in nn.__all__ if name.endswith("Loss")}
    ours = {name for name in nn.__all__ if isinstance(getattr(nn, name), type) and hasattr(torch.nn, name)}
    assert layers(nn) == layers(torch.nn) == ours - losses - {"Module", "ModuleList", "Parameter", "Buffer"}
