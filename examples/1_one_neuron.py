"""One neuron, differentiated twice: by hand with the chain rule, and by backward(). Both give the same numbers.

y = sigmoid(w · x + b),   L = (y - t)²
"""

import math

import tinygrad_dropout as td

x = [1.0, -2.0, 3.0]  # the input
w = [0.5, 0.25, -0.1]  # the weights
b = 0.2  # the bias
t = 1.0  # the target

# Forward, by hand. Every name on the left is a node of the graph.
z = w[0] * x[0] + w[1] * x[1] + w[2] * x[2] + b
y = 1 / (1 + math.exp(-z))
L = (y - t) ** 2

# Backward, by hand: from L to the weights, one local derivative at a time.
dL_dy = 2 * (y - t)
dy_dz = y * (1 - y)
dL_dz = dL_dy * dy_dz
dL_dw = [dL_dz * x_i for x_i in x]  # dz/dw_i = x_i
dL_db = dL_dz  # dz/db = 1

# The same neuron as Tensors: only the forward is written down.
X = td.Tensor(x)
W = td.Tensor(w, requires_grad=True)
B = td.Tensor(b, requires_grad=True)
loss = ((W * X).sum() + B).sigmoid()
loss = (loss - t) ** 2
loss.backward()

print("L      by hand", f"{L:.6f}", "  td", f"{loss.item():.6f}")
for i in range(3):
    print(f"dL/dw{i} by hand {dL_dw[i]:+.6f}  backward() {W.grad[i]:+.6f}")
print(f"dL/db  by hand {dL_db:+.6f}  backward() {B.grad:+.6f}")
