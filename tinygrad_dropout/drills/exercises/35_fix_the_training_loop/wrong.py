"""Answers that the grader must reject, each under the name of its mistake."""


# %% trains-in-eval-mode: the mode is set before the epochs
def train(model, batches, x_validation, target_validation, epochs, lr):
    history, best_loss, best = [], float("inf"), None
    model.training = True
    for _ in range(epochs):
        total, count = 0.0, 0
        for x, target in batches:
            model.zero_gradients()
            loss = model.loss(x, target)
            model.backward()
            for parameter, gradient in zip(model.parameters, model.gradients):
                parameter -= lr * gradient
            total, count = total + loss * len(x), count + len(x)
        model.training = False
        validation_loss = model.loss(x_validation, target_validation)
        history.append((total / count, validation_loss))
        if validation_loss < best_loss:
            best_loss, best = validation_loss, [parameter.copy() for parameter in model.parameters]
    for parameter, kept in zip(model.parameters, best):
        parameter[...] = kept
    return history


# %% gradients-add-up: they are never set to zero
def train(model, batches, x_validation, target_validation, epochs, lr):
    history, best_loss, best = [], float("inf"), None
    for _ in range(epochs):
        model.training = True
        total, count = 0.0, 0
        for x, target in batches:
            loss = model.loss(x, target)
            model.backward()
            for parameter, gradient in zip(model.parameters, model.gradients):
                parameter -= lr * gradient
            total, count = total + loss * len(x), count + len(x)
        model.training = False
        validation_loss = model.loss(x_validation, target_validation)
        history.append((total / count, validation_loss))
        if validation_loss < best_loss:
            best_loss, best = validation_loss, [parameter.copy() for parameter in model.parameters]
    for parameter, kept in zip(model.parameters, best):
        parameter[...] = kept
    return history


# %% gradients-add-up-in-an-epoch: they are set to zero once in an epoch
def train(model, batches, x_validation, target_validation, epochs, lr):
    history, best_loss, best = [], float("inf"), None
    for _ in range(epochs):
        model.training = True
        model.zero_gradients()
        total, count = 0.0, 0
        for x, target in batches:
            loss = model.loss(x, target)
            model.backward()
            for parameter, gradient in zip(model.parameters, model.gradients):
                parameter -= lr * gradient
            total, count = total + loss * len(x), count + len(x)
        model.training = False
        validation_loss = model.loss(x_validation, target_validation)
        history.append((total / count, validation_loss))
        if validation_loss < best_loss:
            best_loss, best = validation_loss, [parameter.copy() for parameter in model.parameters]
    for parameter, kept in zip(model.parameters, best):
        parameter[...] = kept
    return history


# %% parameters-never-move: a new array in each step
def train(model, batches, x_validation, target_validation, epochs, lr):
    history, best_loss, best = [], float("inf"), None
    for _ in range(epochs):
        model.training = True
        total, count = 0.0, 0
        for x, target in batches:
            model.zero_gradients()
            loss = model.loss(x, target)
            model.backward()
            for parameter, gradient in zip(model.parameters, model.gradients):
                parameter = parameter - lr * gradient
            total, count = total + loss * len(x), count + len(x)
        model.training = False
        validation_loss = model.loss(x_validation, target_validation)
        history.append((total / count, validation_loss))
        if validation_loss < best_loss:
            best_loss, best = validation_loss, [parameter.copy() for parameter in model.parameters]
    for parameter, kept in zip(model.parameters, best):
        parameter[...] = kept
    return history


# %% mean-of-the-means: batches count alike
def train(model, batches, x_validation, target_validation, epochs, lr):
    history, best_loss, best = [], float("inf"), None
    for _ in range(epochs):
        model.training = True
        total, count = 0.0, 0
        for x, target in batches:
            model.zero_gradients()
            loss = model.loss(x, target)
            model.backward()
            for parameter, gradient in zip(model.parameters, model.gradients):
                parameter -= lr * gradient
            total, count = total + loss, count + 1
        model.training = False
        validation_loss = model.loss(x_validation, target_validation)
        history.append((total / count, validation_loss))
        if validation_loss < best_loss:
            best_loss, best = validation_loss, [parameter.copy() for parameter in model.parameters]
    for parameter, kept in zip(model.parameters, best):
        parameter[...] = kept
    return history


# %% loss-of-the-last-batch: the others are forgotten
def train(model, batches, x_validation, target_validation, epochs, lr):
    history, best_loss, best = [], float("inf"), None
    for _ in range(epochs):
        model.training = True
        total, count = 0.0, 0
        for x, target in batches:
            model.zero_gradients()
            loss = model.loss(x, target)
            model.backward()
            for parameter, gradient in zip(model.parameters, model.gradients):
                parameter -= lr * gradient
            total, count = loss, 1
        model.training = False
        validation_loss = model.loss(x_validation, target_validation)
        history.append((total / count, validation_loss))
        if validation_loss < best_loss:
            best_loss, best = validation_loss, [parameter.copy() for parameter in model.parameters]
    for parameter, kept in zip(model.parameters, best):
        parameter[...] = kept
    return history


# %% validates-on-other-data: x and target are those of the last batch
def train(model, batches, x_validation, target_validation, epochs, lr):
    history, best_loss, best = [], float("inf"), None
    for _ in range(epochs):
        model.training = True
        total, count = 0.0, 0
        for x, target in batches:
            model.zero_gradients()
            loss = model.loss(x, target)
            model.backward()
            for parameter, gradient in zip(model.parameters, model.gradients):
                parameter -= lr * gradient
            total, count = total + loss * len(x), count + len(x)
        model.training = False
        validation_loss = model.loss(x, target)
        history.append((total / count, validation_loss))
        if validation_loss < best_loss:
            best_loss, best = validation_loss, [parameter.copy() for parameter in model.parameters]
    for parameter, kept in zip(model.parameters, best):
        parameter[...] = kept
    return history


# %% validates-in-training-mode: eval mode comes after
def train(model, batches, x_validation, target_validation, epochs, lr):
    history, best_loss, best = [], float("inf"), None
    for _ in range(epochs):
        model.training = True
        total, count = 0.0, 0
        for x, target in batches:
            model.zero_gradients()
            loss = model.loss(x, target)
            model.backward()
            for parameter, gradient in zip(model.parameters, model.gradients):
                parameter -= lr * gradient
            total, count = total + loss * len(x), count + len(x)
        validation_loss = model.loss(x_validation, target_validation)
        history.append((total / count, validation_loss))
        if validation_loss < best_loss:
            best_loss, best = validation_loss, [parameter.copy() for parameter in model.parameters]
    for parameter, kept in zip(model.parameters, best):
        parameter[...] = kept
    model.training = False
    return history


# %% keeps-the-last-parameters: best holds the arrays themselves
def train(model, batches, x_validation, target_validation, epochs, lr):
    history, best_loss, best = [], float("inf"), None
    for _ in range(epochs):
        model.training = True
        total, count = 0.0, 0
        for x, target in batches:
            model.zero_gradients()
            loss = model.loss(x, target)
            model.backward()
            for parameter, gradient in zip(model.parameters, model.gradients):
                parameter -= lr * gradient
            total, count = total + loss * len(x), count + len(x)
        model.training = False
        validation_loss = model.loss(x_validation, target_validation)
        history.append((total / count, validation_loss))
        if validation_loss < best_loss:
            best_loss, best = validation_loss, list(model.parameters)
    for parameter, kept in zip(model.parameters, best):
        parameter[...] = kept
    return history


# %% keeps-other-parameters: those of the first epoch
def train(model, batches, x_validation, target_validation, epochs, lr):
    history, best = [], None
    for _ in range(epochs):
        model.training = True
        total, count = 0.0, 0
        for x, target in batches:
            model.zero_gradients()
            loss = model.loss(x, target)
            model.backward()
            for parameter, gradient in zip(model.parameters, model.gradients):
                parameter -= lr * gradient
            total, count = total + loss * len(x), count + len(x)
        model.training = False
        validation_loss = model.loss(x_validation, target_validation)
        history.append((total / count, validation_loss))
        if best is None:
            best = [parameter.copy() for parameter in model.parameters]
    for parameter, kept in zip(model.parameters, best):
        parameter[...] = kept
    return history


# %% other-arrays-in-the-model: another list
def train(model, batches, x_validation, target_validation, epochs, lr):
    history, best_loss, best = [], float("inf"), None
    for _ in range(epochs):
        model.training = True
        total, count = 0.0, 0
        for x, target in batches:
            model.zero_gradients()
            loss = model.loss(x, target)
            model.backward()
            for parameter, gradient in zip(model.parameters, model.gradients):
                parameter -= lr * gradient
            total, count = total + loss * len(x), count + len(x)
        model.training = False
        validation_loss = model.loss(x_validation, target_validation)
        history.append((total / count, validation_loss))
        if validation_loss < best_loss:
            best_loss, best = validation_loss, [parameter.copy() for parameter in model.parameters]
    model.parameters = best
    return history


# %% ends-in-training-mode: switched back at the end
def train(model, batches, x_validation, target_validation, epochs, lr):
    history, best_loss, best = [], float("inf"), None
    for _ in range(epochs):
        model.training = True
        total, count = 0.0, 0
        for x, target in batches:
            model.zero_gradients()
            loss = model.loss(x, target)
            model.backward()
            for parameter, gradient in zip(model.parameters, model.gradients):
                parameter -= lr * gradient
            total, count = total + loss * len(x), count + len(x)
        model.training = False
        validation_loss = model.loss(x_validation, target_validation)
        history.append((total / count, validation_loss))
        if validation_loss < best_loss:
            best_loss, best = validation_loss, [parameter.copy() for parameter in model.parameters]
    for parameter, kept in zip(model.parameters, best):
        parameter[...] = kept
    model.training = True
    return history


# %% other-number-of-validations: the validation loss is computed twice
def train(model, batches, x_validation, target_validation, epochs, lr):
    history, best_loss, best = [], float("inf"), None
    for _ in range(epochs):
        model.training = True
        total, count = 0.0, 0
        for x, target in batches:
            model.zero_gradients()
            loss = model.loss(x, target)
            model.backward()
            for parameter, gradient in zip(model.parameters, model.gradients):
                parameter -= lr * gradient
            total, count = total + loss * len(x), count + len(x)
        model.training = False
        validation_loss = model.loss(x_validation, target_validation)
        history.append((total / count, model.loss(x_validation, target_validation)))
        if validation_loss < best_loss:
            best_loss, best = validation_loss, [parameter.copy() for parameter in model.parameters]
    for parameter, kept in zip(model.parameters, best):
        parameter[...] = kept
    return history


# %% raises: the batches are asked for their number
def train(model, batches, x_validation, target_validation, epochs, lr):
    history, best_loss, best = [], float("inf"), None
    for _ in range(epochs):
        model.training = True
        total, count = 0.0, 0
        for x, target in batches:
            model.zero_gradients()
            loss = model.loss(x, target)
            model.backward()
            for parameter, gradient in zip(model.parameters, model.gradients):
                parameter -= lr * gradient
            total, count = total + loss * len(x), count + len(x)
        model.training = False
        validation_loss = model.loss(x_validation, target_validation)
        history.append((total / len(batches), validation_loss))
        if validation_loss < best_loss:
            best_loss, best = validation_loss, [parameter.copy() for parameter in model.parameters]
    for parameter, kept in zip(model.parameters, best):
        parameter[...] = kept
    return history


# %% no-history: only the validation losses
def train(model, batches, x_validation, target_validation, epochs, lr):
    history, best_loss, best = [], float("inf"), None
    for _ in range(epochs):
        model.training = True
        total, count = 0.0, 0
        for x, target in batches:
            model.zero_gradients()
            loss = model.loss(x, target)
            model.backward()
            for parameter, gradient in zip(model.parameters, model.gradients):
                parameter -= lr * gradient
            total, count = total + loss * len(x), count + len(x)
        model.training = False
        validation_loss = model.loss(x_validation, target_validation)
        history.append(validation_loss)
        if validation_loss < best_loss:
            best_loss, best = validation_loss, [parameter.copy() for parameter in model.parameters]
    for parameter, kept in zip(model.parameters, best):
        parameter[...] = kept
    return history


# %% wrong-direction: uphill
def train(model, batches, x_validation, target_validation, epochs, lr):
    history, best_loss, best = [], float("inf"), None
    for _ in range(epochs):
        model.training = True
        total, count = 0.0, 0
        for x, target in batches:
            model.zero_gradients()
            loss = model.loss(x, target)
            model.backward()
            for parameter, gradient in zip(model.parameters, model.gradients):
                parameter += lr * gradient
            total, count = total + loss * len(x), count + len(x)
        model.training = False
        validation_loss = model.loss(x_validation, target_validation)
        history.append((total / count, validation_loss))
        if validation_loss < best_loss:
            best_loss, best = validation_loss, [parameter.copy() for parameter in model.parameters]
    for parameter, kept in zip(model.parameters, best):
        parameter[...] = kept
    return history


# %% other-backwards: the batches are read once
def train(model, batches, x_validation, target_validation, epochs, lr):
    batches = iter(batches)
    history, best_loss, best = [], float("inf"), None
    for _ in range(epochs):
        model.training = True
        total, count = 0.0, 0
        for x, target in batches:
            model.zero_gradients()
            loss = model.loss(x, target)
            model.backward()
            for parameter, gradient in zip(model.parameters, model.gradients):
                parameter -= lr * gradient
            total, count = total + loss * len(x), count + len(x)
        count = count or 1
        model.training = False
        validation_loss = model.loss(x_validation, target_validation)
        history.append((total / count, validation_loss))
        if validation_loss < best_loss:
            best_loss, best = validation_loss, [parameter.copy() for parameter in model.parameters]
    for parameter, kept in zip(model.parameters, best):
        parameter[...] = kept
    return history
