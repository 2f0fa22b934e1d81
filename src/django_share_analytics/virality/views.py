"""How often things were seen, as the host says: the setting ``SHARE_VIEWS``.

It names a function ``views(app, start, end)`` that returns a mapping of days to numbers: the views
of ``app``, the key of an app, or of the whole site for ``None``, on each day from ``start`` to
``end``, both included, in the reporting zone. Days that it leaves out had none.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date, datetime
from operator import index
from typing import TYPE_CHECKING, Any

from django.db import router

from django_share_analytics.conf import SETTING, get_settings
from django_share_analytics.host.hooks import function_at
from django_share_analytics.models import Share
from django_share_analytics.repeats import repeats
from django_share_analytics.sql.transactions import without_harm_to_a_transaction
from django_share_analytics.virality.intervals import rate, rate_of_shares
from django_share_analytics.virality.results import ViewsTravel
from django_share_analytics.wording import describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_share_analytics.periods import DayRange
    from django_share_analytics.virality.cohort import Cohort

logger = logging.getLogger(__name__)

NUMBERS = range(2**63)
SHARE_VIEWS_PATH = f'{SETTING}["SHARE_VIEWS"]'


def views_by_day(app: Any, days: DayRange) -> dict[date, int] | None:
    """The views of each of these days; ``None`` where nobody says, or what is said is no use.

    ``app`` is a key, or ``None`` for the whole site. Never raises: what the function of the host
    does wrong is in the log, once a minute.
    """
    path = get_settings().share_views
    if not path:
        return None
    try:
        with without_harm_to_a_transaction(router.db_for_read(Share)):
            said = function_at(path, SHARE_VIEWS_PATH)(app, days.start, days.end)
        return _checked(said, days)
    except Exception as error:  # whatever the host's function raises
        if repeats.of(SHARE_VIEWS_PATH):
            logger.warning(
                "%s: %r says nothing of views: %s", SHARE_VIEWS_PATH, path, describe(error)
            )
        return None


def travel_of_views(
    cohort: Cohort, shares: Sequence[int], visits: Sequence[int]
) -> ViewsTravel | None:
    """Shares and visits beside views. ``None`` where views are not known.

    ``shares`` and ``visits`` are those of each matured day of the cohort.
    """
    if cohort.matured is None:
        return None
    said = views_by_day(cohort.question.app, cohort.matured)
    if said is None:
        return None
    views = list(said.values())
    return ViewsTravel(
        views=sum(views),
        shares_per_thousand_views=rate_of_shares(shares, views).times(1_000),
        part_of_views=rate(visits, views, shares, is_proportion=True),
    )


def _checked(said: object, days: DayRange) -> dict[date, int]:
    """The numbers of all of these days, in their order; of others nothing.

    :raises TypeError: it is no mapping of days to whole numbers.
    :raises ValueError: a number is below 0.
    """
    if not isinstance(said, Mapping):
        raise TypeError(f"it must return a mapping of days, not {type(said).__name__}.")
    for day, n in said.items():
        if not isinstance(day, date) or isinstance(day, datetime):
            raise TypeError(f"{type(day).__name__} is not a day: it must be a datetime.date.")
        if index(n) not in NUMBERS:
            raise ValueError("a number of views is below 0, or larger than any can be.")
    return {day: index(said.get(day, 0)) for day in days}
