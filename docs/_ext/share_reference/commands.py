"""The management commands, as their parsers have them."""

from __future__ import annotations

import re
from argparse import SUPPRESS
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.management import find_commands, load_command_class
from django.core.management.base import BaseCommand

import django_share_analytics
from django_share_analytics.management.stopping import STOPPABLE

if TYPE_CHECKING:
    from argparse import Action, ArgumentParser

APP = django_share_analytics.__name__
MANAGEMENT = Path(django_share_analytics.__file__).parent / "management"
EXIT_STATUS = re.compile(r"\s*Exit status: (?P<text>[^.]+)\.")


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument: how it is written, and what it means, its default included."""

    written: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Command:
    """A command, what it says of itself."""

    name: str
    help: str
    exit_status: str
    """What each status means; empty where it is as everywhere."""
    arguments: list[Argument]


def names() -> list[str]:
    return sorted(find_commands(str(MANAGEMENT)))


def command(name: str) -> Command:
    """What a command's parser says of it."""
    loaded = load_command_class(APP, name)
    parser = loaded.create_parser("manage.py", name)
    status = EXIT_STATUS.search(loaded.help)
    return Command(
        name,
        _by_itself(loaded.help),
        status["text"] if status else "",
        [_argument(parser, action) for action in parser._actions if not _is_djangos(action)],
    )


def _by_itself(said: str) -> str:
    """Without what the page says of all commands, or in another place."""
    return EXIT_STATUS.sub("", said.replace(STOPPABLE, "")).strip()


def _is_djangos(action: Action) -> bool:
    return action.dest in _DJANGOS or action.help == SUPPRESS


_DJANGOS = {each.dest for each in BaseCommand().create_parser("manage.py", "any")._actions}


def _argument(parser: ArgumentParser, action: Action) -> Argument:
    meaning = parser._get_formatter()._expand_help(action)
    value = str(action.metavar or action.dest.upper())
    if not action.option_strings:
        return Argument(value.lower(), meaning)
    option = action.option_strings[0]
    return Argument(option if action.nargs == 0 else f"{option} {value}", meaning)
