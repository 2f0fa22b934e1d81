"""``python -m benchmarks.compare``: beside django-hitcount, on what both of them do.

Both count something per object and visitor, in one project with the middleware of ``startproject``,
by one server with one worker process each, on one database. See README.md here.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from http.client import HTTPConnection
from importlib.util import find_spec
from multiprocessing import get_context
from threading import Barrier
from timeit import Timer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import uuid4

from benchmarks import report
from benchmarks.database import make_apps, temporary_database
from benchmarks.measure import Measurement, measure_requests
from benchmarks.post import QUICK, Plan, best_database
from benchmarks.requests import USER_AGENT, address, make_requests
from benchmarks.servers import HOST, SERVERS, Candidate, serve
from tests import databases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

COMPARED = {"BENCH_COMPARED": "1", "BENCH_URLS": "benchmarks.compare_urls"}
KEPT = {**COMPARED, "BENCH_CONN_MAX_AGE": "600"}
HIT = "/hitcount/hit/ajax/"
OURS = Candidate("shares", "`POST shares`", "/api/shares", KEPT)
NEW = Candidate("hit, new", "a hit of a visitor without a session", HIT, KEPT)
KNOWN = Candidate("hit, known", "a hit of a visitor with one", HIT, KEPT)
AGAIN = Candidate("shares again", "`POST shares` once more: the resolution", "/api/shares", KEPT)
REQUESTS = 20_000
TOKEN = "a" * 32
AT_ONCE, VISITORS = 8, 50
LISTED = 20
ASKED_BEFORE = 2
"""Hits of ``queries_of_a_request``."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__)
    parser.add_argument("--database", choices=databases.CHOICES, default=best_database())
    parser.add_argument("--server", choices=SERVERS, default="granian")
    parser.add_argument("--quick", action="store_true", help="only to see that it runs")
    options = parser.parse_args()
    if not find_spec("hitcount"):
        parser.error("django-hitcount is not installed: see requirements/compare.txt")
    plan = QUICK if options.quick else Plan()

    os.environ.update(COMPARED)
    print(report.circumstances(options.database, options.server, "django-hitcount"), flush=True)
    sender = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    with sender, temporary_database(options.database) as environment:
        apps = make_apps()
        print("", *queries_of_a_request(apps[0]), sep="\n")
        requests = requests_of_candidates(apps)
        measurements = measure_requests(requests, options.server, environment, sender, plan)
        print("", *rates(measurements), "", *weights(), "", *reads(apps), sep="\n")
        print("", *same_visitor_at_once(options.server, environment), sep="\n")
        print("", *after_deleting(), sep="\n")
    return 0


def model_of_hits() -> Any:
    from hitcount.models import HitCount

    return HitCount


def requests_of_candidates(apps: Sequence[Any]) -> dict[Candidate, list[bytes]]:
    """Each hit is one that counts: no visitor comes twice to the same object."""
    counts = [model_of_hits().objects.get_for_object(app).pk for app in _objects(apps)]
    dice = random.Random(7)
    sessions = make_sessions(REQUESTS // len(counts))
    pairs = [(count, session) for count in counts for session in sessions]
    dice.shuffle(pairs)
    return {
        OURS: make_requests(OURS.path, apps, REQUESTS),
        NEW: [hit(count, "", dice) for count, _session in pairs],
        KNOWN: [hit(count, session, dice) for count, session in pairs],
        AGAIN: make_requests(AGAIN.path, apps, REQUESTS),
    }


def _objects(apps: Sequence[Any]) -> Iterator[Any]:
    from tests.hosts.int_host.models import Article

    return iter(Article.objects.filter(pk__in=apps).order_by("pk"))


def make_sessions(n: int) -> list[str]:
    from django.contrib.sessions.backends.db import SessionStore

    made = []
    for _ in range(n):
        session = SessionStore()
        session.create()
        made.append(str(session.session_key))
    return made


def hit(count: int, session: str, dice: random.Random) -> bytes:
    """What its script sends, with the token that Django asks for."""
    head, body = head_and_body(count, session, str(address(dice)))
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"POST {HIT} HTTP/1.1\r\nHost: {HOST}\r\n{lines}\r\n{body}".encode()


def head_and_body(count: int, session: str, client: str) -> tuple[dict[str, str], str]:
    body = urlencode({"hitcountPK": count})
    cookie = f"csrftoken={TOKEN}" + (f"; sessionid={session}" if session else "")
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body)),
        "Cookie": cookie,
        "Origin": f"http://{HOST}",
        "Referer": f"http://{HOST}/",
        "User-Agent": USER_AGENT,
        "X-CSRFToken": TOKEN,
        "X-Forwarded-For": client,
        "X-Requested-With": "XMLHttpRequest",
    }, body


def queries_of_a_request(app: Any) -> Iterator[str]:
    """In the request itself: ours writes the share afterwards, some hundreds in a transaction."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from django_share_analytics.dispatch.handler import dispatchers
    from tests.hosts.int_host.models import Article

    count = model_of_hits().objects.get_for_object(Article.objects.get(pk=app)).pk
    (session,) = make_sessions(1)
    ours = {"appId": app, "platform": "whatsapp"}

    def asked(path: str, body: dict[str, Any], cookie: str = "", **more: Any) -> int:
        client = Client(SERVER_NAME=HOST, headers={"user-agent": USER_AGENT})
        if cookie:
            client.cookies["sessionid"] = cookie
        with CaptureQueriesContext(connection) as queries:
            assert client.post(path, body, **more).status_code in {200, 202}
        return sum(not q["sql"].startswith(("BEGIN", "COMMIT")) for q in queries)

    ajax = {"headers": {"x-requested-with": "XMLHttpRequest"}}
    yield "| queries in the request | |"
    yield "|---|--:|"
    yield f"| {OURS.title} | {asked(OURS.path, ours, content_type='application/json')} |"
    yield f"| {NEW.title} | {asked(HIT, {'hitcountPK': count}, **ajax)} |"
    yield f"| {KNOWN.title} | {asked(HIT, {'hitcountPK': count}, session, **ajax)} |"
    dispatchers.flush()


def rates(measurements: Mapping[str, Measurement]) -> Iterator[str]:
    yield "|   | requests/s | `POST shares` is | CPU µs | of the server's process |"
    yield "|---|--:|--:|--:|--:|"
    ours = measurements[OURS.key]
    for each in measurements.values():
        ratio = "" if each is ours else f"{report.spread(ours.ratios(each))} of it"
        cpu = each.cpu_microseconds / ours.cpu_microseconds
        title = f"| {each.candidate.title} | {each.rate:,.0f} | {ratio}"
        yield f"{title} | {each.cpu_microseconds:.0f} | {cpu:.2f} of ours |"
    answered = sum(measurements[each.key].statuses[200] for each in (NEW, KNOWN))
    yield f"\nHits answered: {answered:,}, stored: {rows_of_hits() - ASKED_BEFORE:,}"


def weights() -> Iterator[str]:
    """What a share and a hit weigh, with indexes and with their counts. PostgreSQL alone."""
    from django.db import connection

    from django_share_analytics.models import Share

    if connection.vendor != "postgresql":
        return
    ours = [name for name in connection.introspection.table_names() if "share_analytics" in name]
    shares, objects = Share.objects.count(), rows_in("hitcount_hit_count")
    yield f"- a share: {bytes_of(Share._meta.db_table) / shares:,.0f} bytes, of {shares:,}"
    yield f"- with all counts of it: {sum(map(bytes_of, ours)) / shares:,.0f} bytes"
    yield f"- a hit: {bytes_of('hitcount_hit') / rows_of_hits():,.0f} bytes, of {rows_of_hits():,}"
    yield f"- the count of an object's hits: {bytes_of('hitcount_hit_count') / objects:,.0f} bytes"
    sessions = rows_in("django_session")
    yield f"- a session: {bytes_of('django_session') / sessions:,.0f} bytes, of {sessions:,}"


def bytes_of(table: str) -> int:
    return int(value_of("SELECT pg_total_relation_size(%s)", table))


def rows_in(table: str) -> int:
    return int(value_of(f"SELECT count(*) FROM {table}"))


def value_of(sql: str, *parameters: object) -> Any:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchone()[0]


def rows_of_hits() -> int:
    return rows_in("hitcount_hit")


def reads(apps: Sequence[Any]) -> Iterator[str]:
    """Numbers on a page, without a cache."""
    from django.db import connection
    from django.template import engines
    from django.test.utils import CaptureQueriesContext

    from django_share_analytics.stats import share_count, with_share_count
    from tests.hosts.int_host.models import Article

    objects = list(_objects(apps[:LISTED]))
    tag = engines["django"].from_string("{% load hitcount_tags %}{% get_hit_count for app %}")
    hits = [partial(tag.render, {"app": app}) for app in objects]

    def listed() -> list[int]:
        ours = with_share_count(Article.objects.filter(pk__in=apps[:LISTED]))
        return [app.share_count for app in ours]  # type: ignore[attr-defined]

    def asked(call: Callable[[], Any]) -> int:
        with CaptureQueriesContext(connection) as queries:
            call()
        return len(queries)

    pairs: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
        "one object's count": (partial(share_count, objects[0]), hits[0]),
        f"those of a list of {LISTED}": (listed, lambda: [one() for one in hits]),
    }
    yield "| reading | queries, ours | django-hitcount's | time: ours is |"
    yield "|---|--:|--:|--:|"
    for title, (our, their) in pairs.items():
        ratios = [Timer(our).timeit(20) / Timer(their).timeit(20) for _ in range(15)]
        yield f"| {title} | {asked(our)} | {asked(their)} | {report.spread(ratios)} of it |"


def same_visitor_at_once(server: str, environment: Mapping[str, str]) -> Iterator[str]:
    """A tap that is sent again before it was answered, or an impatient visitor: counted once?"""
    from django_share_analytics.models import Share
    from tests.hosts.int_host.models import Article

    article = Article.objects.create(name="Asked for by all at once")
    count = model_of_hits().objects.get_for_object(article)
    sessions, ids = make_sessions(VISITORS), [uuid4() for _ in range(VISITORS)]
    with serve(OURS, server, environment) as running:
        port = running.port
        hits = [(HIT, *head_and_body(count.pk, session, "192.0.2.1")) for session in sessions]
        answers = at_once(port, hits)
        shares = [
            (OURS.path, {"Content-Type": "application/json", "User-Agent": USER_AGENT}, body)
            for each in ids
            for body in [f'{{"appId": {article.pk}, "platform": "copy", "id": "{each}"}}']
        ]
        accepted = at_once(port, shares)
    count.refresh_from_db()
    rows = value_of("SELECT count(*) FROM hitcount_hit WHERE hitcount_id = %s", count.pk)
    stored = Share.objects.filter(app=article).count()
    yield f"{VISITORS} visitors, each {AT_ONCE} times at once ({dict(answers + accepted)}):"
    yield f"- shares stored: {stored} (one for each id), counted: {counted(article)}"
    yield f"- hits stored: {rows}, counted: {count.hits}"


def counted(article: Any) -> int:
    from django_share_analytics.stats import share_count

    return share_count(article).total


def at_once(port: int, requests: Sequence[tuple[str, Mapping[str, str], str]]) -> Counter[int]:
    """Each request ``AT_ONCE`` times, all of them at the same moment; the answers' statuses."""
    together = Barrier(AT_ONCE)

    def send(path: str, head: Mapping[str, str], body: str) -> int:
        connection = HTTPConnection(HOST, port, timeout=30)
        connection.connect()
        together.wait(30)
        connection.request("POST", path, body, {**head, "Host": HOST})
        status = connection.getresponse().status
        connection.close()
        return status

    with ThreadPoolExecutor(AT_ONCE) as threads:
        sent = [threads.submit(send, *one) for one in requests for _ in range(AT_ONCE)]
        return Counter(each.result() for each in sent)


def after_deleting() -> Iterator[str]:
    """Half of the rows of the most counted object by a queryset, then the object itself."""
    from hitcount.models import Hit

    from django_share_analytics.models import Share
    from tests.hosts.int_host.models import Article

    count = model_of_hits().objects.order_by("-hits")[0]
    share = Share.objects.order_by("app").first()
    assert share is not None
    article: Any = Article.objects.get(pk=share.app_id)
    for rows in (Share.objects.filter(app=article), Hit.objects.filter(hitcount=count)):
        rows.filter(pk__in=list(rows.values_list("pk", flat=True)[: rows.count() // 2])).delete()
    count.refresh_from_db()
    left = Share.objects.filter(app=article).count()
    yield "After half of the rows of one object were deleted by a queryset:"
    yield f"- shares: {left} rows, counted {counted(article)}"
    yield f"- hits: {Hit.objects.filter(hitcount=count).count()} rows, counted {count.hits}"
    Article.objects.get(pk=count.object_pk).delete()
    article.delete()
    ours = Share.objects.filter(app=article.pk or share.app_id).count()
    theirs = Hit.objects.filter(hitcount=count).count()
    yield f"After both objects were deleted: {ours} rows of shares, {theirs} of hits are left."


if __name__ == "__main__":
    sys.exit(main())
