"""Dropout's mask, seen in the forward pass and again in the backward pass."""

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout import nn

td.manual_seed(0)
p = 0.4  # the probability that a unit is dropped
layer = nn.Dropout(p)
x = td.Tensor(np.arange(1.0, 7.0, dtype=np.float32).reshape(2, 3), requires_grad=True)

# Forward: some units become 0, the others are scaled by 1 / (1 - p) to keep the expectation.
y = layer(x)
print("x =\n", x.data)
print("mask (True: kept) =\n", layer.mask)
print(f"y = mask * x / (1 - {p}) =\n", y.data)

# Backward: the same mask. A dropped unit did nothing for the loss, so its gradient is 0.
y.sum().backward()
print(f"dL/dx = mask * 1 / (1 - {p}) =\n", x.grad)

# Each forward draws its own mask, and its graph keeps that mask, whatever is drawn later.
first, second = layer(x), layer(x)
x.zero_grad()
first.sum().backward()
print("the first forward's units get the first forward's gradient:", np.array_equal(x.grad > 0, first.data > 0))

# In evaluation mode nothing is dropped and nothing is scaled: the next layer sees the same input on average.
average = np.mean([layer(x).data for _ in range(10_000)], axis=0)
layer.eval()
print("in training, averaged over 10,000 masks =\n", average.round(1))
print("in evaluation =\n", layer(x).data)
