"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


class Right:
    """The correct loop in parts; each answer changes one of them."""

    def __init__(self, model, batches, validation, lr):
        self.model, self.batches, self.validation, self.lr = model, batches, validation, lr
        self.history, self.best_loss, self.best = [], float("inf"), None

    def step(self, x, target):
        self.model.zero_gradients()
        loss = self.model.loss(x, target)
        self.model.backward()
        for parameter, gradient in zip(self.model.parameters, self.model.gradients):
            parameter -= self.lr * gradient
        return loss

    def learn(self):
        self.model.training = True
        losses = [(self.step(x, target), len(x)) for x, target in self.batches]
        return sum(loss * size for loss, size in losses) / sum(size for _, size in losses)

    def measure(self):
        self.model.training = False
        return self.model.loss(*self.validation)

    def record(self, loss, measured):
        self.history.append((loss, measured))
        if measured < self.best_loss:
            self.best_loss, self.best = measured, self.kept()

    def kept(self):
        return [parameter.copy() for parameter in self.model.parameters]

    def restore(self):
        for parameter, kept in zip(self.model.parameters, self.best):
            parameter[...] = kept


def train(model, batches, x_validation, target_validation, epochs, lr):
    loop = Loop(model, batches, (x_validation, target_validation), lr)
    for _ in range(epochs):
        loop.record(loop.learn(), loop.measure())
    loop.restore()
    return loop.history


# %% trains-in-eval-mode: the mode is set once, before the epochs
class Loop(Right):
    def learn(self):
        loss = super().learn() if not self.history else self.in_eval_mode()
        return loss

    def in_eval_mode(self):
        losses = [self.step(x, target) for x, target in self.batches]
        return float(np.mean(losses))


# %% parameters-never-move: a new array in each step
class Loop(Right):
    def step(self, x, target):
        self.model.zero_gradients()
        loss = self.model.loss(x, target)
        self.model.backward()
        for parameter, gradient in zip(self.model.parameters, self.model.gradients):
            parameter = parameter - self.lr * gradient
        return loss


# %% validates-on-other-data: it validates on the last training batch
class Loop(Right):
    def step(self, x, target):
        self.validation = x, target
        return super().step(x, target)


# %% validates-in-training-mode: eval mode is set only at the end
class Loop(Right):
    def measure(self):
        return self.model.loss(*self.validation)

    def restore(self):
        super().restore()
        self.model.training = False


# %% keeps-the-last-parameters: best holds the arrays themselves
class Loop(Right):
    def kept(self):
        return list(self.model.parameters)


# %% keeps-other-parameters: it keeps those of the first epoch
class Loop(Right):
    def kept(self):
        return super().kept() if self.best is None else self.best


# %% other-arrays-in-the-model: the model gets another list
class Loop(Right):
    def restore(self):
        self.model.parameters = self.best


# %% ends-in-training-mode: the mode is switched back at the end
class Loop(Right):
    def restore(self):
        super().restore()
        self.model.training = True


# %% other-number-of-validations: the validation loss is computed twice
class Loop(Right):
    def measure(self):
        super().measure()
        return super().measure()


# %% raises: it asks for the length of `batches`
class Loop(Right):
    def learn(self):
        self.model.training = True
        return sum(self.step(x, target) for x, target in self.batches) / len(self.batches)


# %% no-history: only the validation losses
class Loop(Right):
    def record(self, loss, measured):
        super().record(loss, measured)
        self.history[-1] = measured


# %% other-backwards: the batches are iterated over only once
class Loop(Right):
    def __init__(self, model, batches, validation, lr):
        super().__init__(model, iter(batches), validation, lr)

    def learn(self):
        self.model.training = True
        losses = [self.step(x, target) for x, target in self.batches]
        return float(np.mean(losses)) if losses else 0.0
