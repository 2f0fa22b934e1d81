"""``python -m tests.management.slow COMMAND``: manage.py of a site with a slow database, a few rows
at a time, so that a signal comes in the middle.

Where its standard input is a terminal, that one's Ctrl-C reaches it.
"""

from __future__ import annotations

import fcntl
import sys
import termios
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import django
from django.core.management import execute_from_command_line
from django.db.backends.signals import connection_created

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS_A_STATEMENT = 0.02


def take_the_terminal() -> None:
    if sys.stdin.isatty():
        fcntl.ioctl(sys.stdin.fileno(), termios.TIOCSCTTY, 0)


def slow_down(connection: Any, **kwargs: Any) -> None:
    connection.execute_wrappers.append(slowly)


def slowly(execute: Callable[..., Any], *arguments: Any) -> Any:
    time.sleep(SECONDS_A_STATEMENT)
    return execute(*arguments)


def make_portions_small() -> None:
    from django_share_analytics.files import exporting, importing
    from django_share_analytics.sql.statements import MAX_PARAMETERS
    from django_share_analytics.upkeep import persons, verification
    from django_share_analytics.virality import finding
    from django_share_analytics.writing import replay

    importing.LINES_A_BATCH = exporting.PAGE_SIZE = 10
    persons.KEYS_WIDTH = MAX_PARAMETERS // 10
    verification.ROWS_AT_ONCE = 1
    finding.links_in_time = partial(finding.links_in_time, page=10)
    replay.ROWS_A_BATCH = 10


if __name__ == "__main__":
    take_the_terminal()
    connection_created.connect(slow_down)
    django.setup()
    make_portions_small()
    execute_from_command_line(sys.argv)
