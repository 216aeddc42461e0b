"""Answers that the grader must reject, each under the name of its mistake."""

from itertools import zip_longest


# %% refuses-shapes-that-broadcast: only equal lengths are accepted
def broadcast_shape(a, b):
    if a != b:
        raise ValueError("no")
    return a


# %% accepts-shapes-that-do-not-broadcast: nothing is refused
def broadcast_shape(a, b):
    pairs = zip_longest(a[::-1], b[::-1], fillvalue=1)
    return tuple(other if one == 1 else one for one, other in pairs)[::-1]


# %% accepts-a-multiple: a length that divides the other is treated like 1
def broadcast_shape(a, b):
    shape = []
    for one, other in zip_longest(a[::-1], b[::-1], fillvalue=1):
        if one != other and 1 not in (one, other) and (0 in (one, other) or max(one, other) % min(one, other)):
            raise ValueError("no")
        shape.append(max(one, other) if one and other else 0)
    return tuple(shape[::-1])


# %% returns-none-for-bad-shapes: None instead of an error
def broadcast_shape(a, b):
    shape = []
    for one, other in zip_longest(a[::-1], b[::-1], fillvalue=1):
        if one != other and 1 not in (one, other):
            return None
        shape.append(other if one == 1 else one)
    return tuple(shape[::-1])


# %% another-exception: assert
def broadcast_shape(a, b):
    shape = []
    for one, other in zip_longest(a[::-1], b[::-1], fillvalue=1):
        assert one == other or 1 in (one, other)
        shape.append(other if one == 1 else one)
    return tuple(shape[::-1])


# %% part-not-written: the error is not written yet
def broadcast_shape(a, b):
    shape = []
    for one, other in zip_longest(a[::-1], b[::-1], fillvalue=1):
        if one != other and 1 not in (one, other):
            raise NotImplementedError
        shape.append(other if one == 1 else one)
    return tuple(shape[::-1])


# %% list-for-a-tuple: the lengths are not made a tuple
def broadcast_shape(a, b):
    pairs = zip_longest(a[::-1], b[::-1], fillvalue=1)
    return [other if one == 1 else one for one, other in pairs][::-1]


# %% wrong-values: written for matrices
def broadcast_shape(a, b):
    a, b = ((1, 1, 1, 1, *shape)[-max(len(a), len(b), 1) :][-4:] for shape in (a, b))
    if any(one != other and 1 not in (one, other) for one, other in zip(a, b)):
        raise ValueError("no")
    return () if not a or a == b == (1,) else tuple(other if one == 1 else one for one, other in zip(a, b))


# %% forbidden-name: NumPy does it
def broadcast_shape(a, b):
    import numpy as np

    return np.broadcast_shapes(a, b)
