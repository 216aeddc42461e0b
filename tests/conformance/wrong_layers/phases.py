"""Wrong layers: each of the four calls raises, returns something wrong or changes its input."""

import numpy as np

from tests.conformance.wrong_layers.base import Dropout, wrong

#: name of a phase -> (method, whether it is in training mode)
PHASES = {
    "forward": ("forward", True),
    "backward": ("backward", True),
    "eval": ("forward", False),
    "eval-backward": ("backward", False),
}


def double_in_place(given, out):
    given *= 2
    return out


#: the end of a code -> (what the call does, a function of the input and the correct result that does it)
WAYS = {
    "returns-none": ("returns None", lambda given, out: None),
    "returns-no-array": ("returns a list", lambda given, out: out.tolist()),
    "returns-the-mask": ("returns the mask", lambda given, out: out != 0),
    "changes-the-kind": ("returns integers", lambda given, out: out.astype(int)),
    "changes-the-shape": ("returns a flat array without the last element", lambda given, out: out.reshape(-1)[:-1]),
    "changes-the-dtype": ("returns float64", lambda given, out: out.astype(np.float64)),
    "changes-{array}": ("doubles its input in place", double_in_place),
    "raises": ("raises an IndexError", lambda given, out: out[tuple(out.shape)]),
}


def broken(phase, way, what, change):
    """A layer that is right except for what one of its calls does."""
    method, training = PHASES[phase]
    code = f"{phase}-{way}".format(array="x" if method == "forward" else "g")

    class Broken(Dropout):
        __doc__ = f"{method} in {'training' if training else 'eval'} mode {what}"

    def changed(self, given):
        before = given.copy()
        out = getattr(Dropout, method)(self, before)
        return change(given, out) if self.training is training else out

    setattr(Broken, method, changed)
    Broken.__name__ = Broken.__qualname__ = "".join(part.capitalize() for part in code.split("-"))
    return wrong(code)(Broken)


for phase in PHASES:
    for way, (what, change) in WAYS.items():
        broken(phase, way, what, change)
