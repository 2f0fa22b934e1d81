"""An event on its way through the gates."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from django_share_analytics import outcomes
from django_share_analytics.conf import SETTING, get_settings
from django_share_analytics.exceptions import Throttled
from django_share_analytics.gates.turned_away import turned_away
from django_share_analytics.wording import describe

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from django_share_analytics.events import Event

_Event = TypeVar("_Event", bound="Event")

GATES_PATH = f'{SETTING}["GATES"]'
REASON = re.compile(rf"[a-z0-9_]{{1,{outcomes.MAX_REASON_LENGTH}}}")


def pass_gates(event: _Event, request: HttpRequest | None) -> _Event | str:
    """The event that is to be accepted, or the reason why none is. That is counted already.

    :raises Throttled: it may come again later. This is counted, too.
    :raises ImproperlyConfigured: a gate can't be used.
    :raises Exception: whatever a gate of the host's raises.
    """
    for gate in gates_at(get_settings().gates):
        try:
            said = gate(event, request)
        except Throttled:
            turned_away.note(outcomes.LIMITED)
            raise
        if said is None:
            continue
        if isinstance(said, str):
            _require(REASON.fullmatch(said), gate, said)
            turned_away.note(said)
            return said
        _require(type(said) is type(event) and said.id == event.id, gate, said)
        event = said
    return event


@lru_cache(maxsize=4)
def gates_at(paths: tuple[str, ...]) -> tuple[Callable[[Any, HttpRequest | None], Any], ...]:
    """The functions that are there.

    :raises ImproperlyConfigured: one can't be imported, or called.
    """
    return tuple(_gate_at(path) for path in paths)


def _gate_at(path: str) -> Callable[[Any, HttpRequest | None], Any]:
    try:
        gate: Callable[..., Any] = import_string(path)
    except Exception as error:  # the host's own code runs here
        raise ImproperlyConfigured(
            f"{GATES_PATH}: {path!r} can't be used: {describe(error)}."
        ) from error
    if not callable(gate):
        raise ImproperlyConfigured(f"{GATES_PATH}: {path!r} can't be called.")
    return gate


def _require(is_right: object, gate: object, said: object) -> None:
    if not is_right:
        raise TypeError(
            f"{GATES_PATH}: {gate!r} gave {type(said).__name__}, see its documentation."
        )
