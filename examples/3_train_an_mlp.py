"""Train an MLP in a plain loop of ten lines to classify two interleaved half-circles."""

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout import nn, optim

# The data: 200 points on two half-circles with some noise, labeled 0 and 1.
rng = np.random.default_rng(0)
angle = rng.uniform(0, np.pi, 200)
label = rng.integers(0, 2, 200)
points = np.stack([np.cos(angle), np.sin(angle)], axis=1) * np.where(label, -1, 1)[:, None]
points += label[:, None] * [1.0, 0.5] + rng.normal(0, 0.15, (200, 2))
x, y = td.Tensor(points, dtype=np.float32), label

td.manual_seed(0)  # the initial weights and the dropout masks come from here
model = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 2))
loss_function = nn.CrossEntropyLoss()
optimizer = optim.Adam(model.parameters(), lr=0.01)

for step in range(300):
    batch = rng.choice(200, 64, replace=False)
    loss = loss_function(model(x[batch]), y[batch])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 50 == 0:
        print(f"step {step:3d}  loss {loss.item():.3f}")

model.eval()  # dropout is for training
with td.no_grad():  # no gradients are needed here
    accuracy = (model(x).data.argmax(axis=1) == y).mean()
print(f"accuracy on the training points: {accuracy:.1%}")
