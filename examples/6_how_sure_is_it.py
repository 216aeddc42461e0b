"""Monte Carlo dropout: dropout stays on after training, and many masks answer instead of one network.

Near the data, the masks agree. Far from the data they agree less, but still far more than they should.
"""

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout import nn, optim

# The data: a noisy sine, known only on [-2, 2].
rng = np.random.default_rng(0)
x = rng.uniform(-2, 2, (200, 1))
y = np.sin(2 * x) + rng.normal(0, 0.1, (200, 1))
x, y = td.Tensor(x, dtype=np.float32), td.Tensor(y, dtype=np.float32)

td.manual_seed(0)
first, second = nn.Dropout(0.1), nn.Dropout(0.1)
model = nn.Sequential(nn.Linear(1, 64), nn.ReLU(), first, nn.Linear(64, 64), nn.ReLU(), second, nn.Linear(64, 1))
loss_function = nn.MSELoss()
optimizer = optim.Adam(model.parameters(), lr=0.01)
for _ in range(1000):
    loss = loss_function(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# A mask of the last step: each row is an example, each column a hidden unit.
print(td.show_mask(first, rows=4), "\n")

# Evaluation mode gives one answer. 200 forwards, each with new masks, give a mean answer and show how much it varies.
model.eval()
points = np.array([[-1.5], [0.0], [1.5], [3.0], [4.0], [6.0]], dtype=np.float32)
one = model(td.Tensor(points)).data
many = td.mc_forward(model, points, samples=200)
print("   x   sin 2x   eval mode   mean over masks   spread")
for at, answer, mean, spread in zip(points[:, 0], one[:, 0], many.mean[:, 0], many.spread[:, 0], strict=True):
    print(f"{at:4.1f} {np.sin(2 * at):8.2f} {answer:11.2f} {mean:17.2f} {spread:8.2f}")

# The spread shows where to be careful, not how large the error is, which is many times the spread outside the data.
print("each spread outside the data exceeds each inside:", many.spread[3:].min() > many.spread[:3].max())
error = np.abs(many.mean - np.sin(2 * points))
print("each error outside the data exceeds two spreads:", bool((error > 2 * many.spread)[3:].all()))
print("the model is in evaluation mode as before:", not any(module.training for module in model.modules()))
