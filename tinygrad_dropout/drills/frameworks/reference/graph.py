# stage 2
"""The order in which gradients are passed on."""


def users_first(result):
    """All nodes below a result, each after everything that was computed from it.

    A node is appended once its parents are done, so the list has parents first; its reverse has users first. The stack
    is our own list, because recursion would end at about a thousand calls.
    """
    order, seen, stack = [], set(), [(result, False)]
    while stack:
        node, parents_are_done = stack.pop()
        if parents_are_done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((parent, False) for parent in node.parents)
    return order[::-1]
