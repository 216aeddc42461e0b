"""StudyError, raised if a backward pass cannot be recorded or shown."""

from __future__ import annotations


class StudyError(ValueError):
    """A backward pass cannot be recorded or shown. The message says what was expected and what was given."""
