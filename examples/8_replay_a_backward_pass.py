"""One backward pass, step by step: how two uses of a tensor add up, and where a wrong backward goes wrong.

`replay.save("replay.html")` would write the same as a page.
"""

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout import nn, study

td.manual_seed(1)
dropout = nn.Dropout(p=0.5)
x = td.Tensor([[0.5, -1.0, 2.0, 1.0]], requires_grad=True)

with study.record() as replay:
    h = dropout(x)
    y = h * h + h  # h is used by two operations: its gradient is complete after both
    loss = y.sum()
    loss.backward()
print(replay)

# The same with a backward that forgets to rescale, shown next to the right one at the step where they first differ.
weight = nn.Parameter(np.ones((1, 4), dtype=np.float32))
with study.record(bug="backward-forgets-the-scale") as replay:
    loss = (dropout(x) * weight).sum()
    loss.backward()
print(replay)
