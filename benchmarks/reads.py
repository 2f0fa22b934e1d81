"""``python -m benchmarks.reads``: what counts, statistics and pages cost as shares pile up.

In one database, which grows from size to size; beside the plain way, in the same run.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from benchmarks import report, workload
from benchmarks.database import make_apps, temporary_database
from tests import databases

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.http import HttpResponse
    from django.test import Client

SIZES = {"postgres": (10_000, 1_000_000, 10_000_000), "sqlite": (10_000, 1_000_000),
         "mariadb": (10_000, 1_000_000)}  # fmt: skip
DAYS = 90
COUNT, FIRST, AGAIN = "share-count", "statistics, first time", "statistics, again"
COUNTS_TABLES = ("appcount", "appplatformcount", "appday", "appplatformday", "sitehour")


@dataclass
class Answer:
    """How long it took, in seconds, time after time; and what it asked of the database."""

    name: str
    seconds: list[float]
    queries: int
    plain_seconds: list[float] = field(default_factory=list)
    kilobytes: float = 0.0

    @property
    def p50(self) -> float:
        return median(self.seconds)

    @property
    def p99(self) -> float:
        return quantiles(self.seconds, n=100, method="inclusive")[98]

    @property
    def times_as_fast(self) -> float:
        return median(self.plain_seconds) / self.p50


@dataclass
class Size:
    shares: int
    answers: dict[str, Answer] = field(default_factory=dict)
    share_bytes: int = 0
    count_bytes: int = 0

    def note(self, answer: Answer) -> None:
        self.answers[answer.name] = answer


def timed(work: Callable[[], object], n: int, before: Callable[[], object] = int) -> list[float]:
    seconds = []
    for _ in range(n):
        before()
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return seconds


def answered(
    name: str,
    work: Callable[[], object],
    n: int,
    *,
    before: Callable[[], object] = int,
    plain: Callable[[], object] | None = None,
    plain_times: int = 3,
) -> Answer:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    work()
    before()
    with CaptureQueriesContext(connection) as captured:
        work()
    queries = len(captured)  # a request that comes later forgets them
    return Answer(
        name,
        timed(work, n, before),
        queries,
        timed(plain, plain_times) if plain else [],
    )


def measure(shares: int, apps: Sequence[Any], client: Client) -> Size:
    from django.core.cache import cache

    from benchmarks import history, plain
    from django_share_analytics.events import utc_now
    from django_share_analytics.stats import share_count, share_stats

    history.grow_to(shares, apps)
    size, hottest, now = Size(shares), apps[0], utc_now()
    size.share_bytes, size.count_bytes = bytes_on_disk()
    size.note(
        answered(
            COUNT,
            lambda: share_count(hottest),
            200,
            plain=lambda: plain.share_count(hottest),
        )
    )
    plain_stats = {"plain": lambda: plain.stats(DAYS, now), "plain_times": 2}
    size.note(
        answered(FIRST, lambda: share_stats(days=DAYS), 20, before=cache.clear, **plain_stats)
    )
    again = answered(AGAIN, lambda: share_stats(days=DAYS), 50)
    again.plain_seconds = size.answers[FIRST].plain_seconds
    size.note(again)
    for name, address in addresses(hottest).items():
        before = int if name.endswith("again") else cache.clear
        answer = answered(name, lambda address=address: get(client, address), 10, before=before)
        answer.kilobytes = len(get(client, address).content) / 1_000
        size.note(answer)
    return size


def addresses(app: Any) -> dict[str, str]:
    """The calls and pages of the administration, by what they are called here."""
    from datetime import timedelta

    from django.urls import reverse

    from django_share_analytics.conf import reporting_zone
    from django_share_analytics.events import utc_now
    from django_share_analytics.periods import local_day

    today = local_day(utc_now(), reporting_zone())
    days = f"from={today - timedelta(days=6)}&to={today}"
    call, page = (
        reverse("share_analytics:admin-share-stats"),
        reverse("admin:share_analytics_sharestatistics_changelist"),
    )
    shares = reverse("admin:share_analytics_share_changelist")
    return {
        "GET admin/shares/stats": f"{call}?days={DAYS}",
        "GET admin/shares/stats, one app": f"{call}?days={DAYS}&app={app}",
        "GET admin/shares/stats, one platform": f"{call}?days={DAYS}&platform=reddit",
        "page: overview": page,
        "page: overview, again": page,
        f"page: overview, {DAYS} days": f"{page}?days={DAYS}",
        "page: one app": f"{page}?days={DAYS}&app={app}",
        "list: all": shares,
        "list: a rare platform": f"{shares}?platform=reddit",
        "list: a platform that nobody uses": f"{shares}?platform=bluesky",
        "list: the hottest app": f"{shares}?app={app}",
        "list: an app and a platform": f"{shares}?app={app}&platform=reddit",
        "list: a week": f"{shares}?{days}",
        "list: a session in a week": f"{shares}?{days}&q=nobody",
    }


def get(client: Client, address: str) -> HttpResponse:
    response = client.get(address)
    if response.status_code != 200:
        raise AssertionError(f"{address} answered {response.status_code}")
    return response


def bytes_on_disk() -> tuple[int, int]:
    """Of the shares, and of all counts together, both with their indexes; PostgreSQL alone."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0, 0
    with connection.cursor() as cursor:
        sizes = []
        for tables in (["share"], COUNTS_TABLES):
            names = [f"share_analytics_{table}" for table in tables]
            cursor.execute(
                "SELECT sum(pg_total_relation_size(n)) FROM unnest(%s::text[]) n", [names]
            )
            sizes.append(int(cursor.fetchone()[0]))
    return sizes[0], sizes[1]


def table(size: Size) -> str:
    lines = [
        "",
        f"### {size.shares:,} shares",
        "",
        "| | p50 ms | p99 ms | queries | kB | the plain way, ms | times as fast |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for answer in size.answers.values():
        plain = (
            f"{1000 * median(answer.plain_seconds):,.1f} | {answer.times_as_fast:,.0f}"
            if answer.plain_seconds
            else " | "
        )
        kilobytes = f"{answer.kilobytes:,.0f}" if answer.kilobytes else ""
        lines.append(
            f"| {answer.name} | {1000 * answer.p50:,.2f} | {1000 * answer.p99:,.2f} "
            f"| {answer.queries} | {kilobytes} | {plain} |"
        )
    if size.share_bytes:
        lines += [
            "",
            f"Shares {size.share_bytes / 1e6:,.0f} MB with their indexes, counts "
            f"{size.count_bytes / 1e6:,.0f} MB: {size.count_bytes / size.share_bytes:.1%}.",
        ]
    return "\n".join(lines)


def aims(sizes: Sequence[Size]) -> list[str]:
    smallest, largest = sizes[0], sizes[-1]
    count, first, again = (largest.answers[name] for name in (COUNT, FIRST, AGAIN))
    growth = count.p50 / smallest.answers[COUNT].p50
    found = [
        report.aim(growth <= 1.5, f"share-count stays flat (1.5 at most): {growth:.2f}"),
        report.aim(
            count.times_as_fast >= 100, f"share-count 100 x plain: {count.times_as_fast:,.0f}"
        ),
        report.aim(first.p50 < 0.4, f"statistics under 400 ms: {1000 * first.p50:.0f}"),
        report.aim(again.p50 < 0.05, f"again under 50 ms: {1000 * again.p50:.1f}"),
        report.aim(first.times_as_fast >= 10, f"uncached 10 x plain: {first.times_as_fast:.1f}"),
        report.aim(
            len({s.answers[name].queries for s in sizes for name in (FIRST,)}) == 1,
            "as many queries whatever the data",
        ),
    ]
    if largest.share_bytes:
        part = largest.count_bytes / largest.share_bytes
        found.append(report.aim(part < 0.15, f"counts under 15 % of the shares: {part:.1%}"))
    million = next((size for size in sizes if size.shares == 1_000_000), largest)
    overview = million.answers["page: overview"]
    lists = [answer for name, answer in million.answers.items() if name.startswith("list")]
    slowest = max(lists, key=lambda answer: answer.p50)
    return [
        *found,
        report.aim(
            overview.p50 < 0.15 and overview.queries <= 15 and overview.kilobytes < 150,
            f"overview at {million.shares:,}: 150 ms, 15 queries, 150 kB: "
            f"{1000 * overview.p50:.0f} ms, {overview.queries}, {overview.kilobytes:.0f} kB",
        ),
        report.aim(
            slowest.p50 < 0.1,
            f"every list under 100 ms: {slowest.name} takes {1000 * slowest.p50:.0f} ms",
        ),
    ]


def verified() -> bool:
    from django_share_analytics.upkeep.audit import audit_counts

    start = time.perf_counter()
    audit = audit_counts()
    print(
        f"\nverify_share_counts: {audit.found} differences in {time.perf_counter() - start:.0f} s"
    )
    return audit.is_exact


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reads", description=__doc__)
    parser.add_argument("--database", choices=databases.CHOICES, default="postgres")
    parser.add_argument("--most", type=int, default=10_000_000, help="leave larger sizes out")
    parser.add_argument("--quick", action="store_true", help="the smallest size alone")
    options = parser.parse_args()
    most = 0 if options.quick else options.most
    if reason := databases.why_not(options.database):
        print(f"Left out: {reason}")
        return 0
    print(report.circumstances(options.database), flush=True)
    with temporary_database(options.database):
        from django.contrib.auth import get_user_model
        from django.test import Client

        client = Client(headers={"host": "127.0.0.1"})
        client.force_login(get_user_model().objects.create_superuser("admin"))
        apps = make_apps(workload.APPS)
        sizes = []
        for shares in SIZES[options.database]:
            if shares <= max(most, SIZES[options.database][0]):
                start = time.perf_counter()
                sizes.append(measure(shares, apps, client))
                print(table(sizes[-1]), f"({time.perf_counter() - start:.0f} s)", flush=True)
        is_exact = verified()
    print("", *aims(sizes), sep="\n")
    return 0 if is_exact else 1


if __name__ == "__main__":
    sys.exit(main())
