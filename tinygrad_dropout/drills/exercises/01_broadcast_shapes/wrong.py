"""Answers that the grader must reject, each under the name of its mistake."""

from itertools import zip_longest


# %% aligned-at-the-left: (3,) is read as (3, 1)
def broadcast_shape(a, b):
    shape = []
    for one, other in zip_longest(a, b, fillvalue=1):
        if one != other and 1 not in (one, other):
            raise ValueError("no")
        shape.append(other if one == 1 else one)
    return tuple(shape)


# %% leading-axes-dropped: zip stops at the shorter shape
def broadcast_shape(a, b):
    shape = []
    for one, other in zip(a[::-1], b[::-1]):
        if one != other and 1 not in (one, other):
            raise ValueError("no")
        shape.append(other if one == 1 else one)
    return tuple(shape[::-1])


# %% result-reversed: not turned round at the end
def broadcast_shape(a, b):
    shape = []
    for one, other in zip_longest(a[::-1], b[::-1], fillvalue=1):
        if one != other and 1 not in (one, other):
            raise ValueError("no")
        shape.append(other if one == 1 else one)
    return tuple(shape)


# %% larger-of-the-two: 1 and 0 give 1
def broadcast_shape(a, b):
    length = max(len(a), len(b))
    a, b = (1,) * (length - len(a)) + a, (1,) * (length - len(b)) + b
    for one, other in zip(a, b):
        if one != other and one != 1 and other != 1:
            raise ValueError("no")
    return tuple(max(one, other) for one, other in zip(a, b))


# %% accepts-shapes-that-do-not-broadcast: nothing is refused
def broadcast_shape(a, b):
    pairs = zip_longest(a[::-1], b[::-1], fillvalue=1)
    return tuple(other if one == 1 else one for one, other in pairs)[::-1]


# %% accepts-a-multiple: a length that divides the other is taken for one that can be repeated
def broadcast_shape(a, b):
    shape = []
    for one, other in zip_longest(a[::-1], b[::-1], fillvalue=1):
        if (
            one
            and other
            and max(one, other) % min(one, other)
            or 0 in (one, other)
            and 1 not in (one, other)
            and one != other
        ):
            raise ValueError("no")
        shape.append(max(one, other) if one and other else 0)
    return tuple(shape[::-1])


# %% refuses-shapes-that-broadcast: equal lengths alone
def broadcast_shape(a, b):
    shape = []
    for one, other in zip_longest(a[::-1], b[::-1], fillvalue=1):
        if one != other:
            raise ValueError("no")
        shape.append(one)
    return tuple(shape[::-1])


# %% returns-none-for-bad-shapes: None for an error
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


# %% larger-shape-wins: one of the two shapes is returned
def broadcast_shape(a, b):
    return a if (sum(a), *a) > (sum(b), *b) else b
