"""Output is read in lines, up to a limit, and made printable."""

import os

import pytest

from tinygrad_dropout.sandbox.output import Output


@pytest.fixture
def printed():
    def read(*parts, most=1000, on_line=None):
        reading, writing = os.pipe()
        output = Output(os.fdopen(reading, "rb"), most, on_line)
        for part in parts:
            os.write(writing, part)
        os.close(writing)
        assert not output.is_open(10)
        return output

    return read


def test_lines_are_passed_on_however_they_arrive(printed):
    lines = []
    output = printed(b"one\ntw", b"o\r\n", "drei ü".encode()[:-1], "ü".encode()[-1:], b"\n\nlast", on_line=lines.append)
    assert lines == ["one", "two", "drei ü", "", "last"]
    assert output.text() == "one\ntwo\ndrei ü\n\nlast"
    assert not output.flooded


def test_bytes_that_are_not_text_are_replaced_or_escaped(printed):
    assert printed(b"\xff\x1b[2J\x00").text() == "�\\x1b[2J\\x00"


@pytest.mark.parametrize(("sent", "flooded"), [(1000, False), (1001, True)])
def test_nothing_is_kept_beyond_the_limit(printed, sent, flooded):
    output = printed(b"x" * sent)
    assert output.flooded is flooded
    assert output.text() == "x" * 1000


def test_a_listener_that_fails_does_not_stop_the_reading(printed):
    def fail(line):
        raise BrokenPipeError

    assert printed(b"one\ntwo\n", on_line=fail).text() == "one\ntwo"
