from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django_share_analytics.management.person_command import PersonCommand
from django_share_analytics.upkeep import Erased, erase_person

if TYPE_CHECKING:
    from collections.abc import Mapping


class Command(PersonCommand):
    help = (
        "Forgets somebody: empties user, session, user agent, referrer and visitor in all their "
        "shares, also in what is set aside. Rows and counts stay. Safe to run again."
    )

    def work(self, who: Mapping[str, Any], options: Mapping[str, Any]) -> None:
        erased = erase_person(**who)
        if options["verbosity"]:
            self.stdout.write(" ".join(_sentences(erased)))


def _sentences(erased: Erased) -> list[str]:
    said = [f"Emptied: {erased.shares:,} share(s), {erased.set_aside:,} set aside."]
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
