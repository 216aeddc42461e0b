"""Right answers, written differently: none may be rejected."""

import numpy as np


# %% class: methods, and a one-hot target
def train_mlp(x, target, hidden_units, classes, steps, lr, rng):
    class MLP:
        def __init__(self):
            self.layers = [
                [rng.standard_normal((rows, columns)) * (2 / columns) ** 0.5, np.zeros(rows)]
                for rows, columns in ((hidden_units, x.shape[1]), (classes, hidden_units))
            ]

        def forward(self):
            (w1, b1), (w2, b2) = self.layers
            self.a = x.dot(w1.T) + b1
            self.h = self.a.clip(min=0)
            return self.h.dot(w2.T) + b2

        def step(self, onehot):
            z = self.forward()
            m = z.max(1)[:, None]
            logsumexp = m + np.log(np.exp(z - m).sum(1))[:, None]
            loss = ((logsumexp - z) * onehot).sum() / len(x)
            g2 = (np.exp(z - logsumexp) - onehot) / len(x)
            g1 = np.where(self.a > 0, g2.dot(self.layers[1][0]), 0)
            for (w, b), g, inputs in zip(self.layers, (g1, g2), (x, self.h)):
                w -= lr * g.T.dot(inputs)
                b -= lr * g.sum(0)
            return float(loss)

    model, onehot = MLP(), np.eye(classes)[target]
    losses = [model.step(onehot) for _ in range(steps)]
    (w1, b1), (w2, b2) = model.layers
    return dict(weight1=w1, bias1=b1, weight2=w2, bias2=b2), losses


# %% one-example-at-a-time: the gradients are added up
def train_mlp(x, target, hidden_units, classes, steps, lr, rng):
    second = rng.normal(scale=np.sqrt(2 / hidden_units), size=(classes, hidden_units))
    first = rng.normal(scale=np.sqrt(2 / x.shape[1]), size=(hidden_units, x.shape[1]))
    p = {"weight1": first, "bias1": np.zeros(hidden_units), "weight2": second, "bias2": np.zeros(classes)}
    losses = []
    for _ in range(steps):
        total, sums = 0.0, {name: np.zeros_like(value) for name, value in p.items()}
        for row, label in zip(x, target):
            h = np.maximum(0, p["weight1"] @ row + p["bias1"])
            z = p["weight2"] @ h + p["bias2"]
            z = z - np.max(z)
            q = np.exp(z) / np.sum(np.exp(z))
            total += np.log(np.sum(np.exp(z))) - z[label]
            q[label] -= 1
            back = (q @ p["weight2"]) * (h > 0)
            for name, value in (
                ("weight2", np.outer(q, h)),
                ("bias2", q),
                ("weight1", np.outer(back, row)),
                ("bias1", back),
            ):
                sums[name] += value
        losses.append(total / len(x))
        p = {name: p[name] - lr * sums[name] / len(x) for name in p}
    return p, losses


# %% measured: no backward, but a gradient by complex steps
def train_mlp(x, target, hidden_units, classes, steps, lr, rng):
    shapes = [(hidden_units, x.shape[1]), (hidden_units,), (classes, hidden_units), (classes,)]
    sizes = [int(np.prod(shape)) for shape in shapes]
    theta = np.concatenate(
        [
            (rng.normal(0, np.sqrt(2 / shape[1]), shape) if len(shape) == 2 else np.zeros(shape)).ravel()
            for shape in shapes
        ]
    )

    def split(theta):
        return [part.reshape(shape) for part, shape in zip(np.split(theta, np.cumsum(sizes)[:-1]), shapes)]

    def loss(theta):
        w1, b1, w2, b2 = split(theta)
        a = x @ w1.T + b1
        z = np.where(a.real > 0, a, 0) @ w2.T + b2
        z = z - z.real.max(axis=1, keepdims=True)
        return (np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(x)), target]).mean()

    losses = []
    for _ in range(steps):
        losses.append(loss(theta).real)
        unit = np.eye(theta.size) * 1e-30j
        theta = theta - lr * np.array([loss(theta + one).imag for one in unit]) / 1e-30
    return dict(zip(("weight1", "bias1", "weight2", "bias2"), split(theta))), losses
