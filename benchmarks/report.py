"""What was measured, as a table and in words."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.servers import CREATE, DRF, OURS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from benchmarks.measure import Measurement

AIM_TO_DRF, FLOOR_TO_DRF, AIM_TO_CREATE, AIM_P99_MS = 1.0, 0.85, 5.0, 10.0


def table(measurements: Mapping[str, Measurement]) -> str:
    head = "|   | candidate | requests/s | `POST shares` is | p50 ms | p99 ms | CPU µs |"
    rows = [_row(measurement, measurements[OURS.key]) for measurement in measurements.values()]
    return "\n".join([head, "|---|---|--:|--:|--:|--:|--:|", *rows])


def _row(measurement: Measurement, ours: Measurement) -> str:
    candidate = measurement.candidate
    ratio = "" if measurement is ours else f"{spread(ours.ratios(measurement))} of it"
    return (
        f"| {candidate.key} | {candidate.title} | {measurement.rate:,.0f} | {ratio} "
        f"| {measurement.percentile(50):.1f} | {measurement.percentile(99):.1f} "
        f"| {measurement.cpu_microseconds:.0f} |"
    )


def spread(ratios: list[float]) -> str:
    """The median, and the lowest and highest round."""
    return f"**{median(ratios):.2f}** ({min(ratios):.2f} to {max(ratios):.2f})"


def resolution(measurements: Mapping[str, Measurement]) -> str:
    ratios = measurements["b again"].ratios(measurements[DRF.key])
    return (
        "Resolution: the same empty DRF view in a second server came out at "
        f"{spread(ratios)} of the first."
    )


def aims(measurements: Mapping[str, Measurement]) -> Iterable[str]:
    ours = measurements[OURS.key]
    to_drf = median(ours.ratios(measurements[DRF.key]))
    to_create = median(ours.ratios(measurements[CREATE.key]))
    p99 = ours.percentile(99)
    yield aim(to_drf >= AIM_TO_DRF, f"as fast as an empty DRF view: {to_drf:.2f} of it")
    yield aim(to_drf >= FLOOR_TO_DRF, f"never under {FLOOR_TO_DRF} of it: {to_drf:.2f}")
    yield aim(to_create >= AIM_TO_CREATE, f"{AIM_TO_CREATE:.0f} times c: {to_create:.1f} times")
    yield aim(p99 < AIM_P99_MS, f"p99 under {AIM_P99_MS:.0f} ms at 80 %: {p99:.1f} ms")


def aim(is_met: bool, text: str) -> str:
    return f"- {'met' if is_met else 'MISSED'}: {text}"


def circumstances(database: str, *packages: str) -> str:
    """What a run depends on: ``packages`` are named with their versions beside Django's."""
    names = ("django", "djangorestframework", *packages)
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    return (
        f"Python {platform.python_version()}, {versions}, {database}, "
        f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}"
    )
