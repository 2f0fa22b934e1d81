from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django_share_analytics.management.person_command import PersonCommand
from django_share_analytics.management.progress import ProgressBar
from django_share_analytics.management.stopping import STOPPABLE
from django_share_analytics.upkeep import Erased, erase_person

if TYPE_CHECKING:
    from collections.abc import Mapping


class Command(PersonCommand):
    help = (
        "Forgets somebody: empties user, session, user agent, referrer and visitor in all their "
        "shares, also in what is set aside. Rows and counts stay. Safe to run again. "
        f"{STOPPABLE}"
    )
    once_stopped = (
        "What was emptied stays so, and the rest still says whose it is. Run it again: it goes on "
        "from there."
    )

    def work(self, who: Mapping[str, Any], options: Mapping[str, Any]) -> None:
        with ProgressBar(self.stderr, "Emptying", options["verbosity"]) as bar:
            erased = erase_person(**who, progress=bar.show)
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
