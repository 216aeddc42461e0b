"""Wrong layers, written without knowledge of the kit: how the elements of a mask are drawn."""

import statistics

import numpy as np

from tests.conformance.wrong_layers.base import Dropout, Flat, Shaped, wrong


@wrong("scale-varies")
class TailOfFourKept(Flat):
    """A kernel of 4 lanes copies the last n % 4 elements unscaled."""

    def forward(self, x):
        y = super().forward(x)
        if self.training and x.size % 4:
            y, cut = y.copy(), x.size - x.size % 4
            y.reshape(-1)[cut:] = x.reshape(-1)[cut:]
        return y


@wrong("elements-agree")
class TailSharesALane(Flat):
    """The last n % 4 elements all use the lane of the first of them."""

    def numbers(self, n):
        u = self.rng.random(n)
        if n % 4:
            u[n - n % 4 :] = u[n - n % 4]
        return u


@wrong("depends-at-a-distance")
class BlocksAlike(Flat):
    """The counter ignores the block, so every 256 elements have the same mask."""

    def numbers(self, n):
        return np.resize(self.rng.random(256), n) if n else np.empty(0)


@wrong("depends-at-a-distance")
class GridStrideAlike(Flat):
    """A grid-stride loop does not advance its counter, so the mask repeats after 4096 elements."""

    def numbers(self, n):
        return np.resize(self.rng.random(4096), n) if n else np.empty(0)


@wrong("depends-on-neighbors")
class SecondLaneIsOneMinus(Flat):
    """The second of two lanes uses 1 - u of the first (antithetic)."""

    def numbers(self, n):
        u = self.rng.random((n + 1) // 2)
        return np.stack([u, 1 - u], axis=1).reshape(-1)[:n]


@wrong("depends-on-neighbors")
class OverlappingBytes(Flat):
    """A 64-bit word gives 16 numbers of 16 bits, 3 bits apart, so neighbors share 13 bits (p = 0.5 is still right)."""

    def numbers(self, n):
        words = self.rng.integers(2**64, size=(n + 15) // 16, dtype=np.uint64)
        parts = [(words >> np.uint64(3 * i)) & np.uint64(0xFFFF) for i in range(16)]
        return np.stack(parts, axis=1).reshape(-1)[:n] / 65536.0


@wrong("differs-with-the-size")
class SmallArraysLeftAlone(Dropout):
    """Arrays with fewer than 8 elements are returned unchanged."""

    def forward(self, x):
        if self.training and 0 < x.size < 8 and self.p < 1:
            self.mask = None
            return x
        return super().forward(x)


@wrong("shared-by-neighbors")
class PowersOfTwoAlike(Flat):
    """If the size is a power of two, a fast path gives each pair of neighbors the same number."""

    def numbers(self, n):
        u = self.rng.random(n)
        if n > 1 and n & (n - 1) == 0:
            u[1::2] = u[::2]
        return u


@wrong("depends-at-a-distance")
class StrideOf64Alike(Flat):
    """In each 128 elements, element i + 64 has the number of element i."""

    def numbers(self, n):
        u = self.rng.random(-(-n // 128) * 128).reshape(-1, 2, 64)
        u[:, 1] = u[:, 0]
        return u.reshape(-1)[:n]


@wrong("rate-is-wrong")
class FifteenNotSixteen(Shaped):
    """The author thought that integers() includes its upper end, so 15 values are compared with p * 16."""

    def draw(self, x):
        return self.rng.integers(0, 15, x.shape) >= self.p * 16


@wrong("rate-is-wrong")
class SampledWithReplacement(Flat):
    """round(p n) positions are drawn with replacement, so fewer elements are dropped."""

    def draw(self, x):
        mask = np.ones(x.size, bool)
        if self.p == 1:
            mask[:] = False
        elif x.size:
            mask[self.rng.integers(0, x.size, round(self.p * x.size))] = False
        return mask.reshape(x.shape)


@wrong("drops-with-1-p")
class LargeProbabilityFlipped(Shaped):
    """Above p = 0.5 the complement is drawn and never flipped back."""

    def draw(self, x):
        return self.numbers(x.shape) >= (1 - self.p if 0.5 < self.p < 1 else self.p)


@wrong("fixed-count-by-row")
class ExactCountInChunks(Flat):
    """Each chunk of 64 numbers is stratified: one in each 64th of the unit interval."""

    def numbers(self, n):
        u = np.broadcast_to(np.arange(64), (-(-n // 64), 64))
        return ((self.rng.permuted(u, axis=1) + self.rng.random(u.shape)) / 64).reshape(-1)[:n]


@wrong("depends-at-a-distance")
class GoldenRatio(Flat):
    """A low-discrepancy sequence from a random start."""

    def numbers(self, n):
        return (self.rng.random() + np.arange(n) * 0.6180339887498949) % 1


@wrong("differs-with-the-size")
class NeverAllDropped(Shaped):
    """A mask that drops everything is redrawn."""

    def draw(self, x):
        mask = super().draw(x)
        while x.size and self.p < 1 and not mask.any():
            mask = super().draw(x)
        return mask


@wrong("differs-with-the-size")
class AtLeastOneDropped(Shaped):
    """The element with the smallest number is dropped, whatever p is."""

    def draw(self, x):
        u = self.numbers(x.shape)
        mask = u >= self.p
        if x.size and self.p > 0:
            mask.reshape(-1)[u.argmin()] = False
        return mask


@wrong("depends-on-several-others")
class TriplesSum(Flat):
    """Every third number is the sum of the two before, mod 1: independent in pairs."""

    def numbers(self, n):
        u = self.rng.random((-(-n // 3), 3))
        u[:, 2] = (u[:, 0] + u[:, 1]) % 1
        return u.reshape(-1)[:n]


@wrong("depends-on-several-others")
class QuadsSum(Flat):
    """Every fourth number is the sum of the three before, mod 1: independent in threes."""

    def numbers(self, n):
        u = self.rng.random((-(-n // 4), 4))
        u[:, 3] = u[:, :3].sum(axis=1) % 1
        return u.reshape(-1)[:n]


@wrong("depends-on-several-others")
class Fibonacci(Flat):
    """An additive generator: u_i = u_(i-1) + u_(i-2) mod 1, from a random start in each call."""

    def numbers(self, n):
        a, b = (int(v) for v in self.rng.integers(0, 2**53, 2))
        out = np.empty(n)
        for i in range(n):
            out[i] = a / 2**53
            a, b = b, (a + b) % 2**53
        return out


@wrong("mask-is-symmetric")
class Symmetric(Shaped):
    """A square matrix (attention) gets a symmetric mask."""

    def numbers(self, shape):
        u = self.rng.random(shape)
        if len(shape) > 1 and shape[-1] == shape[-2]:
            u = np.triu(u) + np.swapaxes(np.triu(u, 1), -1, -2)
        return u


@wrong("shared-along-an-axis")
class HeadsAlike(Shaped):
    """In 4-D (batch, head, query, key) the heads share a mask."""

    def numbers(self, shape):
        return np.broadcast_to(self.rng.random((shape[0], 1, *shape[2:]) if len(shape) == 4 else shape), shape)


@wrong("shared-by-neighbors")
class Patches(Shaped):
    """The last two axes are dropped in patches of 2 x 2."""

    def numbers(self, shape):
        if len(shape) < 2:
            return self.rng.random(shape)
        u = self.rng.random((*shape[:-2], (shape[-2] + 1) // 2, (shape[-1] + 1) // 2))
        return u.repeat(2, axis=-1).repeat(2, axis=-2)[..., : shape[-2], : shape[-1]]


@wrong("rows-differ")
class CopulaByRow(Shaped):
    """The elements of a row share a weak common cause (correlation 0.15 before the threshold)."""

    def draw(self, x):
        if self.p in (0, 1):
            return super().draw(x)
        common = self.rng.standard_normal((*x.shape[:-1], 1))
        z = 0.85**0.5 * self.rng.standard_normal(x.shape) + 0.15**0.5 * common
        return z >= statistics.NormalDist().inv_cdf(self.p)


@wrong("depends-at-a-distance")
class DiagonalAlike(Shaped):
    """A Toeplitz mask: in the last two axes, element (i, j) has the number of (i - 1, j - 1)."""

    def numbers(self, shape):
        if len(shape) < 2:
            return self.rng.random(shape)
        r, c = shape[-2:]
        line = self.rng.random((*shape[:-2], r + c))
        return line[..., np.arange(c) - np.arange(r)[:, None] + r]
