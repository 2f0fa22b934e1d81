"""The verdict on what is on links: acknowledged ⊆ stored ⊆ sent, each step once, facts that follow,
every count equal to its rows, and nothing that waits any more.

``python -m tests.crash.steps_judge FILE SECONDS`` reads what was sent, waits for what was accepted
of it, shares too, as :mod:`.judge` does, and says what is missing and what is too much.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tests.crash import judge
from tests.crash.load import RESHARE, read, write_down
from tests.crash.travellers import BROWSER, FETCHER, NETWORK, OWN, PREVIEW, VISIT, address_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.crash.load import Sent
    from tests.crash.site import Site


@dataclass(frozen=True, slots=True)
class StepsVerdict:
    stored: int
    lost: list[str]
    never_sent: list[str]
    """Stored although nobody did that: those of the sharer's own, too."""
    wrong_counts: list[str]
    overdue: int
    """Those that waited although their share was there, and were taken up in the end."""
    waiting: int

    def check(self) -> None:
        assert self.stored, "nothing was stored: nothing is proven"
        assert not self.lost, f"{len(self.lost)} lost: {self.lost[:3]}"
        assert not self.never_sent, f"{len(self.never_sent)} too many: {self.never_sent[:3]}"
        assert not self.wrong_counts
        assert self.waiting == 0


def judge_steps(site: Site) -> StepsVerdict:
    path = site.folder / "steps"
    write_down(str(path), site.sent)
    said = site.ask("tests.crash.steps_judge", str(path), str(judge.PATIENCE_SECONDS))
    return StepsVerdict(**json.loads(said))


def rows_of(sent: Sent) -> set[UUID]:
    """The rows that one request leads to."""
    from django.http import HttpRequest

    from django_share_analytics.links.accepting import seen
    from django_share_analytics.steps import FACT_OF, fact_id

    if sent.kind in ("", OWN):
        return set()
    share = UUID(sent.of)
    if sent.kind == RESHARE:
        return {UUID(sent.id), fact_id(share, FACT_OF[RESHARE])}
    request = HttpRequest()
    request.META["HTTP_USER_AGENT"] = FETCHER if sent.kind == PREVIEW else BROWSER
    request.META["HTTP_X_FORWARDED_FOR"] = address_of(sent.id)
    detail = NETWORK if sent.kind == PREVIEW else ""
    event = seen(request, share, sent.kind, None, detail=detail)
    if sent.kind == VISIT:
        assert event.click_id is not None, "nobody knows who came: nothing can be told"
        return {event.id, event.click_id, fact_id(share, FACT_OF[VISIT])}
    return {event.id}


def _all_rows(sent: Iterable[Sent]) -> set[UUID]:
    return set().union(*map(rows_of, sent))


def _stored() -> set[UUID]:
    from django_share_analytics.models import LinkStep

    return set(LinkStep.objects.values_list("id", flat=True))


def _stored_with_shares() -> set[UUID]:
    from django_share_analytics.models import Share

    return _stored() | set(Share.objects.values_list("id", flat=True))


def main() -> None:
    import django

    django.setup()
    from django_share_analytics.links.secret_reader import secret_reader
    from django_share_analytics.models import WaitingStep
    from django_share_analytics.places import here
    from django_share_analytics.writing.tending import take_up_overdue
    from tests.factories import steps_counted_by_hand, stored_step_counts

    secret_reader.read(here())
    sent = list(read(Path(sys.argv[1])))
    expected = _all_rows(each for each in sent if each.is_acknowledged)
    shares = {UUID(each.id) for each in sent if each.is_acknowledged and each.is_share}
    judge.wait_until_stored(expected | shares, _stored_with_shares, float(sys.argv[2]))
    overdue = take_up_overdue("default")
    stored = _stored()
    counts, by_hand = stored_step_counts(), steps_counted_by_hand()
    said: dict[str, Any] = {
        "stored": len(stored),
        "lost": sorted(map(str, expected - stored)),
        "never_sent": sorted(map(str, stored - _all_rows(sent))),
        "wrong_counts": [name for name in counts if counts[name] != by_hand[name]],
        "overdue": overdue,
        "waiting": WaitingStep.objects.count(),
    }
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()
