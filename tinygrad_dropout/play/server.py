"""The server of the page, which only this machine can reach, and only with the token.

It listens on the loopback address. Every URL starts with a token that is random for each run. Requests must name the
loopback address as their host, so that another site cannot get through by DNS rebinding, and a WebSocket must come from
the page itself.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Awaitable
from contextlib import suppress
from importlib.resources import files
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tinygrad_dropout.play.last_step import LastStep
from tinygrad_dropout.play.session import Session
from tinygrad_dropout.study.errors import StudyError

HOSTS = ["127.0.0.1", "localhost"]
FRAME_SECONDS = 0.04  # least time between two frames
CLOSED = object()  # the message that says the tab is closed
MAX_UNDRAWN = 2  # frames that a page may have received but not drawn
MAX_BYTES = 1_000_000  # in one message from a page

KINDS = {"html": "text/html", "css": "text/css", "js": "text/javascript"}
PAGE_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
REPLAY_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"


class Server:
    """The page, its live connection, and the replays.

    Args:
        token: the start of every URL; None draws one.

    Attributes:
        token: as above.
        tabs: the open tabs, by the names they gave themselves.
        app: the ASGI application.
    """

    def __init__(self, token: str | None = None) -> None:
        self.token = token or secrets.token_urlsafe(16)
        self.tabs: dict[str, Tab] = {}
        routes = [
            Route("/", self.part),
            Route("/{name}", self.part),
            Route("/why/{tab}/{network}", self.why),
            WebSocketRoute("/live/{tab}", self.live),
        ]
        self.app = Starlette(
            routes=[Mount(f"/{self.token}", routes=routes)],
            middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS, www_redirect=False)],
        )

    async def part(self, request: Request) -> Response:
        """Answer a request for a file of the page."""
        name = request.path_params.get("name", "index.html")
        parts = {part.name: part for part in files("tinygrad_dropout.play.page").iterdir()}
        kind = KINDS.get(name.rpartition(".")[2])
        if kind is None or name not in parts:
            return PlainTextResponse("This page does not exist.", 404)
        return Response(parts[name].read_bytes(), media_type=kind, headers=headers(PAGE_POLICY))

    async def why(self, request: Request) -> Response:
        """Answer with the replay of the last step of a tab's network, and pause the tab."""
        tab = self.tabs.get(request.path_params["tab"])
        step = await tab.last_step(request.path_params["network"]) if tab else None
        if step is None:
            return PlainTextResponse("There is no step to replay yet: train the networks first, in an open tab.", 404)
        try:
            page = await asyncio.to_thread(lambda: step.replay().html())
        except StudyError as error:
            return PlainTextResponse(str(error), 500)
        return HTMLResponse(page, headers=headers(REPLAY_POLICY))

    async def live(self, socket: WebSocket) -> None:
        """Serve one tab until it is closed."""
        if not self.is_own_page(socket):
            await socket.close(1008)
            return
        await socket.accept()
        name, tab = socket.path_params["tab"], Tab(socket)
        self.tabs[name] = tab
        reading = asyncio.create_task(read_messages(socket, tab.messages))
        try:
            await tab.run()
        finally:
            reading.cancel()
            if self.tabs.get(name) is tab:
                del self.tabs[name]

    @staticmethod
    def is_own_page(socket: WebSocket) -> bool:
        """Whether a connection comes from our page and not from another site in the same browser."""
        return socket.headers.get("origin") == f"http://{socket.headers.get('host')}"


async def read_messages(socket: WebSocket, messages: asyncio.Queue[Any]) -> None:
    """Put the messages of a tab into a queue, and CLOSED after the last one."""
    with suppress(WebSocketDisconnect, RuntimeError):
        while True:
            text = await socket.receive_text()
            try:
                messages.put_nowait(json.loads(text))
            except ValueError:
                messages.put_nowait(text)
    messages.put_nowait(CLOSED)


class Tab:
    """One open tab: its session, its messages and its frames.

    The server prepares the next frame while the page draws the last one, but no more than that. So a slow browser or a
    background tab is never flooded: its networks wait.
    """

    def __init__(self, socket: WebSocket) -> None:
        self.socket = socket
        self.session = Session()
        self.messages: asyncio.Queue[Any] = asyncio.Queue()
        self.busy = asyncio.Lock()  # while the session works, in a thread
        self.undrawn = 0  # frames sent but not drawn yet
        self.before = time.perf_counter()  # start of the last frame

    async def run(self) -> None:
        """Train, answer and send frames until the tab is closed."""
        while await self.receive():
            if self.undrawn >= MAX_UNDRAWN:
                continue
            now = time.perf_counter()
            async with self.busy:
                if self.session.playing:
                    await asyncio.to_thread(self.session.advance, now - self.before)
                frame = await asyncio.to_thread(self.session.frame) if self.session.stale else None
            self.before = now
            if frame is not None:
                self.undrawn += 1
                await self.send(self.socket.send_bytes(frame))

    @staticmethod
    async def send(sending: Awaitable[None]) -> None:
        """Send something, unless the tab was closed in the meantime; the queue then gets CLOSED."""
        with suppress(WebSocketDisconnect, RuntimeError):
            await sending

    async def last_step(self, network: str) -> LastStep | None:
        """The last step of a network. The tab pauses, so that the step is the one it shows."""
        self.session.playing = False
        async with self.busy:
            return self.session.training.last.get(network)

    async def receive(self) -> bool:
        """Handle the tab's messages, or wait until the next frame is due; returns False once the tab is closed."""
        wanted = self.undrawn < MAX_UNDRAWN and (self.session.playing or self.session.stale)
        pause = max(0.0, self.before + FRAME_SECONDS - time.perf_counter()) if wanted else None
        with suppress(asyncio.TimeoutError, asyncio.QueueEmpty):
            message = await asyncio.wait_for(self.messages.get(), pause)
            while True:
                if message is CLOSED:
                    return False
                if message == {"drawn": True}:
                    self.undrawn -= 1
                else:
                    async with self.busy:
                        replies = await asyncio.to_thread(self.session.receive, message)
                    for reply in replies:
                        await self.send(self.socket.send_text(json.dumps(reply)))
                message = self.messages.get_nowait()
        return True


def headers(policy: str) -> dict[str, str]:
    """Headers of every answer: load nothing from elsewhere, cache nothing, and keep the URL secret."""
    return {
        "Content-Security-Policy": f"{policy}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
