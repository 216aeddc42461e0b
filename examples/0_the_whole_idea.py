"""The whole idea in one file: backpropagation, dropout, and an MLP trained without dropout and with it.

docs/the_whole_idea.md explains every line. Each part names the files under tinygrad_dropout/ that do it in full.
"""

import numpy as np


# 1. TENSOR AND OPERATIONS. In full: autograd/tensor.py, autograd/recording.py. They add float32 and clear errors.
# Here each backward rule is a lambda. There it is a named function, which is cheaper and shows what it saves.
class Tensor:
    """An array that remembers how it was made."""

    def __init__(self, data, parents=(), rule=lambda grad: ()):
        self.data = np.asarray(data, dtype=np.float64)
        self.parents = parents  # the tensors it was computed from; a leaf, such as a weight, has none
        self.rule = rule  # takes dL/d(this tensor) and returns dL/d(parent) for each parent
        self.depth = 1 + max((parent.depth for parent in parents), default=0)  # always larger than a parent's
        self.grad = 0  # where backward() adds dL/d(this tensor)

    def __add__(self, other):  # in full: functional/_arithmetic.py
        return Tensor(self.data + other.data, (self, other), lambda grad: (grad, grad))

    def __matmul__(self, other):  # in full: functional/_products.py
        return Tensor(self.data @ other.data, (self, other), lambda grad: (grad @ other.data.T, self.data.T @ grad))

    @property
    def T(self):
        return Tensor(self.data.T, (self,), lambda grad: (grad.T,))

    def relu(self):  # in full: functional/_activations.py
        return Tensor(np.maximum(self.data, 0), (self,), lambda grad: (grad * (self.data > 0),))

    # 2. ENGINE. In full: autograd/engine.py. It sorts once instead of searching each time, and frees memory on the way.
    def backward(self, grad=1.0):  # grad is dL/d(this tensor): 1 for the loss L itself
        gradients = {self: np.asarray(grad).reshape(self.data.shape)}  # the tensors to visit, with the gradient so far
        while gradients:
            tensor = max(gradients, key=lambda each: each.depth)  # the deepest, whose gradient is complete:
            grad = gradients.pop(tensor)  # everything that was computed from it has had its turn
            tensor.grad = tensor.grad + grad
            for parent, contribution in zip(tensor.parents, tensor.rule(grad), strict=True):
                gradients[parent] = gradients.get(parent, 0) + unbroadcast(contribution, parent.data.shape)


def unbroadcast(grad, shape):
    """Sum over the axes along which NumPy repeated an array of this shape: every copy contributed to the loss."""
    for axis, length in enumerate((1,) * (grad.ndim - len(shape)) + shape):  # missing axes count as length 1, in front
        if length != grad.shape[axis]:
            grad = grad.sum(axis=axis, keepdims=True)
    return grad.reshape(shape)


# 3. LAYERS. In full: nn/module.py. It finds a model's parameters, and adds train() and eval(), saving and loading.
class Linear:  # in full: nn/linear.py
    """y = x @ W.T + b: a row of x is an example, a row of W holds the weights of one unit."""

    def __init__(self, inputs, units, rng):
        bound = 1 / np.sqrt(inputs)
        self.weight = Tensor(rng.uniform(-bound, bound, (units, inputs)))
        self.bias = Tensor(rng.uniform(-bound, bound, units))

    def __call__(self, x):
        return x @ self.weight.T + self.bias


class Dropout:  # in full: nn/dropout.py, functional/_dropout.py, functional/_masks.py; they add p = 1 and replay
    """In training, drop each unit with probability p and scale the others by 1 / (1 - p). At test time, do nothing."""

    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def __call__(self, x, training):
        if not training:
            return x
        self.mask = self.rng.random(x.data.shape) >= self.p  # True where a unit is kept
        factor = self.mask / (1 - self.p)  # 0 where a unit is dropped; backward uses the same factor
        return Tensor(x.data * factor, (x,), lambda grad: (grad * factor,))


class MLP:
    """2-50-50-2, with ReLU and dropout after each of the two hidden layers."""

    def __init__(self, p, weight_rng, mask_rng):
        self.linears = [Linear(2, 50, weight_rng), Linear(50, 50, weight_rng), Linear(50, 2, weight_rng)]
        self.dropouts = [Dropout(p, mask_rng), Dropout(p, mask_rng)]
        self.parameters = [parameter for linear in self.linears for parameter in (linear.weight, linear.bias)]

    def __call__(self, x, training):
        x = self.dropouts[0](self.linears[0](x).relu(), training)
        x = self.dropouts[1](self.linears[1](x).relu(), training)
        return self.linears[2](x)


# 4. LOSS. In full: functional/_cross_entropy.py. It adds probabilities as labels, and sums instead of means.
def cross_entropy(logits, labels):
    """The mean of -log(softmax(logits)[label]) over N examples; the gradient is (softmax(logits) - one_hot) / N."""
    shifted = logits.data - logits.data.max(axis=1, keepdims=True)  # the same softmax, and exp cannot overflow
    log_softmax = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    one_hot, N = np.eye(logits.data.shape[1])[labels], len(labels)
    loss = -(one_hot * log_softmax).sum() / N
    return Tensor(loss, (logits,), lambda grad: (grad * (np.exp(log_softmax) - one_hot) / N,))


# 5. OPTIMIZER. In full: optim/_sgd.py. It adds weight decay and Nesterov's form of momentum.
def sgd_step(parameters, velocities, lr, momentum):
    """velocity = momentum * velocity + grad, then parameter = parameter - lr * velocity."""
    for i, parameter in enumerate(parameters):
        velocities[i] = momentum * velocities[i] + parameter.grad
        parameter.data = parameter.data - lr * velocities[i]
        parameter.grad = 0  # for the next step


# 6. EXPERIMENT. In full: lab/comparison/experiment.py. It adds real data, curves and a check that only dropout differs.
def two_moons(count, rng):
    """Noisy points on two half circles that reach into each other: label 0 is the upper one, label 1 the lower one."""
    labels, angles = rng.integers(0, 2, count), rng.uniform(0, np.pi, count)
    upper = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return np.where(labels[:, np.newaxis] == 0, upper, [1, 0.5] - upper) + rng.normal(0, 0.2, (count, 2)), labels


def train(p, noise, seed, steps=1000):
    """Train an MLP on 100 points, a fraction `noise` of them with random labels; return it and its test accuracy."""
    data_rng, weight_rng, mask_rng = np.random.default_rng(seed).spawn(3)  # p changes neither data nor weights
    (points, labels), (test_points, test_labels) = two_moons(100, data_rng), two_moons(2000, data_rng)
    labels = np.where(data_rng.random(100) < noise, data_rng.integers(0, 2, 100), labels)  # noise: redrawn at random
    network = MLP(p, weight_rng, mask_rng)
    velocities = [0] * len(network.parameters)
    for _ in range(steps):  # each step uses all points
        cross_entropy(network(Tensor(points), training=True), labels).backward()
        sgd_step(network.parameters, velocities, lr=0.05, momentum=0.9)
    return network, np.mean(network(Tensor(test_points), training=False).data.argmax(axis=1) == test_labels)


if __name__ == "__main__":
    x, dropout = Tensor([1, 2, 3, 4, 5, 6]), Dropout(p=0.5, rng=np.random.default_rng(0))
    y = dropout(x, training=True)
    y.backward(np.array([3, 1, 4, 1, 5, 9]))
    print("Dropout, p = 0.5. Where the mask is 0, y is 0 and so is dL/dx. (No layers follow, so dL/dy is made up.)")
    for name, row in {"x": x.data, "mask": dropout.mask, "y": y.data, "dL/dy": y.grad, "dL/dx": x.grad}.items():
        print(f"{name:>7}", *(f"{number:4.0f}" for number in row))
    for noise, kind in ((0.3, "noisy"), (0.0, "clean")):  # with clean labels dropout shows no gain
        print(f"\nTwo moons, 100 training points with {kind} labels ({100 * noise:.0f}% of them random).")
        gains = []
        for seed in range(6):
            without, with_dropout = (100 * train(p, noise, seed)[1] for p in (0.0, 0.5))
            gains.append(with_dropout - without)
            print(f"  seed {seed}: test accuracy {without:.1f}% without dropout, {with_dropout:.1f}% with dropout")
        mean, margin = np.mean(gains), 2.57 * np.std(gains, ddof=1) / np.sqrt(6)  # 95% interval (Student's t)
        verdict = "helps" if mean > margin else "shows no gain"
        print(f"  gain {mean:+.1f} ± {margin:.1f} points: with {kind} labels, dropout {verdict}.")
