# stage 8
import numpy as np


class SGD:
    def __init__(self, parameters, lr, momentum=0.0):
        self.parameters = list(parameters)
        self.lr = lr
        self.momentum = momentum
        self.velocity = {}

    def step(self):
        for index, parameter in enumerate(self.parameters):
            if parameter.grad is None:
                continue
            if index not in self.velocity:
                self.velocity[index] = np.zeros(parameter.shape)
            self.velocity[index] = self.momentum * self.velocity[index] + parameter.grad
            parameter.data[:] = parameter.data - self.lr * self.velocity[index]

    def zero_grad(self):
        for parameter in self.parameters:
            parameter.grad = None


class Adam:
    def __init__(self, parameters, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
        self.lr = lr
        self.betas = betas
        self.eps = eps
        self.states = []
        for parameter in parameters:
            zeros = np.zeros(parameter.shape)
            self.states.append({"parameter": parameter, "t": 0, "m": zeros, "v": zeros})

    def step(self):
        for state in self.states:
            parameter = state["parameter"]
            if parameter.grad is not None:
                beta1 = self.betas[0]
                beta2 = self.betas[1]
                state["t"] = state["t"] + 1
                state["m"] = beta1 * state["m"] + (1 - beta1) * parameter.grad
                state["v"] = beta2 * state["v"] + (1 - beta2) * parameter.grad**2
                m_hat = state["m"] / (1 - beta1 ** state["t"])
                v_hat = state["v"] / (1 - beta2 ** state["t"])
                parameter.data[:] = parameter.data - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)

    def zero_grad(self):
        for state in self.states:
            state["parameter"].grad = None
