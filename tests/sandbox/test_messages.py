"""Messages arrive through the file, up to the moment when the process ends."""

import os

import pytest

from tinygrad_dropout.sandbox import messages
from tinygrad_dropout.sandbox.messages import Messages, read


class Left(Exception):
    """Stands for the end of the process."""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "messages"


@pytest.fixture
def writing(path):
    def leave():
        raise Left

    end = Messages(path, leave)
    yield end
    os.close(end.file)


def test_messages_and_events_are_read_separately(writing, path):
    writing.say(a=1, b=["x", None])
    writing.note("returned", "so")
    writing.say(c=2.5)
    assert read(path) == ([{"a": 1, "b": ["x", None]}, {"c": 2.5}], {"returned": "so"})


def test_an_incomplete_line_is_skipped(writing, path):
    writing.say(a=1)
    writing.say(b=2)
    path.write_bytes(path.read_bytes()[:-4])
    assert read(path) == ([{"a": 1}], {})


def test_a_missing_file_has_no_messages(path):
    assert read(path) == ([], {})


def test_long_texts_are_shortened(writing, path):
    writing.say(a=[("x" * 1_000_000,)])
    ((text,),) = read(path)[0][0]["a"]
    assert text == "x" * 100_000 + " ..."


def test_a_forked_copy_writes_only_that_it_exists(writing, path, monkeypatch):
    monkeypatch.setattr(os, "getpid", lambda: writing.process + 1)
    for write in (lambda: writing.say(a=1), lambda: writing.note("returned")):
        with pytest.raises(Left):
            write()
    assert read(path) == ([], {})
    writing.note_copy()
    assert read(path) == ([], {"fork": ""})


def test_a_message_that_cannot_be_written_ends_the_process(writing, monkeypatch):
    codes = []

    def leave(code):
        codes.append(code)
        raise Left

    def fail(file, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "_exit", leave)
    monkeypatch.setattr(os, "write", fail)
    with pytest.raises(Left):
        writing.say(a=1)
    assert codes == [messages.CANNOT_WRITE]


def test_the_reason_that_a_file_cannot_be_written_is_the_systems_message(path, tmp_path):
    assert messages.why_not_writable(path) == ""
    assert messages.why_not_writable(tmp_path) == "Is a directory"
