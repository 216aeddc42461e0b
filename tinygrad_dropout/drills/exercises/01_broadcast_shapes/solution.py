"""The shape that two shapes broadcast to.

NumPy reads shapes from the right: (4, 1) and (3,) are

    4  1
       3
    ----
    4  3

A missing axis counts as 1, which is what the fill value below does. Then every column is decided on its own: equal
lengths stay, a 1 gives way to the other length, and anything else is an error. "The larger of the two" is almost the
same rule, but 1 and 0 give 0: an axis of length 1 is repeated as often as the other array needs, which may be zero
times. (NumPy's user guide, "Broadcasting", section "General broadcasting rules".)
"""

from itertools import zip_longest


def broadcast_shape(a, b):
    shape = []
    for one, other in zip_longest(reversed(a), reversed(b), fillvalue=1):
        if one != other and 1 not in (one, other):
            raise ValueError(f"{a} and {b} do not broadcast")
        shape.append(other if one == 1 else one)
    return tuple(reversed(shape))
