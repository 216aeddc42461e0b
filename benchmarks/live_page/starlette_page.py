"""The page in Starlette: each frame goes through a WebSocket when the one before it has been drawn."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from benchmarks.live_page.stand_in import AIM, StandIn

PAGE = """<!doctype html><title>Starlette</title><body><script>%s
const draw = drawing(document.body), socket = new WebSocket(`ws://${location.host}/live`);
socket.binaryType = "arraybuffer";
socket.onmessage = ({data}) => requestAnimationFrame(() => {
  const number = draw(data);
  window.drawn?.(number);
  socket.send(number);
});
</script>"""


async def page(request: Request) -> HTMLResponse:
    """The page."""
    return HTMLResponse(PAGE % Path(__file__).with_name("drawing.js").read_text())


async def live(socket: WebSocket) -> None:
    """Train while the tab is open."""
    await socket.accept()
    stand_in = StandIn()
    try:
        while True:
            begun = time.perf_counter()
            await socket.send_bytes(await asyncio.to_thread(stand_in.packed))
            await socket.receive_text()
            await asyncio.sleep(max(0, AIM - (time.perf_counter() - begun)))
    except WebSocketDisconnect:
        print("tab closed", time.time(), flush=True)


app = Starlette(routes=[Route("/", page), WebSocketRoute("/live", live)])

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
