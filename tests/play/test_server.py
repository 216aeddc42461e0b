"""The server: only this machine with the token has access; each page is a tab with a session until it is closed."""

import json
import time
from contextlib import contextmanager
from http.client import HTTPConnection

import pytest

pytest.importorskip("uvicorn", reason="the live page needs the extra play")
pytest.importorskip("starlette", reason="the live page needs the extra play")
client = pytest.importorskip("websockets.sync.client", reason="the live page needs the extra play")

from websockets.exceptions import ConnectionClosed, InvalidStatus  # noqa: E402

from tests.play.serving import serving  # noqa: E402
from tinygrad_dropout.play.server import Server  # noqa: E402


@pytest.fixture(scope="module")
def served():
    """A server on a free port: (server, port)."""
    with serving() as served:
        yield served


def fetch(port, path, host=None, method="GET"):
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, headers={"Host": host or f"127.0.0.1:{port}"})
    answer = connection.getresponse()
    body = answer.read().decode("utf-8")
    connection.close()
    return answer, body


@contextmanager
def tab(served, name, fragment="width=3&points=20", origin=None):
    """An open tab that has received its first settings and frame."""
    _, port = served
    address = f"ws://127.0.0.1:{port}/the-token/live/{name}"
    with client.connect(address, origin=origin or f"http://127.0.0.1:{port}", max_size=None) as connection:
        connection.send(json.dumps({"open": fragment}))
        yield connection


def messages(connection, until):
    """What comes until a message for which `until` is true; frames are said to be drawn."""
    found = []
    while True:
        received = connection.recv(timeout=10)
        if isinstance(received, bytes):
            length = int.from_bytes(received[:4], "little")
            received = {"frame": json.loads(received[4 : 4 + length])}
            connection.send('{"drawn": true}')
        else:
            received = json.loads(received)
        found.append(received)
        if until(received):
            return found


def step_of(message):
    return message.get("frame", {}).get("step", -1)


def test_the_page_and_its_parts_are_served_and_load_nothing_from_elsewhere(served):
    _, port = served
    answer, body = fetch(port, "/the-token/")
    assert answer.status == 200
    assert "<title>Dropout, live</title>" in body
    for name in ("style.css", "main.js", "network.js"):
        answer, part = fetch(port, f"/the-token/{name}")
        assert answer.status == 200
        assert "http" not in part.replace("http-equiv", ""), name
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    "path",
    ["/", "/main.js", "/another-token/", "/the-token/nothing.js", "/the-token/__init__.py", "/the-token/../server.py",
     "/the-token/..%2fserver.js", "/the-token/.js", "/the-token/why/unknown/with"],
)  # fmt: skip
def test_nothing_else_is_served(served, path):
    answer, body = fetch(served[1], path)
    assert answer.status == 404
    assert "Traceback" not in body


@pytest.mark.parametrize("host", ["example.com", "127.0.0.1.example.com", "evil.test:8768", "0.0.0.0"])
def test_a_request_that_names_another_host_is_refused(served, host):
    answer, _ = fetch(served[1], "/the-token/", host=host)
    assert answer.status == 400


@pytest.mark.parametrize("origin", ["http://example.com", "null", "http://127.0.0.1:1"])
def test_a_connection_from_another_site_is_refused(served, origin):
    with pytest.raises((InvalidStatus, ConnectionClosed)), tab(served, "foreign", origin=origin) as connection:
        connection.recv(timeout=5)
    assert "foreign" not in served[0].tabs


def test_a_tab_gets_its_settings_then_frames_while_it_plays(served):
    with tab(served, "one") as connection:
        first = messages(connection, lambda message: "settings" in message)[-1]
        assert first["settings"]["width"] == 3
        connection.send('{"speed": 500}')
        connection.send('{"do": "play"}')
        frames = [step_of(message) for message in messages(connection, lambda message: step_of(message) > 50)]
        steps = [step for step in frames if step >= 0]
        assert steps == sorted(steps)
        connection.send('{"do": "pause"}')
        messages(connection, lambda message: message.get("playing") is False)


def frame(connection):
    """The next frame, unread."""
    while not isinstance(received := connection.recv(timeout=10), bytes):
        pass
    return received


def test_at_most_two_frames_are_sent_before_one_is_drawn(served):
    with tab(served, "slow") as connection:
        connection.send('{"speed": null}')
        connection.send('{"do": "play"}')
        frame(connection)
        frame(connection)
        connection.send('{"example": 1}')  # a message that is none of a frame's
        with pytest.raises(TimeoutError):
            connection.recv(timeout=0.5)
        connection.send('{"drawn": true}')
        frame(connection)


def test_two_tabs_do_not_disturb_each_other(served):
    with (
        tab(served, "left", "width=3&points=20&p=0.1") as left,
        tab(served, "right", "width=4&points=20&p=0.9") as right,
    ):
        for connection in (left, right):
            messages(connection, lambda message: "frame" in message)
        left.send('{"do": "step"}')
        messages(left, lambda message: step_of(message) == 1)
        right.send('{"change": {"lr": 0.5}}')
        answer = messages(right, lambda message: "settings" in message)[-1]
        assert (answer["settings"]["p"], answer["settings"]["width"]) == (0.9, 4)
        assert served[0].tabs["right"].session.training.steps == 0
        assert served[0].tabs["left"].session.training.settings.lr == 0.01


def test_a_closed_tab_ends_its_training(served):
    server, _ = served
    with tab(served, "closed") as connection:
        connection.send('{"do": "play"}')
        messages(connection, lambda message: step_of(message) > 0)
        session = server.tabs["closed"].session
    end = time.monotonic() + 10
    while "closed" in server.tabs:
        assert time.monotonic() < end
        time.sleep(0.01)
    time.sleep(0.1)
    steps = session.training.steps
    time.sleep(0.2)
    assert session.training.steps == steps
    assert "closed" not in server.tabs


@pytest.mark.parametrize("text", ["not JSON", "[]", '{"do": 7}', '{"change": {"p": "x"}}', "null", '{"a": 1, "b": 2}'])
def test_an_invalid_message_is_answered_with_a_sentence(served, text):
    with tab(served, "confused") as connection:
        connection.send(text)
        assert "expected" in messages(connection, lambda message: "problem" in message)[-1]["problem"]
        connection.send('{"do": "step"}')
        messages(connection, lambda message: step_of(message) == 1)


def test_why_opens_the_replay_of_the_last_step_and_pauses(served):
    pytest.importorskip("igraph", reason="the replay lays out its graph with igraph")
    server, port = served
    with tab(served, "why") as connection:
        connection.send('{"do": "play"}')
        messages(connection, lambda message: step_of(message) > 0)
        answer, page = fetch(port, "/the-token/why/why/with")
        assert answer.status == 200
        assert "script-src 'unsafe-inline'" in answer.headers["Content-Security-Policy"]
        session = server.tabs["why"].session
        assert session.playing is False
        loss = session.training.networks.losses["with"]
        assert f"{loss:.6g}"[:6] in page
        assert fetch(port, "/the-token/why/why/nothing")[0].status == 404


def test_each_token_is_new_and_long():
    tokens = {Server().token for _ in range(20)}
    assert len(tokens) == 20
    assert min(map(len, tokens)) >= 20
