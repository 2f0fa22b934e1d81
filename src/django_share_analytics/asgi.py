"""Draining under ASGI, where a server may end its process without running exit handlers."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import sync_to_async

from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.gates.turned_away import turned_away

logger = logging.getLogger(__name__)

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
ENDS = {"lifespan.shutdown.complete", "lifespan.shutdown.failed"}
LAST_WORDS = {*ENDS, "lifespan.startup.failed"}
"""After these a server has no more to say."""
# As loose as the protocol: every framework types its messages in its own way.
Application = Callable[[Any, Any, Any], Awaitable[None]]


def drain_on_shutdown(application: Application) -> Application:
    """Wrap an ASGI application, so that waiting shares are written when the server stops.

    In ``asgi.py``: ``application = drain_on_shutdown(get_asgi_application())``. Uvicorn ends with
    the signal that stopped it, so that ``atexit`` never runs there; the lifespan protocol does. An
    application that has a lifespan of its own, such as Starlette's, ends before that.
    """

    async def wrapped(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(application, scope, receive, send)
        else:
            await application(scope, receive, send)

    return wrapped


async def _lifespan(application: Application, scope: Message, receive: Receive, send: Send) -> None:
    """Let the application begin and end as it likes, and write what waits after its end.

    One that doesn't speak this protocol, as Django's own, fails at once: then all answers are ours.
    """
    unanswered: list[Message] = []
    said: set[str] = set()

    async def hear() -> Message:
        unanswered.append(await receive())
        return unanswered[-1]

    async def say(message: Message) -> None:
        unanswered.clear()
        said.add(message["type"])
        if message["type"] in ENDS:
            await _drain()
        await send(message)

    try:
        await application(scope, hear, say)
    except Exception:
        if said & LAST_WORDS:
            raise
        if said:
            logger.exception("The application left before the server did")
    if not said & LAST_WORDS:
        await _answer(unanswered, receive, send)


async def _answer(heard: list[Message], receive: Receive, send: Send) -> None:
    while True:
        message = heard.pop() if heard else await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await _drain()
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _drain() -> None:
    for close in (dispatchers.close, turned_away.close):
        await sync_to_async(close, thread_sensitive=False)()
