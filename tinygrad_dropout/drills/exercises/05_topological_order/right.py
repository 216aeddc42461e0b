"""Right answers, written differently: none may be rejected."""

from collections import Counter, deque


# %% counting: a node is ready when all its users are in the list
def backward_order(result):
    uses, waiting, met = Counter(), [result], {result}
    while waiting:
        for parent in waiting.pop().parents:
            uses[parent] += 1
            if parent not in met:
                met.add(parent)
                waiting.append(parent)
    order, ready = [], deque([result])
    while ready:
        node = ready.popleft()
        order.append(node)
        for parent in node.parents:
            uses[parent] -= 1
            if not uses[parent]:
                ready.append(parent)
    return order


# %% heights: sorted by the longest path to an input
def backward_order(result):
    heights = {}

    def height(node):
        if node not in heights:
            heights[node] = 1 + max((height(parent) for parent in node.parents), default=0)
        return heights[node]

    height(result)
    return sorted(heights, key=heights.get, reverse=True)


# %% stack: no recursion, and a deque that is filled from the right to the left
def backward_order(result):
    order, met = deque(), {id(result)}
    stack = [(result, iter(result.parents))]
    while stack:
        node, parents = stack[-1]
        parent = next((one for one in parents if id(one) not in met), None)
        if parent is None:
            order.appendleft(node)
            stack.pop()
        else:
            met.add(id(parent))
            stack.append((parent, iter(parent.parents)))
    return list(order)


# %% marks: on the nodes, and removed again
def backward_order(result):
    found = []

    def visit(node):
        if not getattr(node, "met", False):
            node.met = True
            for parent in node.parents[::-1]:
                visit(parent)
            found.insert(0, node)

    visit(result)
    for node in found:
        node.met = False
    return found
