"""A server of the live page on a free port, in a thread."""

import socket
import threading
from contextlib import contextmanager

from tinygrad_dropout.play.server import Server


@contextmanager
def serving():
    """Serve until the context ends: gives (server, port)."""
    import uvicorn

    server = Server("the-token")
    running = uvicorn.Server(uvicorn.Config(server.app, lifespan="off", log_level="critical", ws="websockets-sansio"))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        thread = threading.Thread(target=running.run, args=([listening],))
        thread.start()
        try:
            yield server, listening.getsockname()[1]
        finally:
            running.should_exit = True
            thread.join()
