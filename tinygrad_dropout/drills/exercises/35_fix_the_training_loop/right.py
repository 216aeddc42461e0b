"""Right answers, written differently: none may be rejected."""

import copy

import numpy as np


# %% functions: one for an epoch, one for the mean
def train(model, batches, x_validation, target_validation, epochs, lr):
    def step(x, target):
        model.zero_gradients()
        loss = model.loss(x, target)
        model.backward()
        for index in range(len(model.parameters)):
            model.parameters[index][...] = model.parameters[index] - lr * model.gradients[index]
        return loss, len(target)

    def epoch():
        model.training = True
        losses, sizes = zip(*[step(*batch) for batch in batches])
        model.training = False
        return float(np.average(losses, weights=sizes)), model.loss(x_validation, target_validation)

    history, kept = [], []
    for _ in range(epochs):
        history.append(epoch())
        kept.append([np.array(parameter) for parameter in model.parameters])
    best = int(np.argmin([validation for _, validation in history]))
    for parameter, value in zip(model.parameters, kept[best]):
        np.copyto(parameter, value)
    return history


# %% least-changes: the original loop, fixed line by line
def train(model, batches, x_validation, target_validation, epochs, lr):
    history, best_loss, best = [], np.inf, []
    for _ in range(epochs):
        model.training = True
        model.zero_gradients()
        total, count = 0.0, 0
        for x, target in batches:
            loss = model.loss(x, target)
            model.backward()
            for parameter, gradient in zip(model.parameters, model.gradients):
                np.subtract(parameter, lr * gradient, out=parameter)
            model.zero_gradients()
            total, count = total + loss * len(x), count + len(x)
        model.training = False
        validation_loss = model.loss(x_validation, target_validation)
        history.append((total / count, validation_loss))
        if validation_loss < best_loss:
            best_loss, best = validation_loss, [parameter.copy() for parameter in model.parameters]
    for parameter, kept in zip(model.parameters, best):
        parameter[...] = kept
    return history


# %% while: an iterator and next
def train(model, batches, x_validation, target_validation, epochs, lr):
    history = []
    best = {"loss": float("inf")}
    while len(history) < epochs:
        setattr(model, "training", True)
        seen = []
        iterator = iter(batches)
        while (batch := next(iterator, None)) is not None:
            model.zero_gradients()
            seen += [model.loss(*batch)] * len(batch[0])
            model.backward()
            for p, g in zip(model.parameters, model.gradients):
                p += -lr * g
        setattr(model, "training", False)
        loss = model.loss(x_validation, target_validation)
        if loss < best["loss"]:
            best = {"loss": loss, "parameters": copy.deepcopy(model.parameters)}
        history += [[sum(seen) / len(seen), loss]]
    for p, q in zip(model.parameters, best["parameters"]):
        p[:] = q
    return history
