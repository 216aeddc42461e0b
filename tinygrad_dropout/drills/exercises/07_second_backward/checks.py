"""The gradients of inputs add up over calls; those of values in the middle belong to one call."""

from tinygrad_dropout.drills.grader.answer import Answer
from tinygrad_dropout.drills.grader.backward_stories import compare_stories
from tinygrad_dropout.drills.grader.judge import Judge

TOPIC, MINUTES = "backprop", 8
KINDS = ("accumulation", "state")


def check(judge: Judge) -> None:
    make, backward = judge.make("Value", "data"), judge.function("backward", "result")
    graded = Answer(lambda story: story.grads(make.function, backward.function), "backward", ("the program",))
    compare_stories(judge, graded)
