"""Whether threads run in this process as we need them: not in every server."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_made_at_import = threading.Lock()  # handler imports this, so: when the site is loaded


def why_late() -> str:
    """What locks and connections suffer from in this process; empty where they don't.

    gevent and eventlet put their own locks in the place of Python's. One that was made before, by
    Django or by us, holds up the whole process instead of one request.
    """
    if type(threading.Lock()) is type(_made_at_import):
        return ""
    return (
        "Python's threads were replaced, as by gevent, after the site was loaded: requests may "
        "fail or hang. Load it afterwards: gunicorn without --preload."
    )


ALWAYS_THREADS = (2, 0, 27)
"""The uWSGI of which we know that it runs threads without being told to. 2.0.23 does not."""


OFF = {"false", "no", "0", "off"}


def why_none() -> str:
    """Why no thread runs here between two requests; empty where they do, which is nearly always.

    uWSGI used to keep Python's lock to itself between requests unless told otherwise: then a thread
    that we start gets no further than the request that started it.
    """
    try:
        import uwsgi  # there inside of its processes only
    except ImportError:
        return ""
    options = {_text(name): _text(value) for name, value in uwsgi.opt.items()}
    if _version(_text(uwsgi.version)) >= ALWAYS_THREADS or _asks_for_threads(options):
        return ""
    return "uWSGI runs no threads of the site's: start it with --enable-threads."


def _asks_for_threads(options: Mapping[str, str]) -> bool:
    is_enabled = options.get("enable-threads", "off").lower() not in OFF
    # `gevent` has its own switching, and turns threads on for it.
    return is_enabled or "threads" in options or "gevent" in options


def _version(text: str) -> tuple[int, ...]:
    parts = (part.partition("-")[0] for part in text.split("."))
    return tuple(int(part) for part in parts if part.isdecimal())


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
