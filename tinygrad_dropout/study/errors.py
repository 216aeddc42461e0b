"""StudyError: what cannot be recorded or shown."""

from __future__ import annotations


class StudyError(ValueError):
    """A backward pass cannot be recorded or shown: the message says what was expected, and what there was."""
