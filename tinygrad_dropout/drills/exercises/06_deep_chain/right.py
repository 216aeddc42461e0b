"""Right answers, written differently: none may be rejected."""

from collections import defaultdict, deque


# %% two-phases: a stack that holds each value twice, before and after its parents
def backward(result):
    order, met, stack = [], set(), [(result, False)]
    while stack:
        value, parents_done = stack.pop()
        if parents_done:
            order.append(value)
        elif value not in met:
            met.add(value)
            stack.append((value, True))
            stack.extend((parent, False) for parent in value.parents)
    result.grad = 1.0
    for value in reversed(order):
        for i, parent in enumerate(value.parents):
            parent.grad += value.slopes[i] * value.grad


# %% iterators: the loop over the parents is kept on a stack of our own
def backward(result):
    order, met = deque(), {id(result)}
    stack = [(result, iter(result.parents))]
    while stack:
        value, parents = stack[-1]
        for parent in parents:
            if id(parent) not in met:
                met.add(id(parent))
                stack.append((parent, iter(parent.parents)))
                break
        else:
            order.appendleft(value)
            stack.pop()
    grads = defaultdict(float, {id(result): 1.0})
    for value in order:
        for parent, slope in zip(value.parents, value.slopes):
            grads[id(parent)] += grads[id(value)] * slope
    for value in order:
        value.grad = grads[id(value)]


# %% marks: the count of uses is kept on the values themselves
def backward(result):
    result.uses, everything = 0, [result]
    for value in everything:
        for parent in value.parents:
            if not hasattr(parent, "uses"):
                parent.uses = 0
                everything.append(parent)
            parent.uses += 1
    result.grad, ready = 1.0, deque([result])
    while ready:
        value = ready.popleft()
        for parent, slope in zip(value.parents, value.slopes):
            parent.grad += value.grad * slope
            parent.uses -= 1
            if parent.uses == 0:
                ready.append(parent)
