"""A stage whose grader asks for its own claims only: those of the stages before are tested by themselves."""

from tinygrad_dropout.drills.grader.stages import check_stages
from tinygrad_dropout.drills.stage import Stage


class Alone(Stage):
    @property
    def check(self):
        return lambda judge: check_stages(judge, [self])
