"""Record a real backward pass and replay it step by step.

    from tinygrad_dropout import study

    with study.record() as replay:
        loss = td.functional.cross_entropy(model(x), target)
        loss.backward()
    print(replay)                 # as text
    replay.save("replay.html")    # as a page (needs igraph, from the extra `lab`)

Everything you see comes from the recording: the rule (the backward function's docstring), the function's source, its
arguments, and the order of the steps. `worked/` works out each entry of a gradient.
"""

from tinygrad_dropout.study.bugs import BUGS, Bug
from tinygrad_dropout.study.errors import StudyError
from tinygrad_dropout.study.replay import Replay, record

__all__ = ["BUGS", "Bug", "Replay", "StudyError", "record"]
