# stage 2
"""The order in which gradients are passed on."""


def users_first(result):
    """All that a result was computed from, each behind everything that was computed from it.

    A node is put behind its parents when they are done, which gives parents first; the reverse has the users first.
    The stack is a list of ours, since Python's own ends at about a thousand calls.
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
