"""A stage whose grader checks only its own claims; the stages before it have their own tests."""

from tinygrad_dropout.drills.grader.stages import check_stages
from tinygrad_dropout.drills.stage import Stage


class Alone(Stage):
    @property
    def check(self):
        return lambda judge: check_stages(judge, [self])
