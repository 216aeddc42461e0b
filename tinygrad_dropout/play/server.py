"""The server of the page: for this machine only, and only with the token.

It listens on the loopback address. Every address begins with a token that is drawn anew each time, requests must name
the loopback address as their host (which a page elsewhere cannot make a browser do by DNS), and a WebSocket must come
from the page itself.
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
FRAME_SECONDS = 0.04  # at least, from one frame to the next
CLOSED = object()  # the last message: the tab is closed
MOST_UNDRAWN = 2  # frames
MOST_BYTES = 1_000_000  # in one message of a page

KINDS = {"html": "text/html", "css": "text/css", "js": "text/javascript"}
PAGE_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
REPLAY_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"


class Server:
    """The page, its live connection, and the replays.

    Args:
        token: what every address begins with; drawn if None.

    Attributes:
        token: as above.
        tabs: the open tabs, by the names that they have given themselves.
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
        """A file of the page."""
        name = request.path_params.get("name", "index.html")
        parts = {part.name: part for part in files("tinygrad_dropout.play.page").iterdir()}
        kind = KINDS.get(name.rpartition(".")[2])
        if kind is None or name not in parts:
            return PlainTextResponse("There is no such page here.", 404)
        return Response(parts[name].read_bytes(), media_type=kind, headers=headers(PAGE_POLICY))

    async def why(self, request: Request) -> Response:
        """The replay of the step that a tab's network has just made; the tab pauses there."""
        tab = self.tabs.get(request.path_params["tab"])
        step = await tab.last_step(request.path_params["network"]) if tab else None
        if step is None:
            return PlainTextResponse(
                "There is no step to replay: train the networks first, in a tab that is open.", 404
            )
        try:
            page = await asyncio.to_thread(lambda: step.replay().html())
        except StudyError as error:
            return PlainTextResponse(str(error), 500)
        return HTMLResponse(page, headers=headers(REPLAY_POLICY))

    async def live(self, socket: WebSocket) -> None:
        """One tab, for as long as it is open."""
        if not self.is_own_page(socket):
            await socket.close(1008)
            return
        await socket.accept()
        name, tab = socket.path_params["tab"], Tab(socket)
        self.tabs[name] = tab
        reading = asyncio.create_task(read_messages(socket, tab.messages))
        try:
            await tab.go_on()
        finally:
            reading.cancel()
            if self.tabs.get(name) is tab:
                del self.tabs[name]

    @staticmethod
    def is_own_page(socket: WebSocket) -> bool:
        """Whether a connection comes from the page and not from another site that is open in the browser."""
        return socket.headers.get("origin") == f"http://{socket.headers.get('host')}"


async def read_messages(socket: WebSocket, messages: asyncio.Queue[Any]) -> None:
    """Put what a tab sends into a queue, and CLOSED when it is closed."""
    with suppress(WebSocketDisconnect, RuntimeError):
        while True:
            text = await socket.receive_text()
            try:
                messages.put_nowait(json.loads(text))
            except ValueError:
                messages.put_nowait(text)
    messages.put_nowait(CLOSED)


class Tab:
    """One open tab: its session, and the messages and frames between them.

    A frame is sent while the page has at most one other that it has not drawn yet, so that the next one is made while
    it draws. A slow browser, or a tab in the background, is never flooded: its networks wait.
    """

    def __init__(self, socket: WebSocket) -> None:
        self.socket = socket
        self.session = Session()
        self.messages: asyncio.Queue[Any] = asyncio.Queue()
        self.busy = asyncio.Lock()  # while the session works, in a thread
        self.undrawn = 0  # frames that the page was sent and has not drawn yet
        self.before = time.perf_counter()  # when the last frame was begun

    async def go_on(self) -> None:
        """Until the tab is closed."""
        while await self.hear():
            if self.undrawn >= MOST_UNDRAWN:
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
        """Send something, unless the tab has been closed in the meantime: CLOSED is on its way then."""
        with suppress(WebSocketDisconnect, RuntimeError):
            await sending

    async def last_step(self, network: str) -> LastStep | None:
        """The step that a network has made last. The tab pauses, so that it is the one that it shows."""
        self.session.playing = False
        async with self.busy:
            return self.session.training.last.get(network)

    async def hear(self) -> bool:
        """Take what the tab has sent, or wait until it is time for a frame; returns False once the tab is closed."""
        wanted = self.undrawn < MOST_UNDRAWN and (self.session.playing or self.session.stale)
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
    """What every answer says: load nothing from elsewhere, keep nothing, tell no other site the address."""
    return {
        "Content-Security-Policy": f"{policy}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
