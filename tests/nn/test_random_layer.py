"""RandomLayer: your own random layer works like Dropout."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import nn

X = np.random.default_rng(0).normal(size=(3, 4))


class Jitter(nn.RandomLayer):
    """The example of the docstring."""

    def __init__(self):
        self.generator = np.random.default_rng(0)

    def forward(self, x):
        if not self.training:
            return x
        return x + self.draw_or_replay(lambda: self.generator.normal(size=x.shape))


def test_it_draws_again_in_every_training_forward_but_not_in_eval_mode():
    layer = Jitter()
    assert not np.array_equal(layer(td.Tensor(X)).data, layer(td.Tensor(X)).data)
    layer.eval()
    np.testing.assert_array_equal(layer(td.Tensor(X)).data, X)


def test_it_replays_its_last_draw_or_a_given_array():
    layer = Jitter()
    first = layer(td.Tensor(X)).data
    with layer.replay():
        np.testing.assert_array_equal(layer(td.Tensor(X)).data, first)
        with layer.replay(np.ones((3, 4))):
            np.testing.assert_array_equal(layer(td.Tensor(X)).data, X + 1)
        np.testing.assert_array_equal(layer(td.Tensor(X)).data, first)
    assert not np.array_equal(layer(td.Tensor(X)).data, first)


def test_a_replay_without_a_draw_is_an_error():
    with pytest.raises(RuntimeError, match=r"^Jitter\(\).replay\(\): expected an array, or an earlier forward"):
        Jitter().replay()


def test_layers_do_not_share_their_draws():
    one, other = Jitter(), Jitter()
    one(td.Tensor(X))
    with pytest.raises(RuntimeError):
        other.replay()


@pytest.mark.parametrize("kind", [nn.Dropout, nn.GaussianDropout, nn.DropConnect])
def test_the_dropout_layers_are_random_layers(kind):
    assert issubclass(kind, nn.RandomLayer)
