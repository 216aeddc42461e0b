# stage 9
import numpy as np

from framework.loss import cross_entropy
from framework.tensor import Tensor

# stage 10
from framework.layers import Dropout, Linear, ReLU, Sequential


# stage 9
def batches(x, y, batch_size, rng):
    """A list of all batches."""
    rows = list(range(len(x)))
    rng.shuffle(rows)
    found = []
    batch = []
    for row in rows:
        batch.append(row)
        if len(batch) == batch_size:
            found.append((x[batch], y[batch]))
            batch = []
    if batch:
        found.append((x[batch], y[batch]))
    return found


def get_modes(model):
    modes = {}
    for module in model.modules():
        modes[id(module)] = module.training
    return modes


def set_modes(model, modes):
    for module in model.modules():
        module.training = modes[id(module)]


def accuracy(model, x, y):
    modes = get_modes(model)
    model.eval()
    right = 0
    for outputs, label in zip(model(Tensor(x)).data, y):
        if np.argmax(outputs) == label:
            right = right + 1
    set_modes(model, modes)
    return right / len(y)


def fit(model, optimizer, x, y, *, epochs, batch_size, rng, validation=None):
    modes = get_modes(model)
    history = []
    for _ in range(epochs):
        model.train()
        sum_of_losses = 0
        for x_batch, y_batch in batches(x, y, batch_size, rng):
            loss = cross_entropy(model(Tensor(x_batch)), y_batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            sum_of_losses = sum_of_losses + loss.data.item() * len(y_batch)
        entry = {"loss": sum_of_losses / len(y)}
        if validation is not None:
            x_validation, y_validation = validation
            entry["validation_accuracy"] = accuracy(model, x_validation, y_validation)
        history.append(entry)
    set_modes(model, modes)
    return history


# stage 10
def mlp(sizes, p, rng):
    layers = []
    for index in range(len(sizes) - 1):
        layers.append(Linear(sizes[index], sizes[index + 1], rng))
        if index < len(sizes) - 2:
            layers.append(ReLU())
            layers.append(Dropout(p, rng))
    return Sequential(*layers)
