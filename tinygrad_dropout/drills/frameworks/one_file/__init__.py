"""Everything in one file: each result holds a closure that passes its gradient on."""

import math

import numpy as np


# stage 1
class Value:
    def __init__(self, data):
        self.data = float(data)
        self.edges = []
        # stage 2
        self.grad = 0.0

    # stage 1
    @property
    def parents(self):
        return tuple(parent for parent, _ in self.edges)

    @property
    def slopes(self):
        return tuple(slope for _, slope in self.edges)

    @staticmethod
    def result(number, *edges):
        made = Value(number)
        made.edges = [(parent, float(slope)) for parent, slope in edges if isinstance(parent, Value)]
        return made

    def __add__(self, other):
        return Value.result(self.data + number(other), (self, 1), (other, 1))

    def __sub__(self, other):
        return Value.result(self.data - number(other), (self, 1), (other, -1))

    def __mul__(self, other):
        return Value.result(self.data * number(other), (self, number(other)), (other, self.data))

    def __truediv__(self, other):
        below = number(other)
        return Value.result(self.data / below, (self, 1 / below), (other, -self.data / below / below))

    def __pow__(self, n):
        return Value.result(self.data**n, (self, 0 if n == 0 else n * self.data ** (n - 1)))

    def __neg__(self):
        return Value.result(-self.data, (self, -1))

    def exp(self):
        e = math.exp(self.data)
        return Value.result(e, (self, e))

    def tanh(self):
        t = math.tanh(self.data)
        return Value.result(t, (self, (1 - t) * (1 + t)))

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return -self + other

    def __rtruediv__(self, other):
        return self**-1 * other

    # stage 2
    def backward(self):
        uses = {self: 0}
        todo = [self]
        while todo:
            for parent, _ in todo.pop().edges:
                if parent not in uses:
                    uses[parent] = 0
                    todo.append(parent)
                uses[parent] += 1
        share, ready = dict.fromkeys(uses, 0.0), [self]
        share[self] = 1.0
        while ready:
            value = ready.pop()
            value.grad = share[value] if value.edges else value.grad + share[value]
            for parent, slope in value.edges:
                share[parent] += slope * share[value]
                uses[parent] -= 1
                if not uses[parent]:
                    ready.append(parent)


# stage 1
def number(one):
    return one.data if isinstance(one, Value) else one


# stage 3
class Tensor:
    __array_priority__ = 1000
    __array_ufunc__ = None

    def __init__(self, data, requires_grad=False):
        self.data = np.array(data, dtype=data.dtype if getattr(data, "dtype", np.dtype(int)).kind == "f" else float)
        self.requires_grad, self.grad = requires_grad, None
        self.before, self.pass_on, self.rank = (), None, 0

    shape = property(lambda self: self.data.shape)

    def made(self, data, *rules):
        """A result whose rules are pairs: an operand, and a function from the result's gradient to the operand's."""
        out = Tensor(data)
        rules = [(one, rule) for one, rule in rules if isinstance(one, Tensor) and one.requires_grad]
        out.requires_grad = bool(rules)
        out.before = [one for one, _ in rules]
        out.rank = 1 + max([one.rank for one in out.before], default=0)

        def pass_on(g, give):
            for one, rule in rules:
                give(one, folded(np.asarray(rule(g)), one.data))

        out.pass_on = pass_on
        return out

    def backward(self, gradient=None):
        if gradient is None and self.data.size > 1:
            raise ValueError(f"a gradient of shape {self.shape} is needed")
        start = np.ones_like(self.data) if gradient is None else np.asarray(gradient, dtype=self.data.dtype)
        if not self.requires_grad:
            return
        waiting, found = {id(self): start}, {id(self): self}
        todo = [self]
        while todo:
            for one in todo.pop().before:
                if id(one) not in found:
                    found[id(one)] = one
                    todo.append(one)

        def give(one, g):
            waiting[id(one)] = waiting[id(one)] + g if id(one) in waiting else g

        for one in sorted(found.values(), key=lambda one: -one.rank):
            g = waiting.pop(id(one))
            if one.pass_on:
                one.pass_on(g, give)
            else:
                one.grad = np.array((0 if one.grad is None else one.grad) + g)

    def __add__(self, other):
        return self.made(self.data + raw(other, self), (self, lambda g: g), (other, lambda g: g))

    def __sub__(self, other):
        return self.made(self.data - raw(other, self), (self, lambda g: g), (other, lambda g: -g))

    def __rsub__(self, other):
        return self.made(raw(other, self) - self.data, (self, lambda g: -g))

    def __mul__(self, other):
        x, y = self.data, raw(other, self)
        return self.made(x * y, (self, lambda g: g * y), (other, lambda g: g * x))

    def __truediv__(self, other):
        x, y = self.data, raw(other, self)
        out = x / y
        return self.made(out, (self, lambda g: g / y), (other, lambda g: -g * out / y))

    def __rtruediv__(self, other):
        return self**-1 * other

    def __pow__(self, n):
        x = self.data
        return self.made(x**n, (self, lambda g: g * (n * x ** (n - 1) if n else 0)))

    def __neg__(self):
        return self.made(-self.data, (self, lambda g: -g))

    def exp(self):
        out = np.exp(self.data)
        return self.made(out, (self, lambda g: g * out))

    def log(self):
        return self.made(np.log(self.data), (self, lambda g: g / self.data))

    def tanh(self):
        out = np.tanh(self.data)
        return self.made(out, (self, lambda g: g - g * out * out))

    __radd__ = __add__
    __rmul__ = __mul__

    # stage 4
    def sum(self, axis=None, keepdims=False):
        axes = range(self.data.ndim) if axis is None else np.atleast_1d(axis)
        axes = tuple(int(a) % self.data.ndim for a in axes)

        def spread(g):
            return (g if keepdims else np.expand_dims(g, axes)) + np.zeros_like(self.data)

        return self.made(self.data.sum(axis=axes, keepdims=keepdims), (self, spread))

    def mean(self, axis=None, keepdims=False):
        s = self.sum(axis, keepdims)
        return s / (self.data.size // s.data.size)

    def reshape(self, *shape):
        return self.made(np.reshape(self.data, shape), (self, lambda g: g.reshape(self.shape)))

    @property
    def T(self):
        return self.made(np.swapaxes(self.data, 0, 1), (self, np.transpose))

    def __matmul__(self, other):
        x, y = self.data, raw(other, self)
        return self.made(np.dot(x, y), (self, lambda g: np.dot(g, y.T)), (other, lambda g: np.dot(x.T, g)))

    def __rmatmul__(self, other):
        return self.made(np.dot(other, self.data), (self, lambda g: np.dot(np.transpose(other), g)))


# stage 3
def raw(one, beside):
    if isinstance(one, Tensor):
        return one.data
    return one if isinstance(one, np.ndarray) else np.asarray(one, dtype=beside.data.dtype)


def folded(g, x):
    while g.ndim > x.ndim:
        g = g.sum(0)
    for axis in range(x.ndim):
        if g.shape[axis] > x.shape[axis]:
            g = np.add.reduce(g, axis, keepdims=True)
    return g.astype(x.dtype)


# stage 4
def gradcheck(function, *inputs):
    def run():
        return function(*inputs)

    out = run()
    weights = np.cos(np.arange(out.data.size) * 1.7 + 0.3).reshape(out.shape)
    old = [x.grad for x in inputs]
    for x in inputs:
        x.grad = None
    out.backward(weights)
    ok = True
    for x in inputs:
        if not x.requires_grad:
            continue
        g = np.zeros(x.shape) if x.grad is None else x.grad
        flat = x.data.reshape(-1)
        for i in range(flat.size):
            kept = flat[i]
            h = 1e-5 * max(abs(kept), 1)
            values = []
            for flat[i] in (kept + h, kept - h):
                values.append(float((run().data * weights).sum()))
            flat[i] = kept
            slope = (values[0] - values[1]) / (2 * h)
            ok = ok and abs(slope - g.flat[i]) <= 1e-8 + 1e-4 * abs(slope)
    for x, grad in zip(inputs, old):
        x.grad = grad
    return bool(ok)


# stage 5
def relu(x):
    return x.made(np.maximum(x.data, 0), (x, lambda g: np.where(x.data > 0, g, 0)))


def log_softmax(x):
    m = x.data.max(1, keepdims=True)
    lse = m + np.log(np.exp(x.data - m).sum(1, keepdims=True))
    out = x.data - lse
    return x.made(out, (x, lambda g: g - np.exp(out) * g.sum(1, keepdims=True)))


def cross_entropy(logits, target):
    rows = np.arange(len(target))
    logs = log_softmax(logits)

    def scatter(g):
        full = np.zeros_like(logs.data)
        full[rows, target] = -g / len(rows)
        return full

    return logs.made(-logs.data[rows, target].mean(), (logs, scatter))


# stage 6
class Parameter(Tensor):
    def __init__(self, data):
        Tensor.__init__(self, data, True)


class Module:
    # stage 7
    training = True

    # stage 6
    def __call__(self, *inputs):
        return self.forward(*inputs)

    def walk(self, met):
        """Everything below that matters, each once; met holds the ids."""
        for one in list(vars(self).values()):
            yield from walk(one, met)

    def parameters(self):
        return [one for one in walk(self, set()) if isinstance(one, Parameter)]

    # stage 7
    def switch(self, training):
        for one in list(walk(self, set())):
            if isinstance(one, Module):
                one.training = training
        return self

    def train(self):
        return self.switch(True)

    def eval(self):
        return self.switch(False)

    # stage 6


def walk(one, met):
    if isinstance(one, (Parameter, Module)):
        if id(one) in met:
            return
        met.add(id(one))
        yield one
        if isinstance(one, Module):
            yield from one.walk(met)
    elif isinstance(one, dict):
        for inner in one.values():
            yield from walk(inner, met)
    elif isinstance(one, (list, tuple)):
        for inner in one:
            yield from walk(inner, met)


class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        if rng is None:
            rng = np.random.default_rng()
        k = in_features**-0.5
        self.weight = Parameter((rng.random((out_features, in_features)) * 2 - 1) * k)
        self.bias = Parameter((rng.random(out_features) * 2 - 1) * k)

    def forward(self, x):
        return x @ self.weight.T + self.bias


class ReLU(Module):
    forward = staticmethod(relu)


class Sequential(Module):
    def __init__(self, *layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


# stage 7
class Dropout(Module):
    def __init__(self, p=0.5, rng=None):
        if not (p >= 0 and p <= 1):
            raise ValueError("p must be a probability")
        self.p = p
        self.rng = rng if rng is not None else np.random.default_rng()

    def forward(self, x):
        if not self.training or self.p == 0:
            return x
        dropped = self.rng.random(x.shape) < self.p
        keep = 1 - self.p

        def mask(a):
            return np.where(dropped, 0, a / keep if keep else 0).astype(a.dtype)

        return x.made(mask(x.data), (x, mask))


# stage 8
class SGD:
    def __init__(self, parameters, lr, momentum=0.0):
        self.slots = [[parameter, 0.0] for parameter in parameters]
        self.lr, self.momentum = lr, momentum

    def step(self):
        for slot in self.slots:
            parameter = slot[0]
            if parameter.grad is None:
                continue
            slot[1] = self.momentum * slot[1] + parameter.grad
            parameter.data[...] = parameter.data - self.lr * slot[1]

    def zero_grad(self):
        for slot in self.slots:
            slot[0].grad = None


class Adam(SGD):
    def __init__(self, parameters, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
        self.slots = [[parameter, 0.0, 0.0, 0] for parameter in parameters]
        self.lr, self.betas, self.eps = lr, betas, eps

    def step(self):
        b1, b2 = self.betas
        for slot in self.slots:
            parameter, m, v, t = slot
            g = parameter.grad
            if g is not None:
                slot[1:] = m, v, t = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g, t + 1
                rate = self.lr / (1 - b1**t)
                np.subtract(parameter.data, rate * m / ((v / (1 - b2**t)) ** 0.5 + self.eps), out=parameter.data)


# stage 9
def batches(x, y, batch_size, rng):
    order = np.arange(len(x))
    rng.shuffle(order)
    return [(x[rows], y[rows]) for rows in np.split(order, range(batch_size, len(x), batch_size))]


def accuracy(model, x, y):
    modules = [one for one in walk(model, set()) if isinstance(one, Module)]
    modes = [one.training for one in modules]
    try:
        guesses = np.argmax(model.eval()(Tensor(x)).data, -1)
    finally:
        for one, training in zip(modules, modes):
            one.training = training
    return float(np.mean(guesses == y))


def fit(model, optimizer, x, y, *, epochs, batch_size, rng, validation=None):
    modules = [one for one in walk(model, set()) if isinstance(one, Module)]
    modes = [one.training for one in modules]
    history = []
    for _ in range(epochs):
        model.train()
        losses = []
        for a, b in batches(x, y, batch_size, rng):
            loss = cross_entropy(model(Tensor(a)), b)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses += [loss.data.item()] * len(b)
        history.append({"loss": float(np.mean(losses))})
        if validation:
            history[-1]["validation_accuracy"] = accuracy(model, *validation)
    for one, training in zip(modules, modes):
        one.training = training
    return history


# stage 10
def mlp(sizes, p, rng):
    class MLP(Module):
        def __init__(self):
            self.linears = [Linear(a, b, rng) for a, b in zip(sizes, sizes[1:])]
            self.dropouts = [Dropout(p, rng) for _ in sizes[2:]]

        def forward(self, x):
            *hidden, last = self.linears
            for linear, dropout in zip(hidden, self.dropouts):
                x = dropout(relu(linear(x)))
            return last(x)

    return MLP()
