# stage 5
import math

import numpy as np

from framework.tensor import RULES, made


def relu(x):
    data = x.data.copy()
    data[data < 0] = 0
    return made("relu", [x], data)


def relu_rule(how, g):
    passed = g.copy()
    passed[how["arrays"][0] <= 0] = 0
    return [passed]


def log_softmax(x):
    rows = np.zeros_like(x.data)
    for i in range(len(rows)):
        rows[i] = log_probabilities(x.data[i])
    return made("log_softmax", [x], rows)


def log_probabilities(row):
    moved = row - max(row)
    return moved - math.log(sum(np.exp(moved)))


def log_softmax_rule(how, g):
    gradient = []
    for log_row, g_row in zip(how["result"], g):
        gradient.append(g_row - np.exp(log_row) * sum(g_row))
    return [np.array(gradient)]


def cross_entropy(logits, target):
    total = 0.0
    rows = []
    for row, label in zip(logits.data, target):
        rows.append(log_probabilities(row))
        total = total - rows[-1][label]
    mean = logits.data.dtype.type(total / len(rows))
    return made("cross_entropy", [logits], mean, rows=rows, target=target)


def cross_entropy_rule(how, g):
    gradient = []
    for row, label in zip(how["rows"], how["target"]):
        errors = np.exp(row)
        errors[label] = errors[label] - 1
        gradient.append(errors * g / len(how["rows"]))
    return [np.array(gradient)]


RULES["relu"] = relu_rule
RULES["log_softmax"] = log_softmax_rule
RULES["cross_entropy"] = cross_entropy_rule
