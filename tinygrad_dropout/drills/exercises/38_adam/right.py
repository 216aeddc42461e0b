"""Right answers, written differently: none may be rejected."""

import math

import numpy as np


# %% dictionaries: the state by parameter, created with the first gradient
class Adam:
    def __init__(self, parameters, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.parameters = parameters
        self.lr = lr
        self.betas, self.eps, self.weight_decay = betas, eps, weight_decay
        self.state = {}

    def step(self, gradients):
        b1, b2 = self.betas
        for i in range(len(self.parameters)):
            p, g = self.parameters[i], gradients[i]
            if g is None:
                continue
            s = self.state.setdefault(i, {"t": 0, "m": 0.0, "v": 0.0})
            s["t"] += 1
            s["m"] = b1 * s["m"] + (1 - b1) * g
            s["v"] = b2 * s["v"] + (1 - b2) * g * g
            m_hat, v_hat = s["m"] / (1 - b1 ** s["t"]), s["v"] / (1 - b2 ** s["t"])
            p[...] = p * (1 - self.lr * self.weight_decay) - self.lr * m_hat / (v_hat**0.5 + self.eps)


# %% flat: one number at a time
class Adam:
    def __init__(self, parameters, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.__dict__.update(locals())
        self.moments = [{place: [0.0, 0.0] for place in np.ndindex(p.shape)} for p in parameters]
        self.times = [0 for _ in parameters]

    def step(self, gradients):
        beta1, beta2 = self.betas
        for k, (p, g, moments) in enumerate(zip(self.parameters, gradients, self.moments)):
            if g is not None:
                self.times[k] += 1
                first, second = 1 - beta1 ** self.times[k], 1 - beta2 ** self.times[k]
                for place, pair in moments.items():
                    slope = float(g[place])
                    pair[0] = beta1 * pair[0] + (1 - beta1) * slope
                    pair[1] = beta2 * pair[1] + (1 - beta2) * slope**2
                    p[place] -= self.lr * self.weight_decay * p[place]
                    p[place] -= self.lr * pair[0] / first / (math.sqrt(pair[1] / second) + self.eps)


# %% generators: a coroutine for each parameter
class Adam:
    def __init__(self, parameters, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.lr, self.options = lr, (*betas, eps, weight_decay)
        self.workers = [self.work(p) for p in parameters]
        for worker in self.workers:
            next(worker)

    def work(self, p):
        b1, b2, eps, decay = self.options
        m, v, p1, p2 = np.zeros(p.shape), np.zeros(p.shape), 1.0, 1.0
        while True:
            g = yield
            if g is None:
                continue
            m, v, p1, p2 = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * np.square(g), p1 * b1, p2 * b2
            step = (m / (1 - p1)) / (np.sqrt(v / (1 - p2)) + eps)
            p *= 1 - self.lr * decay
            np.subtract(p, self.lr * step, out=p, casting="same_kind")

    def step(self, gradients):
        for worker, g in zip(self.workers, gradients):
            worker.send(g)
