"""Growth, in a sign, in words and never made up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from django_share_analytics.admin import words

if TYPE_CHECKING:
    from typing import Literal

    Kind = Literal["more", "fewer", "same", "new", "none"]

MANY_TIMES = 10
"""From so many times on growth is a multiple, and no percentage."""
ARROWS = {"more": "▲", "fewer": "▼", "same": "=", "new": "★", "none": ""}


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a number. Its colour says nothing that its words don't."""

    kind: Kind
    sign: str
    """``+12.3%``; a word where there is no percentage."""
    words: str

    @property
    def arrow(self) -> str:
        return ARROWS[self.kind]


def change_between(before: int, after: int) -> Change:
    """From ``before`` to ``after``. Without anything before, there is no percentage."""
    if not before:
        if not after:
            return Change("none", _("none"), _("none before either"))
        return Change("new", _("new"), _("none before"))
    values = {"before": words.number(before)}
    if after >= MANY_TIMES * before:
        # Thousands of per cent say no more than that there was next to nothing before.
        sign = f"\N{MULTIPLICATION SIGN}{words.number(round(after / before))}"
    else:
        sign = words.signed_per_cent((after - before) / before)
    if after == before:
        return Change("same", sign, _("as many as before (%(before)s)") % values)
    if after > before:
        return Change("more", sign, _("more than %(before)s") % values)
    return Change("fewer", sign, _("fewer than %(before)s") % values)
