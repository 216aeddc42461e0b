"""The command `play`: where it listens, what it opens, what it says about a mistake, and how it ends."""

import os
import re
import signal
import socket
import subprocess
import sys
import webbrowser
from http.client import HTTPConnection

import pytest

from tinygrad_dropout.cli import play

for name in ("uvicorn", "starlette", "websockets"):
    pytest.importorskip(name, reason="the live page needs the extra play")


class Browser(webbrowser.BaseBrowser):
    """A browser that only records which addresses it is asked to open."""

    def __init__(self):
        super().__init__("a browser")
        self.opened = []

    def open(self, address, new=0, autoraise=True):
        self.opened.append(address)
        return True


@pytest.fixture(autouse=True)
def browser(monkeypatch):
    """The browser of a machine that is not reached by SSH."""
    browser = Browser()
    monkeypatch.setattr(webbrowser, "get", lambda: browser)
    for name in ("SSH_CONNECTION", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)
    return browser


@pytest.fixture
def in_use():
    """A port that another program listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.fixture
def started(tmp_path):
    """The command in its own process: (process, first line, port)."""
    running = []

    def start(*arguments):
        process = subprocess.Popen(
            [sys.executable, "-m", "tinygrad_dropout", "play", "--no-open", "--port", "0", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path,
        )  # fmt: skip
        running.append(process)
        line = process.stdout.readline()
        return process, line, int(re.search(r":(\d+)/", line)[1])

    yield start
    for process in running:
        process.kill()
        process.communicate()


def test_it_serves_the_page_on_the_loopback_address_until_ctrl_c(started):
    process, line, port = started("#data=circles&p=0.25")
    address = re.search(r"http://127\.0\.0\.1:\d+(/[\w-]{20,}/)#(\S+)", line)
    assert "data=circles" in address[2]
    assert "p=0.25" in address[2]
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", address[1])
    assert connection.getresponse().status == 200
    connection.close()
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0
    assert process.stdout.read().split("\n") == ["Ctrl-C stops it.", "Stopped.", ""]
    assert process.stderr.read() == ""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc/net/tcp is Linux's")
def test_it_listens_on_no_other_address(started):
    _, _, port = started()
    with open("/proc/net/tcp") as lines:
        listening = [line.split()[1] for line in lines if line.split()[3] == "0A"]
    assert [address for address in listening if address.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]


def how_it_opens(may_open=True):
    return play.how_to_open("http://127.0.0.1:8768/token/", 8768, may_open=may_open)


def test_it_opens_the_browser_and_says_so(browser):
    assert how_it_opens() == "The page is open in your browser: http://127.0.0.1:8768/token/\nCtrl-C stops it."
    assert browser.opened == ["http://127.0.0.1:8768/token/"]


def test_it_opens_nothing_if_told_not_to(browser):
    assert how_it_opens(may_open=False) == "The page is at http://127.0.0.1:8768/token/\nCtrl-C stops it."
    assert browser.opened == []


def no_browser():
    raise webbrowser.Error("could not locate runnable browser")


@pytest.mark.parametrize(
    "get", [no_browser, lambda: webbrowser.GenericBrowser("lynx")], ids=["none", "in the terminal"]
)
def test_without_a_browser_it_says_what_to_open(monkeypatch, get):
    monkeypatch.setattr(webbrowser, "get", get)
    assert how_it_opens().startswith("No browser was found; open the page yourself: http://127.0.0.1:8768/token/")


@pytest.mark.parametrize("variable", ["SSH_CONNECTION", "SSH_TTY"])
def test_over_ssh_it_says_how_to_reach_the_page_from_your_own_machine(monkeypatch, browser, variable):
    monkeypatch.setenv(variable, "10.0.0.2 50000 10.0.0.1 22")
    said = how_it_opens()
    assert f"`ssh -L 8768:127.0.0.1:8768 {socket.gethostname()}`" in said
    assert "open http://127.0.0.1:8768/token/ there" in said
    assert browser.opened == []


def test_a_port_in_use_is_a_mistake_if_it_was_asked_for(run, in_use):
    assert run("play", "--port", in_use) == (
        2, "", f"tinygrad-dropout: --port: port {in_use} is in use: choose another, or --port 0 for any free one\n",
    )  # fmt: skip


def test_if_the_default_port_is_in_use_another_is_used(monkeypatch, in_use):
    monkeypatch.setattr(play, "PORT", in_use)
    with play.listen(None) as listening:
        address, port = listening.getsockname()
    assert address == "127.0.0.1"
    assert port != in_use


@pytest.mark.skipif(os.name == "nt", reason="Windows reserves no ports")
def test_a_port_reserved_for_the_system_is_named():
    error = PermissionError(13, "Permission denied")
    assert "port 80 is reserved for the system" in play.why_not(80, error)
    assert play.why_not(80, OSError(99, "Cannot assign")) == "port 80 cannot be used: Cannot assign"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--port", "70000"], "--port: expected a port from 0 to 65535, got 70000"),
        (["--port", "-1"], "--port: expected a port from 0 to 65535, got -1"),
        (["--port", "web"], "--port: expected a whole number, got 'web'"),
        (["#p=2"], "LINK: p: expected a number from 0 to 1, got '2'"),
        (["train.py"], "LINK: expected a link from the page, such as '#data=spirals&p=0.2'; got 'train.py'"),
        (["#q=1"], "LINK: expected settings among data, points,"),
    ],
)
def test_a_mistake_is_one_sentence(run, arguments, problem):
    code, out, err = run("play", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"tinygrad-dropout: {problem}")
    assert err.count("\n") == 1


def test_without_the_extra_it_says_what_to_type(run, monkeypatch):
    monkeypatch.setattr(play, "find_spec", lambda name: None if name == "uvicorn" else name)
    code, out, err = run("play")
    assert (code, out) == (2, "")
    assert 'play needs uvicorn: pip install "tinygrad-dropout[play]"' in err
