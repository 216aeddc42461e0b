"""Study: record a real backward pass and see it step by step.

    from tinygrad_dropout import study

    with study.record() as replay:
        loss = td.functional.cross_entropy(model(x), target)
        loss.backward()
    print(replay)                 # as text
    replay.save("replay.html")    # as a page (needs igraph, of the extra `lab`)

Everything you see comes from the recording: the rule from the backward function's docstring, its source, the values it
was given, and the order in which the steps ran. `worked/` writes out how an entry of a gradient comes about.
"""

from tinygrad_dropout.study.bugs import BUGS, Bug
from tinygrad_dropout.study.errors import StudyError
from tinygrad_dropout.study.replay import Replay, record

__all__ = ["BUGS", "Bug", "Replay", "StudyError", "record"]
