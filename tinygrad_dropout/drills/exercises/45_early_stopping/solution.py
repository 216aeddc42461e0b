"""Early stopping: remember the best validation loss, how long ago it was, and the parameters at that time.

A loss is an improvement if loss < best - min_delta, with best = infinity at first. Every comparison with NaN is false,
so with this test NaN is never an improvement; with "not loss >= best - min_delta", it would be. The number of epochs
since the best one is epoch - best_epoch, and training should stop when it reaches patience.

The best parameters must be copied: the next step changes the model's arrays in place, and a list of the same arrays
would hold the last parameters, not the best. Restoring writes into the model's arrays, because the model and the
optimizer use those.
"""

import numpy as np


class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best_loss, self.best_epoch, self.epoch, self.best = float("inf"), 0, 0, None

    def step(self, loss, parameters):
        self.epoch += 1
        if loss < self.best_loss - self.min_delta:
            self.best_loss, self.best_epoch = loss, self.epoch
            self.best = [one.copy() for one in parameters]
        return self.epoch - self.best_epoch >= self.patience

    def restore(self, parameters):
        if self.best is None:
            raise ValueError("no epoch has improved the loss yet, so there are no parameters to restore")
        for one, best in zip(parameters, self.best):
            one[...] = best
