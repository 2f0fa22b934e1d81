"""What happens on a site that is upgraded: ``python -m tests.upgrade.steps migrate share:3``.

Run by the package's code of any release, so only what all of them have is imported on top. Prints
what each step answers, as JSON.
"""

# ruff: noqa: E402 - Django is set up first
from __future__ import annotations

import json
import os
import sys
import time
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from django_share_analytics import conf, outcomes
from django_share_analytics.conf import READERS, get_app_model, get_settings
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.models import SetAside, Share
from django_share_analytics.stats import share_count, share_stats
from django_share_analytics.tracking import make_event, track_share
from django_share_analytics.writing.batches import write_batch
from django_share_analytics.writing.set_aside import set_event_aside

APP = get_app_model()
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150"
answers: dict[str, Any] = {}


def migrate(to: str = "") -> None:
    call_command("migrate", *(["share_analytics", to] if to else []), verbosity=0)


def apps(n: str) -> None:
    for key in range(1, int(n) + 1):
        APP(pk=key, name=f"App {key}").save()


def share(key: str, days_ago: str = "0") -> bool:
    """Whether the first dispatcher takes it."""
    when = timezone.now() - timedelta(days=int(days_ago))
    return track_share(int(key), "email", timestamp=when).accepted


def second(key: str) -> None:
    """The second dispatcher takes one."""
    dispatchers["fallback"].submit(make_event(int(key), "email"))


def post(key: str) -> int:
    """The status that a visitor is answered with."""
    client = Client(headers={"user-agent": BROWSER})
    body = {"appId": int(key), "platform": "email"}
    return client.post("/api/shares", body, content_type="application/json").status_code


def visit() -> None:
    """The links of all shares are visited."""
    from django_share_analytics.events import LinkEvent

    shares = Share.objects.values_list("pk", "app_id")
    write_batch([LinkEvent(share, "visit", app, visitor=5) for share, app in shares])


def put_aside(key: str) -> None:
    set_event_aside(make_event(int(key), "email"), outcomes.REFUSED_BY_DATABASE)


def replay() -> int:
    """How many are set aside still."""
    call_command("set_aside_shares", "--replay", verbosity=0)
    return SetAside.objects.count()


def consume() -> None:
    call_command("consume_shares", once=True, verbosity=0)


def die() -> None:
    """As a process that is killed. What it answered so far is told."""
    print(json.dumps(answers), flush=True)
    os._exit(0)


def delete(key: str) -> None:
    APP.objects.get(pk=int(key)).delete()


def prune(days: str) -> None:
    call_command("prune_shares", f"--older-than={days}d", verbosity=0)


def verify(*options: str) -> int:
    """The exit status of the command that compares counts with rows."""
    try:
        call_command("verify_share_counts", *options, verbosity=0)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def check() -> None:
    call_command("check", databases=["default"], fail_level="ERROR")


def counts() -> dict[str, int]:
    return {str(app.pk): share_count(app).total for app in APP.objects.order_by("pk")}


def rows() -> int:
    return Share.objects.count()


def till(n: str) -> None:
    """Until so many shares are stored."""
    while rows() < int(n):
        time.sleep(0.05)


def week() -> int:
    """Shares of the last seven days, as the statistics have them."""
    return share_stats(days=7).total


def settings() -> dict[str, Any]:
    """Each setting that this release knows, with its default."""
    read = get_settings()
    values = {key: getattr(read, key.lower()) for key in READERS}
    if "LIMITS" in values:
        values["LIMITS"] = conf.DEFAULT_LIMITS
    return {**values, "PLATFORMS": read.platforms.names}


def main() -> None:
    for step in sys.argv[1:]:
        name, *arguments = step.split(":")
        assert step not in answers, "one answer would hide the other"
        answers[step] = globals()[name](*filter(None, arguments))
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
