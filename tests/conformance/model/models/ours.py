"""Wrong models with our layers."""

import numpy as np

from tests.conformance.model.models.base import OURS, usual, wrong


@wrong("layers-share-masks", OURS)
def generators_with_the_same_seed(f):
    """rng=default_rng(0) for each layer"""
    drops = {f"drop{i}": f.nn.Dropout(0.5, rng=np.random.default_rng(0)) for i in range(2)}
    return f.net(
        lambda self, x: self.out(self.drop1(f.F.relu(self.middle(self.drop0(self.hidden(x)))))),
        middle=f.nn.Linear(32, 32),
        **drops,
    )


@wrong("forked-processes-share-masks", OURS)
def forks_with_rng(f):
    """rng=default_rng(0): every forked worker draws the same masks"""
    return f.net(usual, relu=f.nn.ReLU(), drop=f.nn.Dropout(0.5, rng=np.random.default_rng(0)))


@wrong("never-scaled", OURS)
def test_scaling_undone(f):
    """the scheme of 2012 with its eval mode overridden"""

    class Original(f.nn.Dropout):
        def forward(self, x):
            return super().forward(x) if self.training else x

    return f.net(usual, relu=f.nn.ReLU(), drop=Original(0.4, scaling="test"))


@wrong("gradient-does-not-follow-the-mask", OURS)
def detached(f):
    """the dropped values are detached from the graph"""

    class Cut(f.nn.Dropout):
        def forward(self, x):
            return super().forward(x).detach()

    return f.net(usual, relu=f.nn.ReLU(), drop=Cut(0.5))


@wrong("mask-is-frozen", OURS)
def replayed_forever(f):
    """a replay(mask) context that is never left"""
    model = f.net(usual, relu=f.nn.ReLU(), drop=f.nn.Dropout(0.5))
    model.replaying = model.drop.replay(np.random.default_rng(1).random((16, 32)) > 0.5)
    model.replaying.__enter__()
    return model


@wrong("drops-the-output", OURS)
def sequential_ends_with_dropout(f):
    """a Sequential that ends with the dropout"""
    return f.nn.Sequential(f.nn.Linear(12, 32), f.nn.ReLU(), f.nn.Linear(32, 4), f.nn.Dropout(0.3))


@wrong("dropout-before-batch-norm", OURS)
def noise_before_batch_norm(f):
    """batch norm after Gaussian dropout"""
    return f.net(
        lambda self, x: self.out(self.norm(self.drop(self.hidden(x)))),
        drop=f.nn.GaussianDropout(0.5),
        norm=f.nn.BatchNorm1d(32),
    )
