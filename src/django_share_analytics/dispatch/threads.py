"""Whether threads of our own run in this process: not in every server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

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
