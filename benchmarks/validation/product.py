"""One run of a process through the package's own writer and answer: all numbers are the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from benchmarks.validation.coverage import (
    ACTIVE,
    REPRODUCTION,
    RESHARES,
    VISITS,
    cycle_times_of,
    rates_of,
)  # fmt: skip
from benchmarks.validation.processes import DAY, TOTAL
from benchmarks.validation.simulate import simulate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.random import Generator

    from benchmarks.validation.processes import Process
    from benchmarks.validation.simulate import Generation
    from django_share_analytics.events import Event

SHARES = 2_000
"""As many as a run has at most, about; of processes with more, fewer seeds a day are taken."""
BATCH = 1_000
FIRST_DAY = datetime(2026, 3, 1, tzinfo=ZoneInfo("Asia/Riyadh"))
"""Of the first process; each has days of its own, before those of the one before."""


class _Events:
    """What the package is told of a run."""

    def __init__(self, app: Any, start: datetime, dice: Generator) -> None:
        self.app, self.start, self.dice = app, start, dice
        self.events: list[tuple[float, Event]] = []
        self.via: list[UUID | None] = []

    def watch(self, generation: Generation) -> None:
        from django_share_analytics.events import LinkEvent, ShareEvent
        from django_share_analytics.steps import VISIT

        ids = [self._id() for _ in generation.times]
        via = self.via or [None] * len(ids)
        for id_, parent, time in zip(ids, via, generation.times.tolist(), strict=True):
            event = ShareEvent(self.app, "whatsapp", id_, self._at(time), via=parent)
            self.events.append((time, event))
        for number, delay in zip(generation.parents, generation.delays, strict=True):
            time = float(generation.times[number] + delay)
            visit = LinkEvent(ids[number], VISIT, self.app, self._id(), self._at(time))
            self.events.append((time, visit))
        self.via = [ids[number] for number in generation.parents[generation.shared]]

    def _id(self) -> UUID:
        return UUID(bytes=self.dice.bytes(16), version=4)

    def _at(self, seconds: float) -> datetime:
        return (self.start + timedelta(seconds=seconds)).astimezone(UTC)

    def batches(self) -> list[list[Event]]:
        in_time = [event for _, event in sorted(self.events, key=lambda each: each[0])]
        return [in_time[i : i + BATCH] for i in range(0, len(in_time), BATCH)]


def differences(processes: Sequence[Process], app: Any, dice: Generator) -> dict[str, str]:
    """By the name of a process, what is not the same; empty: all is."""
    found = {
        process.name: _difference(process, app, FIRST_DAY - timedelta(days=TOTAL * place), dice)
        for place, process in enumerate(processes)
    }
    return {name: text for name, text in found.items() if text}


def _difference(process: Process, app: Any, start: datetime, dice: Generator) -> str:
    from django_share_analytics.virality import share_virality
    from django_share_analytics.writing.writer import write_shares

    seeds = min(process.seeds, SHARES * (1 - process.reproduction) / TOTAL)
    told = _Events(app, start, dice)
    runs = simulate(replace(process, seeds=seeds), 1, dice, told.watch).matured()
    for batch in told.batches():
        write_shares(batch)
    answer = share_virality(now=start + timedelta(seconds=TOTAL * DAY - 1))
    counted = {
        name: int(getattr(runs, name).sum()) for name in ("shares", "visits", "reached", "reshares")
    }
    expected = (
        counted,
        [rates_of(runs, name)[0] for name in (ACTIVE, VISITS, RESHARES, REPRODUCTION)],
        cycle_times_of(runs)[0],
    )
    rates, reach = answer.rates, answer.reach
    said = (
        {name: getattr(reach, name) for name in counted},
        rates and [
            rates.active_shares, rates.visits_per_share, rates.reshare_rate, rates.reproduction
        ],
        answer.cycle_time,
    )  # fmt: skip
    return "" if str(said) == str(expected) else f"{said} instead of {expected}"
