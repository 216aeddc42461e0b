"""The weight of the notes is used at every time step, and each use should add to its gradient:

    d_in = d_in + d_before.T @ x[:, time]

The wrong line overwrites. The loop runs backward in time, so what is left at its end is the use at the first note.
The other weight and the bias do add up, and d_state is right, too; so the network trains. With one note there is one
use, and nothing to be lost. It takes at least two notes, and a second one that is not 0, since its use adds
d_before' x, which is 0 where x is.
"""

import numpy as np

BUG = "later-use-overwrites-the-gradient"


def exposing_input():
    x = np.array([[[0.5, -1.0, 1.5], [1.0, 2.0, -0.5]]])
    return {"x": x, "labels": np.array([2]), "p": 0.0, "training": True}
