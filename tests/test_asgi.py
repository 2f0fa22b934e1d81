"""What ``drain_on_shutdown`` says to a server, and to the application that it wraps."""

from __future__ import annotations

import asyncio

import pytest

from django_share_analytics import asgi

UP, DOWN = {"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}
IS_UP, IS_DOWN = {"type": "lifespan.startup.complete"}, {"type": "lifespan.shutdown.complete"}
UP_FAILED, DOWN_FAILED = {"type": "lifespan.startup.failed"}, {"type": "lifespan.shutdown.failed"}
DRAINED = "drained"


@pytest.fixture
def happened(monkeypatch):
    """What was said and done, in that order."""
    happened = []
    monkeypatch.setattr(asgi.dispatchers, "close", lambda: happened.append(DRAINED))
    return happened


def live(application, happened, messages=(UP, DOWN)):
    """What a server does with an application from its start to its end."""
    waiting = list(messages)

    async def receive():
        return waiting.pop(0)

    async def send(message):
        happened.append(message)

    scope = {"type": "lifespan", "state": {}}
    asyncio.run(asgi.drain_on_shutdown(application)(scope, receive, send))
    return scope


def speaking(*answers, then=None):
    """An application that answers each message of the server's with the next of ``answers``."""

    async def application(scope, receive, send):
        scope["state"]["was_asked"] = True
        for answer in answers:
            await receive()
            await send(answer)
        if then:
            raise then

    return application


async def like_django(scope, receive, send):
    raise ValueError("Django can only handle ASGI/HTTP connections, not lifespan.")


async def deaf(scope, receive, send):
    return


async def startled(scope, receive, send):
    """It fails when it sees what kind of message that is, which is gone for the next reader."""
    assert (await receive())["type"].startswith("http")


@pytest.mark.parametrize("application", [like_django, deaf, startled])
def test_lifespan__when_the_application_does_not_speak_it(application, happened, caplog):
    live(application, happened)
    assert happened == [IS_UP, DRAINED, IS_DOWN]
    assert caplog.text == ""


def test_lifespan__reaches_the_application_and_its_end_comes_first(happened):
    async def application(scope, receive, send):
        await speaking(IS_UP)(scope, receive, send)
        await receive()
        happened.append("its own end")
        await send(IS_DOWN)

    scope = live(application, happened)
    assert happened == [IS_UP, "its own end", DRAINED, IS_DOWN]
    assert scope["state"] == {"was_asked": True}


def test_lifespan__when_the_application_can_not_start(happened):
    with pytest.raises(OSError, match="no"):
        live(speaking(UP_FAILED, then=OSError("no")), happened, [UP])
    assert happened == [UP_FAILED]


def test_lifespan__when_the_end_of_the_application_fails(happened):
    with pytest.raises(OSError, match="no"):
        live(speaking(IS_UP, DOWN_FAILED, then=OSError("no")), happened)
    assert happened == [IS_UP, DRAINED, DOWN_FAILED]


@pytest.mark.parametrize("error", [None, OSError("it broke")])
def test_lifespan__when_the_application_leaves_before_the_end(error, happened, caplog):
    live(speaking(IS_UP, then=error), happened)
    assert happened == [IS_UP, DRAINED, IS_DOWN]
    assert ("it broke" in caplog.text) is bool(error)


def test_requests__go_to_the_application(happened):
    seen = []

    async def application(scope, receive, send):
        seen.append(scope["type"])

    asyncio.run(asgi.drain_on_shutdown(application)({"type": "http"}, None, None))
    assert (seen, happened) == (["http"], [])
