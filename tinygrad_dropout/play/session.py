"""The session of one open tab: its requests, when its networks train, and what to send."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from tinygrad_dropout.play.frame import make_frame, packed
from tinygrad_dropout.play.script import as_python
from tinygrad_dropout.play.settings import ALLOWED, DRAWN, PLANE, Choice, Number, SettingError, Settings
from tinygrad_dropout.play.training import Training

TRAINING_SHARE = 0.02  # seconds of training per frame, at full speed
MAX_STEPS_OWED = 1.0  # seconds of training to catch up on after a pause of the machine


class Session:
    """The networks of one tab, and what it shows of them.

    Attributes:
        training: the two networks.
        playing: whether they are training.
        speed: steps per second; infinity for as many as possible.
        example: the index of the example to follow in the last batch.
        stale: whether the last frame is out of date.
    """

    def __init__(self) -> None:
        self.training = Training(Settings())
        self.playing = False
        self.speed = math.inf
        self.example = 0
        self.owed = 0.0
        self.stale = False  # the page sends its link first

    def receive(self, message: Any) -> list[dict[str, Any]]:
        """Handle a message of the page; returns the replies.

        Args:
            message: {"open": fragment}, {"change": {setting: value}}, {"do": "play" | "pause" | "step" | "reset"},
                {"speed": steps a second, or None}, {"example": index}, or {"copy": True}.
        """
        if not isinstance(message, Mapping) or len(message) != 1:
            return [{"problem": f"expected a message with one key, got {message!r:.80}"}]
        ((kind, value),) = message.items()
        try:
            return self.answer(kind, value)
        except SettingError as error:
            return [{"problem": str(error)}]

    def answer(self, kind: str, value: Any) -> list[dict[str, Any]]:
        """Handle one kind of message; returns the replies."""
        if kind == "copy":
            if self.training.networks is None:
                raise SettingError("there is nothing to copy yet: draw at least three points")
            return [{"python": as_python(self.training)}]
        self.stale = True
        if kind == "open":
            return self.open(str(value))
        if kind == "change":
            if not isinstance(value, Mapping):
                raise SettingError(f"change: expected settings and their values, got {value!r:.40}")
            return [self.beginning() if self.training.change(value) else self.state()]
        if kind == "example":
            self.example = int(Number(0, 10**6, whole=True).read("example", value))
            return []
        if kind == "speed":
            self.speed = math.inf if value is None else Number(0.1, 10**6).read("speed", value)
        elif kind == "do":
            Choice(("play", "pause", "step", "reset")).read("do", value)
            self.playing, self.owed = value == "play" or (value == "reset" and self.playing), 0.0
            if value == "step":
                self.training.train(1)
            elif value == "reset":
                self.training.reset()
                return [self.beginning()]
        else:
            raise SettingError(f"expected open, change, do, speed, example or copy; got {kind!r:.40}")
        return [self.state()]

    def open(self, fragment: str) -> list[dict[str, Any]]:
        """Start with the settings of a link, or with the defaults if it is not valid."""
        try:
            self.training = Training(Settings.from_fragment(fragment))
        except SettingError as error:
            return [self.beginning(), {"problem": f"the link could not be read: {error}"}]
        return [self.beginning()]

    def advance(self, seconds: float) -> None:
        """Train for a moment.

        Args:
            seconds: the time since the last frame; it determines how many steps are due.
        """
        if math.isinf(self.speed):
            self.training.train(10**9, TRAINING_SHARE)
            self.stale = True
            return
        self.owed = min(self.owed + seconds * self.speed, max(1.0, MAX_STEPS_OWED * self.speed))
        if due := int(self.owed):
            before = self.training.steps
            self.training.train(due, 2 * TRAINING_SHARE)
            self.owed -= self.training.steps - before
            self.stale = True

    def frame(self) -> bytes:
        """The frame to draw now."""
        self.stale = False
        return packed(*make_frame(self.training, self.example))

    def beginning(self) -> dict[str, Any]:
        """Everything that the page needs when the networks start over."""
        points = self.training.points
        return {
            **self.state(),
            "plane": PLANE,
            "points": {
                "train": [
                    [*map(float, row), int(label)] for row, label in zip(points.x_train, points.y_train, strict=True)
                ],
                "test": [
                    [*map(float, row), int(label)] for row, label in zip(points.x_test, points.y_test, strict=True)
                ],
                "flipped": points.flipped.tolist(),
            },
        }

    def state(self) -> dict[str, Any]:
        """The settings, for the controls and as a link, and whether the networks are training."""
        settings = self.training.settings
        return {
            "settings": {name: getattr(settings, name) for name in ALLOWED if name != DRAWN},
            "drawn": settings.drawn,
            "fragment": settings.as_fragment(),
            "playing": self.playing,
            "speed": None if math.isinf(self.speed) else self.speed,
        }
