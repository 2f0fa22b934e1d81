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


def change_between(
    before: int, after: int, *, until: str = "", whole_before: int | None = None
) -> Change:
    """From ``before`` to ``after``. Without anything before, there is no percentage.

    ``until`` says up to when both sides count, where ``after`` is not the number beside it;
    ``whole_before`` what all of the period before has, where ``before`` is but a part of it.
    """
    values = {"before": words.number(before), "now": words.number(after), "until": until}
    if not before and whole_before:
        # Something was shared before, at a later hour than that which is compared.
        return Change("none", "", _("%(now)s %(until)s, none before by then") % values)
    if not before and not after:
        return Change("none", _("none"), _("none before either"))
    if not before:
        return Change("new", _("new"), _("none before"))
    kind: Kind = "same" if after == before else "more" if after > before else "fewer"
    return Change(kind, _sign(before, after), _words(kind, values))


def _sign(before: int, after: int) -> str:
    if after >= MANY_TIMES * before:
        # Thousands of per cent say no more than that there was next to nothing before.
        return f"\N{MULTIPLICATION SIGN}{words.number(round(after / before))}"
    return words.signed_per_cent((after - before) / before)


def _words(kind: Kind, values: dict[str, str]) -> str:
    if values["until"]:
        # The percentage is not of the total that stands above it: both of its numbers are named.
        # Translators: such as "717 by 9 p.m., 673 before".
        return _("%(now)s %(until)s, %(before)s before") % values
    if kind == "same":
        return _("as many as before (%(before)s)") % values
    if kind == "more":
        return _("more than %(before)s") % values
    return _("fewer than %(before)s") % values
