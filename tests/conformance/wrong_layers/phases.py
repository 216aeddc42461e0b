"""Wrong layers: each of the four calls returns something else than an array like the one it was given."""

import numpy as np

from tests.conformance.wrong_layers.base import Dropout, wrong

#: name of a phase -> method, and whether it is in training mode
PHASES = {
    "forward": ("forward", True),
    "backward": ("backward", True),
    "eval": ("forward", False),
    "eval-backward": ("backward", False),
}


def double_in_place(given, out):
    given *= 2
    return out


#: how a code ends -> what is done with what was given and what should be returned
WAYS = {
    "returns-none": lambda given, out: None,
    "returns-no-array": lambda given, out: out.tolist(),
    "returns-the-mask": lambda given, out: out != 0,
    "changes-the-kind": lambda given, out: out.astype(int),
    "changes-the-shape": lambda given, out: out.reshape(-1)[:-1],
    "changes-the-dtype": lambda given, out: out.astype(np.float64),
    "changes-{array}": double_in_place,
    "raises": lambda given, out: out[tuple(out.shape)],
}


def broken(phase, way, change):
    """A layer, right but for what one of its calls returns."""
    method, training = PHASES[phase]
    code = f"{phase}-{way}".format(array="x" if method == "forward" else "g")

    class Broken(Dropout):
        __doc__ = f"{method} in {'training' if training else 'eval'} mode {way.replace('-', ' ').format(array='it')}"

    def changed(self, given):
        before = given.copy()
        out = getattr(Dropout, method)(self, before)
        return change(given, out) if self.training is training else out

    setattr(Broken, method, changed)
    Broken.__name__ = Broken.__qualname__ = "".join(part.capitalize() for part in code.split("-"))
    return wrong(code)(Broken)


for phase in PHASES:
    for way, change in WAYS.items():
        broken(phase, way, change)
