"""The two ways in which code of a host comes to run on an event loop."""

from __future__ import annotations

import asyncio

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import connections


def by_django(coroutine):
    """As in Django's tests, and in an async view under WSGI."""
    return async_to_sync(coroutine)()


def by_a_server(coroutine):
    """As an ASGI server, or pytest-asyncio: nobody waits for the loop."""

    async def serve():
        try:
            return await coroutine()
        finally:  # in the thread that sync_to_async has used
            await sync_to_async(connections.close_all)()

    return asyncio.run(serve())


RUNNERS = pytest.mark.parametrize("run", [by_django, by_a_server])
