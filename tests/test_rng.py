"""Randomness: one seed gives the same bits, and NumPy's global state is neither read nor written."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn
from tinygrad_dropout.functional._masks import draw_mask


def everything_random() -> list[np.ndarray]:
    """The first draws of everything random."""
    layer = nn.Linear(3, 4)
    dropout = nn.Dropout(0.5)
    gaussian, connect = nn.GaussianDropout(0.5), nn.DropConnect(3, 4)
    layers = [dropout, gaussian, nn.Dropout(0.5, shared_axes=0)]
    outputs = [layer(td.Tensor(np.ones((4, 50)))).data for layer in layers]
    connected = connect(td.Tensor(np.ones((5, 3), dtype=np.float32))).data
    return [layer.weight.data, layer.bias.data, *outputs, connected, draw_mask((10, 10), 0.3)]


def test_the_same_seed_gives_the_same_bits():
    td.manual_seed(7)
    first = everything_random()
    td.manual_seed(7)
    for one, other in zip(first, everything_random(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_same_seed_gives_the_same_bits_in_another_process():
    program = """
import hashlib, tinygrad_dropout as td
td.manual_seed(7)
drawn = [td.nn.Linear(3, 4).weight.data, td.nn.Dropout(0.3)(td.Tensor([1.0] * 1000)).data]
print(hashlib.sha256(b"".join(array.tobytes() for array in drawn)).hexdigest())
"""
    environment = {**os.environ, "PYTHONPATH": str(Path(td.__file__).parents[1])}
    run = [
        subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert run[0].stdout == run[1].stdout != ""


def test_threads_with_their_own_generators_draw_the_same_bits_as_sequential_code():
    def masks(seed: int) -> np.ndarray:
        layer = nn.Dropout(0.3, rng=np.random.default_rng(seed))
        return np.stack([layer(td.Tensor(np.ones(1000))).data for _ in range(20)])

    one_after_the_other = [masks(seed) for seed in range(4)]
    with ThreadPoolExecutor(max_workers=4) as pool:
        side_by_side = list(pool.map(masks, range(4)))
    np.testing.assert_array_equal(one_after_the_other, side_by_side)


def test_another_seed_gives_different_bits():
    td.manual_seed(7)
    first = everything_random()
    td.manual_seed(8)
    for one, other in zip(first, everything_random(), strict=True):
        assert not np.array_equal(one, other)


def test_numpys_global_seed_has_no_effect():
    state = np.random.get_state()  # noqa: NPY002
    draws = []
    for global_seed in (1, 2):
        np.random.seed(global_seed)  # noqa: NPY002
        td.manual_seed(0)
        draws.append(everything_random())
    np.random.set_state(state)  # noqa: NPY002
    for one, other in zip(*draws, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_layer_with_its_own_generator_draws_only_from_that():
    td.manual_seed(3)
    undisturbed = draw_mask((50,), 0.5)
    td.manual_seed(3)
    own = np.random.default_rng(0)
    nn.Linear(3, 4, rng=own)
    nn.Dropout(0.5, rng=own)(td.Tensor(np.ones(100)))
    F.dropout(td.Tensor(np.ones(100)), 0.5, rng=own)
    np.testing.assert_array_equal(draw_mask((50,), 0.5), undisturbed)


# A generator's state --------------------------------------------------------------------------------------------------

KINDS = [np.random.PCG64, np.random.PCG64DXSM, np.random.SFC64, np.random.MT19937, np.random.Philox]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_restored_state_draws_the_same_numbers_again(kind):
    rng = np.random.Generator(kind(3))
    rng.integers(10, size=3, dtype=np.int32)  # leaves half a number over, which belongs to the state
    state = td.get_rng_state(rng)
    drawn = rng.random(700)
    other = np.random.Generator(kind(4))
    for generator in (rng, other):
        td.set_rng_state(state, generator)
        np.testing.assert_array_equal(generator.random(700), drawn)


def test_the_frameworks_own_generator_has_a_state_too():
    state = td.get_rng_state()
    first = everything_random()
    td.set_rng_state(state)
    for one, other in zip(first, everything_random(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    "change",
    [
        lambda state: state.update(bit_generator="PCG64"),
        lambda state: state.update(state={"state": np.zeros(7, np.uint64)}),
        lambda state: state.update(state=3),
        lambda state: state.pop("uinteger"),
        lambda state: state.update(has_uint32="x"),
    ],
)
def test_a_state_that_does_not_fit_is_refused_and_the_generator_is_unchanged(change):
    before = td.get_rng_state()
    state = td.get_rng_state(np.random.Generator(np.random.SFC64(9)))
    change(state)
    with pytest.raises(ValueError, match="set_rng_state: expected a state from SFC64"):
        td.set_rng_state(state)
    np.testing.assert_equal(td.get_rng_state(), before)


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        (np.random.MT19937, ["state", "pos"], "x"),
        (np.random.MT19937, ["state", "pos"], -1),
        (np.random.MT19937, ["state", "pos"], 625),
        (np.random.Philox, ["buffer"], None),
        (np.random.Philox, ["uinteger"], -1),
        (np.random.Philox, ["buffer_pos"], 5),
        (np.random.Philox, ["buffer_pos"], -1),
    ],
    ids=str,
)
def test_a_state_that_numpy_would_set_in_part_or_read_beyond_is_refused(kind, path, value):
    rng = np.random.Generator(kind(3))
    before, state = td.get_rng_state(rng), td.get_rng_state(np.random.Generator(kind(4)))
    *outer, last = path
    inner = state[outer[0]] if outer else state
    inner[last] = value
    with pytest.raises(
        ValueError, match=f"expected a state from {kind.__name__}, got one from {kind.__name__} that does"
    ):
        td.set_rng_state(state, rng)
    np.testing.assert_equal(td.get_rng_state(rng), before)
