"""What the wrong layers have in common: a right one to differ from, and the code that each must be given."""


class Dropout:
    """Right: what the wrong ones differ from."""

    def __init__(self, p, rng):
        self.p, self.rng = p, rng
        self.training = True
        self.mask = None

    def draw(self, x):
        return self.rng.random(x.shape) >= self.p

    def scale(self):
        return 1 / (1 - self.p) if self.p < 1 else 0.0

    def backward_scale(self):
        return self.scale()

    def apply(self, array, mask, scale):
        return array * mask * array.dtype.type(scale)

    def forward(self, x):
        self.mask = self.draw(x) if self.training else None
        return self.apply(x, self.mask, self.scale()) if self.training else x

    def backward(self, grad):
        return grad if self.mask is None else self.apply(grad, self.mask, self.backward_scale())


class Flat(Dropout):
    """Right: an element is kept where its number, in C order, is not below p."""

    def numbers(self, n):
        return self.rng.random(n)

    def draw(self, x):
        return self.numbers(x.size).reshape(x.shape) >= self.p


class Shaped(Dropout):
    """Right: the same, with the numbers drawn in the array's shape."""

    def numbers(self, shape):
        return self.rng.random(shape)

    def draw(self, x):
        return self.numbers(x.shape) >= self.p


CODES, OPTIONS = {}, {}


def wrong(code, **options):
    """Say which code a class must be given, by a check with these options."""

    def enter(cls):
        CODES[cls], OPTIONS[cls] = code, options
        return cls

    return enter
