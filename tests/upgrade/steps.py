"""What happens on a site that is upgraded: ``python -m tests.upgrade.steps migrate share:3``.

Run by the package's code of any release, so only what all of them have is imported on top. Prints
what each step answers, as JSON.
"""

# ruff: noqa: E402 - Django is set up first
from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from django_share_analytics import outcomes
from django_share_analytics.conf import READERS, get_app_model
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.models import SetAside, Share
from django_share_analytics.stats import share_count, share_stats
from django_share_analytics.tracking import make_event, track_share
from django_share_analytics.writing.set_aside import set_event_aside

APP = get_app_model()
PLATFORMS = ("whatsapp", "email", "email")


def migrate(to: str = "") -> None:
    call_command("migrate", *(["share_analytics", to] if to else []), verbosity=0)


def apps(n: str) -> None:
    for key in range(1, int(n) + 1):
        APP(pk=key, name=f"App {key}").save()


def share(key: str, days_ago: str = "0") -> list[bool]:
    """Three shares of an app: whether each was accepted."""
    when = timezone.now() - timedelta(days=int(days_ago))
    tracked = [track_share(int(key), platform, timestamp=when) for platform in PLATFORMS]
    return [receipt.accepted for receipt in tracked]


def post(key: str) -> int:
    """The status that a visitor is answered with."""
    body = {"appId": int(key), "platform": "email"}
    headers = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150"}
    client = Client(headers=headers)
    return client.post("/api/shares", body, content_type="application/json").status_code


def visit() -> None:
    """The link of each share is visited; of those that are there."""
    from django_share_analytics.events import LinkEvent
    from django_share_analytics.writing.batches import write_batch

    shares = Share.objects.values_list("pk", "app_id")
    write_batch([LinkEvent(share, "visit", app, visitor=5) for share, app in shares])


def seen() -> None:
    """A page view reports which placements came into sight."""
    from django_share_analytics.events import ImpressionEvent

    dispatchers.submit(ImpressionEvent(("top",), 1))


def link() -> None:
    """The link of the first share is visited, by the way that is configured."""
    from django_share_analytics.events import LinkEvent

    first = Share.objects.order_by("pk").only("pk", "app_id")[0]
    dispatchers.submit(LinkEvent(first.pk, "visit", first.app_id, visitor=7))


def put_aside(key: str) -> None:
    set_event_aside(make_event(int(key), "email"), outcomes.REFUSED_BY_DATABASE)


def replay() -> int:
    call_command("set_aside_shares", "--replay", verbosity=0)
    return SetAside.objects.count()


def consume() -> None:
    call_command("consume_shares", once=True, verbosity=0)


def close() -> None:
    """As a process that is stopped does: what waits in it is written, or kept."""
    dispatchers.close()


def die() -> None:
    """As a process that is killed; what it answered so far is still told."""
    print(json.dumps(answers))
    sys.stdout.flush()
    os._exit(0)


def delete(key: str) -> None:
    APP.objects.get(pk=int(key)).delete()


def prune(days: str) -> None:
    call_command("prune_shares", older_than=timedelta(days=int(days)), verbosity=0)


def verify(*options: str) -> int:
    """The exit status of the command that compares counts with rows."""
    try:
        call_command("verify_share_counts", *options, verbosity=0)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def check() -> None:
    call_command("check", databases=["default"], fail_level="ERROR")


def counts() -> dict[str, dict[str, int]]:
    apps = APP.objects.order_by("pk")
    return {str(app.pk): dict(share_count(app).by_platform) for app in apps}


def rows() -> int:
    return Share.objects.count()


def asked() -> int:
    """Shares of the last week, as the statistics say."""
    return int(share_stats(days=7).headline.total)


def keys() -> list[str]:
    """The settings that this release knows."""
    return sorted(READERS)


def status() -> str:
    from django_share_analytics.status import pipeline_status

    return str(pipeline_status().level)


answers: dict[str, Any] = {}


def main() -> None:
    for step in sys.argv[1:]:
        name, *arguments = step.split(":")
        answers[step] = globals()[name](*arguments)
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
