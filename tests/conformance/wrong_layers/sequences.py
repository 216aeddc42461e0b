"""Wrong layers, written without knowledge of the kit: how calls and layers depend on each other."""

import copy

import numpy as np

from tests.conformance.wrong_layers.base import Dropout, Flat, Shaped, wrong


@wrong("masks-are-shifted")
class OverlapByOne(Flat):
    """The counter is call + element, so each mask is the previous one, shifted by one."""

    def numbers(self, n):
        if not hasattr(self, "seed"):
            self.seed, self.call = int(self.rng.integers(2**40)), 0
        self.call += 1
        return np.random.default_rng(self.seed).random(self.call + n)[self.call :]


@wrong("depends-on-earlier-masks")
class AntitheticCalls(Shaped):
    """Every other call uses 1 - u of the call before."""

    old = None

    def numbers(self, shape):
        if self.old is not None and self.old.shape == shape:
            u, self.old = 1 - self.old, None
            return u
        self.old = self.rng.random(shape)
        return self.old


@wrong("mask-follows-from-x")
class SameObjectSameAnswer(Dropout):
    """A cache: the same array object as in the last call gets the same result."""

    last = answer = None

    def forward(self, x):
        if self.training and x is self.last:
            return self.answer.copy()
        y = super().forward(x)
        self.last, self.answer = (x, y.copy()) if self.training else (None, None)
        return y


@wrong("mask-follows-from-x")
class AddressSeeds(Shaped):
    """The seed is the address of x's data plus a fixed number for the layer."""

    def draw(self, x):
        if not hasattr(self, "key"):
            self.key = int(self.rng.integers(2**32))
        return np.random.default_rng([self.key, x.__array_interface__["data"][0]]).random(x.shape) >= self.p


@wrong("masks-come-again")
class SixBitSeeds(Shaped):
    """Each call makes a generator with a 6-bit seed."""

    def numbers(self, shape):
        return np.random.default_rng(int(self.rng.integers(0, 64))).random(shape)


@wrong("depends-at-a-distance")
class PoolFromARandomPlace(Flat):
    """10,007 numbers are drawn in advance, and each call starts at a random one."""

    def numbers(self, n):
        if not hasattr(self, "pool"):
            self.pool = self.rng.random(10007)
        return self.pool[(self.rng.integers(0, 10007) + np.arange(n)) % 10007]


@wrong("masks-come-again")
class TwoCallsAgo(Shaped):
    """Every other pair of calls repeats the masks of the pair before: A B A B C D C D."""

    def numbers(self, shape):
        past = self.__dict__.setdefault("past", {}).setdefault(shape, [])
        past.append(past[-2] if len(past) >= 2 else self.rng.random(shape))
        u = past[-1]
        if len(past) == 4:
            past.clear()
        return u


@wrong("depends-on-earlier-masks")
class RandomWalk(Shaped):
    """The numbers wander by up to 0.25 from call to call, around a circle."""

    old = None

    def numbers(self, shape):
        if self.old is None or self.old.shape != shape:
            self.old = self.rng.random(shape)
        self.old = (self.old + 0.5 * self.rng.random(shape) - 0.25) % 1
        return self.old


@wrong("depends-on-several-masks")
class ThirdCallIsTheSum(Shaped):
    """Every third call's numbers are the sum of the two before, mod 1: independent in pairs."""

    def numbers(self, shape):
        past = self.__dict__.setdefault("past", {}).setdefault(shape, [])
        u = self.rng.random(shape) if len(past) < 2 else (past[0] + past[1]) % 1
        past.append(u)
        if len(past) == 3:
            past.clear()
        return u


@wrong("old-mask-after-eval")
class EvalReseeds(Shaped):
    """A call in eval mode resets the generator, so each epoch has the same masks."""

    def forward(self, x):
        if not hasattr(self, "start"):
            self.start = copy.deepcopy(self.rng.bit_generator.state)
        if not self.training:
            self.rng.bit_generator.state = self.start
        return super().forward(x)


@wrong("copies-the-generator")
class JumpedFromTheSame(Shaped):
    """Each layer uses the generator's jumped stream, which is the same for all layers that share the generator."""

    def __init__(self, p, rng):
        super().__init__(p, rng)
        self.own = np.random.Generator(rng.bit_generator.jumped())

    def numbers(self, shape):
        return self.own.random(shape)


@wrong("masks-repeat-after-eval")
class EvalKeepsTheSpare(Shaped):
    """A call in eval mode draws a mask, which the next two training calls both use."""

    def forward(self, x):
        if not self.training:
            self.spares = [self.draw(x)] * 2
        return super().forward(x)

    def draw(self, x):
        spares = getattr(self, "spares", [])
        return spares.pop() if spares and spares[-1].shape == x.shape else super().draw(x)


@wrong("same-mask-in-every-layer")
class SharedByShape(Shaped):
    """Layers with the same p share a cache of masks, so call n has the same mask in all of them."""

    masks = {}  # noqa: RUF012
    calls = 0

    def draw(self, x):
        self.calls += 1
        key = (self.p, x.shape, self.calls)
        if key not in self.masks:
            self.masks[key] = super().draw(x)
        return self.masks[key]


@wrong("same-mask-in-every-layer")
class SeededByLayerPlusCall(Shaped):
    """The seed is the layer's number plus the call's number, so layer 2's call 1 equals layer 1's call 2."""

    made = 0

    def __init__(self, p, rng):
        super().__init__(p, rng)
        type(self).made += 1
        self.seed = type(self).made

    def numbers(self, shape):
        self.seed += 1
        return np.random.default_rng(self.seed).random(shape)


@wrong("layers-share-their-mask")
class OneLayerForEachP(Dropout):
    """Layers with the same p are the same object."""

    made = {}  # noqa: RUF012

    def __new__(cls, p, rng):
        return cls.made.setdefault(p, super().__new__(cls))


@wrong("drops-in-eval")
class ModeOneLate(Dropout):
    """A change of mode takes effect one call late."""

    old = True

    def forward(self, x):
        now, self.training, self.old = self.training, self.old, self.training
        y = super().forward(x)
        self.training = now
        return y


@wrong("eval-output-is-overwritten")
class EvalReused(Dropout):
    """In eval mode the output is a buffer that the next call overwrites."""

    def forward(self, x):
        y = super().forward(x)
        if self.training:
            return y
        out = self.__dict__.setdefault("kept", {}).setdefault((x.shape, x.dtype), np.empty_like(x))
        out[...] = x
        return out
