"""``python -m benchmarks.virality``: what it costs to ask how far shares travel.

A site with a million shares and three million steps on their links, made by PostgreSQL as for
:mod:`benchmarks.reach`; with ``--most`` ten times as many. First, when the cache knows nothing, and
again.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from typing import TYPE_CHECKING, Any

from benchmarks import history, report, workload
from benchmarks.database import make_apps, temporary_database
from benchmarks.reach import PLACEMENTS, ask, make_steps
from benchmarks.reads import answered, get
from tests import databases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.test import Client

    from benchmarks.reads import Answer

SHARES, MOST = 1_100_000, 11_000_000
"""2.8 steps each: three million, and thirty."""
DAYS, MOST_DAYS = 90, 365
FIRST, AGAIN = "share_virality, first time", "share_virality, again"
PAGE = "admin:share_analytics_sharevirality_changelist"

PLACED = (
    "INSERT INTO share_analytics_placementstepday (day, placement, platform, kind, within, n)"
    " SELECT (timestamp AT TIME ZONE 'Asia/Riyadh')::date,"
    f" 'place-' || abs(hashtext(id::text)) % {PLACEMENTS}, platform, 'share', 1, count(*)"
    " FROM share_analytics_share GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    "INSERT INTO share_analytics_impressionday (day, placement, n)"
    " SELECT day, placement, 50 * sum(n) FROM share_analytics_placementstepday"
    " WHERE kind = 'share' GROUP BY 1, 2 ORDER BY 1, 2",
)
"""Shares at the places that their steps are counted at, and views of these."""


def measure(apps: Sequence[Any], client: Client) -> list[Answer]:
    from django.core.cache import cache

    from django_share_analytics.virality import share_virality

    app = apps[0]
    questions: dict[str, dict[str, Any]] = {
        "": {"days": DAYS},
        ", within 30 days": {"days": DAYS, "window": 30},
        ", a year": {"days": MOST_DAYS},
        ", one platform": {"days": DAYS, "platform": "twitter"},
        ", the hottest app": {"days": DAYS, "app": app},
    }
    found = []
    for suffix, question in questions.items():

        def work(question: dict[str, Any] = question) -> object:
            return share_virality(**question)

        found.append(answered(f"{FIRST}{suffix}", work, 10, before=cache.clear))
        found.append(answered(f"{AGAIN}{suffix}", work, 30))
    for name, address in addresses(app).items():

        def visit(address: str = address) -> object:
            return get(client, address)

        for times, before in (("first time", cache.clear), ("again", int)):
            answer = answered(f"{name}, {times}", visit, 10, before=before)
            answer.kilobytes = len(get(client, address).content) / 1_000
            found.append(answer)
    return found


def addresses(app: Any) -> dict[str, str]:
    """The call, and the page where there is one."""
    from django.urls import NoReverseMatch, reverse

    found = {"GET admin/shares/virality": reverse("share_analytics:admin-share-virality")}
    try:
        page = reverse(PAGE)
    except NoReverseMatch:
        return found
    return {**found, "page": page, "page: one app": f"{page}?app={app}"}


def show(answers: Sequence[Answer]) -> None:
    print("\n| | p50 ms | p99 ms | queries | kB |\n|---|--:|--:|--:|--:|")
    for answer in answers:
        kilobytes = f"{answer.kilobytes:,.0f}" if answer.kilobytes else ""
        print(
            f"| {answer.name} | {1000 * answer.p50:,.1f} | {1000 * answer.p99:,.1f} "
            f"| {answer.queries} | {kilobytes} |"
        )


def aims(answers: Sequence[Answer], times: int) -> list[str]:
    """``times``: with ten times the shares everything may take twice as long."""
    by_name = {answer.name: answer for answer in answers}
    first, again = by_name[FIRST], by_name[AGAIN]
    limit, page_limit = 0.4 * times, 0.25 * times
    found = [
        report.aim(first.p50 < limit, f"under {limit:.1f} s first: {1000 * first.p50:.0f} ms"),
        report.aim(again.p50 < 0.05, f"again under 50 ms: {1000 * again.p50:.1f}"),
    ]
    if page := by_name.get("page, first time"):
        is_good = page.p50 < page_limit and page.queries <= 20 and page.kilobytes < 150
        found.append(
            report.aim(
                is_good,
                f"page: {1000 * page_limit:.0f} ms, 20 queries, 150 kB: {1000 * page.p50:.0f} ms, "
                f"{page.queries}, {page.kilobytes:.0f} kB",
            )
        )
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.virality", description=__doc__)
    parser.add_argument("--database", choices=["postgres"], default="postgres")
    parser.add_argument("--most", action="store_true", help=f"{MOST:,} shares")
    parser.add_argument("--quick", action="store_true", help="only to see that it runs")
    options = parser.parse_args()
    if reason := databases.why_not(options.database):
        print(f"Left out: {reason}")
        return 0
    shares = 20_000 if options.quick else MOST if options.most else SHARES
    os.environ["BENCH_URLS"] = "benchmarks.urls_with_links"
    print(report.circumstances(options.database), flush=True)
    with temporary_database(options.database):
        from django.contrib.auth import get_user_model
        from django.test import Client

        client = Client(headers={"host": "127.0.0.1"})
        client.force_login(get_user_model().objects.create_superuser("admin"))
        start, apps = time.perf_counter(), make_apps(workload.APPS)
        grow(shares, apps)
        ((steps,),) = ask("SELECT count(*) FROM share_analytics_linkstep")
        made_in = time.perf_counter() - start
        print(f"\n{shares:,} shares with {steps:,} steps, made in {made_in:.0f} s.", flush=True)
        answers = measure(apps, client)
    show(answers)
    print("", *aims(answers, 2 if options.most else 1), sep="\n")
    return 0


def grow(shares: int, apps: Sequence[Any]) -> None:
    from django.db import connection

    history.grow_to(shares, apps)
    make_steps()
    with connection.cursor() as cursor:
        for statement in PLACED:
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    sys.exit(main())
