"""``python -m benchmarks.links``: the redirect of a share link, beside ``POST shares``."""

from __future__ import annotations

import argparse
import random
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import report
from benchmarks.database import make_apps, temporary_database
from benchmarks.measure import Measurement, Plan, measure_requests
from benchmarks.post import QUICK, best_database
from benchmarks.requests import USER_AGENT, address, make_requests
from benchmarks.servers import SERVERS, Candidate
from tests import databases

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

WITH_LINKS = {
    "BENCH_URLS": "benchmarks.urls_with_links",
    "BENCH_CONN_MAX_AGE": "600",
}
LINK = Candidate("link", "the redirect of a share link", "/s", WITH_LINKS)
POST = Candidate("post", "`POST shares`, with links", "/api/shares", WITH_LINKS)
WITHOUT = Candidate("post, none", "`POST shares`, without links", "/api/shares", {})
QUERY = Candidate(
    "query", "a redirect after one query, and no more", "/one-query", {"BENCH_CONN_MAX_AGE": "600"}
)
AIM_P99_TO_POST, AIM_TO_QUERY = 1.3, 0.8
REQUESTS = 5_000


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.links", description=__doc__)
    parser.add_argument("--database", choices=databases.CHOICES, default=best_database())
    parser.add_argument("--server", choices=SERVERS, default="granian")
    parser.add_argument("--quick", action="store_true", help="only to see that it runs")
    options = parser.parse_args()
    plan = QUICK if options.quick else Plan()

    print(report.circumstances(options.database, options.server), flush=True)
    sender = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    with sender, temporary_database(options.database) as environment:
        requests = requests_of_candidates(make_apps())
        measurements = measure_requests(requests, options.server, environment, sender, plan)
        clicks = count_clicks()
    print("", table(measurements), "", *aims(measurements), sep="\n")
    statuses = measurements[LINK.key].statuses
    print(f"\nRedirected {statuses[302]:,} of {statuses.total():,}, clicks stored: {clicks:,}")
    return 0 if statuses[302] == statuses.total() else 1


def requests_of_candidates(apps: Sequence[UUID]) -> dict[Candidate, list[bytes]]:
    """Links of a thousand shares that are there, each asked for from another address."""
    from django_share_analytics.links.codes import code_of

    shares = make_shares(apps)
    dice = random.Random(7)
    weights = [1 / rank for rank in range(1, len(shares) + 1)]
    chosen = dice.choices(shares, weights, k=REQUESTS)
    return {
        LINK: [get(f"{LINK.path}/{code_of(share)}/{app}", dice) for share, app in chosen],
        POST: make_requests(POST.path, apps),
        WITHOUT: make_requests(POST.path, apps),
        QUERY: [get(f"{QUERY.path}/{app}", dice) for _share, app in chosen],
    }


def make_shares(apps: Iterable[UUID]) -> list[tuple[UUID, UUID]]:
    """One of each app: its id, and the app's."""
    from django_share_analytics.events import ShareEvent
    from django_share_analytics.writing.writer import write_shares

    events = [ShareEvent(app, "whatsapp") for app in apps]
    write_shares(events)
    return [(event.id, event.app_id) for event in events]


def get(path: str, dice: random.Random) -> bytes:
    return (
        f"GET {path} HTTP/1.1\r\n"
        "Host: 127.0.0.1\r\n"
        "Accept: text/html,application/xhtml+xml\r\n"
        "Accept-Encoding: gzip, deflate, br\r\n"
        "Accept-Language: en-GB,en;q=0.9,ar;q=0.8\r\n"
        "Sec-Fetch-Dest: document\r\n"
        f"User-Agent: {USER_AGENT}\r\n"
        f"X-Forwarded-For: {address(dice)}\r\n\r\n"
    ).encode()


def count_clicks() -> int:
    from django_share_analytics import steps
    from django_share_analytics.models.steps import LinkStep

    return LinkStep.objects.filter(kind=steps.CLICK).count()


def table(measurements: Mapping[str, Measurement]) -> str:
    link = measurements[LINK.key]
    rows = [
        f"| {measured.candidate.title} | {measured.rate:,.0f} "
        f"| {'' if measured is link else f'{report.spread(link.ratios(measured))} of it'} "
        f"| {measured.percentile(50):.1f} | {measured.percentile(99):.1f} "
        f"| {measured.cpu_microseconds:.0f} |"
        for measured in measurements.values()
    ]
    head = "| | requests/s | the redirect is | p50 ms | p99 ms | CPU µs |"
    return "\n".join([head, "|---|--:|--:|--:|--:|--:|", *rows])


def aims(measurements: Mapping[str, Measurement]) -> Iterable[str]:
    link, post = measurements[LINK.key], measurements[POST.key]
    p99 = link.percentile(99) / post.percentile(99)
    rate = median(link.ratios(measurements[QUERY.key]))
    before = median(post.ratios(measurements[WITHOUT.key]))
    aim = report.aim
    yield aim(p99 <= AIM_P99_TO_POST, f"p99 within {AIM_P99_TO_POST} of `POST shares`: {p99:.2f}")
    yield aim(rate >= AIM_TO_QUERY, f"{AIM_TO_QUERY} of a view with one query: {rate:.2f} of it")
    yield f"- `POST shares` with links is {before:.2f} of itself without"


if __name__ == "__main__":
    sys.exit(main())
