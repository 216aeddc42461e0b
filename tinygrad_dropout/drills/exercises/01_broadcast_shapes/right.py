"""Right answers, written differently: none may be rejected."""


# %% padding: ones in front of the shorter shape
def broadcast_shape(a, b):
    length = max(len(a), len(b))
    a = (1,) * (length - len(a)) + tuple(a)
    b = (1,) * (length - len(b)) + tuple(b)
    shape = [0] * length
    for axis in range(length):
        if a[axis] == b[axis] or b[axis] == 1:
            shape[axis] = a[axis]
        elif a[axis] == 1:
            shape[axis] = b[axis]
        else:
            raise ValueError(f"axis {axis}: {a[axis]} and {b[axis]}")
    return tuple(shape)


# %% recursion: the last axis, then the rest
def broadcast_shape(a, b):
    if not a or not b:
        return a or b
    *left, one = a
    *other_left, other = b
    lengths = {one, other} - {1}
    if len(lengths) > 1:
        raise ValueError("do not broadcast")
    return (*broadcast_shape(tuple(left), tuple(other_left)), *(lengths or {1}))


# %% indices: negative ones
def broadcast_shape(a, b):
    shape = []
    for i in range(-max(len(a), len(b)), 0):
        one = a[i] if -i <= len(a) else 1
        other = b[i] if -i <= len(b) else 1
        if one == 1:
            shape += [other]
        elif other in (1, one):
            shape += [one]
        else:
            raise ValueError((a, b))
    return tuple(shape)


# %% match: a case for each rule, and a generator
def broadcast_shape(a, b):
    def lengths():
        padded = max(len(a), len(b))
        for pair in zip((1,) * (padded - len(a)) + a, (1,) * (padded - len(b)) + b):
            match pair:
                case (1, length) | (length, 1):
                    yield length
                case (length, other) if length == other:
                    yield length
                case _:
                    raise ValueError

    return tuple(lengths())
