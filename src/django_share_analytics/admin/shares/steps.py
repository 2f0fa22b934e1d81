"""What became of one share, in a line."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from django_share_analytics import steps
from django_share_analytics.admin.words import number
from django_share_analytics.models import LinkStep

if TYPE_CHECKING:
    from django_share_analytics.models import Share

MOST = 10_000
"""So many steps are looked at: somewhere the page has to stop."""

IN_WORDS = {
    steps.PREVIEW: ngettext_lazy("%(number)s preview", "%(number)s previews", "n"),
    steps.CLICK: ngettext_lazy("%(number)s click", "%(number)s clicks", "n"),
    steps.VISIT: ngettext_lazy("%(number)s visit", "%(number)s visits", "n"),
    steps.RESHARE: ngettext_lazy("%(number)s re-share", "%(number)s re-shares", "n"),
    steps.CONVERSION: ngettext_lazy("%(number)s conversion", "%(number)s conversions", "n"),
}
"""In the order in which one leads to the next. Facts are left out, as the steps say them, too."""


def steps_line(share: Share) -> str:
    """The steps on its link by kind, in the order in which one leads to the next."""
    rows = LinkStep.objects.filter(share=share.pk).order_by()
    kinds = list(rows.values_list("kind", flat=True)[: MOST + 1])
    counts = Counter(kinds[:MOST])
    said = [
        in_words % {"n": counts[kind], "number": number(counts[kind])}
        for kind, in_words in IN_WORDS.items()
        if counts[kind]
    ]
    if not said:
        return _("nothing so far")
    line = ", ".join(said)
    return line if len(kinds) <= MOST else _("%(steps)s, and more") % {"steps": line}
