"""Whether shares get on well: what is a warning, what is critical, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from typing import TYPE_CHECKING

from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from django_share_analytics import outcomes
from django_share_analytics.events import utc_now

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from django_share_analytics.status.reports import DispatcherReport, Records


class Level(IntEnum):
    """As monitors know it: also the exit status of ``share_analytics_status``."""

    OK = 0
    WARNING = 1
    CRITICAL = 2


@dataclass(frozen=True, slots=True)
class Limits:
    """From which value on a figure is a warning, and critical. ``None``: it never is."""

    warning: float | None = None
    critical: float | None = None

    def level(self, value: float) -> Level:
        if self.critical is not None and value >= self.critical:
            return Level.CRITICAL
        if self.warning is not None and value >= self.warning:
            return Level.WARNING
        return Level.OK


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What is bad, and how bad. Every site has its own idea of some of it."""

    age: Limits = Limits(60, 600)
    """Seconds since the oldest share that waits was accepted."""
    waiting: Limits = Limits(10_000, 100_000)
    """Shares that wait in a dispatcher."""
    set_aside: Limits = Limits(1)
    """Shares in the table of those set aside."""
    lost: Limits = Limits(1)
    """Shares lost in the hours looked back on (see :data:`.outcomes.LOSSES`)."""
    set_aside_full: Limits = Limits(critical=1)
    """Of these, shares that were to be set aside where there was no room."""
    silence: Limits = Limits()
    """Seconds since the newest recorded share was accepted."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it should be."""

    level: Level
    code: str
    """What kind of problem, for programs. Never changes its meaning."""
    message: str
    dispatcher: str = ""
    """The alias of the dispatcher that has it, if one has."""


def problems(
    reports: Iterable[DispatcherReport],
    records: Records | None,
    thresholds: Thresholds,
    now: datetime,
) -> list[Problem]:
    """What is not as it should be, in what the dispatchers and the database say."""
    found = [problem for report in reports for problem in _of(report, thresholds, now)]
    if records is not None:
        found.extend(_of_what_arrives(records, thresholds, now))
    return found


def database_problem(error: str) -> Problem:
    """The database could not be read."""
    text = _("The database can't be read: %(error)s")
    return Problem(Level.CRITICAL, "database", text % {"error": error})


def _of(report: DispatcherReport, thresholds: Thresholds, now: datetime) -> Iterator[Problem]:
    """What is wrong with a dispatcher."""
    alias, status = report.alias, report.status
    if status is None:
        # While the default one works, the other is not needed.
        level = Level.CRITICAL if alias == "default" else Level.WARNING
        text = _("The dispatcher “%(alias)s” can't say how it is: %(error)s")
        yield Problem(level, "dispatcher", text % {"alias": alias, "error": report.error}, alias)
        return
    if status.is_left_alone:
        text = _("The broker of “%(alias)s” is away, and will be asked again soon: %(error)s")
        values = {"alias": alias, "error": status.last_error}
        yield Problem(Level.WARNING, "left_alone", text % values, alias)
    elif status.last_error:
        text = _("The dispatcher “%(alias)s” had an error: %(error)s")
        values = {"alias": alias, "error": status.last_error}
        yield Problem(Level.WARNING, "error", text % values, alias)
    age = report.age(now)
    if age is not None and (level := thresholds.age.level(age)):
        text = _("In the dispatcher “%(alias)s” a share has been waiting for %(age)s.")
        yield Problem(level, "age", text % {"alias": alias, "age": duration(age)}, alias)
    if status.waiting and (level := thresholds.waiting.level(status.waiting)):
        text = _("In the dispatcher “%(alias)s” %(n)d shares wait.")
        yield Problem(level, "waiting", text % {"alias": alias, "n": status.waiting}, alias)
    if status.readers == 0:
        level = Level.CRITICAL if status.waiting else Level.WARNING
        text = _("Nobody takes shares out of the queue of “%(alias)s”: no worker reads it.")
        yield Problem(level, "no_reader", text % {"alias": alias}, alias)
    if n := status.bad_files:
        text = ngettext(
            "The dispatcher “%(alias)s” kept %(n)d file that can't be read as shares: %(path)s",
            "The dispatcher “%(alias)s” kept %(n)d files that can't be read as shares: %(path)s",
            n,
        )
        text %= {"alias": alias, "n": n, "path": status.bad_files_at}
        yield Problem(Level.WARNING, "bad_files", text, alias)


def _of_what_arrives(records: Records, thresholds: Thresholds, now: datetime) -> Iterator[Problem]:
    """What is wrong with what arrives."""
    level = max(
        thresholds.lost.level(records.lost),
        thresholds.set_aside_full.level(records.not_recorded.get(outcomes.SET_ASIDE_FULL, 0)),
    )
    if level:
        text = ngettext(
            "%(n)d share was lost in the last 24 hours.",
            "%(n)d shares were lost in the last 24 hours.",
            records.lost,
        )
        yield Problem(level, "lost", text % {"n": records.lost})
    if level := thresholds.set_aside.level(records.set_aside):
        n = records.set_aside
        text = ngettext("%(n)d share is set aside.", "%(n)d shares are set aside.", n)
        yield Problem(level, "set_aside", text % {"n": n})
    if records.last_recorded is not None:
        silence = (now - records.last_recorded).total_seconds()
        if level := thresholds.silence.level(silence):
            text = _("No share was recorded for %(age)s.")
            yield Problem(level, "silence", text % {"age": duration(silence)})


def duration(seconds: float) -> str:
    """A length of time in words, in the largest unit that it fills."""
    if seconds < 60:
        return ngettext("%(n)d second", "%(n)d seconds", int(seconds)) % {"n": int(seconds)}
    then = utc_now()
    return timesince(then - timedelta(seconds=seconds), then, depth=1).replace("\xa0", " ")
