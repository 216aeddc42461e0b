"""Right answers, written differently: none may be rejected."""

import copy
import math
from dataclasses import dataclass, field

import numpy as np


# %% counter: bad epochs are counted
class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience = patience
        self.min_delta = min_delta
        self.best_loss = math.inf
        self.best_epoch = 0
        self.epochs = self.bad = 0
        self.saved = []

    def step(self, loss, parameters):
        self.epochs += 1
        if self.best_loss - loss > self.min_delta:
            self.best_loss, self.best_epoch, self.bad = loss, self.epochs, 0
            self.saved = copy.deepcopy(parameters)
        else:
            self.bad += 1
        return self.bad >= self.patience

    def restore(self, parameters):
        if not self.saved:
            raise ValueError("nothing to restore")
        for mine, theirs in zip(self.saved, parameters):
            np.copyto(theirs, mine)


# %% history: everything follows from the list of losses
@dataclass
class EarlyStopping:
    patience: int
    min_delta: float = 0.0
    losses: list = field(default_factory=list)
    best: tuple = (float("inf"), 0, None)

    @property
    def best_loss(self):
        return self.best[0]

    @property
    def best_epoch(self):
        return self.best[1]

    def step(self, loss, parameters):
        self.losses.append(loss)
        if not np.isnan(loss) and loss + self.min_delta < self.best_loss:
            self.best = loss, len(self.losses), [np.array(one, copy=True) for one in parameters]
        return len(self.losses) - self.best_epoch >= self.patience

    def restore(self, parameters):
        if self.best[2] is None:
            raise ValueError
        for index, one in enumerate(self.best[2]):
            parameters[index].flat = one
