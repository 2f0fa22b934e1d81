"""What an answer about a cohort consists of."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from django_share_analytics.periods import DayRange
    from django_share_analytics.stats import Reach
    from django_share_analytics.virality.cohort import Cohort


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate with its 95 % interval, or as much of it as the data carry.

    With too few shares to say anything all three are ``None``; with too few events ``high`` alone
    is known: "at most".
    """

    value: float | None
    low: float | None
    high: float | None
    of: int
    """The events that it rests on: visits, re-shares, conversions…"""

    @property
    def is_known(self) -> bool:
        return self.value is not None

    @property
    def is_bounded(self) -> bool:
        """Whether it is "at most ``high``"."""
        return self.value is None and self.high is not None

    def times(self, factor: float) -> Rate:
        """The same in another unit, as per 100 shares."""
        scaled = [None if x is None else x * factor for x in (self.value, self.low, self.high)]
        return replace(self, value=scaled[0], low=scaled[1], high=scaled[2])


NOTHING_KNOWN = Rate(None, None, None, 0)


@dataclass(frozen=True, slots=True)
class Rates:
    """What shares bring, each with how sure that is."""

    active_shares: Rate
    """Shares by which somebody came, of all shares."""
    clicks_per_share: Rate
    visits_per_share: Rate
    reshare_rate: Rate
    """Re-shares per visit."""
    reproduction: Rate
    """R(w): re-shares within the window per share. At least that, as tabs lose the way."""
    conversions_per_100_shares: Rate


@dataclass(frozen=True, slots=True)
class PlatformTravel:
    """What the shares on one platform brought."""

    platform: str
    shares: int
    visits: int
    visits_per_share: Rate


@dataclass(frozen=True, slots=True)
class AppTravel:
    """What the shares of one app brought."""

    app_id: Any
    app_name: str
    shares: int
    visits: int
    visits_per_share: Rate


@dataclass(frozen=True, slots=True)
class WeekTravel:
    """What the shares of seven days brought."""

    start: date
    end: date
    shares: int
    visits: int
    visits_per_share: Rate


@dataclass(frozen=True, slots=True)
class CycleTime:
    """How long it takes from a share to those it led to: the median of those within the window."""

    median: float | None
    """In seconds, as the next two, its 95 % interval. ``None``: too few re-shares."""
    low: float | None
    high: float | None
    of: int
    """Re-shares within the window."""
    counts: Sequence[tuple[int, int]]
    """Upper edges of their ages in seconds, with the re-shares up to each since the one before."""


@dataclass(frozen=True, slots=True)
class PlacementTravel:
    """What the buttons at one place on the pages did."""

    placement: str
    views: int
    """How often they came into sight, estimated from a sample; 0 where that is not measured."""
    shares: int
    visits: int
    shares_per_thousand_views: Rate
    visits_per_share: Rate


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which placements differ, by the last complete block of 28 days."""

    block: DayRange | None
    """The days that it is about; ``None``: no block is complete that had placements."""
    decides_on: date
    """When the block that is not over yet will be looked at."""
    ahead: Sequence[tuple[str, str]] = ()
    """Pairs of placements of which the first earned more shares per view than the second."""


@dataclass(frozen=True, slots=True)
class ViewsTravel:
    """Shares and visits beside how often the host says that its things were seen."""

    views: int
    shares_per_thousand_views: Rate
    part_of_views: Rate
    """Visits by shares, of all views."""


@dataclass(frozen=True, slots=True)
class Cascade:
    """A share, and all that were made by those who came by it, and by those who came by these."""

    root_id: UUID
    app_id: Any
    app_name: str
    platform: str
    started_at: datetime
    size: int
    """Shares, the root included."""
    depth: int
    """Steps from the root to the share that is farthest from it."""
    structural_virality: float
    """The mean distance between two shares of it (Goel, Anderson, Hofman, Watts 2015)."""
    parents: Sequence[int] = ()
    """For each share after the root, the place of its parent among all, the root's being 0; a
    parent comes before its children. Empty where the cascade is too large to be drawn."""


@dataclass(frozen=True, slots=True)
class Cascades:
    """The largest cascades of a period, and how many there are."""

    made_at: datetime
    """When they were looked for."""
    start: date
    end: date
    """The days on which they began."""
    roots: int
    """Shares that began one, alone or not."""
    forwarded: int
    """Those of them that led to another share."""
    largest: Sequence[Cascade] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Virality:
    """How far the shares of a cohort travelled.

    All of it is about the matured days and what happened within the window. Where there are no
    such days, ``reach`` and ``rates`` are ``None`` and the rest is empty. About a single app some
    things are not counted: these are ``None``.
    """

    cohort: Cohort
    reach: Reach | None = None
    rates: Rates | None = None
    multiplier: float | None = None
    """Shares per root share, "at least": 1 / (1 - re-shares / shares)."""
    largest_share_of_visits: float | None = None
    """The part of all visits that a single share brought; ``None``: not known."""
    cycle_time: CycleTime | None = None
    platforms: Sequence[PlatformTravel] = ()
    """Ordered by the lower end of visits per share; those without one last, by visits."""
    previews: Mapping[str, int] | None = field(default_factory=dict)
    """Previews by the network that fetched, most first."""
    visits_in: Mapping[str, int] | None = field(default_factory=dict)
    """Visits inside of networks' apps, most first."""
    goals: Mapping[str, int] | None = field(default_factory=dict)
    """Conversions by goal, most first; of one app they are not told apart: ``None``."""
    apps: Sequence[AppTravel] | None = ()
    """Ordered as platforms."""
    weeks: Sequence[WeekTravel] = ()
    """Whole weeks up to the last matured day, the first one first."""
    placements: Sequence[PlacementTravel] | None = ()
    verdict: Verdict | None = None
    """Where there are placements."""
    views: ViewsTravel | None = None
    """Where the host says how often its things are seen (setting ``SHARE_VIEWS``)."""
    cascades: Cascades | None = None
    """``None``: nobody has looked, and they are too many to look now; see ``find_cascades``."""
