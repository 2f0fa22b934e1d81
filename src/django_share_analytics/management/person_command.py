"""What ``erase_person`` and ``export_person`` have in common: whom they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.management.base import BaseCommand

if TYPE_CHECKING:
    from argparse import ArgumentParser


class PersonCommand(BaseCommand):
    """A command about a user or a session."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        who = parser.add_mutually_exclusive_group(required=True)
        who.add_argument("--user", metavar="KEY", help="the primary key of the user")
        who.add_argument(
            "--session", default="", metavar="ID", help="a session id, as it is stored"
        )
