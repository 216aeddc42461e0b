"""The schema of the file with a learner's progress."""

from __future__ import annotations

from numbers import Real
from typing import Any

#: The records of exercises or stages, by name.
KNOWN = {str: {"tries": int, "solved": str, "hints": int, "solution": str, "last": str}}
#: What the file must contain, so that no reader fails on it later. An entry with a question mark may be missing or
#: null. (A single card may be damaged: see `schedule`.)
SCHEMA = {
    "version": int,
    "folder": str,
    "build_folder": str,
    "current": str,
    "chosen": str,
    "why": str,
    "exercises": KNOWN,
    "builds": {str: KNOWN},
    "cards": dict,
    "interviews": [
        {
            "when": str,
            "minutes": int,
            "exercises": [str],
            "attempts": [{"solved": bool, "seconds?": Real, "tests?": {"count": int, "caught": int, "known": int}}],
            "answered": [{"rating": str, "asked?": bool, "made?": list, "points?": int}],
        }
    ],
    "mistakes": [{"code": str, "kind": str, "exercise": str, "when": str}],
}


def matches_schema(value: Any, schema: Any) -> bool:
    """Whether a value matches: a type; [schema] for a list; {name: schema}; or {str: schema} for any names.

    A name that ends in a question mark may be missing, or be None.
    """
    if isinstance(schema, type):
        return isinstance(value, schema)
    if isinstance(schema, list):
        return isinstance(value, list) and all(matches_schema(one, schema[0]) for one in value)
    if not isinstance(value, dict):
        return False
    if str in schema:
        return all(matches_schema(one, schema[str]) for one in value.values())
    return all(
        (name.endswith("?") and value.get(name[:-1]) is None) or matches_schema(value.get(name.rstrip("?")), wanted)
        for name, wanted in schema.items()
    )
