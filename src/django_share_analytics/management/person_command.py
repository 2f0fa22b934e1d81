"""What ``erase_person`` and ``export_person`` have in common: whom they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError

from django_share_analytics.management.stopping import StoppableCommand

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Mapping


class PersonCommand(StoppableCommand):
    """A command about a user or a session."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        who = parser.add_mutually_exclusive_group(required=True)
        who.add_argument("--user", metavar="KEY", help="the primary key of the user")
        who.add_argument(
            "--session", default="", metavar="ID", help="a session id, as it is stored"
        )

    def handle(self, *, user: str | None, session: str, **options: Any) -> None:
        try:
            self.work({"user": user, "session": session}, options)
        except ValueError as error:
            raise CommandError(str(error)) from error

    def work(self, who: Mapping[str, Any], options: Mapping[str, Any]) -> None:
        """``who`` is what the functions of :mod:`..upkeep` take.

        :raises ValueError: the key is none.
        """
        raise NotImplementedError
