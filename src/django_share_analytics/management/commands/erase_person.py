from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError

from django_share_analytics.management.person_command import PersonCommand
from django_share_analytics.upkeep import Erased, erase_person


class Command(PersonCommand):
    help = (
        "Forgets somebody: empties user, session, user agent, referrer and visitor in all their "
        "shares, also in what is set aside. Rows and counts stay. Safe to run again."
    )

    def handle(self, *, user: str | None, session: str, verbosity: int, **options: Any) -> None:
        try:
            erased = erase_person(user=user, session=session)
        except ValueError as error:
            raise CommandError(str(error)) from error
        if verbosity:
            self.stdout.write(" ".join(_sentences(erased)))


def _sentences(erased: Erased) -> list[str]:
    said = [f"{erased.shares:,} shares emptied, {erased.set_aside:,} set aside."]
    if erased.unreadable:
        said.append(
            f"Of {erased.unreadable:,} set aside nobody can tell whose they are: look at them with "
            "set_aside_shares --payload."
        )
    if erased.waiting is None:
        said.append("What waits to be written can't be counted: run it again when that is.")
    elif erased.waiting:
        said.append(f"{erased.waiting:,} wait to be written: run it again when they are.")
    return said
