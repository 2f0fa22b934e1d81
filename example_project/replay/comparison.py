"""Comparing what a site serves with what a file says."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .site import CACHE_SECONDS, CONNECTIONS, Shares

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from uuid import UUID

    from .sharefile import ShareFile
    from .site import Site

TOTAL = "(total)"
SHOWN = 40


@dataclass(frozen=True, slots=True)
class Difference:
    """A number that is not what it should be."""

    what: str
    platform: str
    expected: int
    served: int


def differences(what: str, expected: Counter[str], served: Shares) -> Iterator[Difference]:
    """Where ``served`` is not ``expected``: the total, then platform by platform."""
    numbers = {TOTAL: (expected.total(), served.total)}
    for platform in sorted(expected.keys() | served.by_platform.keys()):
        numbers[platform] = (expected[platform], served.by_platform[platform])
    for platform, (should, is_) in numbers.items():
        if should != is_:
            yield Difference(what, platform, should, is_)


def compare_apps(
    file: ShareFile, site: Site, progress: Callable[[int], object]
) -> list[Difference]:
    """The differences of every app's served count, to be called once the totals have settled."""
    settled = time.monotonic()
    time.sleep(1)  # ages are whole seconds: now 'counted before' and 'counted after' can't be mixed

    def compare(entry: tuple[str, Counter[str]]) -> list[Difference]:
        item, expected = entry
        served = counted_after(settled, site, file.app_id(item), expected)
        progress(1)
        return list(differences(item, expected, served))

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return [each for found in pool.map(compare, file.by_item().items()) for each in found]


def compare_stored(file: ShareFile, stored: Mapping[UUID, Counter[str]]) -> list[Difference]:
    """The differences of the stored counts: a served one may be right only by being old."""
    nothing: Counter[str] = Counter()
    return [
        each
        for item, expected in file.by_item().items()
        for each in differences(
            f"{item}, stored", expected, Shares.of(stored.get(file.app_id(item), nothing))
        )
    ]


def counted_after(settled: float, site: Site, app_id: UUID, expected: Counter[str]) -> Shares:
    """The count of an app; one from before ``settled`` is only taken when it is right.

    Counts are cached by each worker of the server. One that somebody has asked for while its shares
    were still coming in is wrong until it expires: that is waited for.
    """
    while True:
        served = site.share_count(app_id)
        is_older = served.age + 1 > time.monotonic() - settled
        if not is_older or not any(differences("", expected, served)):
            return served
        time.sleep(max(1, CACHE_SECONDS - served.age))


def table(found: list[Difference]) -> str:
    """``found`` for people to read; the first of them when there are many."""
    head = ("where", "platform", "expected", "served", "difference")
    rows = [
        (each.what, each.platform, f"{each.expected:,}", f"{each.served:,}",
         f"{each.served - each.expected:+,}")
        for each in found[:SHOWN]
    ]  # fmt: skip
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = [
        "  ".join(
            [*(cell.ljust(w) for cell, w in zip(row[:2], widths[:2], strict=True)),
             *(cell.rjust(w) for cell, w in zip(row[2:], widths[2:], strict=True))]
        ).rstrip()
        for row in (head, *rows)
    ]  # fmt: skip
    if len(found) > SHOWN:
        lines.append(f"… and {len(found) - SHOWN:,} more")
    return "\n".join(lines)
