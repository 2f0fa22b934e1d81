"""Dispatchers can be made, find themselves in order, and lose nothing that they accept."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import ImproperlyConfigured

from django_share_analytics.checks.settings import is_in_production
from django_share_analytics.conf import get_settings
from django_share_analytics.dispatch.handler import make_dispatcher
from django_share_analytics.wording import describe


def check_dispatchers(**kwargs: Any) -> list[CheckMessage]:
    """E003: every dispatcher can be imported, takes its options, and finds itself in order."""
    try:
        configured = get_settings().dispatchers.values()
    except ImproperlyConfigured:
        return []  # E002 says so
    messages: list[CheckMessage] = []
    for config in configured:
        try:
            messages.extend(make_dispatcher(config).check())
        except Exception as error:  # a dispatcher may be the host's, and so may what it raises
            is_clear = isinstance(error, ImproperlyConfigured)
            problem = str(error) if is_clear else f"{config.path} raises {describe(error)}"
            hint = f"Correct {config.path} in your settings."
            messages.append(Error(problem, hint=hint, id="share_analytics.E003"))
    return messages


DURABILITY = {
    "default": ("share_analytics.W001", ""),
    "fallback": ("share_analytics.W003", " while it stood in as the fallback"),
}


def check_durability(**kwargs: Any) -> list[CheckMessage]:
    """W001 and W003: in production, an accepted share outlives the process that took it."""
    if not is_in_production():
        return []
    return [
        Warning(
            f"{name} is not durable: a process that is killed, or a machine that fails, takes "
            f"along what it had accepted and not yet written{when}.",
            hint='A BufferedDispatcher keeps shares in a directory, "OPTIONS": {"journal": '
            '"/var/lib/…"}; others keep them in a broker or write at once. If losing some is '
            f'all right, add "{id}" to SILENCED_SYSTEM_CHECKS.',
            id=id,
        )
        for alias, (id, when) in DURABILITY.items()
        if (name := _not_durable(alias))
    ]


def _not_durable(alias: str) -> str:
    """The class of the dispatcher that forgets shares with its process, if it is such a one."""
    try:
        config = get_settings().dispatchers.get(alias)
        dispatcher = make_dispatcher(config) if config else None
    except Exception:
        return ""  # E002 or E003 says so
    return "" if dispatcher is None or dispatcher.is_durable else type(dispatcher).__name__
