"""The gradient of ReLU is 1 where its input is exactly 0; by the convention of every framework it is 0 there:

    d_before = np.where(before <= 0, 0, d_hidden)

For any other input the two lines are the same, and no point of the two rings gives an input of exactly 0. But the
biases begin at 0, so that the origin gives 0 in every hidden unit, whatever the weights are. There the wrong line
moves the biases of all units, and the right one none. (Its weights do not move, since x is 0.) It happens in
practice: blank images, padding, and units after a first ReLU are exactly 0.
"""

import numpy as np

BUG = "relu-gradient-one-at-zero"


def exposing_input():
    return {"x": np.array([[0.0, 0.0], [1.5, -0.5]]), "outer": np.array([1, 0]), "p": 0.0, "training": True}
