"""A small graph, seen from inside: what a Tensor remembers, and in which order backward() walks it.

b = a + a,   c = b * b + b,   L = sum(c)
"""

import tinygrad_dropout as td

a = td.Tensor([1.0, 2.0], requires_grad=True, name="a")
b = a + a  # used three times below: its gradient is the sum over its uses
c = b * b + b
loss = c.sum()

# Each result points to the Tensors it was made from (its parents) and to the function that takes a gradient back.
# The underscores say that this memory belongs to the engine; here we only look.
print("the graph, from the loss back:")
nodes = [loss]
for node in nodes:
    for parent in node._parents:
        if all(parent is not node for node in nodes):  # not `parent in nodes`: == compares elements
            nodes.append(parent)
for node in sorted(nodes, key=lambda node: -node._number):
    print(f"  made as number {node._number}: {node}")

# backward() walks them in that order, newest first. So every node comes after everything that used it, and by then its
# gradient is complete.
b.retain_grad()  # keep the gradient of a node in the middle, too
loss.backward()
print("dL/db = 2 b + 1   =", b.grad)
print("dL/da = 2 dL/db   =", a.grad)

# Leaves accumulate: a second graph adds to the existing gradient. zero_grad() starts over.
(a * 10).sum().backward()
print("after another backward:", a.grad)
a.zero_grad()
print("after zero_grad():", a.grad)

# The graph is freed as it is walked. Walking it again is an error that says so.
try:
    loss.backward()
except RuntimeError as error:
    print("again:", error)
