"""What the wrong layers have in common: a correct layer to derive from, and the table of codes."""


class Dropout:
    """the plain layer from which the wrong ones derive"""

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
    """Right: draws one number per element in C order and keeps the element if the number is at least p."""

    def numbers(self, n):
        return self.rng.random(n)

    def draw(self, x):
        return self.numbers(x.size).reshape(x.shape) >= self.p


class Shaped(Dropout):
    """Right: the same, but draws the numbers in the array's shape."""

    def numbers(self, shape):
        return self.rng.random(shape)

    def draw(self, x):
        return self.numbers(x.shape) >= self.p


CODES, OPTIONS = {}, {}


def wrong(code, **options):
    """Register the code that a class must get from a check with these options."""

    def enter(cls):
        CODES[cls], OPTIONS[cls] = code, options
        return cls

    return enter
