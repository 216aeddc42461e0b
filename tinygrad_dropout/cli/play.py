"""The command `tinygrad-dropout play`: serve the live page to this machine."""

from __future__ import annotations

import argparse
import errno
import os
import socket
import webbrowser
from importlib.util import find_spec

from tinygrad_dropout.cli.arguments import complain, whole_number
from tinygrad_dropout.play.settings import SettingError, Settings

DESCRIPTION = """\
Open a page where two networks train side by side, one without dropout and one with it, and change anything while they
train. Only this machine can open the page. Ctrl-C stops the server.

With LINK, a link you copied from the page earlier, the page starts with the settings of that link."""

EXAMPLES = """\
examples:
  tinygrad-dropout play
  tinygrad-dropout play --port 9000 --no-open
  tinygrad-dropout play '#data=spirals&p=0.2'"""

NEEDED = ("starlette", "threadpoolctl", "uvicorn", "websockets")
PORT = 8768
ADDRESS = "127.0.0.1"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `play`."""
    parser.add_argument(
        "link", metavar="LINK", nargs="?", default="", help="a link from the page, or the part from # on"
    )
    parser.add_argument(
        "--port", metavar="N", type=whole_number,
        help=f"the port; 0 for any free one (default: {PORT}, or any free one if that is in use)",
    )  # fmt: skip
    parser.add_argument("--no-open", action="store_true", help="do not open the page in the browser")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve the page until Ctrl-C."""
    if lacking := [name for name in NEEDED if find_spec(name) is None]:
        return complain(
            f'play needs {", ".join(lacking)}: pip install "tinygrad-dropout[play]" installs everything it needs'
        )
    if options.port is not None and not 0 <= options.port <= 65535:
        return complain(f"--port: expected a port from 0 to 65535, got {options.port}")
    if options.link and "=" not in options.link:
        return complain(f"LINK: expected a link from the page, such as '#data=spirals&p=0.2'; got {options.link!r}")
    try:
        fragment = Settings.from_fragment(options.link).as_fragment() if options.link else ""
    except SettingError as error:
        return complain(f"LINK: {error}")
    try:
        listening = listen(options.port)
    except OSError as error:
        return complain(f"--port: {why_not(options.port, error)}")
    with listening:
        serve(listening, fragment, may_open=not options.no_open)
    return 0


def listen(port: int | None) -> socket.socket:
    """A socket bound to the loopback address; by default on `PORT` or, if that is in use, on any free port."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, int(os.name != "nt"))  # Windows would share the port
    try:
        listening.bind((ADDRESS, PORT if port is None else port))
    except OSError as error:
        if port is not None or error.errno != errno.EADDRINUSE:
            listening.close()
            raise
        listening.bind((ADDRESS, 0))
    return listening


def why_not(port: int, error: OSError) -> str:
    """Why a port cannot be used, and what to do about it."""
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is in use: choose another, or --port 0 for any free one"
    if error.errno == errno.EACCES:
        return f"port {port} is reserved for the system: choose one above 1023, or --port 0 for any free one"
    return f"port {port} cannot be used: {error.strerror}"


def serve(listening: socket.socket, fragment: str, *, may_open: bool) -> None:
    """Say where the page is, open it if possible, and serve it until Ctrl-C."""
    import uvicorn
    from threadpoolctl import threadpool_limits

    from tinygrad_dropout.play.server import MAX_BYTES, Server

    server = Server()
    listening.listen()  # a browser that connects before the server is ready will wait
    port = listening.getsockname()[1]
    address = f"http://{ADDRESS}:{port}/{server.token}/" + (f"#{fragment}" if fragment else "")
    print(how_to_open(address, port, may_open=may_open), flush=True)
    config = uvicorn.Config(
        server.app,
        lifespan="off",
        log_level="error",
        timeout_graceful_shutdown=1,
        ws="websockets-sansio",
        ws_max_size=MAX_BYTES,
    )
    with threadpool_limits(1):  # small matrix products gain nothing from a second core, and the browser needs one
        try:
            uvicorn.Server(config).run([listening])
        except KeyboardInterrupt:  # uvicorn raises it again after shutting down
            print("Stopped.")


def how_to_open(address: str, port: int, *, may_open: bool) -> str:
    """Open the page in the browser, if allowed; returns what to tell the user."""
    end = "Ctrl-C stops it."
    if may_open and (os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY")):
        return (
            f"This is an SSH session: on your own machine run `ssh -L {port}:{ADDRESS}:{port} {socket.gethostname()}`, "
            f"then open {address} there. {end}"
        )
    if may_open and opened(address):
        return f"The page is open in your browser: {address}\n{end}"
    if may_open:
        return f"No browser was found; open the page yourself: {address}\n{end}"
    return f"The page is at {address}\n{end}"


def opened(address: str) -> bool:
    """Open an address in a graphical browser; returns False if there is none."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return False
    if type(browser) is webbrowser.GenericBrowser:  # a text browser in this terminal, which cannot draw the page
        return False
    return browser.open(address)
