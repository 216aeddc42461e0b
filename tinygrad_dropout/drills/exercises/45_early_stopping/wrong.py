"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


class Right:
    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best_loss, self.best_epoch, self.epoch, self.best = float("inf"), 0, 0, None

    def improved(self, loss):
        return loss < self.best_loss - self.min_delta

    def keep(self, parameters):
        self.best = [one.copy() for one in parameters]

    def step(self, loss, parameters):
        self.epoch += 1
        if self.improved(loss):
            self.best_loss, self.best_epoch = loss, self.epoch
            self.keep(parameters)
        return self.epoch - self.best_epoch >= self.patience

    def restore(self, parameters):
        if self.best is None:
            raise ValueError("nothing to restore")
        for one, best in zip(parameters, self.best):
            one[...] = best


# %% restore-changes-nothing: keeps the arrays themselves, which training changes
class EarlyStopping(Right):
    def keep(self, parameters):
        self.best = list(parameters)


# %% restores-another-epoch: parameters are kept in every epoch
class EarlyStopping(Right):
    def step(self, loss, parameters):
        stop = super().step(loss, parameters)
        if self.best is not None:
            self.keep(parameters)
        return stop


# %% replaces-the-parameters: copies are put into the list
class EarlyStopping(Right):
    def restore(self, parameters):
        if self.best is None:
            raise ValueError("nothing to restore")
        parameters[:] = [best.copy() for best in self.best]


# %% changes-the-dtype: the arrays get another dtype
class EarlyStopping(Right):
    def restore(self, parameters):
        super().restore(parameters)
        for one in parameters:
            if one.dtype == np.float32:
                one.dtype = np.int32


# %% nan-is-an-improvement: the comparison is negated
class EarlyStopping(Right):
    def improved(self, loss):
        return not loss >= self.best_loss - self.min_delta


# %% wrong-best: epochs are counted from 0
class EarlyStopping(Right):
    def __init__(self, patience, min_delta=0.0):
        super().__init__(patience, min_delta)
        self.epoch = -1


# %% returns-no-bool: the return is missing
class EarlyStopping(Right):
    def step(self, loss, parameters):
        super().step(loss, parameters)


# %% restores-nothing-silently: no error before the first improvement
class EarlyStopping(Right):
    def restore(self, parameters):
        for one, best in zip(parameters, self.best or []):
            one[...] = best


# %% another-exception: iterating over None
class EarlyStopping(Right):
    def restore(self, parameters):
        for one, best in zip(parameters, self.best):
            one[...] = best


# %% starts-with-another-best: it starts with zero
class EarlyStopping(Right):
    def __init__(self, patience, min_delta=0.0):
        super().__init__(patience, min_delta)
        self.best_loss = 0.0


# %% instances-share-state: the kept parameters belong to the class
class EarlyStopping(Right):
    kept = []

    def keep(self, parameters):
        super().keep(parameters)
        self.kept[:] = self.best

    def restore(self, parameters):
        if self.best is not None:
            self.best = list(self.kept)
        super().restore(parameters)


# %% changes-its-input: the parameters are rounded
class EarlyStopping(Right):
    def keep(self, parameters):
        super().keep(parameters)
        for one in parameters:
            one *= 0.999


# %% nan-is-kept: nan counts as the best until there is another loss
class EarlyStopping(Right):
    def step(self, loss, parameters):
        if self.best is None and np.isnan(loss):
            self.keep(parameters)
        return super().step(loss, parameters)


# %% restore-changes-the-best: restore resets best_loss
class EarlyStopping(Right):
    def restore(self, parameters):
        super().restore(parameters)
        self.best_loss = float("inf")
