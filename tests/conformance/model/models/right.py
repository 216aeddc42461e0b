"""Models that use dropout correctly."""

import numpy as np

from tests.conformance.model.models.base import OURS, PYTORCH, numbers, right, usual


@right()
def plain(f):
    """a hidden layer, dropout, the last layer"""
    return f.net(usual, relu=f.nn.ReLU(), drop=f.nn.Dropout(0.5))


@right()
def sequential(f):
    """three dropouts in a Sequential, with a low rate on the input"""
    return f.nn.Sequential(
        f.nn.Dropout(0.2),
        f.nn.Linear(12, 32),
        f.nn.ReLU(),
        f.nn.Dropout(0.5),
        f.nn.Linear(32, 32),
        f.nn.ReLU(),
        f.nn.Dropout(0.5),
        f.nn.Linear(32, 4),
    )


@right()
def one_layer_twice(f):
    """one Dropout called in two places"""

    def forward(self, x):
        return self.out(self.drop(f.F.relu(self.middle(self.drop(f.F.relu(self.hidden(x)))))))

    return f.net(forward, drop=f.nn.Dropout(0.3), middle=f.nn.Linear(32, 32))


@right()
def function_with_the_flag(f):
    """F.dropout(x, p, self.training)"""
    return f.net(lambda self, x: self.out(f.F.dropout(f.F.relu(self.hidden(x)), 0.5, self.training)))


@right()
def batch_norm_before_dropout(f):
    """dropout after batch norm"""
    return f.net(
        lambda self, x: self.out(self.drop(f.F.relu(self.norm(self.hidden(x))))),
        drop=f.nn.Dropout(0.5),
        norm=f.nn.BatchNorm1d(32),
    )


@right()
def residual(f):
    """x + drop(f(norm(x))), then a last layer"""

    def forward(self, x):
        h = self.hidden(x)
        return self.out(h + self.drop(self.middle(self.norm(h))))

    return f.net(forward, drop=f.nn.Dropout(0.1), middle=f.nn.Linear(32, 32), norm=f.nn.LayerNorm(32))


@right()
def residual_block(f):
    """a block that ends in x + drop(f(x))"""
    return f.net(
        lambda self, x: self.hidden(x) + self.drop(self.middle(x)), drop=f.nn.Dropout(0.1), middle=f.nn.Linear(12, 32)
    )


@right()
def original_scheme(f):
    """the scheme of 2012, handwritten: scaled only in eval mode"""
    layer = f.layer(lambda self, x: x * f.mask(x, self.p) if self.training else x * (1 - self.p), 0.4)
    return f.net(usual, relu=f.nn.ReLU(), drop=layer)


@right()
def keep_probability(f):
    """a handwritten layer whose p is the probability of keeping, which is a remark"""
    layer = f.layer(lambda self, x: x * f.mask(x, 1 - self.p) / self.p if self.training else x, 0.8)
    return f.net(usual, relu=f.nn.ReLU(), drop=layer)


@right()
def several_outputs(f):
    """a dict of outputs"""
    return f.net(lambda self, x: {"logits": self.out(self.drop(self.hidden(x))), "of": (x,)}, drop=f.nn.Dropout(0.5))


@right()
def softmax_in_eval(f):
    """probabilities in eval mode and logits in training mode, which is a remark"""

    def forward(self, x):
        logits = self.out(self.drop(self.hidden(x)))
        return logits if self.training else f.F.softmax(logits, -1)

    return f.net(forward, drop=f.nn.Dropout(0.5))


@right()
def noise_by_hand(f):
    """a handwritten mask in the network's forward, only in training mode"""

    def forward(self, x):
        h = self.hidden(x)
        return self.out(h * f.mask(h, 0.5) * 2.0 if self.training else h)

    return f.net(forward)


@right(OURS)
def gaussian(f):
    """Gaussian dropout"""
    return f.net(usual, relu=f.nn.ReLU(), drop=f.nn.GaussianDropout(0.3))


@right(OURS)
def drop_connect(f):
    """DropConnect, which drops weights"""
    return f.nn.Sequential(f.nn.DropConnect(12, 12, p=0.5), f.nn.ReLU(), f.nn.Linear(12, 4))


@right(OURS)
def in_a_list(f):
    """layers in a plain list, which our Modules find"""

    def forward(self, x):
        h = self.hidden(x)
        for layer in self.layers:
            h = layer(h)
        return self.out(h)

    return f.net(forward, layers=[f.nn.ReLU(), f.nn.Dropout(0.5)])


@right(OURS)
def scaled_at_test_time(f):
    """our own layer with the scheme of 2012"""
    return f.net(usual, relu=f.nn.ReLU(), drop=f.nn.Dropout(0.4, scaling="test"))


@right(OURS, x=numbers(6, 5, 12))
def one_mask_across_time(f):
    """shared_axes=1 for sequences"""
    return f.net(usual, relu=f.nn.ReLU(), drop=f.nn.Dropout(0.5, shared_axes=1))


@right(PYTORCH, x=numbers(4, 3, 10, 10))
def convolutional(f):
    """Dropout2d after a convolution, Dropout before the last layer"""
    return f.nn.Sequential(
        f.nn.Conv2d(3, 8, 3),
        f.nn.BatchNorm2d(8),
        f.nn.ReLU(inplace=True),
        f.nn.Dropout2d(0.2),
        f.nn.Flatten(),
        f.nn.Linear(8 * 64, 32),
        f.nn.Dropout(0.5, inplace=True),
        f.nn.ReLU(),
        f.nn.Linear(32, 4),
    )


@right(PYTORCH, x=numbers(3, 7, 12))
def transformer(f):
    """PyTorch's transformer encoder with a last layer"""
    layer = f.nn.TransformerEncoderLayer(12, 2, 24, dropout=0.1, batch_first=True)
    return f.nn.Sequential(f.nn.TransformerEncoder(layer, 2, enable_nested_tensor=False), f.nn.Linear(12, 4))


@right(PYTORCH, x=numbers(3, 7, 12))
def recurrent(f):
    """an LSTM with dropout between its layers"""

    def forward(self, x):
        return self.out(self.lstm(x)[0])

    return f.net(forward, lstm=f.nn.LSTM(12, 32, num_layers=2, dropout=0.4, batch_first=True))


@right(PYTORCH)
def checkpointed(f):
    """checkpointing with its defaults"""
    from torch.utils.checkpoint import checkpoint

    def forward(self, x):
        return self.out(checkpoint(self.part, x, use_reentrant=False))

    return f.net(forward, part=f.nn.Sequential(f.nn.Linear(12, 32), f.nn.ReLU(), f.nn.Dropout(0.5)))


@right(PYTORCH)
def self_normalizing(f):
    """AlphaDropout with SELU"""
    return f.nn.Sequential(f.nn.Linear(12, 32), f.nn.SELU(), f.nn.AlphaDropout(0.1), f.nn.Linear(32, 4))


@right(PYTORCH)
def frozen_part(f):
    """a frozen part that stays in eval mode, which is a remark"""

    class Frozen(f.nn.Sequential):
        def train(self, mode=True):
            return super().train(False)

    part = Frozen(f.nn.Linear(12, 12), f.nn.Dropout(0.5)).requires_grad_(False)
    return f.nn.Sequential(part, f.nn.Linear(12, 32), f.nn.ReLU(), f.nn.Dropout(0.5), f.nn.Linear(32, 4))


@right(PYTORCH)
def train_reaches_the_list(f):
    """a plain list of layers, to which the model's train() passes the mode"""

    class Net(f.nn.Module):
        def __init__(self):
            super().__init__()
            self.hidden, self.out = f.nn.Linear(12, 32), f.nn.Linear(32, 4)
            self.layers = [f.nn.ReLU(), f.nn.Dropout(0.5)]

        def train(self, mode=True):
            for layer in self.layers:
                layer.train(mode)
            return super().train(mode)

        def forward(self, x):
            h = self.hidden(x)
            for layer in self.layers:
                h = layer(h)
            return self.out(h)

    return Net()


@right(PYTORCH)
def stochastic_depth(f):
    """DropPath, which drops whole examples in a residual branch"""

    class DropPath(f.nn.Module):
        def __init__(self, drop_prob):
            super().__init__()
            self.drop_prob = drop_prob

        def forward(self, x):
            if not self.training:
                return x
            keep = 1 - self.drop_prob
            return x * x.new_empty(len(x), *[1] * (x.ndim - 1)).bernoulli_(keep) / keep

    def forward(self, x):
        h = self.hidden(x)
        return self.out(h + self.path(f.F.relu(self.middle(h))))

    return f.net(forward, path=DropPath(0.3), middle=f.nn.Linear(32, 32))


@right(PYTORCH, x=np.random.default_rng(0).integers(0, 20, (8, 6)))
def tokens(f):
    """integer inputs to an embedding"""
    return f.nn.Sequential(f.nn.Embedding(20, 16), f.nn.Dropout(0.3), f.nn.Linear(16, 4))
