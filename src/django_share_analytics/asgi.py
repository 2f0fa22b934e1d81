"""Draining under ASGI, where a server may end its process without running exit handlers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import sync_to_async

from .dispatch.handler import dispatchers

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
# As loose as the protocol: every framework types its messages in its own way.
Application = Callable[[Any, Any, Any], Awaitable[None]]


def drain_on_shutdown(application: Application) -> Application:
    """Wrap an ASGI application, so that waiting shares are written when the server stops.

    In ``asgi.py``: ``application = drain_on_shutdown(get_asgi_application())``. Uvicorn ends with
    the signal that stopped it, so that ``atexit`` never runs there; the lifespan protocol does.
    """

    async def wrapped(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        else:
            await application(scope, receive, send)

    return wrapped


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await sync_to_async(dispatchers.close, thread_sensitive=False)()
            await send({"type": "lifespan.shutdown.complete"})
            return
