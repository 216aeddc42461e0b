"""The gradient by central differences.

By Taylor's theorem, for one element with all others held fixed,

    f(x + h) = f + h f' + h^2/2 f'' + h^3/6 f''' + ...
    f(x - h) = f - h f' + h^2/2 f'' - h^3/6 f''' + ...

The difference is 2 h f' + h^3/3 f''', so divided by 2h it is f' + h^2/6 f''': the second derivative is gone. A
one-sided difference, (f(x + h) - f)/h = f' + h/2 f'', keeps it. The rounding error is about eps |f| / h, with eps =
2e-16 in float64: h = 1e-5 balances the two errors. In float32, where eps is 1e-7, few digits would be left, and in an
array of integers x + h would be truncated to x.
"""

import numpy as np


def numeric_gradient(f, x, h=1e-5):
    moved = np.array(x, dtype=np.float64)
    gradient = np.empty_like(moved)
    for index in np.ndindex(moved.shape):
        here = moved[index]
        moved[index] = here + h
        above = f(moved)
        moved[index] = here - h
        below = f(moved)
        moved[index] = here  # here + h - h may be another number
        gradient[index] = (above - below) / (2 * h)
    return gradient
