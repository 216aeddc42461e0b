"""The server of the page: for this machine only, and only for who has the token.

It listens on the loopback address. Every address begins with a token that is drawn anew each time, requests must name
the loopback address as their host (which a page elsewhere cannot make a browser do by DNS), and a WebSocket must come
from the page itself.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.resources import files
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tinygrad_dropout.play.session import Session
from tinygrad_dropout.study.errors import StudyError

HOSTS = ["127.0.0.1", "localhost"]
FRAME_SECONDS = 0.04  # at least, from one frame to the next
ONE_MESSAGE = 1_000_000  # bytes that a page may send at once

KINDS = {"html": "text/html", "css": "text/css", "js": "text/javascript"}
PAGE_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
REPLAY_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"


class Server:
    """The page, its live connection, and the replays.

    Args:
        token: what every address begins with; drawn if None.

    Attributes:
        token: as above.
        sessions: the open tabs by the names that they have given themselves.
        app: the ASGI application.
    """

    def __init__(self, token: str | None = None) -> None:
        self.token = token or secrets.token_urlsafe(16)
        self.sessions: dict[str, Session] = {}
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
        kind = KINDS.get(name.rpartition(".")[2])
        path = files("tinygrad_dropout.play.page") / name
        if kind is None or "/" in name or "\\" in name or not path.is_file():
            return PlainTextResponse("There is no such page here.", 404)
        return Response(path.read_bytes(), media_type=kind, headers=headers(PAGE_POLICY))

    async def why(self, request: Request) -> Response:
        """The replay of the step that a tab's network has just made."""
        session = self.sessions.get(request.path_params["tab"])
        step = session.training.last.get(request.path_params["network"]) if session else None
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
        async with self.session(socket.path_params["tab"]) as session:
            messages: asyncio.Queue[Any] = asyncio.Queue()
            reading = asyncio.create_task(read_messages(socket, messages))
            try:
                await Conversation(socket, session, messages).go_on()
            except (WebSocketDisconnect, RuntimeError):
                pass  # it was closed while something was on its way
            finally:
                reading.cancel()
                with suppress(asyncio.CancelledError):
                    await reading

    @staticmethod
    def is_own_page(socket: WebSocket) -> bool:
        """Whether a connection comes from the page and not from another site that is open in the browser."""
        return socket.headers.get("origin") == f"http://{socket.headers.get('host')}"

    @asynccontextmanager
    async def session(self, tab: str) -> AsyncIterator[Session]:
        """A session of a tab's own, which ends with it."""
        session = self.sessions[tab] = Session()
        try:
            yield session
        finally:
            if self.sessions.get(tab) is session:
                del self.sessions[tab]


async def read_messages(socket: WebSocket, messages: asyncio.Queue[Any]) -> None:
    """Put what a tab sends into a queue; None when it is closed."""
    with suppress(WebSocketDisconnect, RuntimeError):
        while True:
            text = await socket.receive_text()
            try:
                messages.put_nowait(json.loads(text))
            except ValueError:
                messages.put_nowait(text)
    messages.put_nowait(None)


class Conversation:
    """The messages and frames between a tab and its session.

    A frame is sent when the page says that it has drawn the one before, so a slow browser, or a tab in the background,
    is never flooded: its networks wait.
    """

    def __init__(self, socket: WebSocket, session: Session, messages: asyncio.Queue[Any]) -> None:
        self.socket, self.session, self.messages = socket, session, messages
        self.drawn = True  # whether the page has drawn what it was sent
        self.before = time.perf_counter()  # when the last frame was begun

    async def go_on(self) -> None:
        """Until the tab is closed."""
        while await self.hear():
            if not self.drawn:
                continue
            now = time.perf_counter()
            if self.session.playing:
                await asyncio.to_thread(self.session.advance, now - self.before)
            self.before = now
            if self.session.stale:
                self.drawn = False
                await self.socket.send_bytes(await asyncio.to_thread(self.session.frame))

    async def hear(self) -> bool:
        """Take what the tab has sent, or wait until it is time for a frame; returns False once the tab is closed."""
        wanted = self.drawn and (self.session.playing or self.session.stale)
        pause = max(0.0, self.before + FRAME_SECONDS - time.perf_counter()) if wanted else None
        with suppress(asyncio.TimeoutError, asyncio.QueueEmpty):
            message = await asyncio.wait_for(self.messages.get(), pause)
            while True:
                if message is None:
                    return False
                if message == {"drawn": True}:
                    self.drawn = True
                else:
                    for reply in await asyncio.to_thread(self.session.receive, message):
                        await self.socket.send_text(json.dumps(reply))
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
