"""Exercise 1: the shape of a sum. The task: tasks/01_broadcast_shapes.md"""


def broadcast_shape(a, b):
    """The shape of the sum of two arrays whose shapes are a and b; ValueError if they do not broadcast."""
    raise NotImplementedError
