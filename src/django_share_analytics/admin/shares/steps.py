"""What became of one share, in a line."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from django_share_analytics import steps
from django_share_analytics.admin.words import number
from django_share_analytics.models import LinkStep

if TYPE_CHECKING:
    from django_share_analytics.models import Share

MOST = 10_000
"""So many steps are looked at: somewhere the page has to stop."""


def steps_line(share: Share) -> str:
    """The steps on its link by kind, in the order in which one leads to the next."""
    rows = LinkStep.objects.filter(share=share.pk).order_by()
    kinds = list(rows.values_list("kind", flat=True)[: MOST + 1])
    counts = Counter(kinds[:MOST])
    said = [in_words % {"number": number(n)} for n, in_words in _in_words(counts) if n]
    if not said:
        return _("nothing so far")
    line = ", ".join(said)
    return line if len(kinds) <= MOST else _("%(steps)s, and more") % {"steps": line}


def _in_words(counts: Counter[str]) -> list[tuple[int, str]]:
    """The numbers and what they are of; facts are left out, as the steps say them, too."""
    n = [counts[kind] for kind in (*steps.SEEN[:3], steps.RESHARE, steps.CONVERSION)]
    return [
        (n[0], ngettext("%(number)s preview", "%(number)s previews", n[0])),
        (n[1], ngettext("%(number)s click", "%(number)s clicks", n[1])),
        (n[2], ngettext("%(number)s visit", "%(number)s visits", n[2])),
        (n[3], ngettext("%(number)s re-share", "%(number)s re-shares", n[3])),
        (n[4], ngettext("%(number)s conversion", "%(number)s conversions", n[4])),
    ]
